"""A panel of measures over time: bars or lines, whole or by a dimension, with what was before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import streamlit as st

from analytics_core.charts.area import area
from analytics_core.charts.drawing import Drawing
from analytics_core.charts.line import line
from analytics_core.charts.rows import named_series
from analytics_core.charts.stacked_bar import stacked_bar
from analytics_core.charts.theme import Colours
from analytics_core.export.sheet import of_timeline
from analytics_core.reports import breakdown as parts_of
from analytics_core.reports import timeline as over_time
from analytics_core.reports.filled import filled
from analytics_core.reports.overlay import Overlay, overlay
from analytics_core.reports.reported import ask
from analytics_core.reports.span import among
from analytics_core.reports.timeline import Timeline
from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.format import period_text
from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.period import Grain
from analytics_core.semantics.query import Query
from analytics_core.store.view import View
from analytics_core.ui import controls, state
from analytics_core.ui.draw import draw, to_bucket
from analytics_core.ui.entity import hues, is_dark
from analytics_core.ui.narrowing import (
    MOST,
    choose_member,
    choose_members,
    chosen_members,
    narrowed,
    offer,
)
from analytics_core.ui.panel import Content, panel
from analytics_core.ui.series import Series
from analytics_core.ui.tables import timeline_table

HEIGHT = 300


@dataclass(frozen=True, slots=True)
class Trend:
    """A panel (`page.panel`) of measures over time.

    Of `measures` and of `by` (dimensions the data have; "" is the total) the reader chooses one,
    the first to begin with. A measure that does not add up is drawn as lines whatever `kind` says.
    `grains`, `earlier` (the period before laid over it) and `cumulative` offer those controls;
    `within` is a dimension of which one member may be chosen; `only` hides the panel while that
    measure is 0 or unknown; `note` is said under a measure that does not add up. With `several`,
    that many members may be chosen in place of the largest `top`; `alone` leaves out the others. `grain` is the size of buckets
    that Auto stands for, where it is not that of the period.
    """

    name: str
    title: str
    measures: tuple[str, ...]
    by: tuple[str, ...] = ("",)
    kind: Literal["bars", "lines", "area"] = "bars"
    top: int = 8
    grains: bool = False
    grain: Grain | None = None
    earlier: bool = False
    cumulative: bool = False
    within: str = ""
    several: int = 0
    alone: bool = False
    only: str = ""
    note: str = ""
    height: int = HEIGHT

    def questions(self, view: View) -> Sequence[Query]:
        """What it asks of the page's View as its controls stand."""
        by = self._by(view)
        within = (offer(self.within, MOST),) if self.within else ()
        if narrowed(view, self.name, self.within) is not view:
            return within
        offered = (*within, offer(by)) if self.several and by else within
        if self._chosen(view):
            return offered
        if self.alone and by:
            return (*offered, self._largest(by))
        shown = _Shown.of(self, view)
        asked = over_time.questions(
            view.filters.period, shown.measure, shown.by or None, shown.grain, shown.top
        )
        only = (Query((self.only,)),) if self.only else ()
        return (
            *offered,
            *asked,
            *only,
            *(parts_of.questions(shown.measure, shown.by, shown.top) if shown.by else ()),
        )

    def present(self, view: View) -> bool:
        """Whether what it is about occurs at all."""
        return not self.only or bool(view.ask(Query((self.only,)))[self.only][0])

    def draw(self, view: View) -> None:
        """Draws the panel."""
        panel(view, self.name, self.title, self._content)

    def offered(self, view: View) -> tuple[str, ...]:
        """Of `by` what the data have at all; the first where that is nothing."""
        if len(self.by) == 1:
            return self.by
        there = filled(view, [name for name in self.by if name])
        return tuple(name for name in self.by if not name or name in there) or self.by[:1]

    def _content(self, view: View) -> Content:
        where = self._where(view)
        shown = _Shown.of(self, where)
        made = _split(self, where, shown) if shown.by else _whole(self, where, shown)
        return replace(made, controls=lambda: self._above(view, made))

    def _above(self, view: View, made: Content) -> None:
        self._controls(view)  # what may be chosen is of the whole page, not of what was chosen
        made.controls()

    def _where(self, view: View) -> View:
        """The View of the members that are chosen; the same where none is."""
        where = narrowed(view, self.name, self.within)
        by, chosen = self._by(view), self._chosen(where)
        if chosen:
            return among(where, by, [value or None for value in chosen])
        if not self.alone or not by:
            return where
        found = ask(where, self._largest(by))
        return among(where, by, found.filter(found[f"{by}_kind"] == "member")[by].to_list())

    def _largest(self, by: str) -> Query:
        """The members with most of the measure."""
        return Query((state.controlled(self.name, "measure", self.measures),), (by,), top=self.top)

    def _by(self, view: View) -> str:
        return state.controlled(self.name, "by", self.offered(view))

    def _chosen(self, view: View) -> tuple[str, ...]:
        by = self._by(view)
        return chosen_members(view, self.name, by) if self.several and by else ()

    def _controls(self, view: View) -> None:
        period, by = view.filters.period, self._by(view)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            controls.choose(self.name, "measure", "Measure", self.measures, controls.measure_words)
            controls.choose_one(self.name, "by", "By", self.offered(view), controls.by_words)
            if self.within:
                choose_member(view, self.name, self.within)
            if self.grains:
                sizes = controls.grains(period, split=bool(by))
                controls.choose(self.name, "grain", "Bucket", sizes, controls.grain_words)
            measure = MEASURES[state.controlled(self.name, "measure", self.measures)]
            if self.earlier:
                summed = _cumulative(self, measure)
                why = "A running sum is of this period alone." if summed else None
                controls.switch(self.name, "earlier", "Previous period", why=why, disabled=summed)
            if self.cumulative and measure.additive:
                controls.switch(self.name, "cumulative", "Cumulative")
        if self.several and by:
            where = narrowed(view, self.name, self.within)
            largest = f"The largest {self.top} {dimension(by).plural}; choose up to {self.several}"
            choose_members(where, self.name, by, self.several, largest)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the controls of a trend say."""

    measure: str
    by: str
    grain: Grain
    top: int

    @classmethod
    def of(cls, trend: Trend, view: View) -> "_Shown":
        period = view.filters.period
        by = trend._by(view)
        grain = controls.grain_of(trend.name, period, split=bool(by), auto=trend.grain)
        series = named_series(sum(1 for _ in period.buckets(grain)))
        measure = state.controlled(trend.name, "measure", trend.measures)
        return cls(measure, by, grain, min(len(trend._chosen(view)) or trend.top, series))


def _whole(trend: Trend, view: View, shown: _Shown) -> Content:
    line_ = over_time.timeline(view, shown.measure, grain=shown.grain)
    colours = hues(view, "service_type", line_.members)
    seen = _summed(trend, line_)

    def chart() -> None:
        if trend.grains or trend.earlier or trend.cumulative:
            st.space("small")  # the chart's toolbar may not cover the switches
        _draw(trend, seen, colours, _before(trend, view, shown))

    return Content(
        question=over_time.questions(view.filters.period, shown.measure, None, shown.grain)[0],
        controls=lambda: None,
        chart=chart,
        table=lambda: timeline_table(seen, None, state.of_panel(trend.name, "table")),
        sheet=lambda: of_timeline(line_),
        view=view,
    )


def _split(trend: Trend, view: View, shown: _Shown) -> Content:
    line_ = over_time.timeline(view, shown.measure, shown.by, grain=shown.grain, top=shown.top)
    parts = parts_of.breakdown(view, shown.measure, shown.by, top=shown.top)
    colours = hues(view, shown.by, line_.members)
    series = Series(trend.name, line_, parts, colours, partial(_summed, trend))
    return series.content(
        over_time.questions(view.filters.period, shown.measure, shown.by, shown.grain, shown.top)[
            0
        ],
        view,
        controls=lambda: None,
        drawn=lambda seen: _draw(trend, seen, colours, _before(trend, view, shown)),
    )


def _cumulative(trend: Trend, measure: Measure) -> bool:
    return trend.cumulative and measure.additive and state.switched(trend.name, "cumulative")


def _summed(trend: Trend, seen: Timeline) -> Timeline:
    return seen.cumulative() if _cumulative(trend, seen.measure) else seen


def _before(trend: Trend, view: View, shown: _Shown) -> Overlay | None:
    """The period before where it is wanted and can be compared: of the whole, not of its parts."""
    on = trend.earlier and state.switched(trend.name, "earlier")
    if not on or _cumulative(trend, MEASURES[shown.measure]):
        return None
    return overlay(view, shown.measure, shown.grain)


def _draw(trend: Trend, seen: Timeline, colours: Colours, before: Overlay | None) -> None:
    if seen.until <= seen.period.start:
        st.info(f"The data do not reach into this time yet: {period_text(seen.period)}.")
        return
    if seen.frame["value"].drop_nulls().is_empty():
        st.info(f"{seen.measure.label} is unknown: nothing in this selection says it.")
        return
    if before is not None:
        _say(before)
    laid = before if before and before.known else None
    draw(_drawing(trend, seen, colours, laid), state.of_panel(trend.name, "chart"), to_bucket(seen))
    if trend.note and not seen.measure.additive:
        st.caption(trend.note)


def _drawing(trend: Trend, seen: Timeline, colours: Colours, before: Overlay | None) -> Drawing:
    dark = is_dark()
    if trend.kind == "area" and seen.by is None and before is None:
        return area(seen, colours, dark=dark, height=trend.height)
    bars = trend.kind == "bars" and seen.measure.additive
    kind = stacked_bar if bars else line
    return kind(seen, colours, before=before, dark=dark, height=trend.height)


def _say(before: Overlay) -> None:
    if before.known:
        st.caption(f"– – – Previous period, {before.shift}")
    else:
        st.caption("The data do not reach back to the previous period.")
