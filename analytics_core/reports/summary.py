"""The figures at the top of a page: each with its change and its course over the period."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from analytics_core.reports import reported
from analytics_core.reports.axis import Bucket, buckets, starts
from analytics_core.reports.compare import Change, Figure, change
from analytics_core.reports.span import based, before, until
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

    def card(self, measure: str) -> Card:
        """The card of that measure."""
        return next(card for card in self.cards if card.measure.name == measure)


def questions(period: Period, measures: Sequence[str]) -> tuple[Query, ...]:
    """What `summary` asks of the period itself."""
    names = plain(measures)
    more = tuple(name for name in COVERAGE if name not in names)
    course = Query(names or COVERAGE[:1], grain=period.grain())
    return Query((*names, *more)), course, *reported.questions(measures)


def earlier(measures: Sequence[str]) -> tuple[Query, ...]:
    """What `summary` asks of the period before."""
    return Query(plain(measures) or COVERAGE[:1]), *reported.questions(measures)


def plain(measures: Sequence[str]) -> tuple[str, ...]:
    """Those that one question answers."""
    return tuple(name for name in measures if not MEASURES[name].report)


def summary(view: View, measures: Sequence[str], by: str | None = None) -> Summary:
    """The figures named by `measures`, with changes against the period before (METRICS.md 2.3).

    `by` is the dimension that adoption and its kin are of. Raises NotAsked.
    """
    named = tuple(measures)
    return view.derived(("summary", named, by), lambda: _summary(view, named, by))


def _summary(view: View, measures: tuple[str, ...], by: str | None) -> Summary:
    period = view.filters.period
    now, course, *_ = view.ask_all(questions(period, measures))
    previous = before(view)
    has_base = based(view)
    row = now.row(0, named=True)
    then = previous.ask(earlier(measures)[0]).row(0, named=True)
    axis = tuple(b for b in buckets(period, period.grain(), until(view)) if not b.so_far)

    def card(name: str) -> Card:
        measure = MEASURES[name]
        if measure.report is None:
            figures, drawn = (row[name], then[name]), _course(course, name, period, axis)
        else:
            figures = tuple(reported.figure(at, name, by) for at in (view, previous))
            drawn = reported.course(view, name)
        return Card(measure, figures[0], change(*figures, based=has_base), drawn)

    return Summary(
        tuple(card(name) for name in measures),
        period,
        previous.filters.period,
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
