"""How far the data reach, how much of it is selected, and how its cost is known."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics_core.store.view import View


@dataclass(frozen=True, slots=True)
class Freshness:
    """About one selection. `until` is of the whole store: the one store-wide fact all may see.

    `reported` and `computed` are shares of cost, `unpriced` of tokens; None where that means
    nothing.
    """

    events: int
    reported: float | None
    computed: float | None
    unpriced: float | None
    until: datetime | None  # aware UTC; None: the store is empty
    stale: bool


def freshness(view: View, now: datetime) -> Freshness:
    """The facts of the View's selection at `now`. Source: METRICS.md 2.4, 4.13."""
    known = view.facts()
    newest = view.store.data_until
    age = timedelta(hours=view.store.settings.stale_hours)
    return Freshness(
        events=known.rows,
        reported=known.reported,
        computed=known.computed,
        unpriced=known.unpriced_tokens / known.tokens if known.tokens else None,
        until=newest,
        stale=newest is not None and now - newest > age,
    )
