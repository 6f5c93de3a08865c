"""A panel of all members of a dimension as a table: figures, share, change, course; names lead on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import polars as pl
import streamlit as st

from analytics_core.charts.bars import bars
from analytics_core.export.sheet import of_standing
from analytics_core.reports.breakdown import breakdown
from analytics_core.reports.standing import Row, Standing, courses, questions, standing
from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.format import UNKNOWN, cell, period_text, shown
from analytics_core.semantics.format import change as change_text
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View
from analytics_core.ui import controls, links, state
from analytics_core.ui.draw import draw, nothing_to_draw, to_member
from analytics_core.ui.entity import hues, is_dark
from analytics_core.ui.panel import Content, panel
from analytics_core.ui.tables import ROW_HEIGHT, TOTAL

PAGE = 50  # rows the browser is sent at once
CHARTED = 10

Names: TypeAlias = tuple[str | None, ...]  # members of a page of the table, None is (unattributed)


@dataclass(frozen=True, slots=True)
class Also:
    """One more column of text: its heading, and what it says of each of those members."""

    heading: str
    texts: Callable[[View, str, Names], Mapping[str | None, str]]


def largest(of: str, measure: str = "cost") -> Also:
    """The member of another dimension with most of a measure in each, and how many more there are."""

    def texts(view: View, by: str, names: Names) -> Mapping[str | None, str]:
        narrowed = replace(view, filters=view.filters.pick(by, list(names)))
        answer = narrowed.ask(Query((measure,), (of, by)))
        found: dict[str | None, list[str]] = {}
        for name, within in answer.select(of, by).iter_rows():
            if name is not None:
                found.setdefault(within, []).append(view.names.label(of, name))
        return {
            name: f"{labels[0]} +{len(labels) - 1}" if len(labels) > 1 else labels[0]
            for name, labels in found.items()
        }

    return Also(dimension(of).label, texts)


@dataclass(frozen=True, slots=True)
class Members:
    """A panel (`page.panel`): every member of `by` with `measures`, 50 rows at a time.

    The reader chooses by which of the measures they stand in order (the first to begin with); that
    one has a share where it adds up, and a change against the period before. `trend` is the measure
    drawn as a small course. With `most`, only that many are shown and a link leads to all. A name
    opens its member. Hidden where no event names a member.
    """

    name: str
    title: str
    by: str
    measures: tuple[str, ...]
    trend: str = ""
    also: tuple[Also, ...] = ()
    most: int = 0

    def questions(self, view: View) -> Sequence[Query]:
        """The members and the whole, as the controls stand."""
        return questions(self.ordered(), self.by)

    def present(self, view: View) -> bool:
        """Whether any event names a member."""
        found = view.ask(questions(self.ordered(), self.by)[0])
        return found[self.by].null_count() < len(found)

    def draw(self, view: View) -> None:
        """Draws the panel."""
        panel(view, self.name, self.title, self.content, table_first=True)

    def ordered(self) -> tuple[str, ...]:
        """The measures, the one that ranks first."""
        first = state.controlled(self.name, "rank", self.measures)
        return (first, *(m for m in self.measures if m != first))

    def content(self, view: View) -> Content:
        """What the panel shows, as the controls stand."""
        every = standing(view, self.ordered(), self.by)
        words = st.session_state.get(state.of_panel(self.name, "find")) or ""
        found = every.found(words) if words else every
        if self.most:
            found = replace(found, rows=found.rows[: self.most])
        return Content(
            question=questions(self.ordered(), self.by)[0],
            controls=lambda: self._controls(every),
            chart=lambda: self._chart(view),
            table=lambda: self._table(view, found),
            sheet=lambda: of_standing(found if self.most else every),
        )

    def _controls(self, every: Standing) -> None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            controls.choose_one(
                self.name,
                "rank",
                "In the order of",
                self.measures,
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

    def _chart(self, view: View) -> None:
        measure = self.ordered()[0]
        parts = breakdown(view, measure, self.by, top=CHARTED)
        if not nothing_to_draw(parts):
            colours = hues(view, self.by, [part.member for part in parts.parts])
            when = period_text(view.filters.period)
            drawn = bars(parts, colours, period=when, dark=is_dark())
            draw(drawn, state.of_panel(self.name, "chart"), to_member(parts))

    def _table(self, view: View, found: Standing) -> None:
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
        names = tuple(row.member.name for row in rows)
        self._frame(view, found, rows, names)
        if pages > 1:
            first = PAGE * (page - 1) + 1
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.pagination(pages, key=state.of_panel(self.name, "page"))
                st.caption(f"rows {first:,}–{first + len(rows) - 1:,} of {len(found.rows):,}")
        if self.most:
            path = links.LISTS.get(self.by, "")
            links.link(path, f"All {found.by.plural}", ":material/arrow_forward:")
        elif any(not m.additive for m in found.measures):
            st.caption(
                f"The total counts everything once: what belongs to several {found.by.plural}"
                " stands in several rows."
            )

    def _frame(self, view: View, found: Standing, rows: Sequence[Row], names: Names) -> None:
        columns: dict[str, pl.Series] = {
            "name": pl.Series([*(row.label for row in rows), TOTAL], dtype=pl.String)
        }
        config: dict[str, Any] = {"name": self._name_column()}
        for place, measure in enumerate(self.measures):
            of = [m.name for m in found.measures].index(measure)
            declared = found.measures[of]
            figures = [*(row.values[of] for row in rows), found.totals[of]]
            columns[f"m{place}"] = pl.Series(
                [cell(f, declared.unit, additive=declared.additive) for f in figures]
            )
            config[f"m{place}"] = st.column_config.TextColumn(
                declared.label, alignment="right", help=declared.description
            )
        columns |= _share_and_change(found, rows, config)
        if self.trend:
            columns["trend"] = self._trend(view, names)
            config["trend"] = st.column_config.AreaChartColumn("Trend", width="small")
        for place, also in enumerate(self.also):
            said = also.texts(view, self.by, names)
            columns[f"a{place}"] = pl.Series([*(said.get(n, "") for n in names), ""])
            config[f"a{place}"] = st.column_config.TextColumn(also.heading)
        st.dataframe(
            pl.DataFrame(columns),
            hide_index=True,
            column_config=config,
            key=state.of_panel(self.name, "table"),
            height=ROW_HEIGHT * (len(rows) + 2) + 2 if len(rows) < 12 else 12 * ROW_HEIGHT,
        )
        self._follow(names)

    def _name_column(self) -> Any:
        if self.by not in links.DETAIL:
            return st.column_config.TextColumn(dimension(self.by).label, pinned=True)
        return st.column_config.ButtonColumn(
            dimension(self.by).label,
            type="tertiary",
            alignment="left",
            pinned=True,
            key=state.of_panel(self.name, "opened"),
        )

    def _follow(self, names: Names) -> None:
        """Opens the member whose name was pressed."""
        pressed = st.session_state.get(state.of_panel(self.name, "opened"))
        if pressed is None or pressed["row"] >= len(names):
            return
        links.pick(self.by, names[pressed["row"]] or "")
        links.follow()
        st.rerun()

    def _trend(self, view: View, names: Names) -> pl.Series:
        measure = MEASURES[self.trend]
        found = courses(view, self.trend, self.by, names)
        drawn = [
            [float(shown(v, measure.unit) or 0) for v in found.get(name, ())] for name in names
        ]
        return pl.Series([*drawn, []], dtype=pl.List(pl.Float64))


def _share_and_change(
    found: Standing, rows: Sequence[Row], config: dict[str, Any]
) -> dict[str, pl.Series]:
    """The columns of share and change of the measure that ranks; their headings go to `config`."""
    first, columns = found.measures[0], dict[str, pl.Series]()
    if first.additive:
        shares = [row.share for row in rows]
        columns["share"] = pl.Series([*(cell(s, Unit.RATIO) for s in shares), ""])
        columns["bar"] = pl.Series([*shares, None], dtype=pl.Float64)
        config["share"] = st.column_config.TextColumn("Share", alignment="right", width="small")
        config["bar"] = st.column_config.ProgressColumn(
            "", min_value=0, max_value=1, format=" ", color="primary", width="small"
        )
    columns["change"] = pl.Series([*(_change(row, first.unit) for row in rows), ""])
    config["change"] = st.column_config.TextColumn(
        "Change", alignment="right", help=f"{first.label} against the previous period"
    )
    return columns


def _change(row: Row, unit: Unit) -> str:
    if row.change.state == "no_base":
        return UNKNOWN
    return change_text(row.change.current, row.change.previous, unit)
