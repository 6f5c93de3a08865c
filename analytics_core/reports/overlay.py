"""The period before, laid over a timeline so that like stands over like (METRICS.md 2.3)."""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from analytics_core.reports.axis import Bucket, starts
from analytics_core.reports.compare import Figure
from analytics_core.semantics.format import bucket_when
from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.period import Grain, Period, months_after
from analytics_core.semantics.query import Query
from analytics_core.semantics.zone import day_start, instant, local
from analytics_core.store.view import View

_WEEK = 7
_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Laid:
    """One bucket of the period before: under which bucket it stands, its own name, its figure."""

    under: Bucket
    when: str
    value: Figure


@dataclass(frozen=True, slots=True, eq=False)  # one is itself: charts of it are kept
class Overlay:
    """A measure of the period before, one figure under every bucket of the period, also later ones.

    `shift` says how far it was moved, for people. Figures before the first visible event are None.
    """

    measure: Measure
    grain: Grain
    laid: tuple[Laid, ...]
    shift: str

    @property
    def known(self) -> bool:
        """Whether any of it is known."""
        return any(one.value is not None for one in self.laid)


def overlay(view: View, measure: str, grain: Grain) -> Overlay:
    """`measure` of the period before, moved by whole weeks so that weekdays meet weekdays.

    Hours move by a day where the period is no longer than one; months, quarters and years by
    themselves. Raises UnknownName, NotAsked.
    """
    return view.derived(("overlay", measure, grain), lambda: _overlay(view, measure, grain))


def _overlay(view: View, measure: str, grain: Grain) -> Overlay:
    period = view.filters.period
    back = _Back.of(period, grain)
    earlier = back.period(period)
    asked = replace(view, filters=replace(view.filters, period=earlier))
    answer = asked.ask(Query((measure,), grain=grain))
    got = dict(
        zip(starts(answer["bucket"], grain, earlier), answer[measure].to_list(), strict=True)
    )
    first = view.first_event()
    empty = 0 if MEASURES[measure].zero_when_empty else None
    laid: list[Laid] = []
    for start, end in period.buckets(grain):
        then, until = back.moved(start, grain), back.moved(end, grain)
        known = empty if first is not None and until > first else None
        zone = period.calendar.zone
        bucket = Bucket(start, end, local(start, zone), partial=False, so_far=False)
        laid.append(Laid(bucket, _when(then, grain, period), got.get(then, known)))
    return Overlay(MEASURES[measure], grain, tuple(laid), back.words)


def _when(start: datetime, grain: Grain, period: Period) -> str:
    if grain is Grain.HOUR:
        return bucket_when(start.replace(tzinfo=None), grain, period.calendar)
    return bucket_when(local(start, period.calendar.zone).date(), grain, period.calendar)


@dataclass(frozen=True, slots=True)
class _Back:
    """How far to go back: days, or calendar months."""

    zone: str
    days: int = 0
    months: int = 0

    @classmethod
    def of(cls, period: Period, grain: Grain) -> "_Back":
        zone = period.calendar.zone
        if grain in _MONTHS:
            count = sum(1 for _ in period.buckets(grain))
            return cls(zone, months=count * _MONTHS[grain])
        if grain is Grain.HOUR and period.days <= 1:
            return cls(zone, days=1)
        return cls(zone, days=_WEEK * math.ceil(period.days / _WEEK))

    @property
    def words(self) -> str:
        if self.months:
            return f"{self.months} months earlier" if self.months > 1 else "a month earlier"
        return "a day earlier" if self.days == 1 else f"same weekdays, {self.days} days earlier"

    def moved(self, moment: datetime, grain: Grain) -> datetime:
        wall = local(moment, self.zone)
        if self.months:
            return day_start(months_after(wall.date().replace(day=1), -self.months), self.zone)
        if grain is Grain.HOUR:
            return instant(wall - timedelta(days=self.days), self.zone)
        return day_start(wall.date() - timedelta(days=self.days), self.zone)

    def period(self, of: Period) -> Period:
        first, after = of.local_start, of.local_end
        if self.months:
            start = day_start(months_after(first.date().replace(day=1), -self.months), self.zone)
            return Period.between(start, min(of.start, self._after(after)), of.calendar)
        moved = timedelta(days=self.days)
        start, end = instant(first - moved, self.zone), instant(after - moved, self.zone)
        return Period.between(start, end, of.calendar)

    def _after(self, wall: datetime) -> datetime:
        last = (wall - timedelta(microseconds=1)).date().replace(day=1)
        return day_start(months_after(last, 1 - self.months), self.zone)
