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

    Of `by` those are offered of which an event names a member; without any it hides itself. The
    measures of `also` are told of each in tooltip and table; `share_of`, one of them, has its
    share after each bar. A click on a bar opens its member.
    """

    name: str
    title: str
    by: tuple[str, ...]
    measures: tuple[str, ...]
    top: int = 5
    also: tuple[str, ...] = ()
    share_of: str = ""

    def questions(self, view: View) -> Sequence[Query]:
        """The members and the whole, as the controls stand."""
        measure, by = self._shown(self.by)
        asked = questions(measure, by, self.top, self._also(measure))
        return (*asked, *(_occurrence(of) for of in self.by))

    def present(self, view: View) -> bool:
        """Whether any event names a member of what it ranks."""
        return bool(self._dimensions(view))

    def draw(self, view: View) -> None:
        """Draws the panel."""
        panel(view, self.name, self.title, self._content)

    def _dimensions(self, view: View) -> tuple[str, ...]:
        """Those of which an event of the selection names a member."""
        found = view.ask_all([_occurrence(by) for by in self.by])
        pairs = zip(self.by, found, strict=True)
        return tuple(by for by, some in pairs if some[by].null_count() < len(some))

    def _also(self, measure: str) -> tuple[str, ...]:
        return tuple(name for name in self.also if name != measure)

    def _shown(self, dimensions: tuple[str, ...]) -> tuple[str, str]:
        measure = state.controlled(self.name, "measure", self.measures)
        return measure, state.controlled(self.name, "by", dimensions)

    def _content(self, view: View) -> Content:
        dimensions = self._dimensions(view)
        measure, by = self._shown(dimensions)
        also = self._also(measure)
        parts = breakdown(view, measure, by, top=self.top, also=also)
        colours = hues(view, by, [part.member for part in parts.parts])

        def chart() -> None:
            if not nothing_to_draw(parts):
                when = period_text(view.filters.period)
                share_of = self.share_of if self.share_of in also else ""
                drawn = bars(parts, colours, period=when, share_of=share_of, dark=is_dark())
                draw(drawn, state.of_panel(self.name, "chart"), to_member(parts))
            self._to_all(by)

        return Content(
            question=questions(measure, by, self.top, also)[0],
            controls=lambda: self._controls(dimensions),
            chart=chart,
            table=lambda: breakdown_table(parts, state.of_panel(self.name, "table")),
            sheet=lambda: of_breakdown(parts),
        )

    def _controls(self, dimensions: tuple[str, ...]) -> None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            controls.choose_one(
                self.name, "measure", "Measure", self.measures, controls.measure_words
            )
            controls.choose(self.name, "by", "By", dimensions, lambda name: dimension(name).label)

    def _to_all(self, by: str) -> None:
        if links.LISTS.get(by, state.path()) != state.path():
            links.link(links.LISTS[by], f"All {dimension(by).plural}", ":material/arrow_forward:")


def _occurrence(by: str) -> Query:
    """What tells whether an event names a member of that dimension."""
    return Query(("events",), (by,), top=1)
