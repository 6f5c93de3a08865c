"""How far the data reach into a period, what it is compared with, and other looks at a View."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from analytics_core.semantics.filters import Filters, Pick, Value
from analytics_core.semantics.period import Period
from analytics_core.semantics.zone import day_start, local
from analytics_core.store.view import View


def until(view: View) -> datetime:
    """The instant (aware UTC) from which nothing is known: the period's end, or the newest event.

    Of an empty store, the period's start. Source: METRICS.md 2.4.
    """
    period = view.filters.period
    return min(period.end, max(view.store.data_until or period.start, period.start))


def before(view: View) -> View:
    """The same view of the period before, cut off where this one is. Source: METRICS.md 2.3."""
    previous = view.filters.period.previous_until(until(view))
    return replace(view, filters=replace(view.filters, period=previous))


def based(view: View) -> bool:
    """Whether the period before begins no earlier than the day of the first visible event."""
    first = view.first_event()
    if first is None:
        return False
    previous, zone = view.filters.period.previous(), view.filters.period.calendar.zone
    return day_start(local(first, zone).date(), zone) <= previous.start


def whole(view: View) -> View | None:
    """Everything the reader may see, of all times and without picks; None when that is nothing."""
    first, newest = view.first_event(), view.store.manifest.newest
    if first is None or newest is None:
        return None
    end = max(newest, first) + timedelta(seconds=1)
    calendar = view.filters.period.calendar
    return replace(view, filters=Filters(Period.between(first, end, calendar)))


def during(view: View, kind: str) -> View:
    """The same view of another period by its name, such as today, on the clock of the store."""
    period = Period.parse(kind, view.store.now(), view.filters.period.calendar)
    return replace(view, filters=replace(view.filters, period=period))


def among(view: View, by: str, names: Sequence[Value]) -> View:
    """The same view of those members of `by` alone, as far as they are not picked away already."""
    picked = view.filters.values(by)
    kept = tuple(name for name in names if not picked or name in picked)
    others = tuple(pick for pick in view.filters.picks if pick.dimension != by)
    return replace(view, filters=replace(view.filters, picks=(*others, Pick(by, kept))))
