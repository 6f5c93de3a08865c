"""A panel of what a measure is made of: bars over time and a doughnut under one legend."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from analytics_core.charts.doughnut import doughnut
from analytics_core.charts.rows import named_series
from analytics_core.charts.stacked_bar import stacked_bar
from analytics_core.export.sheet import of_timeline
from analytics_core.reports import breakdown as parts_of
from analytics_core.reports import timeline as over_time
from analytics_core.semantics.query import Query
from analytics_core.store.view import View
from analytics_core.ui import state
from analytics_core.ui.draw import draw, nothing_to_draw, to_bucket, to_member
from analytics_core.ui.entity import hues, is_dark
from analytics_core.ui.legend import hidden, legend
from analytics_core.ui.panel import Content, panel
from analytics_core.ui.tables import timeline_table

HEIGHT = 300


@dataclass(frozen=True, slots=True)
class Composition:
    """A panel (`page.panel`): every bucket stacked by member, and the members' shares of the whole."""

    name: str
    title: str
    measure: str
    by: str

    def questions(self, view: View) -> Sequence[Query]:
        """The buckets by member, their totals and the whole."""
        top = _top(view)
        asked = over_time.questions(view.filters.period, self.measure, self.by, top=top)
        return (*asked, *parts_of.questions(self.measure, self.by, top))

    def present(self, view: View) -> bool:
        """Always."""
        return True

    def draw(self, view: View) -> None:
        """Draws the panel."""
        how = partial(_content, name=self.name, measure=self.measure, by=self.by)
        panel(view, self.name, self.title, how)


def _top(view: View) -> int:
    period = view.filters.period
    return named_series(len(list(period.buckets(period.grain()))))


def _content(view: View, *, name: str, measure: str, by: str) -> Content:
    top = _top(view)
    line = over_time.timeline(view, measure, by, top=top)
    parts = parts_of.breakdown(view, measure, by, top=top)
    colours = hues(view, by, line.members)
    off = hidden(name, line.members)
    seen, shares = line.without(off), parts.without(off)

    def chart() -> None:
        if nothing_to_draw(shares):
            return
        st.space("small")  # the toolbar of the bars lies above them and may not cover the legend
        left, right = st.columns([5, 3], vertical_alignment="center")
        with left:
            bars = stacked_bar(seen, colours, dark=is_dark(), height=HEIGHT)
            draw(bars, state.of_panel(name, "bars"), to_bucket(line))
        with right:
            ring = doughnut(shares, colours, dark=is_dark(), height=HEIGHT)
            draw(ring, state.of_panel(name, "doughnut"), to_member(parts))

    return Content(
        question=over_time.questions(view.filters.period, measure, by, top=top)[0],
        controls=lambda: legend(name, parts, colours),
        chart=chart,
        table=lambda: timeline_table(seen, shares, state.of_panel(name, "table")),
        sheet=lambda: of_timeline(seen),
    )
