"""Who comes back: users by the week they began in, and what each week gained, kept and lost.

Source: METRICS.md 4.10.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from analytics_core.reports.axis import Bucket, buckets
from analytics_core.reports.span import until
from analytics_core.semantics.filters import Filters
from analytics_core.semantics.period import Grain, Period
from analytics_core.semantics.zone import day_start, local
from analytics_core.store.people import WeeksOfUsers
from analytics_core.store.view import View

WEEKS = 12  # complete ones, up to the end of the period
HISTORY = timedelta(days=28)  # before a week, to know who is new in it


@dataclass(frozen=True, slots=True)
class Week:
    """The users of one week, of them those also there the week before, and those `lost` since it.

    `new` are there for the first time ever; None while the data do not reach 28 days back from the
    week, where nobody can say who is new.
    """

    bucket: Bucket
    users: int
    returning: int
    new: int | None
    lost: int

    @property
    def back(self) -> int | None:
        """Those who were there before, but not the week before."""
        return None if self.new is None else self.users - self.returning - self.new


@dataclass(frozen=True, slots=True)
class Cohort:
    """The users who began in one week; `active[k]` of them were active k weeks later."""

    bucket: Bucket
    active: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many began."""
        return self.active[0]

    @property
    def retained(self) -> tuple[float | None, ...]:
        """The shares of them, week by week; None for a cohort of nobody."""
        return tuple(n / self.size if self.size else None for n in self.active)


@dataclass(frozen=True, slots=True)
class Retention:
    """Complete weeks and the cohorts that began in them, both in the order of time."""

    weeks: tuple[Week, ...]
    cohorts: tuple[Cohort, ...]


def retention(view: View, most: int = WEEKS) -> Retention:
    """The last `most` complete local weeks up to the end of the View's period, its picks kept.

    Weeks before the first visible event are left out. Raises NotAsked.
    """
    first, period = view.first_event(), view.filters.period
    if first is None or first >= period.end:
        return Retention((), ())
    whole_time = Period.between(first, period.end, period.calendar)
    ever = replace(view, filters=Filters(whole_time, view.filters.picks))
    limit = until(view)
    whole = [b for b in buckets(whole_time, Grain.WEEK, limit) if b.end <= limit][-most:]
    if not whole:
        return Retention((), ())
    found = ever.study(WeeksOfUsers(whole[0].start, whole[-1].start))
    cells = {(c, w): (active, stayed, gone) for c, w, active, stayed, gone in found.rows()}
    zone = period.calendar.zone
    told_from = day_start(local(first, zone).date() + HISTORY, zone)
    weeks = tuple(
        _week(bucket, place, cells, told=bucket.start >= told_from)
        for place, bucket in enumerate(whole)
    )
    cohorts = tuple(
        Cohort(bucket, tuple(cells.get((at, w), (0,))[0] for w in range(at, len(whole))))
        for at, bucket in enumerate(whole)
        if bucket.start >= told_from
    )
    return Retention(weeks, cohorts)


def _week(
    bucket: Bucket, place: int, cells: Mapping[tuple[int, int], Sequence[int]], *, told: bool
) -> Week:
    rows = {cohort: counts for (cohort, week), counts in cells.items() if week == place}
    active, stayed, lost = (sum(counts[n] for counts in rows.values()) for n in range(3))
    new = rows.get(place, (0,))[0] if told else None
    return Week(bucket, active, stayed, new, lost)
