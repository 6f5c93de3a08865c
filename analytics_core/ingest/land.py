"""Landing: priced rows become month files of the store and a ledger line, in one manifest step."""

import hashlib
import os
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from duckdb import DuckDBPyConnection

from analytics_core.ingest.archive import archived_as
from analytics_core.ingest.connection import workspace
from analytics_core.ingest.dedupe import REUSED, Dedupe, dedupe
from analytics_core.ingest.push import hours, joining
from analytics_core.ingest.push.joining import Joining
from analytics_core.ingest.used_book import name_of, write_book
from analytics_core.prices.book import Book
from analytics_core.store import manifest, parquet
from analytics_core.store.manifest import EventFile, Input, Manifest
from analytics_core.store.verify import broken

LATE_AFTER = timedelta(days=3)
_NO_FILE = ""  # what joins an hour replaces none of its rows

_MONTHS = """
    SELECT strftime(started_at, '%Y-%m') AS month, count(*) FROM outgoing GROUP BY month
    ORDER BY month"""
_FLAGS = """
    SELECT flag, count(*) FROM (SELECT unnest(list_distinct(_flags)) AS flag FROM outgoing)
    WHERE flag IS NOT NULL GROUP BY flag"""
_TOTALS = """
    SELECT count(*), sum(requests)::BIGINT, sum(input_tokens)::BIGINT, sum(output_tokens)::BIGINT,
        sum(cost_nano)::BIGINT, count(*) FILTER (cost_nano IS NULL), min(started_at),
        max(started_at)
    FROM outgoing"""
_BOOKS = """
    SELECT DISTINCT price_version FROM outgoing WHERE price_version IS NOT NULL ORDER BY 1"""
_LOSERS = """
    SELECT file_id, winner, count(*), sum(requests)::BIGINT, sum(input_tokens)::BIGINT,
        sum(output_tokens)::BIGINT, sum(cost_nano)::BIGINT, count(*) FILTER (cost_nano IS NULL)
    FROM lost WHERE file_id <> $file_id GROUP BY file_id, winner ORDER BY file_id, winner"""
_LOST_FILES = "SELECT DISTINCT filename FROM lost"
_LEFT = """
    CREATE OR REPLACE TEMP VIEW remaining AS
    SELECT held.* EXCLUDE (filename, file_row_number)
    FROM held ANTI JOIN lost USING (filename, file_row_number)"""


class BrokenRows(Exception):
    """Rows that break an invariant of the event table: a fault of ours, nothing was landed."""


def land(
    con: DuckDBPyConnection,
    table: str,
    entry: Input,
    events: Path,
    *,
    id_conflicts: bool = True,
    keep_archive: bool = True,
    book: Book | None = None,
    hour: Joining | None = None,
) -> Input:
    """Lands the priced rows of one file and returns its finished ledger line.

    `table` has columns of events.COLUMNS (a missing one is NULL), `_updated_at` and `_flags`, and
    no row that is not to land; `con` comes from
    `connection.connect` and the caller holds the lock. `entry` brings file_id, sha256, name,
    source, group, grain, taken_at, read, rejected, skipped, the collapsed repeats in `duplicate`,
    and the reasons of rows that are gone; what happens here is added: accepted, duplicates,
    reasons of the kept rows, times, sums, months, archived, lost_to. Lines of other files that
    lose rows to this one are corrected in the same step. A file that stands in the ledger as
    landed is landed again: its rows are replaced. `book` is what priced the rows; it is kept beside
    them. With an `hour` of pushed events the rows join those of that line, which is renewed; the
    line that is returned is of these rows alone. Either everything becomes visible or nothing.
    Raises duckdb.Error (disk full), Damaged, NotWritable, BrokenRows.
    """
    held = manifest.load(events)
    own = entry.file_id if hour is None else _NO_FILE
    repeats = dedupe(con, table, own, events, held)
    faults = broken(con, "outgoing")
    if faults:
        raise BrokenRows("; ".join(f"{rule} ({rows} rows)" for rule, rows in faults))
    months = con.execute(_MONTHS).fetchall()
    place = workspace(events)
    made = [parquet.write(con, parquet.of_month(con.table("outgoing"), m), m, place)
            for m, _ in months]  # fmt: skip
    gone = losing_files(con, events, held)
    made += [without_lost(con, events, file, place) for file in gone]
    finished = _finished(con, entry, repeats, months, held, id_conflicts=id_conflicts)
    before = held.input(entry.file_id)
    finished = replace(
        finished,
        archived=entry.archived if hour else _archived(before, finished, keep_archive=keep_archive),
        demo=entry.demo or (before is not None and before.demo),
        lost_to=tuple(lost for lost in finished.lost_to if lost[0] != entry.file_id),
    )
    books = tuple(version for (version,) in con.execute(_BOOKS).fetchall())
    inputs = _corrected(con, held, own)
    files = parquet.publish(events, [m for m in made if m is not None])
    sides = keep_book(events, held, book, place) if book and book.version in books else ()
    step = replace(
        held,
        files=(*(f for f in held.files if f not in gone), *files),
        inputs=inputs,
        books=tuple(dict.fromkeys((*held.books, *books))),
        side=tuple({**dict(held.side), **dict(sides)}.items()),
    )
    parquet.retire(events, (f.path for f in gone))
    line = finished
    if hour is not None:
        parts = (*hour.parts, hour.this)
        side = hours.listed(hour.file_id, parts, step.side, events, place)
        step = replace(step, side=side)
        before = step.input(entry.file_id) if hour.line else None
        line = joining.added(before, finished) if before else finished
    manifest.save(events, step.with_input(line))
    return finished


def _archived(before: Input | None, entry: Input, *, keep_archive: bool) -> str | None:
    if before is not None and before.archived is not None:
        return before.archived
    return archived_as(entry) if keep_archive else None


def losing_files(con: DuckDBPyConnection, events: Path, held: Manifest) -> tuple[EventFile, ...]:
    """The landed files that hold rows of the table `lost`."""
    names = {name for (name,) in con.execute(_LOST_FILES).fetchall()}
    return tuple(f for f in held.files if str(events.resolve() / f.path) in names)


def without_lost(
    con: DuckDBPyConnection, events: Path, file: EventFile, place: Path
) -> tuple[Path, EventFile] | None:
    """Writes `file` again without its rows in `lost`; a damaged file is never copied (Damaged)."""
    parquet.check(events, file)
    parquet.stored(con, events, (file,)).create_view("held", replace=True)
    con.execute(_LEFT)
    return parquet.write(con, con.table("remaining"), file.month, place)


def _finished(
    con: DuckDBPyConnection,
    entry: Input,
    repeats: Dedupe,
    months: list[tuple[str, int]],
    held: Manifest,
    *,
    id_conflicts: bool,
) -> Input:
    rows, requests, tokens_in, tokens_out, cost, unpriced, first, last = con.execute(
        _TOTALS
    ).fetchall()[0]
    reasons = Counter(dict(entry.reasons))
    reasons.update(dict(con.execute(_FLAGS).fetchall()))
    reasons["id_conflict"] += repeats.conflicts if id_conflicts else 0
    reasons[REUSED] += repeats.reused
    reasons["late_row"] += _late(entry, months, held)
    return replace(
        entry,
        verdict="landed",
        accepted=rows,
        duplicate=entry.duplicate + repeats.duplicate,
        reasons=tuple(sorted((code, n) for code, n in reasons.items() if n)),
        min_started_at=first.isoformat() if first else None,
        max_started_at=last.isoformat() if last else None,
        months=tuple(month for month, _ in months),
        requests=requests,
        tokens=manifest.total(tokens_in, tokens_out),
        cost_nano=cost,
        unpriced_rows=unpriced,
        lost_to=repeats.lost_to,
    )


def _late(entry: Input, months: list[tuple[str, int]], held: Manifest) -> int:
    """Rows of months that ended more than three days ago and had rows of this source before."""
    known = {
        month
        for other in held.inputs
        if other.verdict == "landed" and other.source == entry.source
        and other.file_id != entry.file_id
        for month in other.months
    }  # fmt: skip
    taken = datetime.fromisoformat(entry.taken_at).replace(tzinfo=None)
    return sum(
        rows
        for month, rows in months
        if month in known and parquet.bounds(month)[1] + LATE_AFTER < taken
    )


def _corrected(con: DuckDBPyConnection, held: Manifest, own: str) -> tuple[Input, ...]:
    """The other ledger lines: what they lost to this file (`own`) is theirs no more.

    Accepted rows become duplicates, so read = accepted + rejected + skipped + duplicate still
    holds and the accepted rows of all lines are the rows of the store.
    """
    inputs = {i.file_id: i for i in held.inputs}
    lost = con.execute(_LOSERS, {"file_id": own}).fetchall()
    for file_id, winner, rows, requests, tokens_in, tokens_out, cost, unpriced in lost:
        loser = inputs[file_id]
        lost_to = Counter(dict(loser.lost_to))
        if winner != file_id:  # within one hour of pushed events nothing is to be read again
            lost_to[winner] += rows
        inputs[file_id] = replace(
            loser,
            accepted=loser.accepted - rows,
            duplicate=loser.duplicate + rows,
            requests=_less(loser.requests, requests),
            tokens=_less(loser.tokens, manifest.total(tokens_in, tokens_out)),
            cost_nano=_less(loser.cost_nano, cost),
            unpriced_rows=loser.unpriced_rows - unpriced,
            lost_to=tuple(sorted(lost_to.items())),
        )
    return tuple(inputs.values())


def _less(total: int | None, part: int | None) -> int | None:
    return None if total is None else total - (part or 0)


def keep_book(events: Path, held: Manifest, book: Book, place: Path) -> tuple[tuple[str, str], ...]:
    """Puts the book among the side files unless it is there; (path, SHA-256) for the manifest."""
    name = name_of(book.version)
    if name in dict(held.side):
        return ()
    path = write_book(book, place)
    with path.open("rb") as written:
        os.fsync(written.fileno())
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    parquet.publish_as(events, path, name)
    return ((name, digest),)
