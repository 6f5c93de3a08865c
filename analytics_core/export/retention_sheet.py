"""Who comes back, as rows and columns."""

from analytics_core.export.sheet import Cell, Column, Sheet
from analytics_core.reports.axis import Bucket
from analytics_core.reports.retention import Retention
from analytics_core.semantics.unit import Unit


def of_retention(retention: Retention) -> Sheet:
    """One row per week and the week its users began in: how many of them were active.

    Users who began before the first cohort have no week to begin in.
    """
    rows: list[tuple[Cell, ...]] = []
    for at, week in enumerate(retention.weeks):
        known = 0
        for cohort in (c for c in retention.cohorts if c.bucket.start <= week.bucket.start):
            age = at - (len(retention.weeks) - len(cohort.active))
            known += cohort.active[age]
            rows.append((_day(week.bucket), _day(cohort.bucket), age, cohort.active[age]))
        rows.append((_day(week.bucket), "", None, week.users - known))
    columns = (Column("week"), Column("first week"), Column("weeks later", Unit.COUNT))
    return Sheet((*columns, Column("active users", Unit.COUNT)), tuple(rows))


def _day(bucket: Bucket) -> str:
    return bucket.wall.date().isoformat()
