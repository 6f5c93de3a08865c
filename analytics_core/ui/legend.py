"""The legend of a panel: one pill per member, which hides it in charts, table and download."""

from collections.abc import Sequence

import streamlit as st

from analytics_core.charts.theme import Colours
from analytics_core.semantics.member import Member
from analytics_core.ui import state
from analytics_core.ui.entity import named


def hidden(panel: str, members: Sequence[Member]) -> frozenset[str]:
    """The ids of the members whose pill is off."""
    return state.hidden(panel) & {member.id for member in members}


def legend(panel: str, by: str, members: Sequence[Member], colours: Colours) -> None:
    """Draws the pills in rank order; a member not seen before is on."""
    dots = {member.id: named(member, by, colours) for member in members}
    st.pills(
        "Show",
        tuple(dots),
        selection_mode="multi",
        key=state.legend(panel, tuple(dots)),
        format_func=dots.__getitem__,
        label_visibility="collapsed",
        on_change=state.legend_changed,
        args=(panel, tuple(dots)),
    )
