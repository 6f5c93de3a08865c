"""How long sessions last: how many in each span of minutes. Source: METRICS.md 1.3."""

from dataclasses import dataclass

from analytics_core.reports.breakdown import share_of
from analytics_core.reports.compare import Figure
from analytics_core.reports.sessions import known_until
from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.query import Query
from analytics_core.store.sessions import BOUNDS, LengthCounts
from analytics_core.store.view import View

MEDIAN = MEASURES["session_duration_median"]
QUESTION = Query((MEDIAN.name, "session_duration_mean"))


@dataclass(frozen=True, slots=True)
class Span:
    """The sessions of `least` minutes and more, and below `below` (None: no end)."""

    least: int
    below: int | None
    sessions: int
    share: float | None  # of those whose length is known

    @property
    def label(self) -> str:
        """What people read: "2–5 min"."""
        if self.below is None:
            return f"{self.least} min and more"
        return f"{self.least}–{self.below} min" if self.least else f"below {self.below} min"


@dataclass(frozen=True, slots=True)
class SessionLengths:
    """The sessions that started in the period, by length; the median always stands beside the mean.

    `unknown` still run, or nothing says how long they were; `reused` lasted over a day, which
    looks like an id used again (they are in the last span too). Median and mean are seconds.
    """

    spans: tuple[Span, ...]
    unknown: int
    reused: int
    median: Figure
    mean: Figure

    @property
    def measure(self) -> Measure:
        """What the median is one of."""
        return MEDIAN

    @property
    def known(self) -> int:
        """How many sessions have a length."""
        return sum(span.sessions for span in self.spans)


def session_lengths(view: View) -> SessionLengths:
    """The lengths of the sessions started in the View's period. Raises NotAsked."""
    counts = view.study(LengthCounts(known_until(view))).row(0, named=True)
    middle, mean = view.ask(QUESTION).row(0)
    numbers = [counts[f"from_{least}"] for least in BOUNDS]
    spans = tuple(
        Span(least, below, number, share_of(number, sum(numbers)))
        for least, below, number in zip(BOUNDS, (*BOUNDS[1:], None), numbers, strict=True)
    )
    return SessionLengths(spans, counts["unknown"], counts["reused"], middle, mean)
