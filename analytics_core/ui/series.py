"""What a panel of several series shows: a legend above them, and chart, table and download under it."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from analytics_core.charts.theme import Colours
from analytics_core.export.sheet import of_timeline
from analytics_core.reports.breakdown import Breakdown
from analytics_core.reports.timeline import Timeline
from analytics_core.semantics.query import Query
from analytics_core.store.view import View
from analytics_core.ui import state
from analytics_core.ui.legend import hidden, legend
from analytics_core.ui.panel import Content
from analytics_core.ui.tables import timeline_table


def as_it_is(line: Timeline) -> Timeline:
    """The same timeline."""
    return line


@dataclass(frozen=True, slots=True)
class Series:
    """A timeline of several members, their figures over the whole period, and their colours.

    `shown` is what is made of the members that are not hidden before they are drawn (a running
    sum, shares): the table has no totals then, and the download the figures themselves.
    """

    panel: str
    line: Timeline
    parts: Breakdown
    colours: Colours
    shown: Callable[[Timeline], Timeline] = as_it_is

    def content(
        self,
        question: Query,
        view: View,
        controls: Callable[[], None],
        drawn: Callable[[Timeline], None],
    ) -> Content:
        """Legend, chart (made by `drawn`), table and download; what is hidden is in none of them."""
        off = hidden(self.panel, self.line.members)
        kept = self.line.without(off)
        seen = self.shown(kept)
        totals = self.parts.without(off) if self.parts.measure.additive else self.parts

        def above() -> None:
            controls()
            legend(self.panel, self.parts, self.colours)

        def chart() -> None:
            st.space("small")  # the chart's toolbar may not cover the legend
            if kept.frame.is_empty():
                st.info("Every series is hidden.")
            else:
                drawn(seen)

        table = state.of_panel(self.panel, "table")
        return Content(
            question=question,
            controls=above,
            chart=chart,
            table=lambda: timeline_table(seen, totals if seen is kept else None, table),
            sheet=lambda: of_timeline(kept),
            view=view,
        )
