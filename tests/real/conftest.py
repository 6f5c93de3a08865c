"""Real exports through the whole door into a store of their own, asked through a View."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analytics_core import settings
from analytics_core.ingest.door import ingest
from analytics_core.ingest.folders import Folders
from analytics_core.semantics.filters import EVERYTHING, Filters
from analytics_core.semantics.period import Period
from analytics_core.semantics.query import Query
from analytics_core.store import manifest
from analytics_core.store.manifest import Input
from analytics_core.store.view import Store, View

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ALL = Period(datetime(2020, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC), "custom")


@dataclass(frozen=True)
class Landed:
    """What one batch of real files became."""

    inputs: tuple[Input, ...]
    view: View
    con: duckdb.DuckDBPyConnection

    @property
    def only(self) -> Input:
        """The ledger line of a batch of one file."""
        (entry,) = self.inputs
        return entry

    def counts(self) -> tuple[int, int, int, int, int]:
        """Read, accepted, rejected, skipped and duplicate rows of the one file."""
        one = self.only
        return one.read, one.accepted, one.rejected, one.skipped, one.duplicate

    def totals(self, *measures: str) -> tuple[Any, ...]:
        """Measures over everything, as every screen shows them."""
        return self.view.ask(Query(measures)).row(0)

    def one(self, sql: str) -> tuple[Any, ...]:
        """The first row of `SELECT <sql> FROM the landed Parquet files`."""
        return self.con.execute(f"SELECT {sql} FROM events").fetchall()[0]

    def rows(self, sql: str, rest: str = "") -> list[tuple[Any, ...]]:
        """Every row of `SELECT <sql> FROM the landed Parquet files <rest>`."""
        return self.con.execute(f"SELECT {sql} FROM events {rest}").fetchall()


@pytest.fixture(scope="session")
def take_into() -> Iterator[Callable[..., Landed]]:
    """A function that lands files in a data folder, with sources (file name -> YAML)."""
    opened: list[Store] = []

    def take(
        data: Path, paths: Sequence[Path] | Path, sources: Mapping[str, str] | None = None
    ) -> Landed:
        folders = Folders(data)
        place = folders.settings / "sources"
        place.mkdir(parents=True)
        for name, text in (sources or {}).items():
            (place / name).write_text(text, "utf-8")
        known = settings.load(folders.settings, {})
        inputs = ingest([paths] if isinstance(paths, Path) else paths, folders, known, now=NOW)
        opened.append(Store(folders.data, known, now=lambda: NOW))
        view = View(opened[-1], EVERYTHING, Filters(ALL, ()))
        return Landed(tuple(inputs), view, _connection(folders.events))

    yield take
    for store in opened:
        store.close()


@pytest.fixture
def taken_in(take_into: Callable[..., Landed], tmp_path: Path) -> Callable[..., Landed]:
    """The same into a folder of the test's own."""
    return partial(take_into, tmp_path / "data")


@pytest.fixture(scope="session")
def examples(root: Path) -> Mapping[str, str]:
    """The mappings of the documentation, as a settings folder would hold them."""
    folder = root / "docs/examples/sources"
    return {path.name: path.read_text("utf-8") for path in folder.glob("*.yaml")}


def _connection(events: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    files = [str(events / file.path) for file in manifest.load(events).files]
    if files:
        con.read_parquet(files).create_view("events")
    return con
