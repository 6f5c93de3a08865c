"""Reports with literal rows, as charts are given them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import polars as pl
import pytest

from analytics_core.reports.axis import buckets
from analytics_core.reports.breakdown import Breakdown, Part
from analytics_core.reports.timeline import Timeline
from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.member import Member
from analytics_core.semantics.period import Calendar, Grain, Period

OTHERS, UNATTRIBUTED = Member(None, "others", 12), Member(None, "unattributed")
UNTIL = datetime(2026, 11, 4, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def timeline_of() -> Callable[..., Timeline]:
    """Makes a timeline: one tuple of values per bucket, one value per member by rank."""

    def make(
        values: Sequence[tuple[float | None, ...]],
        members: Sequence[Member | str] = ("atlas", "borealis"),
        measure: str = "cost",
        by: str | None = "project",
        period: str = "2026-11-01..2026-11-06",
        zone: str = "UTC",
        grain: Grain | None = None,
        until: datetime = UNTIL,
    ) -> Timeline:
        over = Period.parse(period, until, Calendar(zone))
        size = grain or over.grain()
        axis = tuple(buckets(over, size, until))
        rows = [
            (bucket.start.replace(tzinfo=None), bucket.wall, rank, value, bucket.partial)
            for bucket, row in zip(axis, values, strict=True)
            for rank, value in enumerate(row)
        ]
        schema = {
            "utc": pl.Datetime("us"),
            "start": pl.Datetime("us"),
            "rank": pl.Int32,
            "value": pl.Int64 if MEASURES[measure].whole_number else pl.Float64,
            "partial": pl.Boolean,
        }
        who = tuple(Member(m) if isinstance(m, str) else m for m in members) if by else ()
        return Timeline(
            frame=pl.DataFrame(rows, schema=schema, orient="row"),
            measure=MEASURES[measure],
            by=dimension(by) if by else None,
            members=who or (Member(None),),
            buckets=axis,
            grain=size,
            period=over,
            until=min(until, over.end),
        )

    return make


@pytest.fixture(scope="session")
def breakdown_of() -> Callable[..., Breakdown]:
    """Makes a breakdown of (member, value, share) rows."""

    def make(
        rows: Sequence[tuple[Member | str, float | None, float | None]],
        total: float | None,
        measure: str = "cost",
        by: str = "project",
        hidden: int = 0,
        whole: float | None = None,
    ) -> Breakdown:
        who = [Member(m) if isinstance(m, str) else m for m, _, _ in rows]
        parts = tuple(
            Part(member, member.label(by), value, share)
            for member, (_, value, share) in zip(who, rows, strict=True)
        )
        return Breakdown(
            measure=MEASURES[measure],
            by=dimension(by),
            parts=parts,
            total=total,
            whole=total if whole is None else whole,
            hidden=hidden,
        )

    return make
