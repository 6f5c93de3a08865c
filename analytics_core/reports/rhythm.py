"""When usage happens: a measure by weekday and hour of the reporting zone."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from analytics_core.errors import NotAdditive
from analytics_core.reports.compare import Figure
from analytics_core.reports.span import until
from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.period import Calendar, Grain, Period, hour_begins
from analytics_core.semantics.query import Query
from analytics_core.semantics.zone import local
from analytics_core.store.view import View

DAYS, HOURS = 7, 24
RECORDED = "recorded"
Slot = tuple[int, int]  # weekday (0 is Monday) and hour, on the local clock


@dataclass(frozen=True, slots=True, eq=False)  # one is itself: charts of it are kept
class Rhythm:
    """`cells[day][hour]` is what fell into that hour of that weekday, over all weeks together.

    `days` are the weekdays (0 is Monday) as the calendar's week has them. None is unknown: nothing
    with a known value, or no such hour in the period so far. Both hours of a clock that goes back
    are the same hour here. `total` is of all cells; `apart` of the buckets that sources had already
    summed, whose hours nobody knows. Both are asked.
    """

    measure: Measure
    period: Period
    until: datetime
    days: tuple[int, ...]
    cells: tuple[tuple[Figure, ...], ...]
    total: Figure
    apart: Figure


def questions(measure: str) -> tuple[Query, Query]:
    """What `rhythm` asks: every hour there is and the whole, requests and buckets apart."""
    return Query((measure,), (RECORDED,), grain=Grain.HOUR), Query((measure,), (RECORDED,))


def rhythm(view: View, measure: str) -> Rhythm:
    """`measure`, one that adds up, by weekday and hour. Raises NotAdditive."""
    if not MEASURES[measure].additive:
        raise NotAdditive.stacked(MEASURES[measure].label)
    return view.derived(("rhythm", measure), lambda: _rhythm(view, measure))


def _rhythm(view: View, measure: str) -> Rhythm:
    period, limit = view.filters.period, until(view)
    hours, whole = view.ask_all(questions(measure))
    sums: dict[Slot, Figure] = dict.fromkeys(_slots(period, limit), 0)
    known: set[Slot] = set()
    for hour, recorded, value in hours.select("bucket", RECORDED, measure).iter_rows():
        if recorded != "request":
            continue
        slot = _slot(hour.replace(tzinfo=UTC), period.calendar)
        if value is not None:
            sums[slot] = value + (sums.get(slot) or 0)
            known.add(slot)
        elif slot not in known:
            sums[slot] = None
    days = _weekdays(period.calendar)
    cells = tuple(tuple(sums.get((day, hour)) for hour in range(HOURS)) for day in days)
    totals: dict[str, Figure] = dict(whole.select(RECORDED, measure).iter_rows())
    total, apart = totals.get("request", 0), totals.get("bucket", 0)
    return Rhythm(MEASURES[measure], period, limit, days, cells, total, apart)


@lru_cache(maxsize=20_000)
def _slot(hour: datetime, calendar: Calendar) -> Slot:
    wall = local(hour_begins(hour, calendar.zone), calendar.zone)
    return wall.weekday(), wall.hour


def _slots(period: Period, limit: datetime) -> set[Slot]:
    """The slots that the period has had by `limit`; a week has them all."""
    found: set[Slot] = set()
    for start, _ in period.buckets(Grain.HOUR):
        if start > limit or len(found) == DAYS * HOURS:
            break
        found.add(_slot(start, period.calendar))
    return found


def _weekdays(calendar: Calendar) -> tuple[int, ...]:
    first = 0 if calendar.week_start == "monday" else 6
    return tuple((first + day) % DAYS for day in range(DAYS))
