"""A store made of literal event rows, landed as Parquet with a manifest."""

import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics_core import events, settings
from analytics_core.store import manifest
from analytics_core.store.view import Store

Row = Mapping[str, Any]
LATER = datetime(2030, 1, 1, tzinfo=UTC)

REQUIRED = {
    "source": "test",
    "file_id": "0" * 16,
    "grain": "request",
    "requests": 1,
    "service_type": "text_generation",
    "event_type": "token_usage",
}


def whole_event(row: Row, number: int) -> dict[str, Any]:
    """A row of every column: what `row` says, the least a landed row has, NULL for the rest."""
    known = {"event_id": f"e{number}", "row": number + 1, **REQUIRED, **row}
    if "cost_source" not in known:
        known["cost_source"] = "unpriced" if known.get("cost_nano") is None else "computed"
    started = known["started_at"]
    if isinstance(started, str):
        known["started_at"] = datetime.fromisoformat(started)
    return {name: known.get(name) for name in events.NAMES}


def land(folder: Path, rows: Sequence[Row], files: int = 1) -> None:
    """Writes the rows under `folder`, per month in up to `files` files, and their manifest."""
    listed: list[manifest.EventFile] = []
    whole = [whole_event(row, number) for number, row in enumerate(rows)]
    whole.sort(key=lambda e: e["started_at"].strftime("%Y-%m"))
    for month, of_month in itertools.groupby(
        whole, key=lambda e: e["started_at"].strftime("%Y-%m")
    ):
        held = list(of_month)
        parts = [held[part::files] for part in range(files)]
        listed += [_written(folder, month, part) for part in parts if part]
    manifest.save(folder, manifest.Manifest(files=tuple(listed)))


def _written(folder: Path, month: str, rows: list[dict[str, Any]]) -> manifest.EventFile:
    table = pa.Table.from_pylist(rows, schema=events.schema())
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    content = sink.getvalue().to_pybytes()
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"month={month}" / f"{digest[:16]}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():  # a landed file is never written again
        path.write_bytes(content)

    def total(name: str) -> int:
        return sum(r[name] or 0 for r in rows)

    return manifest.EventFile(
        path=path.relative_to(folder).as_posix(), month=month, schema=events.SCHEMA_NUMBER,
        rows=len(rows), bytes=len(content), sha256=digest,
        min_started_at=min(r["started_at"] for r in rows).isoformat(),
        max_started_at=max(r["started_at"] for r in rows).isoformat(),
        requests=total("requests"), input_tokens=total("input_tokens"),
        output_tokens=total("output_tokens"), cost_nano=total("cost_nano"),
        unpriced_rows=sum(r["cost_nano"] is None for r in rows),
    )  # fmt: skip


@pytest.fixture(scope="session")
def relanded() -> Callable[..., None]:
    """`relanded(folder, rows, files=1)`: replaces what an events folder holds."""
    return land


@pytest.fixture
def approved(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with the approved one of that name; `pytest --update` approves it."""

    def compare(name: str, text: str) -> None:
        path = Path(__file__).parent / "approved" / name
        if request.config.getoption("--update", default=False):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        assert text == path.read_text("utf-8")

    return compare


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Store]]:
    """Makes a Store that holds exactly the given rows; `now` and settings may be named."""
    with ExitStack() as stores:

        def make(
            rows: Sequence[Row], *, files: int = 1, now: datetime = LATER, **options: Any
        ) -> Store:
            data = tmp_path_factory.mktemp("ledger")
            land(data / "events", rows, files)
            known = settings.load(
                data / "settings", {}, {"tokentally": {"query_threads": 2, **options}}
            )
            return stores.enter_context(closing(Store(data, known, now=lambda: now)))

        yield make
