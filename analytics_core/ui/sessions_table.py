"""A panel of sessions, the newest first: a page of them at a time, names leading on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import polars as pl
import streamlit as st

from analytics_core.charts.bars import bars
from analytics_core.export.sheet import of_sessions
from analytics_core.reports.sessions import COUNT, MOST, PAGE, Session, costs, sessions
from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.format import cell, moment_text, period_text, text
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.names import Names
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.sql_sessions import SAYS, SUMS
from analytics_core.store.view import View
from analytics_core.ui import links, state
from analytics_core.ui.draw import draw, nothing_to_draw, to_member
from analytics_core.ui.entity import is_dark
from analytics_core.ui.opener import opener, opening
from analytics_core.ui.panel import Content, panel
from analytics_core.ui.tables import table

CHARTED = 20

Mark: TypeAlias = tuple[datetime, str]


@dataclass(frozen=True, slots=True)
class Sessions:
    """A panel (`page.panel`) of the sessions in the selection, newest first.

    With `most`, only that many are shown and a link leads to all. `without` leaves out columns of
    dimensions (SAYS); those that no event of the selection names are left out anyhow. Hidden where
    no event names a session.
    """

    name: str
    title: str
    most: int = 0
    without: tuple[str, ...] = ()

    def questions(self, view: View) -> Sequence[Query]:
        """How many there are, and which dimensions they name."""
        return (COUNT, *(_occurs(name) for name in self._said()))

    def present(self, view: View) -> bool:
        """Whether there is any session."""
        return bool(_count(view))

    def draw(self, view: View) -> None:
        """Draws the panel."""
        panel(view, self.name, self.title, self._content, table_first=True)

    def _said(self) -> tuple[str, ...]:
        return tuple(name for name in SAYS if name not in self.without)

    def _content(self, view: View) -> Content:
        marks = self._marks(view)
        listed = sessions(view, self.most or PAGE, marks[-1] if marks else None)
        zone = view.filters.period.calendar.zone
        return Content(
            question=COUNT,
            controls=lambda: None,
            chart=lambda: self._chart(view, listed),
            table=lambda: self._table(view, listed, len(marks)),
            sheet=lambda: of_sessions(
                listed if self.most else sessions(view, MOST), zone, view.names
            ),
        )

    def _chart(self, view: View, listed: Sequence[Session]) -> None:
        parts = costs(listed[:CHARTED])
        if not nothing_to_draw(parts):
            drawn = bars(parts, period=period_text(view.filters.period), dark=is_dark())
            draw(drawn, state.of_panel(self.name, "chart"), to_member(parts))
            st.caption(f"What the newest {len(parts.parts)} of them cost.")

    def _table(self, view: View, listed: Sequence[Session], pages: int) -> None:
        zone = view.filters.period.calendar.zone
        said = [name for name in self._said() if _named(view, name)]
        columns: dict[str, Sequence[str | None]] = {
            "start": [moment_text(one.started, zone) for one in listed],
            "session": [one.id for one in listed],
            "cost": [_figure(one, "cost") for one in listed],  # first, as a screen ends somewhere
            "duration": [_duration(one) for one in listed],
            **{name: [_name(one, name, view.names) for one in listed] for name in said},
            **{name: [_figure(one, name) for one in listed] for name in SUMS},
        }
        table(
            pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).fill_null(""),
            self._config(said, zone),
            state.of_panel(self.name, "table"),
            seen=12,
        )
        self._follow(listed, said)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if self.most:
                links.link(links.LISTS["session"], "All sessions", ":material/arrow_forward:")
            else:
                self._turn(view, listed, pages)
            self._open_without_mouse(listed, zone)

    def _config(self, said: Sequence[str], zone: str) -> dict[str, Any]:
        right = {
            name: st.column_config.TextColumn(
                MEASURES[name].label, alignment="right", help=MEASURES[name].description
            )
            for name in SUMS
        }
        duration = st.column_config.TextColumn(
            "Duration",
            alignment="right",
            help="From the first event to the end of the last, of all times; – is not known.",
        )
        start = st.column_config.TextColumn("Start", pinned=True, help=f"In {zone}")
        names = {name: self._name_column(name) for name in ("session", *said)}
        return {"start": start, **names, **right, "duration": duration}

    def _name_column(self, name: str) -> Any:
        label = dimension(name).label
        if name not in links.DETAIL or not links.leads_to(links.DETAIL[name]):
            return st.column_config.TextColumn(label)
        return st.column_config.ButtonColumn(
            label, type="tertiary", alignment="left", key=self._opened(name)
        )

    def _opened(self, name: str) -> str:
        return state.of_panel(self.name, f"opened.{name}")

    def _follow(self, listed: Sequence[Session], said: Sequence[str]) -> None:
        """Opens the member whose name was pressed."""
        for name in ("session", *said):
            pressed = st.session_state.get(self._opened(name))
            if pressed is None or pressed["row"] >= len(listed):
                continue
            one = listed[pressed["row"]]
            member = one.id if name == "session" else one.said[name].name
            if member is not None:
                links.pick(name, member)
                links.follow()
                st.rerun()

    def _open_without_mouse(self, listed: Sequence[Session], zone: str) -> None:
        if links.leads_to(links.DETAIL["session"]):
            names = [f"{moment_text(one.started, zone)}, {one.id}" for one in listed]
            opener(
                self.name,
                opening("session"),
                names,
                lambda at: links.pick("session", listed[at].id),
            )

    def _turn(self, view: View, listed: Sequence[Session], pages: int) -> None:
        """Newer and older, and where one is."""
        count = _count(view)
        if count <= PAGE:
            return
        last = pages * PAGE + len(listed)
        for label, off, moved in (
            ("‹ Newer", not pages, self._newer),
            ("Older ›", last >= count, self._older),
        ):
            st.button(
                label,
                key=state.of_panel(self.name, label),
                disabled=off,
                on_click=moved,
                args=(view, listed[-1].mark),
            )
        st.caption(f"rows {pages * PAGE + 1:,}–{last:,} of {count:,}")

    def _marks(self, view: View) -> tuple[Mark, ...]:
        """Where the pages before this one ended; none once something else is selected."""
        of, marks = st.session_state.get(self._key, (None, ()))
        return marks if of == (view.scope, view.filters) else ()

    @property
    def _key(self) -> str:
        return state.of_panel(self.name, "marks")

    def _older(self, view: View, mark: Mark) -> None:
        marks = (*self._marks(view), mark)
        st.session_state[self._key] = ((view.scope, view.filters), marks)

    def _newer(self, view: View, mark: Mark) -> None:
        st.session_state[self._key] = ((view.scope, view.filters), self._marks(view)[:-1])


def _count(view: View) -> int:
    return view.ask(COUNT)["sessions"][0] or 0


def _occurs(name: str) -> Query:
    return Query(("events",), (name,), top=1)


def _named(view: View, name: str) -> bool:
    found = view.ask(_occurs(name))[name]
    return found.null_count() < len(found)


def _name(one: Session, name: str, names: Names) -> str | None:
    said = one.said[name]
    if said.name is None:
        return None
    label = names.label(name, said.name)
    return f"{label} +{said.more}" if said.more else label


def _figure(one: Session, name: str) -> str:
    return cell(one.figures[name], MEASURES[name].unit)


def _duration(one: Session) -> str:
    return "not over yet" if one.running else text(one.seconds, Unit.SECONDS)
