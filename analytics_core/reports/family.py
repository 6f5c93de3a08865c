"""Measures of one unit that are read together, as if each were a member of one dimension."""

from dataclasses import dataclass, replace

import polars as pl

from analytics_core.reports.breakdown import Breakdown, Part, share_of
from analytics_core.reports.compare import Figure
from analytics_core.reports.timeline import Timeline, laid
from analytics_core.semantics.dimension import Dimension
from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.member import Member
from analytics_core.semantics.period import Grain, Period
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View

KIND = Dimension(name="measure", label="Measure", plural="measures", column="", description="")


@dataclass(frozen=True, slots=True)
class Family:
    """`measures` in their order, all of one unit; `name` and `label` are what they are called together.

    `whole` is the measure whose parts they are, if there is one.
    """

    name: str
    label: str
    measures: tuple[str, ...]
    whole: str = ""

    @property
    def together(self) -> Measure:
        """The measure that stands for all of them on axes, in headings and in sentences."""
        return replace(MEASURES[self.measures[0]], name=self.name, label=self.label)

    @property
    def members(self) -> tuple[Member, ...]:
        """One member per measure, called by its label."""
        return tuple(Member(name, called=MEASURES[name].label) for name in self.measures)


TOKENS = Family(
    "tokens", "Tokens",
    (
        "uncached_input_tokens", "cache_read_tokens", "cache_write_tokens",
        "visible_output_tokens", "reasoning_tokens",
    ),
    whole="total_tokens",
)  # fmt: skip
SPEED = Family(
    "time", "Time", ("latency_mean", "latency_p50", "latency_p95", "latency_p99", "ttft_p50")
)
FAILURES = Family("requests", "Requests", ("errors", "cancelled"))
RATES = Family("rate", "Share of requests", ("error_rate", "cancel_rate"))


def questions(period: Period, family: Family, grain: Grain | None = None) -> tuple[Query, Query]:
    """What `course` and `parts` ask: the buckets and the whole period."""
    whole = (family.whole,) if family.whole else ()
    return Query(family.measures, grain=grain or period.grain()), Query((*family.measures, *whole))


def course(view: View, family: Family, grain: Grain | None = None) -> Timeline:
    """Every measure of the family over time, one series each.

    Raises UnknownName, NotAsked.
    """
    size = grain or view.filters.period.grain()
    return view.derived(("course", family, size), lambda: _course(view, family, size))


def _course(view: View, family: Family, size: Grain) -> Timeline:
    period = view.filters.period
    answer = view.ask(questions(period, family, size)[0])
    alone = (Member(None),)
    lines = [laid(view, answer, alone, name, None, size) for name in family.measures]
    ranked = [
        line.frame.with_columns(pl.lit(rank, pl.Int32).alias("rank"))
        for rank, line in enumerate(lines)
    ]
    return replace(
        lines[0],
        frame=pl.concat(ranked, how="vertical_relaxed").sort("utc", "rank"),
        measure=family.together,
        by=KIND,
        members=family.members,
        idle=frozenset((utc, rank) for rank, line in enumerate(lines) for utc, _ in line.idle),
    )


def parts(view: View, family: Family) -> Breakdown:
    """Every measure of the family over the whole period, in its order.

    The total is the whole they are parts of, else their sum; None where they do not add up.
    """
    return view.derived(("parts", family), lambda: _parts(view, family))


def _parts(view: View, family: Family) -> Breakdown:
    row = view.ask(questions(view.filters.period, family)[1]).row(0, named=True)
    figures: list[Figure] = [row[name] for name in family.measures]
    total = row[family.whole] if family.whole else _sum(family, figures)
    found = tuple(
        Part(member, member.label(KIND.name), figure, share_of(figure, total))
        for member, figure in zip(family.members, figures, strict=True)
    )
    return Breakdown(family.together, KIND, found, total, total)


def _sum(family: Family, figures: list[Figure]) -> Figure:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known and family.together.additive else None


def shares(line: Timeline) -> Timeline:
    """The same series as shares of every bucket's total; unknown where that is not above zero."""
    measure = replace(
        line.measure,
        name=f"share of {line.measure.name}",
        label=f"Share of {line.measure.label.lower()}",
        unit=Unit.RATIO,
        additive=False,
    )
    total = pl.col("total")
    share = pl.when(total > 0).then(pl.col("value") / total)
    frame = line.frame.join(line.totals(), on="utc", how="left", maintain_order="left")
    frame = frame.with_columns(share.alias("value")).drop("total")
    return replace(line, measure=measure, frame=frame)
