"""Members on this reader's screen: each with the colour it has on every page."""

from collections.abc import Sequence

import streamlit as st

from analytics_core.charts.theme import Colours, colours
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


def named(member: Member, by: str, colours: Colours) -> str:
    """A member's colour and name, as markdown."""
    dot = colours.dot(member, dark=is_dark())
    return f':color[●]{{foreground="{dot}"}} {md_escape(member.label(by))}'
