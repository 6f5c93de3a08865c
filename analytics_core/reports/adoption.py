"""Who took to a feature (or any member of a dimension): adoption, new and returning users.

Source: METRICS.md 1.2, 4.10.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from analytics_core.reports.compare import Figure
from analytics_core.reports.span import until
from analytics_core.semantics.query import Query
from analytics_core.semantics.zone import local
from analytics_core.store.people import Adopters
from analytics_core.store.view import View

HISTORY = timedelta(days=28)  # before the period, to know who is new
LEAST_DAYS = 14  # of the period, to know who came back
NAMES = ("adoption", "new_adopters", "repeat_adopters")


@dataclass(frozen=True, slots=True)
class Adopted:
    """How one member was taken to; None where that cannot be known.

    `adoption` is its users among those of the selection without a pick on its dimension, `new` its
    users who had not used it before, `repeat` the share of them active in two weeks or more.
    """

    users: int
    adoption: float | None
    new: int | None
    repeat: float | None

    def figure(self, name: str) -> Figure:
        """The measure of that name."""
        figures: tuple[Figure, ...] = (self.adoption, self.new, self.repeat)
        return figures[NAMES.index(name)]


@dataclass(frozen=True, slots=True)
class Adoption:
    """Every member of a dimension, and all of them together: whoever used any, was new to some."""

    members: Mapping[str, Adopted]
    whole: Adopted


def adoption(view: View, by: str) -> Adoption:
    """How the members of `by` were taken to in the View's period. Raises UnknownName."""
    found = view.study(Adopters(by))
    everybody: int | None = without(view, by).ask(Query(("users",)))["users"][0]
    told, long = _history(view), period_so_far(view) >= LEAST_DAYS

    def adopted(users: int, repeat: int, fresh: int) -> Adopted:
        return Adopted(
            users,
            users / everybody if everybody else None,
            fresh if told else None,
            repeat / users if long and users else None,
        )

    members: dict[str, Adopted] = {}
    whole = Adopted(0, None, None, None)  # no event names a member and a user
    for row in found.iter_rows(named=True):
        one = adopted(row["users"], row["repeat"], row["fresh"])
        if row["g"]:
            whole = one
        else:
            members[row["m"]] = one
    return Adoption(members, whole)


def without(view: View, by: str) -> View:
    """The same view without a pick on `by`."""
    return replace(view, filters=view.filters.pick(by, []))


def period_so_far(view: View) -> float:
    """Length in local days of the part of the period that the data reach into."""
    return view.filters.period.until(until(view)).days


def _history(view: View) -> bool:
    """Whether what is visible reaches far enough back before the period."""
    first, period = view.first_event(), view.filters.period
    if first is None:
        return False
    day = local(first, period.calendar.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return period.local_start - day >= HISTORY
