"""What is known of one session: when, how long, whose, with what; names lead on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import streamlit as st

from analytics_core.reports.sessions import Session, sessions
from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.format import UNKNOWN, moment_text, text
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.sql_sessions import SAYS
from analytics_core.store.view import View
from analytics_core.ui import links
from analytics_core.ui.errors import edge
from analytics_core.ui.escape import md_escape


@dataclass(frozen=True, slots=True)
class Facts:
    """A line of facts about the one session that is picked."""

    name: str

    def questions(self, view: View) -> Sequence[Query]:
        """None: they are no figures."""
        return ()

    def present(self, view: View) -> bool:
        """Always."""
        return True

    def draw(self, view: View) -> None:
        """Draws the facts; what no event names is left out."""
        with edge(self.name):
            found = sessions(view, 1)
            if found:
                self._draw(view, found[0])

    def _draw(self, view: View, one: Session) -> None:
        with (
            st.container(border=True, key=self.name),
            st.grid(columns=4, min_column_width=200, gap="small"),
        ):
            for label, words in _facts(view, one):
                with st.container(gap=None):
                    st.caption(label)
                    st.markdown(md_escape(words))
            for name in SAYS:
                said = one.said[name]
                if said.name is not None:
                    self._member(view, name, said.name, said.more)

    def _member(self, view: View, name: str, member: str, more: int) -> None:
        label = md_escape(view.names.label(name, member)) + (f" +{more}" if more else "")
        with st.container(gap=None):
            st.caption(dimension(name).label)
            path = links.DETAIL.get(name)
            if path is not None and links.leads_to(path):
                links.link(path, label, picks={name: member}, without=("session",))
            else:
                st.markdown(label)


def _facts(view: View, one: Session) -> Iterator[tuple[str, str]]:
    zone = view.filters.period.calendar.zone
    yield "Started", f"{moment_text(one.started, zone)} ({zone})"
    if one.running:
        yield "Duration", "not over yet"
    else:
        yield "Duration", text(one.seconds, Unit.SECONDS) if one.seconds is not None else UNKNOWN
