"""How far the data reach, how much there is of it, and where its prices come from."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics_core.semantics.query import Query
from analytics_core.store.view import View

QUESTION = Query(("events", "reported_share", "priced_share", "unpriced_requests"))


@dataclass(frozen=True, slots=True)
class Facts:
    """About one selection. `until` is of the whole store: the one store-wide fact all may see.

    `reported_share` is of cost, `priced_share` of tokens; None where that means nothing.
    """

    events: int
    reported_share: float | None
    priced_share: float | None
    unpriced_requests: int
    until: datetime | None  # aware UTC; None: the store is empty
    stale: bool


def facts(view: View, now: datetime) -> Facts:
    """The facts of the View's selection at `now`. Source: METRICS.md 2.4, 4.13."""
    row = view.ask(QUESTION).row(0, named=True)
    newest = view.store.data_until
    age = timedelta(hours=view.store.settings.stale_hours)
    return Facts(
        row["events"],
        row["reported_share"],
        row["priced_share"],
        row["unpriced_requests"] or 0,
        newest,
        newest is not None and now - newest > age,
    )
