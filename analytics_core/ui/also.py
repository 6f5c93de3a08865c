"""Columns of text that stand beside the figures of a table of members."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from analytics_core.reports.leading import leaders
from analytics_core.reports.seen import seen
from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.format import moment_text
from analytics_core.store.view import View

Names: TypeAlias = tuple[str | None, ...]  # members of a page of the table, None is (unattributed)


@dataclass(frozen=True, slots=True)
class Also:
    """One more column of text: its heading, and what it says of each of those members.

    `first`: it stands beside the figure that ranks, which a phone shows with the name.
    """

    heading: str
    texts: Callable[[View, str, Names], Mapping[str | None, str]]
    first: bool = False


def last_seen() -> Also:
    """When each had its last event of all times, whatever else is picked."""

    def texts(view: View, by: str, names: Names) -> Mapping[str | None, str]:
        zone = view.filters.period.calendar.zone
        return {name: moment_text(last, zone) for name, last in seen(view, by, names).items()}

    return Also("Last seen", texts)


def largest(of: str, measure: str = "cost", *, first: bool = False, heading: str = "") -> Also:
    """The member of another dimension with most of a measure in each, and how many more there are."""

    def texts(view: View, by: str, names: Names) -> Mapping[str | None, str]:
        found = leaders(view, measure, of, by, names)
        return {
            name: f"{one.member.label(of)} +{one.more}" if one.more else one.member.label(of)
            for name, one in found.items()
        }

    return Also(heading or dimension(of).label, texts, first)
