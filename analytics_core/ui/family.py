"""A panel of measures that are read together over time: tokens by kind, latencies, failures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from analytics_core.charts.line import line
from analytics_core.charts.stacked_bar import stacked_bar
from analytics_core.charts.theme import Colours, colours
from analytics_core.reports import family as reports
from analytics_core.reports.family import Family
from analytics_core.reports.timeline import Timeline
from analytics_core.semantics.query import Query
from analytics_core.store.view import View
from analytics_core.ui import controls, state
from analytics_core.ui.draw import draw, to_bucket
from analytics_core.ui.entity import is_dark
from analytics_core.ui.narrowing import MOST, choose_member, narrowed, offer
from analytics_core.ui.panel import Content, panel
from analytics_core.ui.series import Series, as_it_is

HEIGHT = 260


@dataclass(frozen=True, slots=True)
class FamilyTrend:
    """A panel (`page.panel`) of all measures of a family, as stacked bars or as lines.

    `within` is a dimension of which one member may be chosen. `shares` offers a switch that shows
    every bucket as 100%. Hidden while every measure is unknown.
    """

    name: str
    title: str
    family: Family
    kind: Literal["bars", "lines"] = "bars"
    within: str = ""
    shares: bool = False

    def questions(self, view: View) -> Sequence[Query]:
        """What may be chosen, every bucket and the whole; these not while it looks at one member."""
        within = (offer(self.within, MOST),) if self.within else ()
        if narrowed(view, self.name, self.within) is not view:
            return within
        return *within, *reports.questions(view.filters.period, self.family)

    def present(self, view: View) -> bool:
        """Whether any of the measures is known."""
        parts = reports.parts(narrowed(view, self.name, self.within), self.family)
        return any(part.value is not None for part in parts.parts)

    def draw(self, view: View) -> None:
        """Draws the panel."""
        panel(view, self.name, self.title, self._content)

    def _content(self, view: View) -> Content:
        where = narrowed(view, self.name, self.within)
        course, parts = reports.course(where, self.family), reports.parts(where, self.family)
        slots = colours(course.members)
        series = Series(self.name, course, parts, slots, self._shown())
        return series.content(
            reports.questions(where.filters.period, self.family)[0],
            where,
            controls=lambda: self._controls(view),
            drawn=lambda seen: self._draw(seen, slots),
        )

    def _shown(self) -> Callable[[Timeline], Timeline]:
        on = self.shares and state.switched(self.name, "share")
        return reports.shares if on else as_it_is

    def _controls(self, view: View) -> None:
        if not self.within and not self.shares:
            return
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if self.within:
                choose_member(view, self.name, self.within)
            if self.shares:
                why = "Every bucket as 100%"
                controls.switch(self.name, "share", "Share", why=why)

    def _draw(self, seen: Timeline, slots: Colours) -> None:
        if seen.frame["value"].drop_nulls().is_empty():
            st.info(f"{seen.measure.label} is unknown: nothing in this selection says it.")
            return
        if self.kind == "bars":
            drawn = stacked_bar(
                seen, slots, dark=is_dark(), height=HEIGHT, shares=not seen.measure.additive
            )
        else:
            drawn = line(seen, slots, dark=is_dark(), height=HEIGHT)
        draw(drawn, state.of_panel(self.name, "chart"), to_bucket(seen))
