"""A measure over time, whole or split by one dimension, with every bucket up to now present."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Self

import polars as pl

from analytics_core.reports.axis import Bucket, buckets, starts
from analytics_core.reports.breakdown import members
from analytics_core.reports.reported import ask_all
from analytics_core.reports.span import until
from analytics_core.semantics.dimension import Dimension, dimension
from analytics_core.semantics.format import bucket_when
from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.member import Member
from analytics_core.semantics.period import Grain, Period
from analytics_core.semantics.query import Query
from analytics_core.store.view import View


@dataclass(frozen=True, slots=True, eq=False)  # one is itself: charts of it are kept
class Timeline:
    """A measure by bucket and, unless `by` is None, by member of one dimension.

    `frame`: utc and start (naive: the bucket's start in UTC, and as the reporting zone's wall
    clock), rank (0, 1, …), value (Int64 or Float64, in the measure's unit, null = unknown),
    partial; one row per bucket up to `until` and member, sorted by utc and rank. `members[rank]`
    says who a rank is. Buckets without events are 0 where the measure is 0 without rows, else
    null. Source: METRICS.md 2.4, 2.5, 3.
    """

    frame: pl.DataFrame
    measure: Measure
    by: Dimension | None
    members: tuple[Member, ...]
    buckets: tuple[Bucket, ...]  # those with rows
    grain: Grain
    period: Period
    until: datetime  # aware UTC; nothing is known from here on
    idle: frozenset[tuple[datetime, int]] = frozenset()  # (utc, rank) of cells without an event

    @property
    def labels(self) -> tuple[str, ...]:
        """What people read for each rank; a timeline of one series carries the measure's label."""
        if self.by is None:
            return (self.measure.label,)
        return tuple(m.label(self.by.name) for m in self.members)

    def totals(self) -> pl.DataFrame:
        """Columns utc and total: every bucket summed over the members there are, sorted; additive measures.

        A total of which no part is known is unknown, whatever else had no event at all.
        """
        cells = self.frame.select("utc", "rank", "value").rows()
        sums = dict.fromkeys((utc for utc, _, _ in cells), 0 if self.measure.additive else None)
        for utc, values in groupby(cells, key=itemgetter(0)):
            busy = [value for _, rank, value in values if (utc, rank) not in self.idle]
            known = [value for value in busy if value is not None]
            if busy:
                sums[utc] = sum(known) if known else None
        kind = self.frame.schema["value"]
        return pl.DataFrame(
            {"utc": list(sums), "total": list(sums.values())},
            schema={"utc": pl.Datetime("us"), "total": kind},
        )

    def when(self, bucket: Bucket) -> str:
        """What people read for a bucket, and whether it is there only in part."""
        calendar = self.period.calendar
        hour = self.grain is Grain.HOUR
        start = bucket.start.replace(tzinfo=None) if hour else bucket.wall.date()
        note = " (so far)" if bucket.so_far else " (in part)" if bucket.partial else ""
        return bucket_when(start, self.grain, calendar) + note

    def cumulative(self) -> Self:
        """Every bucket with what came before it in the period added; for additive measures.

        What is unknown adds nothing; before anything is known a series is unknown.
        """
        value = pl.col("value")
        summed = value.fill_null(0).cum_sum().over("rank", order_by="utc")
        begun = value.is_not_null().cum_max().over("rank", order_by="utc")
        frame = self.frame.with_columns(pl.when(begun).then(summed).alias("value"))
        return replace(self, frame=frame, idle=frozenset())

    def without(self, ids: frozenset[str]) -> Self:
        """The same without those members (Member.id); the ranks of the others stay."""
        gone = [rank for rank, member in enumerate(self.members) if member.id in ids]
        return replace(self, frame=self.frame.filter(~pl.col("rank").is_in(gone))) if gone else self


def questions(
    period: Period, measure: str, by: str | None, grain: Grain | None = None, top: int | None = None
) -> tuple[Query, ...]:
    """What `timeline` asks: the buckets and, with `by`, the totals that rank its members."""
    over_time = grain or period.grain()
    if by is None:
        return (Query((measure,), grain=over_time),)
    return Query((measure,), (by,), grain=over_time, top=top), Query((measure,), (by,), top=top)


def timeline(
    view: View,
    measure: str,
    by: str | None = None,
    *,
    grain: Grain | None = None,
    top: int | None = None,
) -> Timeline:
    """`measure` over the View's period, in buckets of `grain` (default: what suits its length).

    Raises UnknownName, NotAsked.
    """
    over_time = grain or view.filters.period.grain()
    return view.derived(
        ("timeline", measure, by, over_time, top),
        lambda: _timeline(view, measure, by, over_time, top),
    )


def _timeline(
    view: View, measure: str, by: str | None, over_time: Grain, top: int | None
) -> Timeline:
    period = view.filters.period
    answers = ask_all(view, questions(period, measure, by, over_time, top))
    who = tuple(members(answers[1], by, view.names)) if by else (Member(None),)
    return laid(view, answers[0], who, measure, by, over_time)


def laid(
    view: View,
    answer: pl.DataFrame,
    who: tuple[Member, ...],
    measure: str,
    by: str | None,
    grain: Grain,
) -> Timeline:
    """An answer by bucket and member, laid over the whole axis; `who` are its members by rank."""
    period, limit = view.filters.period, until(view)
    axis = tuple(buckets(period, grain, limit))
    frame, idle = _filled(answer, axis, who, MEASURES[measure], by, grain, period)
    named = dimension(by) if by else None
    return Timeline(frame, MEASURES[measure], named, who, axis, grain, period, limit, idle)


def _filled(
    answer: pl.DataFrame,
    axis: tuple[Bucket, ...],
    who: tuple[Member, ...],
    measure: Measure,
    by: str | None,
    grain: Grain,
    period: Period,
) -> tuple[pl.DataFrame, frozenset[tuple[datetime, int]]]:
    """The answer laid over the whole axis, a row for each bucket and member; and what was filled."""
    rank = {(m.name, m.kind): i for i, m in enumerate(who)}
    keys = answer.select(by, f"{by}_kind").rows() if by else []
    ranks = [rank[name, kind] for name, kind in keys] if by else [0] * len(answer)
    got = dict(
        zip(
            zip(starts(answer["bucket"], grain, period), ranks, strict=True),
            answer[measure.name],
            strict=True,
        )
    )
    empty = 0 if measure.zero_when_empty else None
    rows = [
        (b.start.replace(tzinfo=None), b.wall, r, got.get((b.start, r), empty), b.partial)
        for b in axis
        for r in range(len(who))
    ]
    idle = frozenset(
        (b.start.replace(tzinfo=None), r)
        for b in axis
        for r in range(len(who))
        if (b.start, r) not in got
    )
    schema = {
        "utc": pl.Datetime("us"),
        "start": pl.Datetime("us"),
        "rank": pl.Int32,
        "value": pl.Float64 if answer.schema[measure.name].is_float() else pl.Int64,
        "partial": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema, orient="row"), idle
