"""What a mapping would make of a file: its rows read, checked and priced, and nothing landed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from analytics_core.events import NAMES
from analytics_core.ingest import aliases, door
from analytics_core.ingest.connection import connect
from analytics_core.ingest.reading import Read, read, source_of
from analytics_core.ingest.recognise import recognise
from analytics_core.ingest.said import PRICED, TYPED
from analytics_core.ingest.sources.detect import Unrecognised
from analytics_core.ingest.sources.mapping import sources_of
from analytics_core.ingest.sources.source import Source
from analytics_core.ingest.take import take
from analytics_core.ingest.verdict import Refused, Rejected
from analytics_core.prices import book, cost, rates
from analytics_core.settings import Settings

ROWS, EXAMPLES = 50, 5
# Event columns that a person need not see to judge a mapping.
_HIDDEN = frozenset({
    "event_id", "source", "file_id", "grain", "event_type", "items", "tags", "metadata", "model_raw",
    "price_version", "cost_list_nano", "cost_reported_nano", "cost_computed_nano", "credits_nano",
    "cost_input_nano", "cost_cache_read_nano", "cost_cache_write_nano", "cost_cache_write_1h_nano",
    "cost_output_nano", "cache_savings_nano",
})  # fmt: skip
_SUMS = """
    count(*), min(started_at), max(started_at), sum(requests)::BIGINT, sum(input_tokens)::BIGINT,
    sum(output_tokens)::BIGINT, sum(cost_nano)::BIGINT, count(*) FILTER (cost_nano IS NULL)"""


@dataclass(frozen=True, slots=True)
class Trial:
    """The first rows as events, and the counts and sums of all of them.

    `problem` says why the file would be refused, "" when it would land. Rows hold the `columns`
    that any of them fills; times are naive UTC ISO texts, costs nano-USD.
    """

    source: str
    problem: str = ""
    read: int = 0
    accepted: int = 0
    rejected: int = 0
    skipped: int = 0
    duplicate: int = 0
    reasons: tuple[tuple[str, int], ...] = ()
    first: str | None = None
    last: str | None = None
    requests: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_nano: int | None = None
    unpriced: int = 0
    examples: tuple[Rejected, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()


def trial(
    path: Path,
    name: str,
    mapping: str,
    settings: Settings,
    saved: Sequence[Source],
    desk: Path,
    now: datetime,
) -> Trial:
    """Reads a file by a mapping (the text of its YAML file); everything is written to `desk`.

    A mapping with the name of a saved one takes its place. Raises BadFile for a mapping that cannot
    be used, Refused for a file that nobody could read.
    """
    (source,) = sources_of(mapping, "the mapping")
    taken = take(path, name, desk, settings)
    content = recognise(taken.path, settings, desk)
    others = [other for other in saved if other.name != source.name]
    try:
        file, found = source_of(content, name, [source, *others], settings)
    except Unrecognised as unknown:
        return Trial(source.name, unknown.message)
    try:
        if found.name != source.name:
            return Trial(source.name, _read_by_another(found))
        events = desk / "events"  # a store of its own, which stays empty
        with connect(events, settings, file.paths) as con:
            door.stage(con, events, on_disk=door.is_large(file))
            rates.load(settings).register(con)
            known = aliases.load(settings.folder)
            rows = read(con, file, source, taken.file_id, now, known)
            return _priced(con, source, rows, settings)
    except Refused as refused:
        return _refused(source, refused)
    except (duckdb.Error, pa.ArrowException) as wrong:
        return Trial(
            source.name, f"Its values cannot be read ({str(wrong).splitlines()[0][:200]})."
        )
    finally:
        file.close()


def _read_by_another(found: Source) -> str:
    return (
        f"The file would still be read as {found.name}, which requires more of its columns. Name"
        " more columns by which your files are recognised."
    )


def _priced(
    con: duckdb.DuckDBPyConnection, source: Source, rows: Read, settings: Settings
) -> Trial:
    cost.price(
        con, TYPED, PRICED, book.load(settings), policy=door.policy_of(source, settings),
        zero_cost=source.zero_cost, rates=rates.load(settings),
    )  # fmt: skip
    priced = con.table(PRICED)
    count, first, last, requests, tokens_in, tokens_out, nano, unpriced = priced.aggregate(
        _SUMS
    ).fetchall()[0]
    columns, shown = _shown(priced)
    flags = "unnest(list_distinct(_flags)) AS flag"
    counted = priced.project(flags).aggregate("flag, count(*)").fetchall()
    reasons: dict[str, int] = {**rows.reasons, **{code: n for code, n in counted if code}}
    return Trial(
        source.name, "", rows.read, count, rows.rejected, rows.skipped, rows.duplicate,
        tuple(sorted(reasons.items())), _plain(first), _plain(last), requests, tokens_in, tokens_out,
        nano, unpriced, rows.rejected_rows[:EXAMPLES], columns, shown,
    )  # fmt: skip


def _shown(
    priced: duckdb.DuckDBPyRelation,
) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    """The columns that the first rows fill, and those rows."""
    names = [n for n in NAMES if n in priced.columns and n not in _HIDDEN]
    rows = priced.order("row").limit(ROWS).project(", ".join(names)).fetchall()
    filled = [at for at in range(len(names)) if any(row[at] is not None for row in rows)]
    return (
        tuple(names[at] for at in filled),
        tuple(tuple(_plain(row[at]) for at in filled) for row in rows),
    )


def _plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _refused(source: Source, refused: Refused) -> Trial:
    details = refused.details
    return Trial(
        source.name, refused.message, read=details.get("read", 0),
        rejected=details.get("rejected", 0), reasons=details.get("reasons", ()),
        examples=tuple(details.get("examples", ())[:EXAMPLES]),
    )  # fmt: skip


def from_plain(said: dict[str, Any]) -> Trial:
    """The trial that JSON says: lists become tuples."""
    return Trial(**said | {
        "reasons": tuple((code, n) for code, n in said["reasons"]),
        "examples": tuple(Rejected(**e) for e in said["examples"]),
        "columns": tuple(said["columns"]),
        "rows": tuple(map(tuple, said["rows"])),
    })  # fmt: skip
