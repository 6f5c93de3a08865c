"""The figures at the top of a page: each with its change and its course over the period."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from analytics_core.reports.compare import Change, Figure, change
from analytics_core.reports.span import based, before, until
from analytics_core.reports.timeline import Bucket, buckets, starts
from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.period import Period
from analytics_core.semantics.query import Query
from analytics_core.store.view import View

COVERAGE = ("unpriced_requests", "unpriced_tokens", "priced_share")


@dataclass(frozen=True, slots=True)
class Card:
    """One figure. `course` holds it bucket by bucket, None where unknown; the running one is not in."""

    measure: Measure
    value: Figure
    change: Change
    course: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Cards in the order asked, and how much of the selection has no price.

    `previous` is the period they are compared with, cut off where `period` is at `until`.
    """

    cards: tuple[Card, ...]
    period: Period
    previous: Period
    unpriced_requests: int
    unpriced_tokens: int
    priced_share: float | None  # of tokens


def questions(period: Period, measures: Sequence[str]) -> tuple[Query, ...]:
    """What `summary` asks of the period itself."""
    names = tuple(measures)
    more = tuple(name for name in COVERAGE if name not in names)
    return Query((*names, *more)), Query(names, grain=period.grain())


def summary(view: View, measures: Sequence[str]) -> Summary:
    """The figures named by `measures`, with changes against the period before (METRICS.md 2.3)."""
    period = view.filters.period
    now, course = view.ask_all(questions(period, measures))
    earlier = before(view)
    then = earlier.ask(Query(tuple(measures)))
    has_base = based(view)
    row = now.row(0, named=True)
    axis = tuple(b for b in buckets(period, period.grain(), until(view)) if not b.so_far)
    cards = tuple(
        Card(
            MEASURES[name],
            row[name],
            change(row[name], then[name][0], based=has_base),
            _course(course, name, period, axis),
        )
        for name in measures
    )
    return Summary(
        cards,
        period,
        earlier.filters.period,
        row["unpriced_requests"] or 0,
        row["unpriced_tokens"] or 0,
        row["priced_share"],
    )


def _course(
    answer: pl.DataFrame, name: str, period: Period, axis: Sequence[Bucket]
) -> tuple[Figure, ...]:
    at = starts(answer["bucket"], period.grain(), period)
    got = dict(zip(at, answer[name], strict=True))
    empty = 0 if MEASURES[name].zero_when_empty else None
    return tuple(got.get(bucket.start, empty) for bucket in axis)
