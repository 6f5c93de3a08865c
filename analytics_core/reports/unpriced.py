"""Models that lack a price: what is at stake, and the line of prices.csv to fill in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics_core.semantics.filters import EVERYTHING, Filters
from analytics_core.semantics.period import Calendar, Period
from analytics_core.semantics.query import Query
from analytics_core.store.view import Store, View


@dataclass(frozen=True, slots=True)
class Unpriced:
    """A model without a price: events and tokens that have no cost because of it.

    `line` is ready for prices.csv but for the price itself (USD per 1M tokens, where USD stands).
    """

    provider: str | None
    model: str | None
    events: int
    tokens: int
    line: str


def unpriced(store: Store, calendar: Calendar, now: datetime) -> list[Unpriced]:
    """Every model with unpriced events in the whole store, most tokens first."""
    period = Period.parse("month", now, calendar)
    first = View(store, EVERYTHING, Filters(period)).first_event()
    if first is None:
        return []
    whole = Period.between(first, max(period.end, now) + timedelta(days=1), calendar)
    query = Query(("unpriced_tokens", "unpriced_events"), ("provider", "model"))
    frame = View(store, EVERYTHING, Filters(whole)).ask(query)
    found = [
        Unpriced(
            row["provider"], row["model"], row["unpriced_events"], row["unpriced_tokens"] or 0,
            f"{row['provider'] or '*'},{row['model'] or '*'},,USD,,,,,,,",
        )
        for row in frame.iter_rows(named=True)
        if row["unpriced_events"]
    ]  # fmt: skip
    return sorted(found, key=lambda m: (-m.tokens, m.provider or "", m.model or ""))
