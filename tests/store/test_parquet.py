"""Month files: one schema, one order, named by content, nothing lost on the way."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from analytics_core.errors import Damaged
from analytics_core.events import COLUMNS, NAMES
from analytics_core.store import parquet
from analytics_core.store.manifest import EventFile

ROWS = """
    SELECT 'e:' || i AS event_id, make_timestamp(2026, 11, 1 + i % 3, 0, 0, 0) AS started_at,
        i::BIGINT AS requests, i::BIGINT AS input_tokens, i::BIGINT AS cost_nano
    FROM range(9) t(i)"""


@pytest.fixture
def con() -> Any:
    held = duckdb.connect()
    yield held
    held.close()


def written(con: Any, folder: Path, rows: str = ROWS) -> tuple[Path, EventFile]:
    made = parquet.write(con, con.sql(rows), "2026-11", folder)
    assert made is not None
    return made


def test_a_month_file_has_every_event_column_in_order(con: Any, tmp_path: Path) -> None:
    path, _ = written(con, tmp_path)
    types = {
        name: str(kind) for name, kind in zip(NAMES, con.read_parquet(str(path)).types, strict=True)
    }
    assert tuple(pq.read_schema(path).names) == NAMES
    assert types == {c.name: str(duckdb.type(c.sql)) for c in COLUMNS}


def test_rows_stand_by_time_then_id_whatever_their_order(con: Any, tmp_path: Path) -> None:
    path, _ = written(con, tmp_path)
    ids = pq.read_table(path)["event_id"].to_pylist()
    assert ids == ["e:0", "e:3", "e:6", "e:1", "e:4", "e:7", "e:2", "e:5", "e:8"]


def test_the_manifest_line_says_what_was_written(con: Any, tmp_path: Path) -> None:
    path, file = written(con, tmp_path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert (file.path, file.sha256) == (f"month=2026-11/{digest[:16]}.parquet", digest)
    assert (file.rows, file.requests, file.input_tokens, file.output_tokens) == (9, 36, 36, 0)
    assert (file.cost_nano, file.unpriced_rows, file.bytes) == (36, 0, path.stat().st_size)
    assert (file.min_started_at, file.max_started_at) == (
        "2026-11-01T00:00:00", "2026-11-03T00:00:00",
    )  # fmt: skip


def test_the_same_rows_make_the_same_file(con: Any, tmp_path: Path) -> None:
    _, one = written(con, tmp_path)
    _, other = written(con, tmp_path, ROWS + " ORDER BY i DESC")
    assert one == other


def test_no_rows_make_no_file(con: Any, tmp_path: Path) -> None:
    assert parquet.write(con, con.sql(ROWS + " WHERE false"), "2026-11", tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_row_of_another_month_is_refused(con: Any, tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="rows of another month"):
        parquet.write(con, con.sql(ROWS), "2026-10", tmp_path)


def test_published_files_are_read_only_and_intact(con: Any, tmp_path: Path) -> None:
    (file,) = parquet.publish(tmp_path, [written(con, tmp_path)])
    parquet.check(tmp_path, file)
    assert (tmp_path / file.path).stat().st_mode & 0o777 == 0o444


@pytest.mark.parametrize(
    ("month", "start", "end"),
    [
        ("2026-12", datetime(2026, 12, 1), datetime(2027, 1, 1)),
        ("2024-02", datetime(2024, 2, 1), datetime(2024, 3, 1)),
    ],
)
def test_a_month_is_half_open(month: str, start: datetime, end: datetime) -> None:
    assert parquet.bounds(month) == (start, end)


def files(*rows: int) -> tuple[EventFile, ...]:
    return tuple(
        EventFile(
            path=f"{n}", month="2026-11", schema=1, rows=count, bytes=1, sha256="",
            min_started_at="", max_started_at="", requests=0, input_tokens=0, output_tokens=0,
            cost_nano=0, unpriced_rows=0,
        )
        for n, count in enumerate(rows)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "merged"),
    [
        ((1,) * 16, 0),  # sixteen files are kept
        ((5,) * 17, 17),
        ((10_000_000, *(100,) * 16), 16),  # the large one is not written again
        ((10_000_000, 6_000, *(100,) * 15), 16),
        (tuple(5**n for n in range(17)), 2),
    ],
)
def test_a_crowded_month_is_merged_from_its_small_files(rows: tuple[int, ...], merged: int) -> None:
    assert len(parquet.to_merge(files(*rows))) == merged
