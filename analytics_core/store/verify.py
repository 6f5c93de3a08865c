"""Whether the store still holds what the manifest says, byte by byte and sum by sum."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from analytics_core.errors import Damaged
from analytics_core.settings import Settings
from analytics_core.store import manifest, parquet
from analytics_core.store.connection import locked_connection
from analytics_core.store.manifest import EventFile, Manifest

# Each counts the rows of the view `checked` that break one rule of EVENTS.md 1.
_INVARIANTS = """
    SELECT
        count(*) FILTER (coalesce(cache_read_tokens, 0) + coalesce(cache_write_tokens, 0)
            > input_tokens) AS "cache parts exceed input_tokens",
        count(*) FILTER (cache_write_1h_tokens > cache_write_tokens)
            AS "cache_write_1h_tokens exceed cache_write_tokens",
        count(*) FILTER (reasoning_tokens > output_tokens)
            AS "reasoning_tokens exceed output_tokens",
        count(*) FILTER (least(input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
            cache_write_1h_tokens, reasoning_tokens, requests) < 0) AS "a count is below zero",
        count(*) FILTER (grain = 'request' AND requests NOT IN (0, 1))
            AS "a request row counts more than one request",
        count(*) FILTER (grain NOT IN ('request', 'bucket')) AS "grain is neither kind",
        count(*) FILTER (cost_source NOT IN ('reported', 'computed', 'free', 'unpriced'))
            AS "cost_source is none of the four",
        count(*) FILTER ((cost_source = 'unpriced') <> (cost_nano IS NULL))
            AS "unpriced and a missing cost disagree",
        count(*) FILTER (cost_nano IS NULL AND (coalesce(cost_input_nano, cost_cache_read_nano,
            cost_cache_write_nano, cost_cache_write_1h_nano, cost_output_nano) IS NOT NULL
            OR len(list_filter(items, lambda i: i.cost_nano IS NOT NULL)) > 0))
            AS "an unpriced row has a priced part",
        count(*) FILTER (cost_source = 'free' AND cost_nano <> 0) AS "free and not 0",
        count(*) FILTER (cost_source = 'computed' AND cost_nano <>
            coalesce(cost_input_nano, 0) + coalesce(cost_cache_read_nano, 0)
            + coalesce(cost_cache_write_nano, 0) + coalesce(cost_cache_write_1h_nano, 0)
            + coalesce(cost_output_nano, 0)
            + coalesce(list_sum(list_transform(items, lambda i: i.cost_nano)), 0))
            AS "a computed cost is not the sum of its parts",
        count(*) FILTER (event_id IS NULL OR source IS NULL OR file_id IS NULL OR row IS NULL
            OR grain IS NULL OR started_at IS NULL OR service_type IS NULL OR event_type IS NULL
            OR cost_source IS NULL) AS "a required column is NULL"
    FROM checked"""
_TWICE = """
    SELECT count(*) - count(DISTINCT hash(event_id)) FROM checked"""
_BY_INPUT = """
    SELECT file_id, count(*), coalesce(sum(cost_nano), 0)::BIGINT FROM checked GROUP BY file_id"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference; `path` is relative to data/events."""

    path: str
    problem: str


def broken(con: DuckDBPyConnection, view: str) -> tuple[tuple[str, int], ...]:
    """(rule, rows) of each row invariant of EVENTS.md 1 that rows of `view` break."""
    con.table(view).create_view("checked", replace=True)
    answer = con.execute(_INVARIANTS)
    rules = [column[0] for column in answer.description or ()]
    counts = answer.fetchall()[0]
    return tuple((rule, n) for rule, n in zip(rules, counts, strict=True) if n)


def verify(events: Path, settings: Settings) -> tuple[Finding, ...]:
    """Every difference between the manifest and what stands under `events`; empty means intact.

    Hashes every listed file, then reads the sound ones: sums, months, row invariants, unique
    event_id, and the rows and cost of each ledger line. Raises BadFile for an unreadable manifest.
    """
    held = manifest.load(events)
    findings = list(_damaged(events, held))
    bad = {f.path for f in findings}
    sound = tuple(f for f in held.files if f.path not in bad)
    paths = [events / f.path for f in sound]
    spill = events / f".spill-{os.getpid()}"
    con = locked_connection(settings, spill, paths)
    try:
        for file in sound:
            findings += _differences(con, events, file)
        if len(sound) == len(held.files):
            findings += _whole(con, events, held)
    finally:
        con.close()
        shutil.rmtree(spill, ignore_errors=True)
    return tuple(findings)


def _damaged(events: Path, held: Manifest) -> Iterator[Finding]:
    if held.said is not None and held.said != held.version:
        yield Finding("manifest.json", "its file list is not the one its version was made from")
    for file in held.files:
        try:
            parquet.check(events, file)
        except Damaged as wrong:
            yield Finding(file.path, str(wrong))
    for path, digest in held.side:
        try:
            parquet.check_bytes(events, path, digest)
        except Damaged as wrong:
            yield Finding(path, str(wrong))


def _differences(con: DuckDBPyConnection, events: Path, file: EventFile) -> Iterator[Finding]:
    try:
        parquet.stored(con, events, (file,)).create_view("landed", replace=True)
        parquet.check_schema(con, "landed")
        for rule, rows in broken(con, "landed"):
            yield Finding(file.path, f"{rule} ({rows} rows)")
        sums = parquet.sums(con, "landed")
    except (duckdb.Error, TypeError) as wrong:
        yield Finding(file.path, f"cannot be read as events ({wrong})")
        return
    for name, told in parquet.told(file):
        found: Any = getattr(sums, name)
        if found != told:
            yield Finding(file.path, f"{name} is {found}, the manifest says {told}")
    for edge in (sums.first, sums.last):
        if edge is not None and parquet.month_of(edge) != file.month:
            yield Finding(file.path, f"holds a row of {edge:%Y-%m-%d}")


def _whole(con: DuckDBPyConnection, events: Path, held: Manifest) -> Iterator[Finding]:
    found: dict[str, tuple[int, int]] = {}
    if held.files:
        parquet.stored(con, events, held.files).create_view("checked", replace=True)
        twice = con.execute(_TWICE).fetchall()[0][0]
        if twice:
            yield Finding("manifest.json", f"{twice} rows share an event_id with another")
        found = {name: (rows, cost) for name, rows, cost in con.execute(_BY_INPUT).fetchall()}
    for entry in held.inputs:
        rows, cost = found.pop(entry.file_id, (0, 0))
        told = (entry.accepted, entry.cost_nano or 0) if entry.verdict == "landed" else (0, 0)
        if (rows, cost) != told:
            yield Finding(
                "manifest.json",
                f"{rows} rows and {cost} nano-USD of file {entry.file_id}, its ledger line says"
                f" {told[0]} and {told[1]}",
            )
    for name, (rows, _) in found.items():
        yield Finding("manifest.json", f"{rows} rows of file {name}, which no ledger line names")
