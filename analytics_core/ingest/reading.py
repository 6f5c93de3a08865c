"""From a private copy to the priced rows of one file, within its limits."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa
from duckdb import DuckDBPyConnection

from analytics_core.ingest import dropped, identity, normalise
from analytics_core.ingest.dropped import Dropped
from analytics_core.ingest.push.envelope import pushed_source
from analytics_core.ingest.reasons import reason_of
from analytics_core.ingest.recognise import Content
from analytics_core.ingest.said import TYPED, Said, columns
from analytics_core.ingest.sources.detect import Unrecognised, detect
from analytics_core.ingest.sources.source import Source
from analytics_core.ingest.verdict import Refused, Rejected
from analytics_core.settings import Settings

KEPT_REJECTS = 100_000
_MOSTLY_ROWS, _MOSTLY_SHARE = 100, 0.2
_SHOWN, _UNSHOWN = 80, "\N{REPLACEMENT CHARACTER}"
_CONVENTION_ROWS, _CONVENTION_SHARE = 5, 0.01
# Columns of text in which a whole record may be hidden, worth looking into for a source.
_CONTAINERS = ("attributes", "metadata", "properties", "spanattributes", "span_attributes")

_SKIPPED = """
    SELECT _skip, count(*) FROM stage.typed WHERE _skip IS NOT NULL GROUP BY 1 ORDER BY 1"""
_REASONS = """
    SELECT split_part(_reject, chr(31), 1), count(*) FROM stage.typed WHERE _reject IS NOT NULL
    GROUP BY 1 ORDER BY 1"""
_REJECTED = """
    SELECT row, split_part(_reject, chr(31), 1), nullif(split_part(_reject, chr(31), 2), ''),
        nullif(split_part(_reject, chr(31), 3), '')
    FROM stage.typed WHERE _reject IS NOT NULL ORDER BY row LIMIT $most"""
_CHECKED = """
    SELECT count(*), count(DISTINCT _unit), count(*) FILTER (_hashed AND grain = 'request'),
        count(*) FILTER (list_contains(_flags, 'parts_exceed_total'))
    FROM stage.typed"""
_MIXED = """
    UPDATE stage.typed SET _flags = list_append(_flags, 'mixed_time_units') WHERE _unit IS NOT NULL"""


@dataclass(frozen=True, slots=True)
class Read:
    """What became of the rows of one file before pricing; those that remain stand in `typed`.

    `duplicate` are repeats the source itself folded. `rejected_rows` are the first 100,000.
    """

    read: int
    accepted: int
    rejected: int
    skipped: int
    duplicate: int
    reasons: Mapping[str, int]
    rejected_rows: tuple[Rejected, ...]


def source_of(
    content: Content, name: str, saved: Sequence[Source], settings: Settings
) -> tuple[Dropped, Source]:
    """The opened file and the source that reads it.

    Raises Refused, or Unrecognised with a proposal. No data page of a Parquet file is read before
    its footer fits a source. A CSV whose mapping states another delimiter is opened with that.
    """
    file = dropped.opened(content, name, settings)
    try:
        return _detected(file, saved, settings)
    except Unrecognised as first:
        for source in saved:
            mark = source.csv.delimiter
            if file.head.kind == "csv" and mark and mark != file.head.delimiter:
                other = dropped.opened(content, name, settings, mark)
                if source.fits(other.head):
                    return other, source
        file.close()
        raise first from None
    except Refused:
        file.close()
        raise


def _detected(file: Dropped, saved: Sequence[Source], settings: Settings) -> tuple[Dropped, Source]:
    pushed = pushed_source(file.head, saved)
    if pushed is not None:
        return file, pushed
    try:
        detect(file.head, saved, settings)
    except Unrecognised as unknown:
        hidden = any(name in file.head.columns for name in _CONTAINERS)
        if unknown.code == "unknown_columns" and not (file.parquet and hidden):
            lines = dropped.as_lines(file)
            if lines is None:
                raise
            return lines, detect(lines.head, saved, settings)
    seen = dropped.sampled(file)
    return seen, detect(seen.head, saved, settings)


def read(
    con: DuckDBPyConnection,
    file: Dropped,
    source: Source,
    file_id: str,
    now: datetime,
    aliases: Mapping[str, Mapping[str, str]],
) -> Read:
    """Makes the table `typed` with the rows that are to land. Raises Refused, duckdb.Error."""
    places = dropped.map_rows(con, file, source).places
    naive = now.astimezone(UTC).replace(tzinfo=None)
    has_types = file.head.kind == "parquet" and not places  # JSON text has no types
    said = Said(columns(con), source, file_id, naive, has_types, aliases)
    normalise.typed(con, said)
    pa.default_memory_pool().release_unused()
    bad = dropped.bad_lines(con, file)
    return _cleared(con, bad, file)


def _cleared(con: DuckDBPyConnection, bad: list[Rejected], file: Dropped) -> Read:
    """Counts and takes out of `typed` what does not land."""
    emitted = con.table(TYPED).aggregate("count(*)").fetchall()[0][0]
    skipped: Counter[str] = Counter(dict(con.execute(_SKIPPED).fetchall()))
    reasons: Counter[str] = Counter(dict(con.execute(_REASONS).fetchall()))
    rows = con.execute(_REJECTED, {"most": KEPT_REJECTS}).fetchall() if reasons else []
    rejected = [*(Rejected(*row) for row in rows), *bad]
    reasons.update(line.code for line in bad)
    repeated = skipped.pop("duplicate", 0)
    if reasons or skipped or repeated:
        con.execute("DELETE FROM stage.typed WHERE _skip IS NOT NULL OR _reject IS NOT NULL")
    lost = sum(reasons.values())
    accepted = emitted + len(bad) - lost - skipped.total() - repeated
    _check_kept(con, accepted, reasons, emitted + len(bad), rejected)
    notes = {"column_left_out": len(dropped.left_out(file))} if dropped.left_out(file) else {}
    return Read(
        emitted + len(bad), accepted, lost, skipped.total(), repeated,
        {**reasons, **skipped, **notes}, tuple(rejected),
    )  # fmt: skip


def _why(reasons: Counter[str], rejected: list[Rejected]) -> str:
    """The commonest reason in words, and the first row that shows it."""
    code, rows = reasons.most_common(1)[0]
    said = f"In {rows} of them"
    first = next((one for one in rejected if one.code == code), None)
    if first is not None:
        value = "".join(c if c.isprintable() else _UNSHOWN for c in (first.value or "")[:_SHOWN])
        shown = f", {first.column} {value!r}" if first.column and value else ""
        said += f", first in row {first.row}{shown}"
    return f"{said}: {reason_of(code).words}"


def _check_kept(
    con: DuckDBPyConnection, accepted: int, reasons: Counter[str], total: int,
    rejected: list[Rejected],
) -> None:  # fmt: skip
    lost = sum(reasons.values())
    counts = {
        "read": total, "rejected": lost, "reasons": tuple(sorted(reasons.items())),
        "examples": rejected,
    }  # fmt: skip
    if lost and not accepted:
        said = f"Every row is rejected. {_why(reasons, rejected)}"
        raise Refused("nothing_accepted", said, **counts)
    if total >= _MOSTLY_ROWS and lost > _MOSTLY_SHARE * total:
        said = f"{lost} of {total} rows are rejected. {_why(reasons, rejected)}"
        raise Refused("mostly_rejected", said, **counts)
    rows, units, hashed, exceeding = con.execute(_CHECKED).fetchall()[0]
    if exceeding >= _CONVENTION_ROWS and exceeding > _CONVENTION_SHARE * rows:
        raise Refused(
            "wrong_convention",
            f"In {exceeding} of {rows} rows cached or reasoning tokens exceed their total.",
            **counts,
        )
    if units > 1:
        con.execute(_MIXED)
    if hashed:
        identity.number_repeats(con)
