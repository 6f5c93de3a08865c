"""A panel of where the figures come from: one bar of how cost is known, and what has no price."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import streamlit as st

from analytics_core.charts.strip import strip
from analytics_core.export.sheet import of_breakdown
from analytics_core.reports.provenance import Provenance, Unpriced, provenance, questions
from analytics_core.semantics.format import cell, period_text
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View
from analytics_core.ui import links, state
from analytics_core.ui.draw import draw, nothing_to_draw, to_member
from analytics_core.ui.entity import hues, is_dark
from analytics_core.ui.panel import Content, panel
from analytics_core.ui.shares import amounts
from analytics_core.ui.tables import breakdown_table, table

MOST = 50  # models in the list


@dataclass(frozen=True, slots=True)
class Sources:
    """A panel (`page.panel`): cost as reported, computed and free, and the models without a price."""

    name: str
    title: str

    def questions(self, view: View) -> Sequence[Query]:
        """Cost by its source, and unpriced usage by model."""
        return questions()

    def present(self, view: View) -> bool:
        """Always."""
        return True

    def draw(self, view: View) -> None:
        """Draws the panel."""
        panel(view, self.name, self.title, self._content)

    def _content(self, view: View) -> Content:
        found = provenance(view)
        return Content(
            question=questions()[0],
            controls=lambda: None,
            chart=lambda: self._chart(view, found),
            table=lambda: self._table(found),
            sheet=lambda: of_breakdown(found.parts),
        )

    def _chart(self, view: View, found: Provenance) -> None:
        parts = found.parts
        colours = hues(view, parts.by.name, [part.member for part in parts.parts])
        if not nothing_to_draw(parts):
            when = period_text(view.filters.period)
            drawn = strip(parts, colours, period=when, dark=is_dark())
            draw(drawn, state.of_panel(self.name, "chart"), to_member(parts))
        amounts(parts, colours, self.name)
        self._unpriced(found.unpriced)

    def _table(self, found: Provenance) -> None:
        breakdown_table(found.parts, state.of_panel(self.name, "table"))
        self._unpriced(found.unpriced)

    def _unpriced(self, models: Sequence[Unpriced]) -> None:
        """The models without a price, and where prices can be given."""
        if not models:
            return
        words = "One model has" if len(models) == 1 else f"{len(models):,} models have"
        st.markdown(f":orange[:material/warning:] **{words} usage without a price**")
        shown = models[:MOST]
        table(
            pl.DataFrame(
                {
                    "model": [model.label for model in shown],
                    "tokens": [cell(model.tokens, Unit.TOKENS) for model in shown],
                    "events": [cell(model.events, Unit.COUNT) for model in shown],
                }
            ),
            {
                "model": st.column_config.TextColumn("Model", pinned=True),
                "tokens": st.column_config.TextColumn("Unpriced tokens", alignment="right"),
                "events": st.column_config.TextColumn("Unpriced events", alignment="right"),
            },
            state.of_panel(self.name, "unpriced"),
            seen=9,
        )
        if len(models) > MOST:
            st.caption(f"The {MOST} with most tokens.")
        links.link(
            "data", "Prices and how to add one", ":material/arrow_forward:", keys=links.PRICES
        )
