"""The answer to one question with all that has to be known of it, as plain rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from analytics_core.reports.compared import compared
from analytics_core.reports.reported import ask
from analytics_core.semantics.filters import Filters, params_of
from analytics_core.semantics.format import csv_number
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.period import Period
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import Store, View


@dataclass(frozen=True, slots=True)
class Answer:
    """What `view` answered to `query`: `frame` as of View.ask, or of Compared with `previous`.

    `total` is the number of rows before the query's limit cut them.
    """

    view: View
    query: Query
    frame: pl.DataFrame
    total: int
    previous: Period | None = None

    @property
    def units(self) -> Mapping[str, Unit]:
        """The columns that hold figures, with their unit."""
        units = {name: MEASURES[name].unit for name in self.query.measures}
        if self.previous is not None:
            for name in self.query.measures:
                units |= {f"{name}_previous": units[name], f"{name}_change": Unit.RATIO}
        return units

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that say what a row is of: the bucket, then the dimensions."""
        return (*(("bucket",) if self.query.grain else ()), *self.query.by)

    @property
    def empty(self) -> bool:
        """Whether there are no rows, or the one row of a total holds only zero and unknown."""
        if self.frame.is_empty():
            return True
        return not self.keys and not any(self.frame.row(0, named=True).values())


def answered(view: View, query: Query, *, compare: bool = False) -> Answer:
    """Asks; with `compare` beside the period before. Raises as View.ask and `compared` do."""
    whole = replace(query, limit=None)
    previous = None
    if compare:
        beside = compared(view, whole)
        frame, previous = beside.frame, beside.previous
    else:
        frame = ask(view, whole)
    kept = frame if query.limit is None else frame.head(query.limit)
    return Answer(view, query, kept, frame.height, previous)


def about(answer: Answer) -> dict[str, object]:
    """What stands beside the rows: period, filters, data version, units, rows of how many."""
    before = {"previous": bounds(answer.previous)} if answer.previous else {}
    units = {name: unit.value for name, unit in answer.units.items()}
    return {
        **of_selection(answer.view.store, answer.view.filters),
        **before,
        "measures": units,
        "row_count": answer.frame.height,
        "row_total": answer.total,
    }


def of_selection(store: Store, filters: Filters) -> dict[str, object]:
    """The period's bounds, the picks as URL values, the state of the data."""
    until = store.data_until
    return {
        "period": bounds(filters.period),
        "filters": params_of(filters.picks),
        "data_version": store.version,
        "data_until": until.isoformat() if until else None,
    }


def bounds(period: Period) -> dict[str, str]:
    """A period by its name and its half-open bounds."""
    return {
        "name": period.kind,
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "zone": period.calendar.zone,
    }


def rows(answer: Answer) -> Iterator[dict[str, Any]]:
    """One mapping per row: `bucket`, the dimensions with their kind, then the figures.

    `bucket` is ISO 8601: a local date, or for hours the instant in UTC. A row of Others or of
    what has no member has None under the dimension and says so under `<dimension>_kind`.
    """
    units = answer.units
    for row in answer.frame.iter_rows(named=True):
        yield {
            name: plain(value, units[name]) if name in units else key(value)
            for name, value in row.items()
        }


def plain(value: int | float | None, unit: Unit) -> object:
    """One figure as JSON carries it: money and credits as exact decimal text, None for unknown.

    A ratio of money (cost per request) is held as float nano-USD; its text has every digit.
    """
    if value is None or unit not in (Unit.USD, Unit.CREDITS):
        return value
    return csv_number(value, unit)


def key(value: object) -> object:
    """A member or a time as JSON carries it; naive times are UTC."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value
