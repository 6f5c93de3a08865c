"""Who leads within each member of a dimension: the member of another with most of a measure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analytics_core.reports.breakdown import members
from analytics_core.semantics.member import Member
from analytics_core.semantics.query import Query
from analytics_core.store.view import View


@dataclass(frozen=True, slots=True)
class Leader:
    """The member with most of the measure, and how many more there are beside it."""

    member: Member
    more: int


def leaders(
    view: View, measure: str, of: str, by: str, names: Sequence[str | None]
) -> Mapping[str | None, Leader]:
    """For those members of `by` (None is (unattributed)) the member of `of` with most of `measure`.

    Unknown figures come last, ties by the rank over all of them; those without any named member of
    `of` are not in the answer. Raises UnknownName, NotAsked.
    """
    if not names:
        return {}
    narrowed = replace(view, filters=view.filters.pick(by, list(names)))
    answer = narrowed.ask(Query((measure,), (of, by)))
    found: dict[str | None, list[tuple[Member, int | float | None]]] = {}
    for member, within, value in zip(
        members(answer, of, view.names), answer[by], answer[measure], strict=True
    ):
        if member.kind == "member":
            found.setdefault(within, []).append((member, value))
    return {name: Leader(max(rows, key=_size)[0], len(rows) - 1) for name, rows in found.items()}


def _size(row: tuple[Member, int | float | None]) -> tuple[bool, int | float]:
    value = row[1]
    return value is not None, value or 0
