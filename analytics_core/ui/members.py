"""A panel of all members of a dimension as a table: figures, share, change, course; names lead on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import polars as pl
import streamlit as st

from analytics_core.charts.bars import bars
from analytics_core.export.sheet import of_standing
from analytics_core.reports.breakdown import breakdown
from analytics_core.reports.reported import ask
from analytics_core.reports.standing import (
    Row,
    Standing,
    as_breakdown,
    courses,
    earlier,
    questions,
    standing,
)
from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.format import UNKNOWN, cell, period_text, shown
from analytics_core.semantics.format import change as change_text
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View
from analytics_core.ui import controls, links, state
from analytics_core.ui.also import Also, Names
from analytics_core.ui.draw import draw, nothing_to_draw, to_member
from analytics_core.ui.entity import dots, hues, is_dark
from analytics_core.ui.escape import md_escape
from analytics_core.ui.headings import heading
from analytics_core.ui.opener import opener, opening
from analytics_core.ui.panel import Content, panel
from analytics_core.ui.tables import TOTAL, table

PAGE = 50  # rows the browser is sent at once
SEEN = 16  # rows of the table, the total included, that are seen without scrolling
CHARTED = 10
ALL_USAGE = "All usage"  # the total below rows of which some are left out
_DOT = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' width='24' height='24'>"
    "<circle cx='12' cy='12' r='5' fill='{colour}'/></svg>"
)


@dataclass(frozen=True, slots=True)
class Idle:
    """Members that are listed without an event: those of the period, and those behind a switch."""

    names: Callable[[View], Sequence[str]]
    away: Callable[[View], Sequence[str]]
    switch: str  # what the switch is called

    def known(self, view: View, panel: str) -> tuple[str, ...]:
        """Those to be listed, as the switch stands."""
        away = self.away(view) if state.switched(panel, "away") else ()
        return (*self.names(view), *away)


@dataclass(frozen=True, slots=True)
class Members:
    """A panel (`page.panel`): every member of `by` with `measures`, 50 rows at a time.

    The reader chooses by which of the measures they stand in order (the first to begin with); that
    one has a share where it adds up, and a change against the period before. `trend` is the measure
    drawn as a small course. With `most`, only that many are shown and a link leads to all; with
    `coloured` each has the dot of its charts; measures in `optional` have no column while nothing
    is known of them. A name opens its member, or picks it where there is no
    such page. Hidden where there is none.
    """

    name: str
    title: str
    by: str
    measures: tuple[str, ...]
    trend: str = ""
    also: tuple[Also, ...] = ()
    most: int = 0
    idle: Idle | None = None
    coloured: bool = False
    optional: tuple[str, ...] = ()

    def questions(self, view: View) -> Sequence[Query]:
        """The members and the whole, as the controls stand."""
        return questions(self.ordered(), self.by)

    def questions_before(self, view: View) -> Sequence[Query]:
        """What the members were before, by the measure that ranks."""
        return (earlier(self.ordered(), self.by),)

    def present(self, view: View) -> bool:
        """Whether any event names a member, or one is listed without."""
        found = ask(view, questions(self.ordered(), self.by)[0])
        return found[self.by].null_count() < len(found) or bool(self._known(view))

    def draw(self, view: View) -> None:
        """Draws the panel."""
        panel(view, self.name, self.title, self.content, table_first=True)

    def ordered(self) -> tuple[str, ...]:
        """The measures, the one that ranks first."""
        first = state.controlled(self.name, "rank", self.measures)
        return (first, *(m for m in self.measures if m != first))

    def _offered(self, every: Standing) -> tuple[str, ...]:
        known = {m.name for m, total in zip(every.measures, every.totals, strict=True) if total}
        return tuple(m for m in self.measures if m in known or m not in self.optional)

    def _known(self, view: View) -> tuple[str, ...]:
        return self.idle.known(view, self.name) if self.idle else ()

    def content(self, view: View) -> Content:
        """What the panel shows, as the controls stand."""
        every = standing(view, self.ordered(), self.by, self._known(view))
        words = st.session_state.get(state.of_panel(self.name, "find")) or ""
        found = every.found(words) if words else every
        if self.most:
            found = replace(found, rows=found.rows[: self.most])
        return Content(
            question=questions(self.ordered(), self.by)[0],
            controls=lambda: self._controls(view, every),
            chart=lambda: self._chart(view, every),
            table=lambda: self._table(view, every, found),
            sheet=lambda: of_standing(found if self.most else every),
        )

    def _controls(self, view: View, every: Standing) -> None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            controls.choose_one(
                self.name,
                "rank",
                "In the order of",
                self._offered(every),
                lambda name: f"By {MEASURES[name].label.lower()}",
            )
            if len(every.rows) > PAGE // 2 and not self.most:
                st.text_input(
                    "Find",
                    key=state.of_panel(self.name, "find"),
                    placeholder=f"Find a {every.by.label.lower()}",
                    label_visibility="collapsed",
                    icon=":material/search:",
                    persist_state="session",
                    width=220,
                )
            if self.idle and self.idle.away(view):
                controls.switch(self.name, "away", self.idle.switch)

    def _chart(self, view: View, every: Standing) -> None:
        measure = every.measures[0]
        if measure.report:
            parts = as_breakdown(every, CHARTED)
        else:
            parts = breakdown(view, measure.name, self.by, top=CHARTED)
        if not nothing_to_draw(parts):
            colours = hues(view, self.by, [part.member for part in parts.parts])
            when = period_text(view.filters.period)
            drawn = bars(parts, colours, period=when, dark=is_dark())
            draw(drawn, state.of_panel(self.name, "chart"), to_member(parts))

    def _table(self, view: View, every: Standing, found: Standing) -> None:
        pages = -(-len(found.rows) // PAGE)
        page = 1
        if pages > 1:
            key = state.of_panel(self.name, "page")
            if st.session_state.get(key, 1) > pages:
                st.session_state[key] = 1
            page = st.session_state.get(key, 1)
        rows = found.rows[PAGE * (page - 1) : PAGE * page]
        if not rows:
            st.info(f"No {found.by.label.lower()} is called like that.")
            return
        self._frame(view, every, rows)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if pages > 1:
                first = PAGE * (page - 1) + 1
                st.pagination(pages, key=state.of_panel(self.name, "page"))
                st.caption(f"rows {first:,}–{first + len(rows) - 1:,} of {len(found.rows):,}")
            names = [row.label for row in rows]
            opener(self.name, opening(self.by), names, lambda at: self._open(view, rows[at]))
            if self.most:
                path = links.LISTS.get(self.by, "")
                links.link(path, f"All {found.by.plural}", ":material/arrow_forward:")
        if not self.most and any(not m.additive for m in found.measures):
            st.caption(
                f"The total counts everything once: what belongs to several {found.by.plural}"
                " stands in several rows."
            )

    def _frame(self, view: View, every: Standing, rows: Sequence[Row]) -> None:
        columns: dict[str, pl.Series] = {}
        config: dict[str, Any] = {}
        for name, (values, how) in self._columns(view, every, rows):
            columns[name], config[name] = values, how
        table(pl.DataFrame(columns), config, state.of_panel(self.name, "table"), seen=SEEN)
        pressed = st.session_state.get(state.of_panel(self.name, "opened"))
        if (
            pressed is not None
            and pressed["row"] < len(rows)
            and self._open(view, rows[pressed["row"]])
        ):
            links.follow()
            st.rerun()

    def _columns(
        self, view: View, every: Standing, rows: Sequence[Row]
    ) -> Iterator[tuple[str, tuple[pl.Series, Any]]]:
        """Every column from left to right: its name, its cells with the total's, its look."""
        names: Names = tuple(row.member.name for row in rows)
        if self.coloured:
            yield "dot", self._dots(view, every, rows)
        total = ALL_USAGE if self.most else TOTAL
        labels = pl.Series([*(row.label for row in rows), total], dtype=pl.String)
        yield "name", (labels, self._name_column())
        for place, name in enumerate(self._offered(every)):
            of = [measure.name for measure in every.measures].index(name)
            declared = every.measures[of]
            figures = [*(row.values[of] for row in rows), every.totals[of]]
            texts = [cell(f, declared.unit, additive=declared.additive) for f in figures]
            look = st.column_config.TextColumn(
                heading(declared),
                alignment="right",
                help=f"{declared.label}: {declared.description}",
            )
            yield f"m{place}", (pl.Series(texts), look)
            if of == 0:
                yield from _share_and_change(every, rows)
                yield from self._texts(view, names, first=True)
        if self.trend:
            yield "trend", (self._trend(view, names), st.column_config.AreaChartColumn("Trend"))
        yield from self._texts(view, names, first=False)

    def _dots(self, view: View, every: Standing, rows: Sequence[Row]) -> tuple[pl.Series, Any]:
        """The colours as pictures, the one thing in a cell that has a colour of its own."""
        hues = dots(view, self.by, [row.member for row in every.rows])
        of = dict(zip((row.member.id for row in every.rows), hues, strict=True))
        drawn = [*(of[row.member.id] for row in rows), "none"]
        pictures = [f"data:image/svg+xml,{quote(_DOT.format(colour=hue))}" for hue in drawn]
        return pl.Series(pictures), st.column_config.ImageColumn(" ", width=38, pinned=True)

    def _texts(
        self, view: View, names: Names, *, first: bool
    ) -> Iterator[tuple[str, tuple[pl.Series, Any]]]:
        for place, also in enumerate(self.also):
            if also.first == first:
                said = also.texts(view, self.by, names)
                cells = pl.Series([*(said.get(name, "") for name in names), ""])
                yield f"a{place}", (cells, st.column_config.TextColumn(also.heading))

    def _name_column(self) -> Any:
        return st.column_config.ButtonColumn(
            dimension(self.by).label,
            type="tertiary",
            alignment="left",
            pinned=True,
            key=state.of_panel(self.name, "opened"),
        )

    def _open(self, view: View, row: Row) -> bool:
        """Points at the member of a row; False where no event names it and there is nothing to show."""
        name = row.member.name or ""
        if row.idle and name not in view.options(self.by, search=name)["member"]:
            st.toast(f"{md_escape(row.label)} has no usage yet.")
            return False
        links.pick(self.by, name)
        return True

    def _trend(self, view: View, names: Names) -> pl.Series:
        measure = MEASURES[self.trend]
        found = courses(view, self.trend, self.by, names)
        drawn = [
            [float(shown(v, measure.unit) or 0) for v in found.get(name, ())] for name in names
        ]
        return pl.Series([*drawn, []], dtype=pl.List(pl.Float64))


def _share_and_change(
    found: Standing, rows: Sequence[Row]
) -> Iterator[tuple[str, tuple[pl.Series, Any]]]:
    """The columns of share and change of the measure that ranks."""
    first = found.measures[0]
    if first.additive:
        shares = [row.share for row in rows]
        texts = pl.Series([*(cell(share, Unit.RATIO) for share in shares), ""])
        yield "share", (texts, st.column_config.TextColumn("Share", alignment="right"))
        bar = st.column_config.ProgressColumn(
            "", min_value=0, max_value=1, format=" ", color="primary", width="small"
        )
        yield "bar", (pl.Series([*shares, None], dtype=pl.Float64), bar)
    changes = pl.Series([*(_change(row, first.unit) for row in rows), ""])
    look = st.column_config.TextColumn(
        "Change",
        alignment="right",
        width=92,  # "no change"
        help=f"{first.label} against the previous period",
    )
    yield "change", (changes, look)


def _change(row: Row, unit: Unit) -> str:
    if row.change.state == "no_base":
        return UNKNOWN
    return change_text(row.change.current, row.change.previous, unit)
