"""What stands behind a word and is made when a reader opens it."""

from collections.abc import Callable

import streamlit as st

from analytics_core.ui import state
from analytics_core.ui.errors import edge


def unfold(word: str, name: str, draw: Callable[[], None]) -> None:
    """A word in the panel or card `name` that shows what `draw` draws; closed, it costs nothing.

    It has no icon: with two of them the head of a panel half as wide as the page takes two lines.
    """
    part = word.lower()
    box = st.popover(word, type="tertiary", on_change="rerun", key=state.of_panel(name, part))
    if box.open:
        with box, edge(f"{name}.{part}"):
            draw()
