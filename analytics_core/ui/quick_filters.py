"""The page's picks within reach of a panel: what is chosen here stands in the sidebar and the URL."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.filters import MOST_VALUES, Filters
from analytics_core.store.view import View
from analytics_core.ui import state
from analytics_core.ui.choices import Choices, Reader


def quick_filters(view: View, panel: str, names: Sequence[str]) -> None:
    """Draws a button per dimension that opens its choice; a closed one asks nothing."""
    everything = replace(view, filters=Filters(view.filters.period))
    choices = Choices(everything, Reader(None, own_rows_only=False))
    for name in names:
        of, picked = dimension(name), len(state.picked(name))
        box = st.popover(
            f"{of.label} ({picked})" if picked else of.label,
            key=state.of_panel(panel, f"filter.{name}"),
            on_change="rerun",
        )
        if box.open:
            with box:
                _choose(choices, panel, name)


def _choose(choices: Choices, panel: str, name: str) -> None:
    choice, key = choices.of(name), state.of_panel(panel, f"pick.{name}")
    st.session_state[key] = [v for v in state.picked(name) if v in choice.values]
    st.multiselect(
        choice.of.label,
        choice.values,
        key=key,
        format_func=choice.labels.__getitem__,
        placeholder=f"All {choice.of.plural}",
        filter_mode="contains",
        select_all=False,
        max_selections=MOST_VALUES,
        on_change=_chosen,
        args=(key, name),
    )
    if choice.searched:
        st.caption("These were seen last. The sidebar finds all of them.")


def _chosen(key: str, name: str) -> None:
    state.choose(name, st.session_state[key])
