"""Where the figures come from: cost by how it is known, and what has no price at all."""

from dataclasses import dataclass

from analytics_core.reports.breakdown import Breakdown, breakdown, members
from analytics_core.reports.breakdown import questions as parts_of
from analytics_core.semantics.query import Query
from analytics_core.store.view import View

_UNPRICED = Query(("unpriced_tokens", "unpriced_events"), ("model",))


@dataclass(frozen=True, slots=True)
class Unpriced:
    """A model with events that have no price; `label` is what people read, `tokens` may be unknown."""

    label: str
    tokens: int | None
    events: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """Cost by its source (reported, computed, free, unpriced), and the models without a price."""

    parts: Breakdown
    unpriced: tuple[Unpriced, ...]  # most tokens first


def questions() -> tuple[Query, ...]:
    """What `provenance` asks."""
    return (*parts_of("cost", "cost_source"), _UNPRICED)


def provenance(view: View) -> Provenance:
    """How the cost of the View's selection is known. Source: METRICS.md 4.13."""
    found = view.ask(_UNPRICED)
    rows = found.select(_UNPRICED.measures).iter_rows()
    unpriced = tuple(
        Unpriced(member.label("model"), tokens, events)
        for member, (tokens, events) in zip(members(found, "model", view.names), rows, strict=True)
        if events
    )
    return Provenance(breakdown(view, "cost", "cost_source"), unpriced)
