"""A panel of one session: a bar per request in order, and what it had cost by then."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import streamlit as st

from analytics_core.charts.steps_in_order import steps_in_order
from analytics_core.export.sheet import of_course
from analytics_core.reports.course import Course, course
from analytics_core.semantics.format import cell, moment_text
from analytics_core.semantics.member import Member
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View
from analytics_core.ui import state
from analytics_core.ui.draw import draw
from analytics_core.ui.entity import hues, is_dark, named
from analytics_core.ui.panel import Content, panel
from analytics_core.ui.tables import table

COST = Query(("cost",))


@dataclass(frozen=True, slots=True)
class Steps:
    """A panel (`page.panel`) of the selected requests in order; meant for one session."""

    name: str
    title: str

    def questions(self, view: View) -> Sequence[Query]:
        """What they cost together."""
        return (COST,)

    def present(self, view: View) -> bool:
        """Always: a session has a request."""
        return True

    def draw(self, view: View) -> None:
        """Draws the panel."""
        panel(view, self.name, self.title, self._content)

    def _content(self, view: View) -> Content:
        found = course(view, view.ask(COST)["cost"][0])
        zone = view.filters.period.calendar.zone
        return Content(
            question=COST,
            controls=lambda: _note(found),
            chart=lambda: self._chart(view, found, zone),
            table=lambda: _table(found, zone, state.of_panel(self.name, "table")),
            sheet=lambda: of_course(found),
        )

    def _chart(self, view: View, found: Course, zone: str) -> None:
        colours = hues(view, "model", found.models)
        st.markdown(" ".join(f":small[{named(model, 'model', colours)}]" for model in found.models))
        if all(step.cost is None for step in found.steps):
            st.info("Cost is unknown: no request here has a price.")
        else:
            drawn = steps_in_order(found, colours, zone, dark=is_dark())
            draw(drawn, state.of_panel(self.name, "chart"))


def _note(found: Course) -> None:
    if found.earlier:
        st.caption(f"The newest {len(found.steps)} requests; {found.earlier:,} came before them.")


def _table(found: Course, zone: str, key: str) -> None:
    columns = {
        "Time": [moment_text(step.at, zone) for step in found.steps],
        "Model": [step.model.label("model") for step in found.steps],
        "Service type": [Member(step.service_type).label("service_type") for step in found.steps],
        "Status": [step.status or "" for step in found.steps],
        "Input": [cell(step.input_tokens, Unit.TOKENS) for step in found.steps],
        "Output": [cell(step.output_tokens, Unit.TOKENS) for step in found.steps],
        "Latency": [cell(step.latency_ms, Unit.MILLISECONDS) for step in found.steps],
        "Cost": [cell(step.cost, Unit.USD) for step in found.steps],
        "So far": [cell(step.so_far, Unit.USD) for step in found.steps],
    }
    figures = ("Input", "Output", "Latency", "Cost", "So far")
    config = {name: st.column_config.TextColumn(name, alignment="right") for name in figures}
    table(pl.DataFrame(columns), config, key)
