"""One card per service type: what it costs and for which project, its requests, its quantities."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from analytics_core.charts.area import area
from analytics_core.charts.drawing import Drawing
from analytics_core.charts.stacked_bar import stacked_bar
from analytics_core.charts.theme import Colours
from analytics_core.export.sheet import of_timeline
from analytics_core.reports import timeline as over_time
from analytics_core.reports.breakdown import Part, breakdown
from analytics_core.reports.timeline import Timeline, timeline
from analytics_core.reports.within import Within
from analytics_core.semantics.format import text
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View
from analytics_core.ui import controls, state
from analytics_core.ui.draw import draw, to_bucket
from analytics_core.ui.entity import hues, is_dark
from analytics_core.ui.escape import md_escape
from analytics_core.ui.panel import Content, panel
from analytics_core.ui.series import Series
from analytics_core.ui.tables import timeline_table

HEIGHT, WIDTH = 190, 330  # pixels, at least so wide
FIRST = 6  # cards at first: a page of more than a dozen charts is neither quick nor read
TOP = 4  # projects and rules by name: a card has little room for a legend
COSTS, REQUESTS, USAGE = "costs", "requests", "usage"
ICONS: Mapping[str, str] = {
    "text_generation": "notes", "embedding": "hub", "agent": "smart_toy", "speech_to_text": "mic",
    "text_to_speech": "volume_up", "image_generation": "image", "video_generation": "movie",
    "moderation": "shield", "rerank": "sort", "search": "travel_explore",
}  # fmt: skip
_BY_PROJECT = Within("cost", of="service_type", by="project", top=TOP)
_COSTS = Query(("cost",), ("service_type",))
_UNITS = Query(("cost", "quantity"), ("unit",))


@dataclass(frozen=True, slots=True)
class ServiceCards:
    """Panels (`page.panel_type`) of the service types there are, the one with most cost first.

    Each asks what its own drop-down shows. The costs by project, which they begin with, are asked
    once for all of them.
    """

    name: str

    def questions(self, view: View) -> Sequence[Query]:
        """Every service type's cost, and its course by project."""
        return _COSTS, _BY_PROJECT.question(view.filters.period)

    def present(self, view: View) -> bool:
        """Always."""
        return True

    def draw(self, view: View) -> None:
        """Draws the cards, as many side by side as there is room for; at first the largest."""
        parts = breakdown(view, "cost", "service_type").parts
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Service types", anchor=False)
            if len(parts) > FIRST:
                controls.switch(self.name, "all", f"Show all {len(parts)}")
        shown = parts if state.switched(self.name, "all") else parts[:FIRST]
        with st.grid(columns=3, min_column_width=WIDTH, gap="small", key=f"{self.name}.cards"):
            for part in shown:
                card = _Card(f"{self.name}_{part.member.name or 'none'}", part)
                icon = ICONS.get(part.member.name or "", "category")
                title = f":material/{icon}: {md_escape(part.label)}"
                panel(view, card.name, title, card.content)


@dataclass(frozen=True, slots=True)
class _Card:
    name: str
    part: Part

    def content(self, view: View) -> Content:
        """What its drop-down says, of this service type alone."""
        picked = view.filters.pick("service_type", [self.part.member.name])
        alone = replace(view, filters=picked)
        said = state.controlled(self.name, "about", tuple(_SHOWN))
        return _SHOWN[said](self, view, alone)

    def costs(self, view: View, alone: View) -> Content:
        """Its cost by project: stacked bars."""
        line, parts = _BY_PROJECT.found(view, self.part.member.name)
        colours = hues(view, "project", line.members)
        asked = over_time.questions(alone.filters.period, "cost", "project", top=TOP)[0]
        series = Series(self.name, line, parts, colours)
        return series.content(asked, alone, self._controls, lambda seen: self._bars(seen, colours))

    def requests(self, view: View, alone: View) -> Content:
        """Its requests: an area."""
        line = timeline(alone, "requests")
        return Content(
            question=over_time.questions(alone.filters.period, "requests", None)[0],
            controls=self._controls,
            chart=lambda: self._draw(area(line, dark=is_dark(), height=HEIGHT), line),
            table=lambda: timeline_table(line, None, state.of_panel(self.name, "table")),
            sheet=lambda: of_timeline(line),
            view=alone,
        )

    def usage(self, view: View, alone: View) -> Content:
        """What of it was used, by pricing rule, in one unit: stacked bars."""
        units = _units(alone)
        unit = state.controlled(self.name, "unit", units) if units else ""
        counted = replace(alone, filters=alone.filters.pick("unit", [unit or None]))
        line = timeline(counted, "quantity", "pricing_rule", top=TOP)
        parts = breakdown(counted, "quantity", "pricing_rule", top=TOP)
        colours = hues(view, "pricing_rule", line.members)

        def above() -> None:
            self._controls()
            if len(units) > 1:
                controls.choose(self.name, "unit", "Unit", units, _unit_words)
            else:
                st.caption(f"In {md_escape(unit)}" if unit else "In no known unit")

        asked = over_time.questions(counted.filters.period, "quantity", "pricing_rule", top=TOP)[0]
        series = Series(self.name, line, parts, colours)
        return series.content(asked, counted, above, lambda seen: self._bars(seen, colours))

    def _controls(self) -> None:
        amount, share = text(self.part.value, Unit.USD), text(self.part.share, Unit.RATIO)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader(md_escape(amount), anchor=False, width="content")
            st.markdown(f":small[:gray[{md_escape(share)} of cost]]", width="content")
            controls.choose_one(self.name, "about", "Show", tuple(_SHOWN), str.capitalize)

    def _bars(self, seen: Timeline, colours: Colours) -> None:
        self._draw(stacked_bar(seen, colours, dark=is_dark(), height=HEIGHT), seen)

    def _draw(self, drawing: Drawing, seen: Timeline) -> None:
        known = seen.frame["value"].drop_nulls()
        if known.is_empty():
            st.info(f"{seen.measure.label} is unknown here.")
        elif not (known != 0).any():
            words = "All of it is free" if seen.measure.unit is Unit.USD else "There is none"
            st.info(f"{words}: {seen.measure.label.lower()} is {text(0, seen.measure.unit)}.")
        else:
            draw(drawing, state.of_panel(self.name, "chart"), to_bucket(seen))


def _units(alone: View) -> tuple[str, ...]:
    """The units its quantities are counted in, the one with most cost first."""
    return tuple(unit for unit in alone.ask(_UNITS)["unit"] if unit is not None)


def _unit_words(unit: str) -> str:
    """A unit in a row of buttons, which render markdown."""
    return md_escape(unit.capitalize())


_SHOWN: Mapping[str, Callable[[_Card, View, View], Content]] = {
    COSTS: _Card.costs, REQUESTS: _Card.requests, USAGE: _Card.usage,
}  # fmt: skip
