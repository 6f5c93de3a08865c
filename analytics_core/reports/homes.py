"""The place an entity has among all of its dimension that the reader may see (SCREENS.md 5.2)."""

from dataclasses import replace
from datetime import datetime, timedelta

from analytics_core.events import SERVICE_TYPES
from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.filters import Filters
from analytics_core.semantics.period import Grain, Period
from analytics_core.semantics.query import Query
from analytics_core.store.view import View

STATUSES = {"ok": 0, "error": 6, "cancelled": 3}  # blue, red and amber, as everywhere


def homes(view: View, by: str) -> dict[str, int]:
    """The place of each member of `by`, from 0: as declared, else by first visible month and name.

    {} for dimensions with too many members to have a place each, and for those of usage items;
    they go by rank.
    """
    if by == "service_type":
        return {name: place for place, name in enumerate(SERVICE_TYPES)}
    if by == "status":
        return dict(STATUSES)
    first = view.first_event()
    newest = view.store.data_until
    of = dimension(by)
    if of.cardinality == "huge" or of.items or first is None or newest is None:
        return {}
    ever = replace(view, filters=Filters(_ever(view, first, newest)))
    return ever.derived(("homes", by), lambda: _places(ever, by))


def _ever(view: View, first: datetime, newest: datetime) -> Period:
    calendar = view.filters.period.calendar
    after = max(first, newest) + timedelta(microseconds=1)
    return Period.between(first, after, calendar)


def _places(ever: View, by: str) -> dict[str, int]:
    answer = ever.ask(Query(("events",), (by,), grain=Grain.MONTH))
    begun: dict[str, object] = {}
    for bucket, name in answer.select("bucket", by).iter_rows():
        if name is not None and name not in begun:
            begun[name] = bucket
    ordered = sorted(begun, key=lambda name: (str(begun[name]), name.casefold(), name))
    return {name: place for place, name in enumerate(ordered)}


def configured(view: View, by: str) -> dict[str, str]:
    """The colours (#rrggbb) that projects.csv gives to members of `by`."""
    if by != "project":
        return {}
    return {p.name: p.colour for p in view.store.house.projects if p.colour}
