"""What became of a pushed body: received, landed with its rows told apart, or refused."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import duckdb

from analytics_core.ingest import quarantine
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.push import hours
from analytics_core.ingest.push.receipts import Receipt, Receipts
from analytics_core.ingest.push.spool import lying, waiting
from analytics_core.ingest.verdict import FORGOTTEN, REFUSALS, REMEDIES, Rejected, words_of
from analytics_core.store import manifest, parquet
from analytics_core.store.manifest import Input, Manifest

MOST_SHOWN = 20  # rejected rows
_KEPT_REJECTS = 100_000

State = Literal["received", "landed", "refused", "forgotten", "lost"]


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of the events of a receipt; events = accepted + rejected + duplicate if landed.

    `duplicate` are repeats of events that stand, and events that a later copy has replaced since.
    """

    state: State
    file_id: str | None = None
    accepted: int = 0
    rejected: int = 0
    duplicate: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict[str, int])
    rows: tuple[Rejected, ...] = ()  # rejected ones, numbered within the body
    reason: str = ""
    remedy: str = ""


def fate(receipt: Receipt, receipts: Receipts, folders: Folders) -> Fate:
    """What became of it, as the ledger says now."""
    if any(body.receipt == receipt.id for body in waiting(folders)):
        return Fate("received")
    place = receipts.place(receipt.id)
    if place is None:
        return Fate("lost")
    lies, hour = lying(folders, place.file_id), receipts.hour(place.file_id)
    held = manifest.load(folders.events)  # after looking: a file leaves the inbox with a line here
    found = hours.holding(place.file_id, hour, held, folders.events)
    if found is not None:
        return _landed(receipt, place.first + found[1], found[0], held, folders)
    entry = held.input(place.file_id)
    if entry is None and not lies and hour is not None:  # its line was taken out again
        entry = next((line for _, line in hours.lines(hour, held)), None)
    if entry is None:
        return Fate("received" if lies else "lost")
    if entry.verdict in REFUSALS:
        remedy = REMEDIES.get(entry.verdict, "")
        return Fate("refused", entry.file_id, reason=entry.message, remedy=remedy)
    if entry.verdict != FORGOTTEN:
        return Fate("lost")
    return Fate("forgotten", entry.file_id, reason=words_of(entry.verdict))


def _landed(receipt: Receipt, first: int, entry: Input, held: Manifest, folders: Folders) -> Fate:
    """`first` is the row of the line that is the first of the receipt."""
    last = first + receipt.events - 1
    rejected = [
        Rejected(r.row - first + 1, r.code, r.column, r.value)
        for r in quarantine.rejected_rows(folders, entry.file_id, _KEPT_REJECTS)
        if first <= r.row <= last
    ]
    accepted = _accepted(first, last, entry, held, folders)
    return Fate(
        "landed",
        entry.file_id,
        accepted,
        len(rejected),
        receipt.events - accepted - len(rejected),
        Counter(row.code for row in rejected),
        tuple(rejected[:MOST_SHOWN]),
    )


def _accepted(first: int, last: int, entry: Input, held: Manifest, folders: Folders) -> int:
    """How many of these rows of the file stand in the store."""
    files = tuple(f for f in held.files if f.month in entry.months)
    if not files:
        return 0
    with duckdb.connect() as con:
        lines = parquet.stored(con, folders.events, files).filter(
            (duckdb.ColumnExpression("file_id") == duckdb.ConstantExpression(entry.file_id))
            & (duckdb.ColumnExpression("row") >= duckdb.ConstantExpression(first))
            & (duckdb.ColumnExpression("row") <= duckdb.ConstantExpression(last))
        )
        return lines.aggregate("count(*)").fetchall()[0][0]
