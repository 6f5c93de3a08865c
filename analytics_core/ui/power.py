"""A panel of how unevenly cost is spread over users, a tenth of them at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from analytics_core.charts.bars import bars
from analytics_core.export.sheet import of_breakdown
from analytics_core.reports.breakdown import Breakdown
from analytics_core.reports.power_curve import QUESTION, power_curve
from analytics_core.semantics.format import period_text, text
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View
from analytics_core.ui import state
from analytics_core.ui.draw import draw, nothing_to_draw
from analytics_core.ui.entity import is_dark
from analytics_core.ui.panel import Content, panel
from analytics_core.ui.tables import breakdown_table


@dataclass(frozen=True, slots=True)
class PowerCurve:
    """A panel (`page.panel`) of the share of cost of each tenth of the users, the dearest first.

    Hidden with fewer than ten users of a known cost.
    """

    name: str
    title: str = "How cost is spread"

    def questions(self, view: View) -> Sequence[Query]:
        """The cost of every user."""
        return (QUESTION,)

    def present(self, view: View) -> bool:
        """Whether there are ten users with a known cost."""
        return bool(power_curve(view).parts)

    def draw(self, view: View) -> None:
        """Draws the panel."""
        panel(view, self.name, self.title, self._content)

    def _content(self, view: View) -> Content:
        tenths = power_curve(view)
        when = period_text(view.filters.period)
        return Content(
            question=QUESTION,
            controls=lambda: None,
            chart=lambda: self._chart(tenths, when),
            table=lambda: breakdown_table(tenths, state.of_panel(self.name, "table")),
            sheet=lambda: of_breakdown(tenths),
        )

    def _chart(self, tenths: Breakdown, when: str) -> None:
        if not nothing_to_draw(tenths):
            drawn = bars(tenths, period=when, dark=is_dark())
            draw(drawn, state.of_panel(self.name, "chart"))
            share = text(tenths.parts[0].share, Unit.RATIO)
            st.caption(f"The dearest tenth of the users makes {share} of what users cost.")
