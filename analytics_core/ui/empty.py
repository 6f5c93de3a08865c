"""Why a page has nothing to show, and what would help."""

from dataclasses import replace
from datetime import datetime

import streamlit as st

from analytics_core.access.principal import Principal
from analytics_core.access.roles import labels
from analytics_core.ingest.demo.status import DemoStatus
from analytics_core.ingest.folders import Folders
from analytics_core.reports.freshness import Freshness
from analytics_core.semantics.format import filters_text, text
from analytics_core.semantics.period import Period
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View
from analytics_core.ui import links, login, state
from analytics_core.ui.escape import md_escape

WIDER = 90  # days


def drawn(view: View, facts: Freshness, now: datetime) -> bool:
    """Draws why there is nothing, if there is nothing: no data, none of theirs, or no match."""
    if facts.events:
        return False
    with st.container(border=True, key="empty"):
        if facts.until is None and DemoStatus.load(Folders(view.store.data).cache):
            st.subheader("In a few seconds there is something to see", anchor=False)
            st.markdown("A year of invented usage is being made and taken in like any export.")
        elif facts.until is None:
            _no_data(view)
        elif view.first_event() is None:
            st.subheader("There is no usage of yours yet", anchor=False)
            st.markdown("Your requests appear here once an export that holds them is taken in.")
        else:
            _no_match(view, now)
    return True


def not_for(principal: Principal, contact: str) -> None:
    """Says that the page belongs to another role, and whom to ask."""
    whom = f"Ask {contact or 'your administrator'} for wider access."
    st.info(
        "This page is not part of your role. You are signed in as "
        f"{md_escape(principal.name)}, {labels(principal).lower()}. {md_escape(whom)}",
        icon=":material/lock:",
    )


def _no_data(view: View) -> None:
    st.subheader("No data yet", anchor=False)
    inbox = "data/inbox"
    if login.administers():  # where it really lies on the machine is for them
        inbox = str(Folders(view.store.data).inbox)
        links.link(
            "data", "Upload the usage exports you have", ":material/upload:",
            keys={"section": "upload"},
        )  # fmt: skip
    st.markdown(
        f"- Drop usage exports into `{inbox}`. They are taken in within seconds.\n"
        "- Or run `python -m analytics_core ingest FILE…`.\n"
        "- Or let a LiteLLM proxy, an OpenTelemetry collector or a program of yours push to"
        " `/api/v1/events`: docs/push.md.\n"
        "- Or look around with invented data: `python -m analytics_core demo`."
    )


def _no_match(view: View, now: datetime) -> None:
    st.subheader("No usage matches these filters", anchor=False)
    st.markdown(md_escape(filters_text(state.filters(), view.names.label)))
    period = view.filters.period
    wider = Period.parse(f"days:{WIDER}", now, period.calendar)
    there = replace(view, filters=replace(view.filters, period=wider))
    events: int = there.ask(Query(("events",)))["events"][0]
    with st.container(horizontal=True):
        st.button("Clear all filters", key="empty.clear", on_click=state.clear)
        if events:
            st.button(
                f"Show the last {WIDER} days ({text(events, Unit.COUNT)} events)",
                key="empty.wider",
                on_click=state.show_days,
                args=(WIDER,),
            )
