"""Landed month files: written with fixed options, read back, named by their content, checked."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from duckdb import ColumnExpression, ConstantExpression, DuckDBPyConnection, DuckDBPyRelation

from analytics_core.errors import Damaged, NotWritable
from analytics_core.events import COLUMNS, NAMES, SCHEMA_NUMBER
from analytics_core.store.manifest import EventFile, sync_folder

MOST_FILES = 16  # of one month; more are merged

_COPY = """
    COPY (FROM leaving) TO $path
    (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE 122880)"""
_OUT_OF_ORDER = """
    SELECT count(*) FROM (
        SELECT (started_at, event_id) < lag((started_at, event_id)) OVER () AS back
        FROM query_table($view))
    WHERE back"""
_SUMS = """
    SELECT count(*), coalesce(sum(requests), 0)::BIGINT, coalesce(sum(input_tokens), 0)::BIGINT,
        coalesce(sum(output_tokens), 0)::BIGINT, coalesce(sum(cost_nano), 0)::BIGINT,
        count(*) FILTER (cost_nano IS NULL), min(started_at), max(started_at)
    FROM query_table($view)"""


@dataclass(frozen=True, slots=True)
class Sums:
    """What a set of events must still add up to after writing; sums skip NULL, times naive UTC."""

    rows: int
    requests: int
    input_tokens: int
    output_tokens: int
    cost_nano: int
    unpriced_rows: int
    first: datetime | None
    last: datetime | None


def sums(con: DuckDBPyConnection, view: str) -> Sums:
    """What the rows of that view or table add up to."""
    return Sums(*con.execute(_SUMS, {"view": view}).fetchall()[0])


def in_order(con: DuckDBPyConnection, view: str) -> bool:
    """Whether the rows of that view stand by started_at, then event_id."""
    return con.execute(_OUT_OF_ORDER, {"view": view}).fetchall()[0][0] == 0


def told(file: EventFile) -> tuple[tuple[str, object], ...]:
    """(name in Sums, value) of everything the manifest says about a file."""
    same = ("rows", "requests", "input_tokens", "output_tokens", "cost_nano", "unpriced_rows")
    edges = (("first", file.min_started_at), ("last", file.max_started_at))
    return (
        *((name, getattr(file, name)) for name in same),
        *((name, datetime.fromisoformat(text)) for name, text in edges),
    )


def month_of(moment: datetime) -> str:
    """The UTC month folder of a naive UTC time, as 2026-11."""
    return f"{moment:%Y-%m}"


def bounds(month: str) -> tuple[datetime, datetime]:
    """[start, end) of a month such as 2026-11, naive UTC."""
    year, number = int(month[:4]), int(month[5:])
    start = datetime(year, number, 1, tzinfo=UTC).replace(tzinfo=None)
    return start, start.replace(year=year + number // 12, month=number % 12 + 1)


def of_month(rows: DuckDBPyRelation, month: str) -> DuckDBPyRelation:
    """The rows whose started_at lies in that month."""
    start, end = bounds(month)
    started = ColumnExpression("started_at")
    return rows.filter((started >= ConstantExpression(start)) & (started < ConstantExpression(end)))


def stored(con: DuckDBPyConnection, events: Path, files: tuple[EventFile, ...]) -> DuckDBPyRelation:
    """The rows of those landed files beside `filename` and `file_row_number`; at least one file."""
    paths = [str(events.resolve() / f.path) for f in files]
    return con.read_parquet(paths, file_row_number=True, filename=True)


def write(
    con: DuckDBPyConnection, rows: DuckDBPyRelation, month: str, folder: Path
) -> tuple[Path, EventFile] | None:
    """Writes `rows` (one month, any order) under `folder`, fsynced, hashed and read back.

    `rows` has event columns, any missing one is NULL. Returns the file beside its manifest line, whose path is where `publish` will put it; None when
    there are no rows. Raises duckdb.Error when the disk is full, Damaged when what is read back
    differs from what was handed in or a row lies outside the month, TypeError for another schema.
    """
    if not _prepare(con, rows):
        return None
    staged = sums(con, "leaving")
    if staged.first is None or staged.last is None:
        return None
    if month_of(staged.first) != month or month_of(staged.last) != month:
        raise Damaged(f"month={month}", "rows of another month")
    path = folder / f"{month}-{os.urandom(4).hex()}.parquet"
    con.execute(_COPY, {"path": str(path)})
    con.read_parquet(str(path)).create_view("written", replace=True)
    check_schema(con, "written")
    if sums(con, "written") != staged or not in_order(con, "written"):
        raise Damaged(path.name, "what was written is not what was handed in")
    with path.open("rb") as out:
        os.fsync(out.fileno())
        digest = hashlib.file_digest(out, "sha256").hexdigest()
    return path, EventFile(
        path=f"month={month}/{digest[:16]}.parquet",
        month=month,
        schema=SCHEMA_NUMBER,
        rows=staged.rows,
        bytes=path.stat().st_size,
        sha256=digest,
        min_started_at=staged.first.isoformat(),
        max_started_at=staged.last.isoformat(),
        requests=staged.requests,
        input_tokens=staged.input_tokens,
        output_tokens=staged.output_tokens,
        cost_nano=staged.cost_nano,
        unpriced_rows=staged.unpriced_rows,
    )


def _prepare(con: DuckDBPyConnection, rows: DuckDBPyRelation) -> bool:
    """Makes the view `leaving`: every event column, in order; False when there are no rows.

    Sorting rows this wide takes as long as writing them: rows in order already (a log, most
    exports) are not sorted, and columns that say nothing are added after the sort.
    """
    given = [c for c in COLUMNS if c.name in rows.columns]
    filled = rows.aggregate(", ".join(f"count({c.name})" for c in given)).fetchall()[0]
    said = {c.name for c, n in zip(given, filled, strict=True) if n}
    if not said:
        return False
    narrow = rows.project(", ".join(n for n in NAMES if n in said))
    narrow.create_view("narrow", replace=True)
    ordered = narrow if in_order(con, "narrow") else narrow.order("started_at, event_id")
    ordered.project(
        ", ".join(c.name if c.name in said else f"NULL::{c.sql} AS {c.name}" for c in COLUMNS)
    ).create_view("leaving", replace=True)
    return True


def publish(events: Path, made: list[tuple[Path, EventFile]]) -> tuple[EventFile, ...]:
    """Renames written files to their content names; nobody reads them before the manifest does."""
    for path, file in made:
        publish_as(events, path, file.path)
    return tuple(file for _, file in made)


def publish_as(events: Path, path: Path, name: str) -> None:
    """Renames a finished file to `name` under `events`, read-only, so that a power cut keeps it."""
    target = events / name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        path.chmod(0o444)
        path.replace(target)
        sync_folder(target.parent)
        sync_folder(events)
    except OSError as wrong:
        raise NotWritable(target, wrong.strerror or str(wrong)) from None


def retire(events: Path, paths: Iterable[str]) -> None:
    """Starts the grace of files about to leave the manifest: their age counts from now."""
    for name in paths:
        path = events / name
        if path.exists():
            os.utime(path)


def check(events: Path, file: EventFile) -> None:
    """Raises Damaged unless the file stands there with the length and SHA-256 of the manifest."""
    try:
        length = (events / file.path).stat().st_size
    except FileNotFoundError:
        raise Damaged(file.path, "it is missing") from None
    except OSError as wrong:
        raise Damaged(file.path, wrong.strerror or str(wrong)) from None
    if length != file.bytes:
        raise Damaged(file.path, "it is cut off" if length < file.bytes else "it has grown")
    check_bytes(events, file.path, file.sha256)


def check_bytes(events: Path, path: str, sha256: str) -> None:
    """Raises Damaged unless the file at `path` under `events` has that SHA-256."""
    try:
        with (events / path).open("rb") as held:
            found = hashlib.file_digest(held, "sha256").hexdigest()
    except OSError as wrong:
        raise Damaged(path, wrong.strerror or str(wrong)) from None
    if found != sha256:
        raise Damaged(path, "its SHA-256 is not the manifest's")


def check_schema(con: DuckDBPyConnection, table: str) -> None:
    """Raises TypeError unless `table` has every event column in its exact type."""
    view = con.table(table)
    types = dict(zip(view.columns, (str(t) for t in view.types), strict=True))
    for column in COLUMNS:
        wanted = str(duckdb.type(column.sql))
        if types.get(column.name) != wanted:
            raise TypeError(
                f"{table}.{column.name} is {types.get(column.name)}, the event column {wanted}"
            )


def to_merge(files: tuple[EventFile, ...]) -> tuple[EventFile, ...]:
    """Which files of one month to make one of: none up to MOST_FILES, else the small ones.

    Smallest first, until the next one outweighs all before it four times: a large file is not
    written again for each handful of small ones, and few files remain whatever their sizes.
    """
    if len(files) <= MOST_FILES:
        return ()
    ordered = sorted(files, key=lambda f: (f.rows, f.path))
    total, count = ordered[0].rows + ordered[1].rows, 2
    while count < len(ordered) and ordered[count].rows <= 4 * total:
        total += ordered[count].rows
        count += 1
    return tuple(ordered[:count])
