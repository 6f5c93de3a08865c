"""A panel of what a measure comes from: a doughnut, and beside it every amount and share."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from analytics_core.charts.doughnut import doughnut
from analytics_core.charts.theme import Colours
from analytics_core.export.sheet import of_breakdown
from analytics_core.reports.breakdown import Breakdown, Part, breakdown, questions
from analytics_core.semantics.format import text
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View
from analytics_core.ui import links, state
from analytics_core.ui.draw import draw, nothing_to_draw, to_member
from analytics_core.ui.entity import hues, is_dark, named
from analytics_core.ui.escape import md_escape
from analytics_core.ui.panel import Content, panel
from analytics_core.ui.tables import breakdown_table

NOWHERE = "\0"  # no page has this path
HEIGHT, ROW = 240, 38  # pixels; equal rows, whatever is a button, and none that scrolls in itself


@dataclass(frozen=True, slots=True)
class Shares:
    """A panel (`page.panel`): the `top` members of `by`, Others and (unattributed)."""

    name: str
    title: str
    measure: str
    by: str
    top: int = 6

    def questions(self, view: View) -> Sequence[Query]:
        """The members and the whole."""
        return questions(self.measure, self.by, self.top)

    def present(self, view: View) -> bool:
        """Always."""
        return True

    def draw(self, view: View) -> None:
        """Draws the panel."""
        how = partial(_content, name=self.name, measure=self.measure, by=self.by, top=self.top)
        panel(view, self.name, self.title, how)


def _content(view: View, *, name: str, measure: str, by: str, top: int) -> Content:
    parts = breakdown(view, measure, by, top=top)
    colours = hues(view, by, [part.member for part in parts.parts])
    return Content(
        question=questions(measure, by, top)[0],
        controls=lambda: None,
        chart=lambda: doughnut_and_list(parts, colours, name),
        table=lambda: breakdown_table(parts, state.of_panel(name, "table")),
        sheet=lambda: of_breakdown(parts),
    )


def doughnut_and_list(parts: Breakdown, colours: Colours, name: str) -> None:
    """The doughnut and its list side by side, one under the other on a phone."""
    left, right = st.columns([2, 3], vertical_alignment="center")
    with left:
        if not nothing_to_draw(parts):
            ring = doughnut(parts, colours, dark=is_dark(), height=HEIGHT)
            draw(ring, state.of_panel(name, "doughnut"), to_member(parts))
    with right:
        amounts(parts, colours, name)


def amounts(parts: Breakdown, colours: Colours, name: str) -> None:
    """Every part with its colour, amount and share, in the order of the chart.

    A name picks that member for the whole page.
    """
    with st.container(gap=None):
        for part in parts.parts:
            with st.container(
                horizontal=True,
                wrap=False,
                vertical_alignment="center",
                gap="xsmall",
                height=ROW,
                border=False,
            ):
                with st.container():
                    _name(parts, part, colours, name)
                figure = text(part.value, parts.measure.unit, additive=parts.measure.additive)
                share = text(part.share, Unit.RATIO)
                _right(f":small[{md_escape(figure)}]", 76)
                _right(f":small[:gray[{md_escape(share)}]]", 44)


def _right(words: str, width: int) -> None:
    # Without wrap=False a paragraph's margin makes the row scroll, by wheel and by keyboard.
    st.markdown(words, width=width, text_alignment="right", wrap=False)


def _name(parts: Breakdown, part: Part, colours: Colours, name: str) -> None:
    label = named(part.member, parts.by.name, colours)
    if part.member.kind == "others":
        st.markdown(f":small[{label}]", wrap=False)
        return
    opens = part.member.name and links.leads_to(links.DETAIL.get(parts.by.name, NOWHERE))
    pressed = st.button(
        label,
        key=state.of_panel(name, part.member.id),
        type="tertiary",
        wrap=False,
        help=f"{'Open' if opens else 'Show only'} this {parts.by.label.lower()}",
        on_click=links.pick,
        args=(parts.by.name, part.member.name or ""),
    )
    if pressed:
        st.rerun()
