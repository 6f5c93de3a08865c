"""A panel of the members with the most of something, as horizontal bars."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from analytics_core.charts.bars import bars
from analytics_core.export.sheet import of_breakdown
from analytics_core.reports.breakdown import breakdown, questions
from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.format import period_text
from analytics_core.semantics.query import Query
from analytics_core.store.view import View
from analytics_core.ui import controls, links, state
from analytics_core.ui.draw import draw, nothing_to_draw, to_member
from analytics_core.ui.entity import hues, is_dark
from analytics_core.ui.panel import Content, panel
from analytics_core.ui.tables import breakdown_table


@dataclass(frozen=True, slots=True)
class Ranking:
    """A panel (`page.panel`): the `top` members of a dimension by a measure the reader chooses.

    Of `by` those are offered of which an event names a member; without any it hides itself. A
    click on a bar opens its member.
    """

    name: str
    title: str
    by: tuple[str, ...]
    measures: tuple[str, ...]
    top: int = 5

    def questions(self, view: View) -> Sequence[Query]:
        """The members and the whole, as the controls stand."""
        measure, by = self._shown(self.by)
        return (*questions(measure, by, self.top), *self._occurs())

    def present(self, view: View) -> bool:
        """Whether any event names a member of what it ranks."""
        return any(_named(view, by) for by in self.by)

    def draw(self, view: View) -> None:
        """Draws the panel."""
        panel(view, self.name, self.title, self._content)

    def _occurs(self) -> tuple[Query, ...]:
        return tuple(_occurrence(by) for by in self.by)

    def _shown(self, offered: Sequence[str]) -> tuple[str, str]:
        measure = state.controlled(self.name, "measure", self.measures)
        return measure, state.controlled(self.name, "by", offered)

    def _content(self, view: View) -> Content:
        offered = [by for by in self.by if _named(view, by)] or self.by
        measure, by = self._shown(offered)
        parts = breakdown(view, measure, by, top=self.top)
        colours = hues(view, by, [part.member for part in parts.parts])

        def chart() -> None:
            if not nothing_to_draw(parts):
                when = period_text(view.filters.period)
                drawn = bars(parts, colours, period=when, dark=is_dark())
                draw(drawn, state.of_panel(self.name, "chart"), to_member(parts))
            self._to_all(by)

        return Content(
            question=questions(measure, by, self.top)[0],
            controls=lambda: self._controls(offered),
            chart=chart,
            table=lambda: breakdown_table(parts, state.of_panel(self.name, "table")),
            sheet=lambda: of_breakdown(parts),
        )

    def _controls(self, offered: Sequence[str]) -> None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            controls.choose_one(
                self.name, "measure", "Measure", self.measures, controls.measure_words
            )
            controls.choose(self.name, "by", "By", offered, lambda name: dimension(name).label)

    def _to_all(self, by: str) -> None:
        if by in links.LISTS:
            links.link(links.LISTS[by], f"All {dimension(by).plural}", ":material/arrow_forward:")


def _occurrence(by: str) -> Query:
    return Query(("events",), (by,), top=1)


def _named(view: View, by: str) -> bool:
    """Whether an event of the selection names a member of that dimension."""
    return view.ask(_occurrence(by))[by].null_count() < len(view.ask(_occurrence(by)))
