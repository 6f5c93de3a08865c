"""The frame of a panel: title, charts or table, Explain, download, and one edge for errors."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from analytics_core.export.sheet import Sheet
from analytics_core.semantics.query import Query
from analytics_core.store.view import View
from analytics_core.ui import state
from analytics_core.ui.errors import edge
from analytics_core.ui.explain import explain
from analytics_core.ui.login import still_sees
from analytics_core.ui.page_file import panel_menu, remember

_KINDS = {state.CHARTS: "Chart", state.TABLES: "Table"}


@dataclass(frozen=True, slots=True)
class Content:
    """What one panel shows of one answer. `controls` are drawn above the chart and the table.

    `about` is the measure that Explain speaks of, where it is not the question's first. `view` is
    what was asked, where it is not the panel's (one picked member, another period).
    """

    question: Query
    controls: Callable[[], None]
    chart: Callable[[], None]
    table: Callable[[], None]
    sheet: Callable[[], Sheet]
    about: str = ""
    view: View | None = None


def panel(
    view: View,
    name: str,
    title: str,
    content: Callable[[View], Content],
    *,
    table_first: bool = False,
) -> None:
    """Draws a panel called `name` (page.panel); its controls run it alone.

    `content` asks the View and draws nothing; it is called inside the edge. `title` is markdown.
    """
    # What a fragment draws never stretches, so that the frame, which does, stands around it.
    with st.container(border=True, height="stretch", key=f"panel.{name}"):
        _inside(view, name, title, content, table_first=table_first)


@st.fragment
def _inside(
    view: View,
    name: str,
    title: str,
    content: Callable[[View], Content],
    *,
    table_first: bool,
) -> None:
    if state.moved() or not still_sees(view.scope):
        st.rerun()
    head = st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
    head.subheader(title, anchor=False)
    with view.store.steady(), edge(name):  # also when it runs alone
        shown = content(view)
        kept = remember(shown.view or view, name, title, shown.sheet)
        with head:
            kind = _switch(name, table_first=table_first)
            with st.container(horizontal=True, width="content", gap="xsmall"):
                explain(shown.view or view, shown.question, name)
                panel_menu(name, kept)
        shown.controls()
        if kind == state.TABLES:
            shown.table()
        else:
            shown.chart()


def _switch(name: str, *, table_first: bool) -> str | None:
    return st.segmented_control(
        "Show as",
        tuple(_KINDS),
        key=state.panel_shown(name, table_first=table_first),
        format_func=_KINDS.__getitem__,
        required=True,
        label_visibility="collapsed",
    )
