"""The figures at the top of a page, each with its change, its course and its explanation."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from analytics_core.reports.active_projects import QUESTION as PROJECTS
from analytics_core.reports.active_projects import active_projects
from analytics_core.reports.compare import Change
from analytics_core.reports.summary import Card, Summary, summary
from analytics_core.reports.summary import questions as summary_questions
from analytics_core.semantics.format import UNKNOWN, shown, text
from analytics_core.semantics.format import change as change_text
from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.query import Query
from analytics_core.store.view import View
from analytics_core.ui.errors import edge
from analytics_core.ui.explain import explain

NOTABLE = 0.1  # a change is coloured only beyond this, and only where it is better or worse


@dataclass(frozen=True, slots=True)
class Cards:
    """One card per measure, six in a row on a desk, two on a phone; `page` is in their keys."""

    page: str
    measures: tuple[str, ...]

    def questions(self, view: View) -> Sequence[Query]:
        """The figures of the period and their course over it."""
        asked = summary_questions(view.filters.period, self.measures)
        return (*asked, PROJECTS) if "active_projects" in self.measures else asked

    def present(self, view: View) -> bool:
        """Always: a figure nobody knows is shown as unknown."""
        return True

    def draw(self, view: View) -> None:
        """Draws the cards, and below them what has no price."""
        with edge(f"{self.page}.cards"):
            figures = summary(view, self.measures)
            with st.grid(
                columns=len(self.measures),
                min_column_width=150,
                gap="small",
                key=f"{self.page}.cards",
            ):
                for card in figures.cards:
                    _card(view, self.page, card)
            _unpriced(figures)


def _card(view: View, page: str, card: Card) -> None:
    measure = card.measure
    with st.container(
        border=True, height="stretch", gap="xxsmall", key=f"{page}.card.{measure.name}"
    ):
        st.metric(
            measure.label,
            _value(view, card),
            delta=_delta(card.change, measure),
            delta_color=_colour(card.change, measure),
            delta_arrow=_arrow(card.change),
            delta_description="vs prev",
            chart_data=_course(card),
            chart_type="area",
            height="stretch",
        )
        explain(view, Query((measure.name,)), f"{page}.card.{measure.name}")


def _value(view: View, card: Card) -> str:
    measure = card.measure
    if measure.name == "active_projects":
        projects = active_projects(view)
        return f"{text(projects.active, measure.unit)}/{text(projects.total, measure.unit)}"
    return text(card.value, measure.unit, additive=measure.additive)


def _course(card: Card) -> list[float] | None:
    """The figure bucket by bucket as the card draws it; not a number where it is unknown."""
    if all(figure is None for figure in card.course):
        return None
    numbers = (shown(figure, card.measure.unit) for figure in card.course)
    return [math.nan if number is None else float(number) for number in numbers]


def _delta(change: Change, measure: Measure) -> str:
    if change.state == "no_base":
        return UNKNOWN  # the line above the page says why
    return change_text(change.current, change.previous, measure.unit)


def _arrow(change: Change) -> Literal["up", "down", "off"]:
    if change.state not in ("ok", "new") or not change.delta:
        return "off"
    return "up" if change.delta > 0 else "down"


def _colour(change: Change, measure: Measure) -> Literal["off", "green", "red"]:
    if change.ratio is None or abs(change.ratio) <= NOTABLE or measure.better == "neither":
        return "off"
    rose = change.ratio > 0
    return "green" if rose == (measure.better == "higher") else "red"


def _unpriced(figures: Summary) -> None:
    count = figures.unpriced_requests
    if count:
        number = text(count, MEASURES["unpriced_requests"].unit)
        words = "request has no price and is" if count == 1 else "requests have no price and are"
        st.caption(f":orange[:material/warning:] {number} {words} not in the cost.")
