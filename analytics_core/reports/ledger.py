"""The ledger of files for people: newest first, page by page, and what forgetting one would do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analytics_core.store.manifest import Input, Manifest

PAGE = 50
LANDED = ("landed", "statement")
KNOWN = (*LANDED, "duplicate_file", "forgotten")  # any other verdict is a quarantine


@dataclass(frozen=True, slots=True)
class Totals:
    """Of the whole store: files whose rows stand in it, those refused, events, rows read, rejected.

    `read` and `rejected` are of the files whose rows stand in the store.
    """

    files: int
    quarantined: int
    events: int
    read: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the lines that were found; `number` counts from 1, `found` all of them."""

    entries: tuple[Input, ...]
    number: int
    pages: int
    found: int


@dataclass(frozen=True, slots=True)
class Loss:
    """What goes with a file: its rows and their cost, and the files that are read again for it."""

    rows: int
    cost_nano: int | None
    again: tuple[Input, ...]


def totals(held: Manifest) -> Totals:
    """The ledger in three figures."""
    landed = [entry for entry in held.inputs if entry.verdict in LANDED]
    return Totals(
        files=len(landed),
        quarantined=len(quarantined(held)),
        events=held.rows,
        read=sum(entry.read for entry in landed),
        rejected=sum(entry.rejected for entry in landed),
    )


def quarantined(held: Manifest) -> tuple[Input, ...]:
    """The lines of refused files, newest first."""
    return newest_first(entry for entry in held.inputs if entry.verdict not in KNOWN)


def newest_first(entries: Iterable[Input]) -> tuple[Input, ...]:
    """Ledger lines, the file taken last at first; of one batch the last one."""
    placed = sorted(enumerate(entries), key=lambda e: (e[1].taken_at, e[0]), reverse=True)
    return tuple(entry for _, entry in placed)


def search(held: Manifest, text: str) -> tuple[Input, ...]:
    """Lines whose name, source, verdict or id contains `text`, whatever the case; newest first."""
    wanted = text.strip().casefold()
    return newest_first(entry for entry in held.inputs if wanted in _text(entry))


def page(found: Sequence[Input], number: int) -> Page:
    """That page of the lines; one that does not exist is the nearest one that does."""
    pages = max(1, -(-len(found) // PAGE))
    at = min(max(number, 1), pages)
    return Page(tuple(found[(at - 1) * PAGE : at * PAGE]), at, pages, len(found))


def _text(entry: Input) -> str:
    words = (entry.name, entry.source or "", entry.verdict, entry.file_id)
    return "\n".join(words).casefold()


def loss(held: Manifest, entry: Input) -> Loss:
    """What would be gone without that landed file."""
    again = tuple(
        other
        for other in held.inputs
        if other.verdict == "landed" and entry.file_id in dict(other.lost_to)
    )
    return Loss(entry.accepted, entry.cost_nano, newest_first(again))
