"""Why usage of somebody does not show: where along the way from file to figure it ends."""

from dataclasses import dataclass, replace
from datetime import datetime

from analytics_core.semantics.filters import Filters, Pick
from analytics_core.semantics.query import Query
from analytics_core.store.view import View

OFFERED = 5


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What a reader has of one member of a dimension.

    `name` is the id of the member found, None when none is called so; `like` are those whose names contain
    what was typed. `ever`, `in_period` and `in_selection` count its events; `last` is the newest
    (naive UTC).
    """

    name: str | None
    like: tuple[str, ...]
    ever: int
    last: datetime | None
    in_period: int
    in_selection: int


NOWHERE = Whereabouts(None, (), 0, None, 0, 0)


def whereabouts(view: View, dimension: str, typed: str) -> Whereabouts:
    """Where the events of the member typed are: at all, in the period, under every pick.

    An id or a display name is found whatever its case. Someone outside the scope is found as little as someone who
    does not exist. Raises UnknownName.
    """
    plain = replace(view, filters=Filters(view.filters.period))
    known = plain.options(dimension, search=typed)
    rows = [row for row in known.iter_rows(named=True) if row["member"] is not None]
    wanted, label = typed.casefold(), view.names.label
    called = {row["member"]: label(dimension, row["member"]).casefold() for row in rows}
    hit = next((r for r in rows if wanted in (r["member"].casefold(), called[r["member"]])), None)
    if hit is None:
        return replace(NOWHERE, like=tuple(row["member"] for row in rows[:OFFERED]))
    pick = Pick(dimension, (hit["member"],))
    return Whereabouts(
        hit["member"], (), hit["events"], hit["last_seen"],
        _events(plain, pick), _events(view, pick),
    )  # fmt: skip


def _events(view: View, pick: Pick) -> int:
    """Events of the member under the picks of the View, which may leave it out."""
    picked = view.filters.values(pick.dimension)
    if picked and pick.values[0] not in picked:
        return 0
    filters = view.filters.pick(pick.dimension, list(pick.values))
    return replace(view, filters=filters).ask(Query(("events",)))["events"][0]
