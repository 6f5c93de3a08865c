"""Models that lack a price: what is at stake, since when, and the lines of prices.csv to fill in."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from analytics_core.prices import listing
from analytics_core.prices.listing import Unpriced
from analytics_core.reports.span import whole
from analytics_core.semantics.filters import Filters
from analytics_core.semantics.period import Grain
from analytics_core.semantics.query import Query
from analytics_core.store.view import View

_MODELS = Query(("unpriced_tokens", "unpriced_events"), ("provider", "model"))
_DAYS = Query(("unpriced_events",), ("provider", "model"), grain=Grain.DAY)
Model = tuple[str | None, str | None]  # provider and model


def unpriced(view: View) -> tuple[Unpriced, ...]:
    """Every model with unpriced events in what the View's reader may see, most tokens first.

    Of all times and without its picks.
    """
    everything = whole(view)
    if everything is None:
        return ()
    frame = everything.ask(_MODELS)
    found = frame.filter(frame["unpriced_events"] > 0)
    return listing.unpriced(found.select("provider", "model", "unpriced_tokens").iter_rows())


def first_seen(view: View, models: Iterable[Unpriced]) -> dict[Model, date]:
    """The first local day on which each of the models had an event without a price."""
    everything, names = whole(view), tuple(dict.fromkeys(found.model for found in models))
    if everything is None or not names:
        return {}
    picked = Filters(everything.filters.period).pick("model", names)
    frame = replace(everything, filters=picked).ask(_DAYS)
    days: dict[Model, date] = {}
    lacking = frame.filter(frame["unpriced_events"] > 0)
    for provider, model, day in lacking.select("provider", "model", "bucket").iter_rows():
        days[provider, model] = min(day, days.get((provider, model), day))
    return days
