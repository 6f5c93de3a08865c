"""A store on disk into which tests land literal priced rows."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics_core.events import COLUMNS
from analytics_core.ingest.connection import connect
from analytics_core.ingest.door import ingest
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.land import land
from analytics_core.ingest.overlap import check_overlap
from analytics_core.settings import Settings
from analytics_core.settings import load as load_settings
from analytics_core.store import manifest
from analytics_core.store.manifest import Input
from analytics_core.store.verify import verify

DAY = datetime(2026, 11, 1, 12)
NOVEMBER_20 = datetime(2026, 11, 20, tzinfo=UTC)
BASE: dict[str, Any] = {
    "source": "litellm", "grain": "request", "requests": 1, "started_at": DAY,
    "service_type": "text_generation", "event_type": "token_usage", "input_tokens": 10,
    "output_tokens": 5, "cost_nano": 1000, "cost_reported_nano": 1000, "cost_source": "reported",
}  # fmt: skip


@dataclass(frozen=True)
class Store:
    """Rows are dicts of event columns; BASE fills what they leave out."""

    data: Path

    @property
    def events(self) -> Path:
        return self.data / "events"

    @property
    def settings(self) -> Settings:
        return Settings(self.data / "settings")

    @staticmethod
    def at(days: float = 0.0, seconds: int = 0) -> datetime:
        return DAY + timedelta(days=days, seconds=seconds)

    @staticmethod
    def line(name: str, **values: Any) -> Input:
        known = {"source": "litellm", "group": "litellm", "grain": "request"}
        return Input(
            file_id=name, sha256=name * 4, name=f"{name}.parquet", taken_at="2026-11-20T00:00:00",
            verdict="landed", **(known | values),
        )  # fmt: skip

    @staticmethod
    def table(con: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]], name: str) -> None:
        typed = ", ".join(f"{c.name} {c.sql}" for c in COLUMNS)
        con.execute(f"CREATE TEMP TABLE priced ({typed}, _updated_at TIMESTAMP, _flags VARCHAR[])")
        for number, row in enumerate(rows, 1):
            full = BASE | {"file_id": name, "row": number} | row
            names, marks = ", ".join(full), ", ".join("?" * len(full))
            con.execute(f"INSERT INTO priced ({names}) VALUES ({marks})", list(full.values()))

    def land(
        self, name: str, *rows: dict[str, Any], conflicts: bool = True, **values: Any
    ) -> Input:
        entry = replace(self.line(name, **values), read=len(rows))
        with connect(self.events, self.settings) as con:
            self.table(con, list(rows), name)
            return land(con, "priced", entry, self.events, id_conflicts=conflicts)

    def check_overlap(self, name: str, *rows: dict[str, Any], **values: Any) -> None:
        with connect(self.events, self.settings) as con:
            self.table(con, list(rows), name)
            check_overlap(con, "priced", self.line(name, **values), self.events)

    def entry(self, name: str) -> Input:
        found = manifest.load(self.events).input(name)
        assert found is not None
        return found

    def rows(self, columns: str = "event_id, file_id, output_tokens") -> list[tuple[Any, ...]]:
        files = [str(self.events / f.path) for f in manifest.load(self.events).files]
        if not files:
            return []
        con = duckdb.connect()
        return con.read_parquet(files).order("event_id").project(columns).fetchall()

    def check_intact(self) -> None:
        assert verify(self.events, self.settings) == ()
        for entry in manifest.load(self.events).inputs:
            if entry.verdict == "landed":
                counts = entry.accepted + entry.rejected + entry.skipped + entry.duplicate
                assert entry.read == counts


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Store]:
    return lambda: Store(tmp_path_factory.mktemp("store"))


@dataclass(frozen=True)
class OpenDoor:
    """A store of its own whose door takes files; what landed is asked with plain SQL."""

    data: Path

    @property
    def folders(self) -> Folders:
        return Folders(self.data)

    def ingest(self, *paths: Path, **options: Any) -> list[Input]:
        settings = load_settings(self.folders.settings, {})
        return ingest(paths or None, self.folders, settings, now=NOVEMBER_20, **options)

    def take(self, content: Any, name: str = "drop", **options: Any) -> Input:
        """Drops bytes, text, an Arrow table or a file that is there; returns its ledger line."""
        path = content if isinstance(content, Path) else self.write(content, name)
        return self.ingest(path, **options)[0]

    def write(self, content: Any, name: str = "drop") -> Path:
        path = self.data / "dropped" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pa.Table):
            pq.write_table(content, path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def setting(self, name: str, text: str) -> None:
        path = self.folders.settings / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """The answer of SQL over the landed `events`."""
        files = manifest.load(self.folders.events).files
        paths = [str(self.folders.events / f.path) for f in files]
        with duckdb.connect() as con:
            if paths:
                con.read_parquet(paths).create_view("events")
            else:
                columns = ", ".join(f"{c.name} {c.sql}" for c in COLUMNS)
                con.execute(f"CREATE TABLE events ({columns})")
            return con.execute(sql).fetchall()

    def ledger(self) -> tuple[Input, ...]:
        return manifest.load(self.folders.events).inputs

    def reason(self, entry: Input) -> dict[str, Any]:
        """The reason.json of a quarantined file."""
        return json.loads((self.folders.quarantine / entry.file_id / "reason.json").read_text())


@pytest.fixture
def door(tmp_path: Path) -> OpenDoor:
    return OpenDoor(tmp_path / "data")
