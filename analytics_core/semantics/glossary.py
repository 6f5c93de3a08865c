"""Every word on the screen that stands for a number or a way to split it, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from analytics_core.semantics.dimension import DIMENSIONS, Dimension
from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.unit import Unit

Kind = Literal["measure", "dimension", "word"]

_UNITS = {
    Unit.USD: "US dollars",
    Unit.COUNT: "a number",
    Unit.RATIO: "a share",
}
# What people from elsewhere call it.
_ALSO = {
    "cost": ("spend", "spending", "bill"),
    "requests": ("API calls", "queries"),
    "input_tokens": ("prompt tokens",),
    "output_tokens": ("completion tokens",),
    "latency_mean": ("response time",),
    "error_rate": ("failure rate",),
    "agent": ("assistant", "bot"),
    "user": ("person", "member", "developer"),
    "project": ("app", "application", "workspace"),
    "conversation": ("thread", "chat"),
    "session": ("chat session",),
    "service_type": ("category", "modality"),
    "customer": ("client", "tenant"),
    "team": ("group", "department"),
    "operation": ("endpoint",),
    "tag:KEY": ("workflow", "tool", "label"),
}


@dataclass(frozen=True, slots=True)
class Term:
    """One entry: what it is called, its unit and formula where it is a measure, what it says."""

    name: str
    label: str
    kind: Kind
    description: str
    unit: str = ""
    formula: str = ""

    @property
    def also(self) -> tuple[str, ...]:
        """Other words for it."""
        return _ALSO.get(self.name, ())

    def holds(self, searched: str) -> bool:
        """Whether that text, whatever its case, stands in any part of it."""
        parts = (self.name, self.label, self.description, self.formula, *self.also)
        return any(searched.casefold() in part.casefold() for part in parts)


WORDS = (
    Term("others", "Others (12)", "word", "The members that are not named, folded into one row."),
    Term("unattributed", "(unattributed)", "word", "Usage whose source names no member."),
    Term("unknown", "–", "word", "Not known. It is never shown as 0."),
    Term("unpriced", "unpriced", "word", "No price is known: left out of the cost, and counted."),
    Term("free", "free", "word", "Costs nothing by its price, which is something else than unpriced."),
    Term("reported", "reported", "word", "Cost as the source states it; it wins over computed cost."),
    Term("computed", "computed", "word", "Cost from tokens times the prices of their date."),
    Term("partial", "so far", "word", "The period still runs; what it is compared with ends as early."),
    Term("previous", "vs prev", "word", "Against the period before: the month before a month, else as many days."),
)  # fmt: skip


def terms() -> Iterator[Term]:
    """Every measure, every dimension, then the other words."""
    yield from map(_measure, MEASURES.values())
    yield from map(_dimension, DIMENSIONS.values())
    yield Term("tag:KEY", "Tag", "dimension", "Any key of the tags an event carries.")
    yield from WORDS


def found(searched: str) -> list[Term]:
    """The entries that hold the text; those whose name or other name it is first."""
    wanted = searched.strip().casefold()

    def far(term: Term) -> int:
        called = [part.casefold() for part in (term.label, term.name, *term.also)]
        return 0 if wanted in called else 1 if any(wanted in part for part in called) else 2

    return sorted((term for term in terms() if term.holds(wanted)), key=far)


def _measure(of: Measure) -> Term:
    unit = _UNITS.get(of.unit, of.unit.value)
    return Term(of.name, of.label, "measure", of.description, unit, of.formula)


def _dimension(of: Dimension) -> Term:
    return Term(of.name, of.label, "dimension", of.description)
