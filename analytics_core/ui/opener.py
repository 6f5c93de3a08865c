"""A list beside a table that opens one of its rows: no key presses a button inside a table."""

from collections.abc import Callable, Sequence

import streamlit as st

from analytics_core.semantics.dimension import dimension
from analytics_core.ui import links, state


def opener(panel: str, words: str, rows: Sequence[str], opens: Callable[[int], object]) -> None:
    """Draws the list, called `words`; `opens` is called with the place of the row chosen.

    What is chosen is forgotten at once, so that the same row can be opened again.
    """
    key = state.of_panel(panel, "chosen")
    st.session_state[key] = None
    st.selectbox(
        words,
        range(len(rows)),
        index=None,
        key=key,
        format_func=rows.__getitem__,
        placeholder=words,
        label_visibility="collapsed",
        width=220,
        on_change=_choose,
        args=(key, opens),
    )


def _choose(key: str, opens: Callable[[int], object]) -> None:
    place = st.session_state[key]
    if place is not None:
        opens(place)


def opening(of: str) -> str:
    """What a choice among members of a dimension does: "Open an agent", "Filter by a team"."""
    noun = dimension(of).noun
    article = "an" if noun[0] in "aeioA" else "a"
    verb = "Open" if of in links.DETAIL and links.leads_to(links.DETAIL[of]) else "Filter by"
    return f"{verb} {article} {noun}"
