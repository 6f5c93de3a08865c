"""Models that lack a price: what is at stake, and the lines of prices.csv to fill in."""

from datetime import datetime, timedelta

from analytics_core.prices import listing
from analytics_core.prices.listing import Unpriced
from analytics_core.semantics.filters import EVERYTHING, Filters
from analytics_core.semantics.period import Calendar, Period
from analytics_core.semantics.query import Query
from analytics_core.store.view import Store, View

_QUERY = Query(("unpriced_tokens", "unpriced_events"), ("provider", "model"))


def unpriced(store: Store, calendar: Calendar, now: datetime) -> tuple[Unpriced, ...]:
    """Every model with unpriced events in the whole store, most tokens first."""
    period = Period.parse("month", now, calendar)
    first = View(store, EVERYTHING, Filters(period)).first_event()
    if first is None:
        return ()
    whole = Period.between(first, max(period.end, now) + timedelta(days=1), calendar)
    frame = View(store, EVERYTHING, Filters(whole)).ask(_QUERY)
    found = frame.filter(frame["unpriced_events"] > 0)
    return listing.unpriced(found.select("provider", "model", "unpriced_tokens").iter_rows())
