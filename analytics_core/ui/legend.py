"""The legend of a panel: one pill per member, which hides it in charts, table and download."""

from collections.abc import Sequence

import streamlit as st

from analytics_core.charts.theme import Colours
from analytics_core.reports.breakdown import Breakdown
from analytics_core.semantics.format import text
from analytics_core.semantics.member import Member
from analytics_core.ui import state
from analytics_core.ui.entity import named
from analytics_core.ui.escape import md_escape


def hidden(panel: str, members: Sequence[Member]) -> frozenset[str]:
    """The ids of the members whose pill is off."""
    return _off(panel) & {member.id for member in members}


def legend(panel: str, parts: Breakdown, colours: Colours) -> None:
    """Draws a pill with the amount of each part, in rank order; one not seen before is on."""
    measure, by = parts.measure, parts.by.name
    dots: dict[str, str] = {}
    for part in parts.parts:
        amount = text(part.value, measure.unit, additive=measure.additive)
        dots[part.member.id] = f"{named(part.member, by, colours)} :gray[{md_escape(amount)}]"
    pills = state.of_panel(panel, "legend")
    st.session_state[pills] = [name for name in dots if name not in _off(panel)]
    st.pills(
        "Show",
        tuple(dots),
        selection_mode="multi",
        key=pills,
        format_func=dots.__getitem__,
        label_visibility="collapsed",
        on_change=_changed,
        args=(panel, tuple(dots)),
    )


def _off(panel: str) -> frozenset[str]:
    """The ids of all members whose pill is off, those not shown now among them."""
    return st.session_state.get(state.of_panel(panel, "hidden"), frozenset())


def _changed(panel: str, ids: Sequence[str]) -> None:
    """Takes over what the pills say; members they do not show stay as they were."""
    shown = st.session_state[state.of_panel(panel, "legend")]
    off = frozenset(ids) - frozenset(shown)
    st.session_state[state.of_panel(panel, "hidden")] = (_off(panel) - frozenset(ids)) | off
