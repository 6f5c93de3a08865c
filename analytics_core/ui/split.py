"""A panel of one whole, split by a dimension the reader chooses: a chart of the largest, all in a table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import streamlit as st

from analytics_core.charts.bars import bars
from analytics_core.reports.breakdown import breakdown, questions
from analytics_core.reports.filled import filled
from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.format import period_text
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.query import Query
from analytics_core.store.view import View
from analytics_core.ui import controls, state
from analytics_core.ui.draw import draw, nothing_to_draw, to_member
from analytics_core.ui.entity import hues, is_dark
from analytics_core.ui.escape import md_escape
from analytics_core.ui.members import Members
from analytics_core.ui.panel import Content, panel
from analytics_core.ui.shares import doughnut_and_list

BUTTONS, MOST = 8, 50  # dimensions to choose from in a row, and at all


@dataclass(frozen=True, slots=True)
class Split:
    """A panel (`page.panel`): `measures` by one of `by`, of which only what the data have is offered.

    The chart is of the `top` members by the measure that ranks: a doughnut and the list of its
    parts, or bars (always for a measure that does not add up). The table is that of `Members`.
    With `tags` the keys of tags follow, those with most events first. It hides itself where the
    data have none of the dimensions.
    """

    name: str
    title: str
    by: tuple[str, ...]
    measures: tuple[str, ...]
    chart: Literal["doughnut", "bars"] = "doughnut"
    top: int = 6
    tags: bool = False

    def questions(self, view: View) -> Sequence[Query]:
        """The members, those of the chart and the whole, as the controls stand."""
        members = self._members(view)
        charted = questions(members.ordered()[0], members.by, self.top)
        return (*members.questions(view), *charted)

    def questions_before(self, view: View) -> Sequence[Query]:
        """What the members were before."""
        return self._members(view).questions_before(view)

    def present(self, view: View) -> bool:
        """Whether the data have any of the dimensions."""
        return bool(self._offered(view))

    def draw(self, view: View) -> None:
        """Draws the panel."""
        panel(view, self.name, self.title, self._content)

    def _offered(self, view: View) -> tuple[str, ...]:
        named = filled(view, self.by)
        if not self.tags:
            return named
        keys = view.tag_keys().sort("events", "key", descending=[True, False])["key"]
        return tuple(dict.fromkeys((*named, *(f"tag:{key}" for key in keys))))[:MOST]

    def _members(self, view: View) -> Members:
        offered = self._offered(view) or self.by[:1]
        return Members(
            self.name,
            self.title,
            state.controlled(self.name, "by", offered),
            self.measures,
            coloured=self.chart == "doughnut",
        )

    def _content(self, view: View) -> Content:
        members = self._members(view)
        content = members.content(view)

        def above() -> None:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                self._choose(self._offered(view))
                content.controls()

        return replace(content, controls=above, chart=lambda: self._chart(view, members))

    def _choose(self, offered: Sequence[str]) -> None:
        """Buttons, or a drop-down where they are too many; keys of tags are text, not markdown."""
        if len(offered) > BUTTONS:
            controls.choose_one(self.name, "by", "By", offered, _words)
        else:
            controls.choose(self.name, "by", "By", offered, lambda name: md_escape(_words(name)))

    def _chart(self, view: View, members: Members) -> None:
        measure = members.ordered()[0]
        parts = breakdown(view, measure, members.by, top=self.top)
        colours = hues(view, members.by, [part.member for part in parts.parts])
        if self.chart == "doughnut" and MEASURES[measure].additive:
            doughnut_and_list(parts, colours, self.name)
        elif not nothing_to_draw(parts):
            when = period_text(view.filters.period)
            drawn = bars(parts, colours, period=when, dark=is_dark())
            draw(drawn, state.of_panel(self.name, "chart"), to_member(parts))


def _words(name: str) -> str:
    """What a dimension is called in its control, as in the sidebar."""
    return dimension(name).label
