"""The same cost from two files: refused unless a person says that it is not the same (EVENTS 3.6)."""

from datetime import timedelta
from pathlib import Path

from duckdb import DuckDBPyConnection

from analytics_core.ingest.verdict import Refused
from analytics_core.store import manifest, parquet
from analytics_core.store.manifest import Input

_LONGEST_BUCKET = timedelta(days=31)

_RANGE = """
    SELECT min(started_at), max(CASE WHEN grain = 'bucket' AND ended_at > started_at
        THEN ended_at ELSE started_at + INTERVAL 1 MICROSECOND END)
    FROM query_table($table)"""
# The dimensions a bucket export was grouped by are those it fills.
_SHAPE = """
    SELECT bool_or(organization IS NOT NULL), bool_or(team IS NOT NULL),
        bool_or(user_id IS NOT NULL), bool_or(project IS NOT NULL),
        bool_or(customer IS NOT NULL), bool_or(agent IS NOT NULL), bool_or(api_key IS NOT NULL)
    FROM query_table($table)"""
_OTHERS = """
    SELECT file_id, count(*), bool_or(organization IS NOT NULL), bool_or(team IS NOT NULL),
        bool_or(user_id IS NOT NULL), bool_or(project IS NOT NULL),
        bool_or(customer IS NOT NULL), bool_or(agent IS NOT NULL), bool_or(api_key IS NOT NULL)
    FROM near
    WHERE started_at < $end AND file_id IN (SELECT unnest($files)) AND $start <
        CASE WHEN grain = 'bucket' AND ended_at > started_at THEN ended_at
        ELSE started_at + INTERVAL 1 MICROSECOND END
    GROUP BY file_id ORDER BY file_id"""


def check_overlap(con: DuckDBPyConnection, table: str, entry: Input, events: Path) -> None:
    """Raises Refused (overlapping_source) when the rows of `table` would count a group's cost a second time.

    That is so when the store has rows of the same group in the file's time range that are of the
    other grain, or are buckets of another source or grouped by other dimensions. Files read again
    and sources without a group are never refused.
    """
    held = manifest.load(events)
    others = {
        i.file_id: i
        for i in held.inputs
        if i.verdict == "landed" and i.group == entry.group and i.file_id != entry.file_id
        and "bucket" in (i.grain, entry.grain)
    }  # fmt: skip
    start, end = con.execute(_RANGE, {"table": table}).fetchall()[0]
    known = held.landed(entry.file_id) is not None
    if known or entry.group is None or not others or start is None:
        return
    files = held.months(start - _LONGEST_BUCKET, end)
    if not files:
        return
    parquet.stored(con, events, files).create_view("near", replace=True)
    values = {"start": start, "end": end, "files": list(others)}
    shape = con.execute(_SHAPE, {"table": table}).fetchall()[0]
    for file_id, rows, *their_shape in con.execute(_OTHERS, values).fetchall():
        other = others[file_id]
        alike = other.grain == entry.grain and other.source == entry.source
        if not alike or tuple(their_shape) != shape:
            raise Refused(
                "overlapping_source",
                f"'{other.name}' ({other.source}) already brought {rows} rows of {entry.group} for"
                f" the time of this file ({entry.source}), so the same cost would count twice."
                " Ingest it with --allow-overlap if it is other usage, or forget"
                f" {file_id} first.",
            )
