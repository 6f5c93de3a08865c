"""Members on this reader's screen: each with the colour it has on every page."""

from collections.abc import Sequence

import streamlit as st

from analytics_core.charts.colour import nudged
from analytics_core.charts.theme import DARK, LIGHT, NAMED, OTHERS, Colours, colours
from analytics_core.reports.homes import configured, homes
from analytics_core.semantics.member import Member
from analytics_core.store.view import View
from analytics_core.ui.escape import md_escape


def is_dark() -> bool:
    """Whether the page is dark, as the browser last said; it is asked again with each rerun."""
    return st.context.theme.type == "dark"


def hues(view: View, by: str, members: Sequence[Member]) -> Colours:
    """Each member's colour: the one it has on every page."""
    return colours(members, homes(view, by), configured(view, by))


def dots(view: View, by: str, members: Sequence[Member]) -> list[str]:
    """The colour (#rrggbb) of each of any number of members, ranked as in a chart.

    The largest have those of a chart; of the others those that are given one, the rest are grey.
    """
    dark = is_dark()
    charted = hues(view, by, members[:NAMED])
    theme = DARK if dark else LIGHT
    own = configured(view, by)

    def dot(place: int, member: Member) -> str:
        if place < NAMED or member.kind != "member" or member.name is None:
            return charted.dot(member, dark=dark)
        if member.name in own:
            return nudged(own[member.name], theme.background)
        return theme.slots[OTHERS]

    return [dot(place, member) for place, member in enumerate(members)]


def named(member: Member, by: str, colours: Colours) -> str:
    """A member's colour and name, as markdown."""
    dot = colours.dot(member, dark=is_dark())
    return f':color[●]{{foreground="{dot}"}} {md_escape(member.label(by))}'
