"""A panel of how long sessions last: a histogram with the median, and its table."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from analytics_core.charts.histogram import histogram
from analytics_core.export.sheet import of_lengths
from analytics_core.reports.session_lengths import QUESTION, SessionLengths, session_lengths
from analytics_core.semantics.format import cell, period_text, text
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View
from analytics_core.ui import state
from analytics_core.ui.draw import draw
from analytics_core.ui.panel import Content, panel
from analytics_core.ui.tables import lengths_table

OCCURS = Query(("sessions",))


@dataclass(frozen=True, slots=True)
class Lengths:
    """A panel (`page.panel`) of the sessions that started in the period, by their length.

    It hides itself where no event names a session.
    """

    name: str
    title: str = "Session length"
    height: int = 260

    def questions(self, view: View) -> Sequence[Query]:
        """The median and the mean; the counts are asked when it is drawn."""
        return (QUESTION, OCCURS)

    def present(self, view: View) -> bool:
        """Whether there is any session."""
        return bool(view.ask(OCCURS)["sessions"][0])

    def draw(self, view: View) -> None:
        """Draws the panel."""
        panel(view, self.name, self.title, self._content)

    def _content(self, view: View) -> Content:
        lengths = session_lengths(view)

        def chart() -> None:
            if lengths.known:
                when = period_text(view.filters.period)
                drawn = histogram(lengths, period=when, height=self.height)
                draw(drawn, state.of_panel(self.name, "chart"))
            else:
                st.info("No session that started in this period has a known length.")
            st.caption(_about(lengths))

        return Content(
            question=QUESTION,
            controls=lambda: None,
            chart=chart,
            table=lambda: lengths_table(lengths, state.of_panel(self.name, "table")),
            sheet=lambda: of_lengths(lengths),
        )


def _about(lengths: SessionLengths) -> str:
    """The mean beside the median, and what is not in the bars."""
    words = [f"Average {text(lengths.mean, Unit.SECONDS)}"] if lengths.known else []
    if lengths.unknown:
        words.append(f"{cell(lengths.unknown, Unit.COUNT)} without a known length, or not over yet")
    if lengths.reused:
        words.append(
            f":orange[:material/warning:] {cell(lengths.reused, Unit.COUNT)} over 24 hours:"
            " perhaps their id is used again"
        )
    return " · ".join(words)
