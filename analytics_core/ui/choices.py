"""What each box of the sidebar offers this reader: members of all times, under the parents' picks."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from analytics_core.semantics.dimension import Dimension, dimension
from analytics_core.semantics.filters import ME, Filters
from analytics_core.semantics.names import Names
from analytics_core.store.view import View
from analytics_core.ui import state

MOST_OPTIONS = 2000  # beyond, the members are searched on the server
FOUND = 50
MOST_TAGS = 20


@dataclass(frozen=True, slots=True)
class Reader:
    """Who picks: `user_id` is what "Me" means; one who sees own rows only has no User box."""

    user_id: str | None
    own_rows_only: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """What one box offers: URL values in order, and how each reads.

    `filled`: some event has a value of the dimension; `searched`: only the best matches are there.
    """

    of: Dimension
    values: tuple[str, ...]
    labels: dict[str, str]
    filled: bool
    searched: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices of one run, asked of the reader's scope without picks but the parents'."""

    everything: View
    reader: Reader
    _made: dict[tuple[str, Filters], Choice] = field(
        default_factory=dict[tuple[str, Filters], Choice]
    )

    def of(self, name: str) -> Choice:
        """What the box of that dimension offers under the picks of now."""
        key = name, self._under_parents(dimension(name))
        if key not in self._made:
            self._made[key] = self._choice(dimension(name), key[1])
        return self._made[key]

    def elsewhere(self, name: str, value: str) -> bool:
        """Whether there is such a member, whatever is picked on the parents."""
        found = self.everything.options(name, among=(value or None,))
        return len(found) > 0

    def tags(self) -> list[str]:
        """The tags that events have, as dimensions; the most used where there are many."""
        known = self.everything.tag_keys().sort("events", "key", descending=[True, False])
        return [f"tag:{key}" for key in sorted(known["key"].head(MOST_TAGS))]

    def _choice(self, of: Dimension, under: Filters) -> Choice:
        view = replace(self.everything, filters=under)
        known = view.options(of.name, limit=MOST_OPTIONS + 1)["member"]
        searched = len(known) > MOST_OPTIONS
        filled = len(known) > known.null_count()
        if searched:
            known = view.options(of.name, search=state.searched(of.name), limit=FOUND)["member"]
        values: list[str] = ["" if v is None else v for v in known]
        if searched:
            values = [*_kept(view, of, values), *values]
        if of.name == "user" and self.reader.user_id is not None and values:
            values = [ME, *values]
        labels = _labels(values, of, self.reader.user_id, view.names)
        return Choice(of, tuple(values), labels, filled, searched)

    def _under_parents(self, of: Dimension) -> Filters:
        """No picks but those of the dimension's parents, and theirs."""
        filters, above = self.everything.filters, of.parent
        while above is not None:
            values = [v or None for v in state.picked(above)]
            filters = filters.pick(above, values)
            above = dimension(above).parent
        return filters.resolved(self.reader.user_id)


def _kept(view: View, of: Dimension, found: list[str]) -> list[str]:
    """The picks that are members although the search did not find them."""
    rest = [v for v in state.picked(of.name) if v not in found and v != ME]
    if not rest:
        return []
    known = view.options(of.name, among=tuple(v or None for v in rest))["member"]
    there = {"" if v is None else v for v in known}
    return [v for v in rest if v in there]


def _labels(values: Sequence[str], of: Dimension, me: str | None, names: Names) -> dict[str, str]:
    """How each value reads; never two alike, since the browser sends labels back."""
    read = names.labels(of.name, (value or None for value in values))
    labels: dict[str, str] = {}
    taken: set[str] = set()
    for value in values:
        label = f"Me ({names.label(of.name, me)})" if value == ME else read[value or None]
        label = label if label not in taken else f"'{value}'"
        labels[value] = label
        taken.add(label)
    return labels
