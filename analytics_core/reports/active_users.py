"""How many users an average day, week or month has, and how often they come. METRICS.md 1.2."""

from collections.abc import Sequence
from dataclasses import replace

from analytics_core.reports.axis import Bucket, buckets, starts
from analytics_core.reports.compare import Figure
from analytics_core.reports.span import until
from analytics_core.semantics.period import Grain, Period
from analytics_core.semantics.query import Query
from analytics_core.store.view import View

GRAINS = {
    "daily_users": Grain.DAY,
    "weekly_users": Grain.WEEK,
    "monthly_users": Grain.MONTH,
    "stickiness": Grain.DAY,
}
LEAST_DAYS = 7  # complete ones, for stickiness


def question(name: str) -> Query:
    """What stands behind one of GRAINS: the users of each bucket."""
    return Query(("users",), grain=GRAINS[name])


def course(view: View, name: str) -> tuple[Figure, ...]:
    """The users of every complete local day, week or month of the period; empty ones 0.

    None for one in which no event names a user.
    """
    return _counted(view, GRAINS[name], _complete(view, GRAINS[name]))


def figure(view: View, name: str) -> float | None:
    """The measure of that name; None without a complete bucket of which the users are known.

    Stickiness is unknown below seven complete days.
    """
    whole = _complete(view, GRAINS[name])
    known = [users for users in _counted(view, GRAINS[name], whole) if users is not None]
    if not known:
        return None
    mean = sum(known) / len(known)
    return _stickiness(view, mean, whole) if name == "stickiness" else mean


def _stickiness(view: View, daily: float, days: Sequence[Bucket]) -> float | None:
    if len(days) < LEAST_DAYS:
        return None
    filters = view.filters
    period = Period.between(days[0].start, days[-1].end, filters.period.calendar)
    there = replace(view, filters=replace(filters, period=period))
    users: int | None = there.ask(Query(("users",)))["users"][0]
    return daily / users if users else None


def _complete(view: View, grain: Grain) -> tuple[Bucket, ...]:
    """The buckets that lie in the period and are over; one after another."""
    axis = buckets(view.filters.period, grain, until(view))
    return tuple(bucket for bucket in axis if not bucket.partial)


def _counted(view: View, grain: Grain, whole: Sequence[Bucket]) -> tuple[Figure, ...]:
    if not whole:
        return ()
    answer = view.ask(Query(("users",), grain=grain))
    at = starts(answer["bucket"], grain, view.filters.period)
    found = dict(zip(at, answer["users"], strict=True))
    return tuple(found.get(bucket.start, 0) for bucket in whole)
