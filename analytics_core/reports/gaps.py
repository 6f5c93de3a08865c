"""Where data may be missing: how fresh each source is, and days on which it says nothing."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from analytics_core.reports.span import whole
from analytics_core.semantics.period import Grain
from analytics_core.semantics.query import Query
from analytics_core.semantics.zone import local
from analytics_core.store.view import View

SATURDAY = 5
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reach:
    """From when to when a source has events at all, in what the reader may see (aware UTC)."""

    source: str
    events: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """Local days, both included, on which a source has no event; `weekend`: no weekday is in it."""

    source: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it is."""
        return (self.last - self.first).days + 1

    @property
    def weekend(self) -> bool:
        """Whether only Saturdays and Sundays are in it, on which many sources rest."""
        return self.days <= 2 and self.first.weekday() >= SATURDAY <= self.last.weekday()


def reaches(view: View) -> tuple[Reach, ...]:
    """Every source of all times, the one silent longest first."""
    everything = whole(view)
    if everything is None:
        return ()
    found = (Reach(s.name, s.rows, s.first, s.last) for s in everything.facts().sources)
    return tuple(sorted(found, key=lambda reach: (reach.last, reach.source)))


def gaps(view: View, known: tuple[Reach, ...]) -> tuple[Gap, ...]:
    """Days of the period, between the first and last event of a source, without any event of it.

    Of the View's selection: under picks a gap is one of what was picked. Newest first. After its
    last event a source is not in a gap but silent, which `reaches` says.
    """
    frame = view.ask(Query(("events",), ("source",), grain=Grain.DAY))
    seen: dict[str, set[date]] = {}
    for source, day in frame.select("source", "bucket").iter_rows():
        seen.setdefault(source, set()).add(day)
    found = [gap for reach in known for gap in _gaps(view, reach, seen.get(reach.source, set()))]
    return tuple(sorted(found, key=lambda gap: (-gap.last.toordinal(), gap.source)))


def _gaps(view: View, reach: Reach, days: set[date]) -> list[Gap]:
    period = view.filters.period
    zone = period.calendar.zone
    first = local(max(reach.first, period.start), zone).date()
    last = local(min(reach.last, period.end - timedelta(microseconds=1)), zone).date()
    if last < first:
        return []
    edges = [first - DAY, *sorted(day for day in days if first <= day <= last), last + DAY]
    return [
        Gap(reach.source, before + DAY, after - DAY)
        for before, after in pairwise(edges)
        if (after - before).days > 1
    ]
