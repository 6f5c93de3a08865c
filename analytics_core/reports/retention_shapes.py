"""Retention as the timeline and the pivot that charts know."""

import polars as pl

from analytics_core.reports.compare import Figure
from analytics_core.reports.pivot import Pivot
from analytics_core.reports.retention import Retention, Week
from analytics_core.reports.timeline import Timeline
from analytics_core.semantics.dimension import Dimension
from analytics_core.semantics.format import bucket_when
from analytics_core.semantics.measure import Measure
from analytics_core.semantics.member import Member
from analytics_core.semantics.period import Calendar, Grain, Period
from analytics_core.semantics.unit import Unit

KINDS = ("returning", "new", "back", "others")
_CALLED = ("Here the week before", "New", "Back again", "Not here the week before")
KIND = Dimension(
    name="kind", label="Users", plural="kinds of users", column="",
    description="Whether they were here the week before, came back after a break, or are new.",
)  # fmt: skip
COHORT = Dimension(
    name="cohort", label="First week", plural="cohorts", column="",
    description="The week of a user's first event.",
)  # fmt: skip
AGE = Dimension(
    name="age", label="Weeks later", plural="weeks", column="",
    description="How many weeks after the first one.",
)  # fmt: skip
# The kinds of one week have no user in common, so that they may be stacked.
USERS = Measure(
    name="users", label="Users", unit=Unit.COUNT, additive=True, better="higher",
    formula="users of the week, each once", description="People and accounts with an event.",
)  # fmt: skip
RETAINED = Measure(
    name="retained", label="Still active", unit=Unit.RATIO, additive=False, better="higher",
    formula="users of the cohort active in that week / all of the cohort",
    description="Share of those who began together that is active so many weeks later.",
)  # fmt: skip


def kinds_of(week: Week) -> dict[str, int | None]:
    """The users of a week by kind; None where the kinds cannot be told, `others` where they can."""
    told = week.new is not None
    return {
        "returning": week.returning,
        "new": week.new,
        "back": week.back,
        "others": None if told else week.users - week.returning,
    }


def by_kind(retention: Retention, calendar: Calendar) -> Timeline:
    """The users of every week by kind, one over the other; kinds that never occur left out.

    Needs a week.
    """
    weeks = retention.weeks
    counts = [kinds_of(week) for week in weeks]
    kept = [n for n, kind in enumerate(KINDS) if any(of[kind] is not None for of in counts)]
    rows = [
        (week.bucket.start.replace(tzinfo=None), week.bucket.wall, rank, of[KINDS[n]] or 0, False)
        for week, of in zip(weeks, counts, strict=True)
        for rank, n in enumerate(kept)
    ]
    schema = {
        "utc": pl.Datetime("us"), "start": pl.Datetime("us"), "rank": pl.Int32,
        "value": pl.Int64, "partial": pl.Boolean,
    }  # fmt: skip
    first, last = weeks[0].bucket, weeks[-1].bucket
    return Timeline(
        frame=pl.DataFrame(rows, schema=schema, orient="row"),
        measure=USERS,
        by=KIND,
        members=tuple(Member(KINDS[n], called=_CALLED[n]) for n in kept),
        buckets=tuple(week.bucket for week in weeks),
        grain=Grain.WEEK,
        period=Period.between(first.start, last.end, calendar),
        until=last.end,
    )


def by_cohort(retention: Retention, calendar: Calendar) -> Pivot:
    """The share of each cohort that is active 0, 1, 2 … weeks later; blank where that is to come.

    Cohorts of nobody are left out.
    """
    cohorts = [cohort for cohort in retention.cohorts if cohort.size]
    ages = max((len(cohort.active) for cohort in cohorts), default=0)
    cells: tuple[tuple[Figure, ...], ...] = tuple(
        (*cohort.retained, *[None] * (ages - len(cohort.active))) for cohort in cohorts
    )
    down = tuple(
        Member(bucket_when(cohort.bucket.wall.date(), Grain.WEEK, calendar)) for cohort in cohorts
    )
    across = tuple(Member(str(age)) for age in range(ages))
    nothing = (None,) * len(cohorts), (None,) * ages
    return Pivot(RETAINED, COHORT, AGE, down, across, cells, *nothing, None)
