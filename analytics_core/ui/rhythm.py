"""A panel of when usage happens: a week of hours, darker where there is more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from analytics_core.charts.heatmap import heatmap, highest
from analytics_core.export.sheet import of_rhythm
from analytics_core.reports.rhythm import HOURS, Rhythm, questions, rhythm
from analytics_core.semantics.format import DAY_NAMES, cell
from analytics_core.semantics.query import Query
from analytics_core.store.view import View
from analytics_core.ui import controls, state
from analytics_core.ui.draw import draw
from analytics_core.ui.escape import md_escape
from analytics_core.ui.panel import Content, panel
from analytics_core.ui.tables import table


@dataclass(frozen=True, slots=True)
class Week:
    """A panel (`page.panel`): one of `measures` (all add up) by weekday and hour of the zone."""

    name: str
    title: str
    measures: tuple[str, ...]

    def questions(self, view: View) -> Sequence[Query]:
        """Every hour of the measure that is chosen."""
        return questions(self._measure())

    def present(self, view: View) -> bool:
        """Always."""
        return True

    def draw(self, view: View) -> None:
        """Draws the panel."""
        panel(view, self.name, self.title, self._content)

    def _measure(self) -> str:
        return state.controlled(self.name, "measure", self.measures)

    def _content(self, view: View) -> Content:
        found = rhythm(view, self._measure())
        return Content(
            question=questions(self._measure())[0],
            controls=lambda: self._controls(found),
            chart=lambda: self._chart(found),
            table=lambda: self._table(found),
            sheet=lambda: of_rhythm(found),
        )

    def _controls(self, found: Rhythm) -> None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            controls.choose(self.name, "measure", "Measure", self.measures, controls.measure_words)
            st.caption(md_escape(found.period.calendar.zone))

    def _chart(self, found: Rhythm) -> None:
        most = highest(found)
        if most is None:
            st.info(f"{found.measure.label} is unknown: nothing in this selection says it.")
        else:
            draw(heatmap(found), state.of_panel(self.name, "chart"))
            when, value = most
            amount = md_escape(cell(value, found.measure.unit))
            st.caption(f"All weeks together; the stronger, the more. Most on {when}: {amount}.")
        _apart(found)

    def _table(self, found: Rhythm) -> None:
        unit = found.measure.unit
        columns = {"day": pl.Series([DAY_NAMES[day] for day in found.days])}
        config: dict[str, Any] = {"day": st.column_config.TextColumn("Day", pinned=True)}
        for hour in range(HOURS):
            figures = [cells[hour] for cells in found.cells]
            columns[f"h{hour}"] = pl.Series([cell(figure, unit) for figure in figures])
            config[f"h{hour}"] = st.column_config.TextColumn(f"{hour:02}:00", alignment="right")
        table(pl.DataFrame(columns), config, state.of_panel(self.name, "table"))
        _apart(found)


def _apart(found: Rhythm) -> None:
    """What is left out: sums that sources made, of whole days most often, have no hour."""
    if found.apart:
        amount = md_escape(cell(found.apart, found.measure.unit))
        st.caption(
            f"Not in here: {amount} ({found.measure.label.lower()}) that sources report already"
            " summed, without the hour."
        )
