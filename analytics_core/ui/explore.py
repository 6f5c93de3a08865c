"""Any measure by any two dimensions: the controls, kept in the URL, and the panel they fill."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from analytics_core.charts.bars import bars
from analytics_core.charts.line import line
from analytics_core.charts.matrix import MOST_SIDE, fits, matrix
from analytics_core.charts.rows import named_series
from analytics_core.charts.stacked_bar import stacked_bar
from analytics_core.export.sheet import of_breakdown, of_pivot, of_timeline
from analytics_core.reports import breakdown as parts_of
from analytics_core.reports import timeline as over_time
from analytics_core.reports.breakdown import Breakdown
from analytics_core.reports.pivot import Pivot, pivot
from analytics_core.reports.pivot import questions as pivot_questions
from analytics_core.semantics.dimension import DIMENSIONS, dimension
from analytics_core.semantics.format import cell, period_text
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.period import Grain
from analytics_core.semantics.query import Query
from analytics_core.store.view import View
from analytics_core.ui import controls, state
from analytics_core.ui.draw import draw, nothing_to_draw, to_bucket, to_member
from analytics_core.ui.entity import hues, is_dark
from analytics_core.ui.escape import md_escape
from analytics_core.ui.legend import hidden, legend
from analytics_core.ui.panel import Content, panel
from analytics_core.ui.state import Key
from analytics_core.ui.tables import breakdown_table, pivot_table, timeline_table

NAME = "explore.answer"
NONE = ""  # no dimension, no buckets
KEYS = (
    Key("measure", "cost"),
    Key("by", "project"),
    Key("then", NONE),
    Key("grain", NONE),
    Key("top", "10"),
    Key("rank", NONE),
    Key("show", "values"),
)
TOPS = tuple(str(number) for number in range(1, 51))
OF_ITEMS = ("cost", "quantity")  # what usage items can be asked
_NO_TIME = "Two dimensions are shown for the whole period: take one away to see it over time."
_NO_SHARES = "Shares and running sums are of one dimension, and of a figure that adds up."
ASKED = tuple(name for name, measure in MEASURES.items() if not measure.report)


@dataclass(frozen=True, slots=True)
class Explore:
    """The block of the page: nothing of it is fixed, so it asks when it is drawn."""

    def questions(self, view: View) -> Sequence[Query]:
        """None: the controls are drawn first."""
        return ()

    def present(self, view: View) -> bool:
        """Always."""
        return True

    def draw(self, view: View) -> None:
        """Draws the controls and what they ask for."""
        asked = _controls(view)
        units = _units(view) if asked.measure == "quantity" else ()
        if len(units) > 1:
            _choose_unit(units)
        else:
            panel(view, NAME, asked.title, asked.content)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the controls say."""

    measure: str
    by: tuple[str, ...]
    grain: Grain | None
    top: int
    rank: str
    show: str  # values, share or cumulative

    @property
    def title(self) -> str:
        """What is asked, in words."""
        words = [MEASURES[self.measure].label]
        for joint, name in zip(("by", "and"), self.by, strict=False):
            words += [joint, dimension(name).label.lower()]
        return " ".join([*words, *(["by", self.grain.value] if self.grain else [])])

    @property
    def measures(self) -> tuple[str, ...]:
        """The one that ranks first."""
        return (self.measure,) if self.rank == self.measure else (self.rank, self.measure)

    def content(self, view: View) -> Content:
        """The answer as chart and table."""
        if len(self.by) == 2:
            return _two(self, view)
        return _over_time(self, view, self.grain) if self.grain else _one(self, view)


def _controls(view: View) -> Asked:
    dimensions = (NONE, *DIMENSIONS)
    with st.container(border=True, key="explore.controls"):
        with st.grid(columns=4, min_column_width=140, gap="small"):
            by = _box("by", "By", dimensions, lambda n: _dimension_words(n, "nothing: the total"))
            rest = tuple(n for n in dimensions if n != by or n == NONE) if by else (NONE,)
            then = _box("then", "And by", rest, lambda n: _dimension_words(n, "nothing more"))
            names = tuple(filter(None, (by, then)))
            of_items = any(dimension(name).items for name in names)
            measures = OF_ITEMS if of_items else ASKED
            measure = _box("measure", "Measure", measures, controls.measure_words)
            grain = _box("grain", "Over time", _grains(view, names), _grain_words, _NO_TIME)
        with st.grid(columns=4, min_column_width=140, gap="small"):
            top = _box("top", "Members shown", TOPS, str)
            ranks = (NONE, *(n for n in measures if n != measure))
            rank = _box("rank", "In the order of", ranks, lambda n: _rank_words(n, measure))
            shows = _shows(measure, names, grain)
            show = _box("show", "Shown as", shows, str.capitalize, _NO_SHARES)
    size = view.filters.period.grain().value if grain == controls.AUTO else grain
    return Asked(measure, names, Grain(size) if size else None, int(top), rank or measure, show)


def _grains(view: View, by: Sequence[str]) -> tuple[str, ...]:
    """Nothing or one dimension may be seen over time; two are a field of their own."""
    if len(by) == 2:
        return (NONE,)
    offered = controls.grains(view.filters.period, split=bool(by))
    return (NONE, *offered) if by else offered


def _units(view: View) -> tuple[str, ...]:
    """The units of the selected usage items, that of the most cost first."""
    return tuple(u for u in view.ask(Query(("cost",), ("unit",)))["unit"] if u is not None)


def _choose_unit(units: Sequence[str]) -> None:
    """Seconds and tokens do not add up: one unit has to be picked."""
    st.info("Quantities are counted in different units, which do not add up. Pick one:")
    with st.container(horizontal=True, gap="small"):
        for unit in units[:20]:
            st.button(
                md_escape(unit), key=f"explore.unit.{unit}", on_click=state.pick,
                args=("unit", unit),
            )  # fmt: skip


def _shows(measure: str, by: Sequence[str], grain: str) -> tuple[str, ...]:
    if not MEASURES[measure].additive:
        return ("values",)
    if grain != NONE:
        return ("values", "cumulative") if len(by) < 2 else ("values",)
    return ("values", "share") if len(by) == 1 else ("values",)


def _box(
    name: str, label: str, choices: Sequence[str], words: Callable[[str], str], closed: str = ""
) -> str:
    """One choice; `closed` says why there is none where only one is possible."""
    return st.selectbox(
        label,
        choices,
        key=state.own_choice(name, choices),
        format_func=words,
        disabled=len(choices) == 1,
        help=closed or None if len(choices) == 1 else None,
        persist_state="session",
    )


def _dimension_words(name: str, nothing: str) -> str:
    return dimension(name).label if name else nothing.capitalize()


def _grain_words(name: str) -> str:
    return name.capitalize() if name else "The whole period"


def _rank_words(name: str, measure: str) -> str:
    return MEASURES[name or measure].label


def _one(asked: Asked, view: View) -> Content:
    (by,) = asked.by
    parts = parts_of.breakdown(view, asked.measure, by, top=asked.top, rank=asked.rank)
    drawn = parts.as_shares() if asked.show == "share" else parts
    colours = hues(view, by, [part.member for part in parts.parts])

    def chart() -> None:
        if not nothing_to_draw(parts):
            bar = bars(drawn, colours, period=period_text(view.filters.period), dark=is_dark())
            draw(bar, state.of_panel(NAME, "chart"), to_member(parts))
        _foot(parts)

    def table() -> None:
        breakdown_table(parts, state.of_panel(NAME, "table"))
        _foot(parts)

    return Content(
        question=Query(asked.measures, (by,), top=asked.top),
        about=asked.measure,
        controls=lambda: None,
        chart=chart,
        table=table,
        sheet=lambda: of_breakdown(parts),
    )


def _foot(parts: Breakdown) -> None:
    """Whether the rows add up to the total, or why they do not."""
    measure, by = parts.measure, parts.by
    total = cell(parts.total, measure.unit, additive=measure.additive)
    if not measure.additive:
        st.caption(
            f"The total is {total}. It counts everything once: rows of a figure that does not add"
            " up are not summed."
        )
        return
    known = [part.value for part in parts.parts if part.value is not None]
    if known and sum(known) == parts.total:
        rows = len(parts.parts)
        said = f"{rows:,} rows add" if rows > 1 else "one row adds"
        st.caption(f"The {said} up to the total, {total}, exactly.")
    elif not parts.parts:
        st.caption(f"No event names a {by.label.lower()}.")


def _over_time(asked: Asked, view: View, grain: Grain) -> Content:
    by = asked.by[0] if asked.by else None
    top = min(asked.top, named_series(sum(1 for _ in view.filters.period.buckets(grain))))
    every = over_time.timeline(view, asked.measure, by, grain=grain, top=top)
    off = hidden(NAME, every.members)
    seen = every.without(off)
    drawn = seen.cumulative() if asked.show == "cumulative" else seen
    colours = hues(view, by or "service_type", every.members)
    parts = parts_of.breakdown(view, asked.measure, by, top=top) if by else None

    def chart() -> None:
        if drawn.frame["value"].drop_nulls().is_empty():
            st.info(f"{drawn.measure.label} is unknown here.")
            return
        kind = stacked_bar if drawn.measure.additive else line
        made = kind(drawn, colours, dark=is_dark(), height=360)
        draw(made, state.of_panel(NAME, "chart"), to_bucket(every))

    sums = asked.show == "values" and drawn.measure.additive
    return Content(
        question=over_time.questions(view.filters.period, asked.measure, by, grain, top)[0],
        controls=lambda: legend(NAME, parts, colours) if parts else None,
        chart=chart,
        table=lambda: timeline_table(
            drawn, parts.without(off) if parts and sums else None, state.of_panel(NAME, "table")
        ),
        sheet=lambda: of_timeline(seen),
    )


def _two(asked: Asked, view: View) -> Content:
    down, across = asked.by
    found = pivot(view, asked.measure, (down, across), top=asked.top, rank=asked.rank)

    def chart() -> None:
        if fits(found):
            made = matrix(found, period=period_text(view.filters.period))
            draw(made, state.of_panel(NAME, "chart"))
            st.caption(f"The stronger, the more. {_sum_of_cells(found)}".strip())
        elif max(len(found.down), len(found.across)) > MOST_SIDE:
            st.info(f"More than {MOST_SIDE} members a side are shown as a table only.")
            pivot_table(found, state.of_panel(NAME, "table"))
        else:
            st.info(f"{found.measure.label} is unknown here.")

    def table() -> None:
        pivot_table(found, state.of_panel(NAME, "table"))
        if said := _sum_of_cells(found):
            st.caption(said)

    return Content(
        question=pivot_questions(asked.measures, (down, across), asked.top)[0],
        about=asked.measure,
        controls=lambda: None,
        chart=chart,
        table=table,
        sheet=lambda: of_pivot(found),
    )


def _sum_of_cells(found: Pivot) -> str:
    """That the cells add up to the total, which is asked by itself; "" where they need not."""
    known = [value for row in found.cells for value in row if value is not None]
    if not found.measure.additive or not known or sum(known) != found.total:
        return ""
    return f"The cells add up to the total, {cell(found.total, found.measure.unit)}, exactly."
