"""The rows behind the figures: pages of usage requests and usage items, and one event whole."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from analytics_core.semantics.filters import Filters
from analytics_core.store.sql_rows import Cut, Mark, Of
from analytics_core.store.view import View

ROWS = 50  # in a page
MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """Up to ROWS rows, newest first, as `View.rows` gives them, and where they stand.

    `first` is the number of the first row, from 1, among `total`; 0 where there is none.
    """

    of: Of
    frame: pl.DataFrame
    first: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last row."""
        return self.first + self.frame.height - 1 if self.total else 0

    def mark(self, row: int) -> Mark:
        """Where a row of this page stands; negative numbers count from its end."""
        return mark_of(self.frame.row(row, named=True))


@dataclass(frozen=True, slots=True)
class Event:
    """One event whole: its columns by name, its usage items, and the name of its file.

    `items` are as `View.rows` gives them. Without a `file` its origin is not for this reader.
    """

    fields: Mapping[str, Any]
    items: pl.DataFrame
    file: str | None


def mark_of(row: Mapping[str, Any]) -> Mark:
    """Where a row of `View.rows` stands."""
    return Mark(row["started_at"].replace(tzinfo=UTC), row["event_id"], row.get("place", 0))


def page(view: View, of: Of, at: Cut | None = None) -> Page:
    """The rows beside a mark, or the newest: also where the mark has less than a page before it.

    Raises NotAsked, StoreBusy, TooSlow, Damaged.
    """
    cut = replace(at or Cut(), limit=ROWS)
    frame = view.rows(of, cut)
    if frame.is_empty() or (cut.after and frame.height < ROWS):
        cut = Cut(ROWS)
        frame = view.rows(of, cut)
    total = view.count(of)
    if frame.is_empty() or cut == Cut(ROWS):
        return Page(of, frame, min(1, total), total)
    newer = view.count(of, mark_of(frame.row(0, named=True)))
    return Page(of, frame, newer + 1, total)


def without_item_picks(view: View) -> View:
    """The same View without the picks that only usage items have."""
    picks = tuple(pick for pick in view.filters.picks if not pick.of.items)
    return replace(view, filters=replace(view.filters, picks=picks))


def event(view: View, mark: Mark) -> Event | None:
    """The event of a mark, whatever is picked; None where the reader may not see it, or it is gone."""
    period = view.filters.period
    instant = period.between(
        mark.started_at, mark.started_at + timedelta(microseconds=1), period.calendar
    )
    alone = replace(view, filters=Filters(instant))
    found = alone.rows("events", Cut(of=mark))
    if found.is_empty():
        return None
    fields = found.row(0, named=True)
    return Event(fields, alone.rows("items", Cut(of=mark)), _file(view, fields["file_id"]))


def _file(view: View, file_id: str) -> str | None:
    """The name under which a file was dropped, for those who see everything in it."""
    if not view.scope.everything:
        return None
    entry = view.store.manifest.input(file_id)
    return entry.name if entry else file_id


def unit_price(cost_nano: int | None, quantity_micro: int | None) -> Decimal | None:
    """Nano-USD per unit, exact to 28 figures; None where either is unknown or nothing was used."""
    if cost_nano is None or not quantity_micro or quantity_micro < 0:
        return None
    return Decimal(cost_nano) * MICRO / quantity_micro
