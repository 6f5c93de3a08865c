"""The lines above every page: title, period, picks, how fresh the figures are."""

from collections.abc import Iterator

import streamlit as st

from analytics_core.reports.freshness import Freshness
from analytics_core.reports.span import based, before, until
from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.filters import ME
from analytics_core.semantics.format import date_text, moment_text, period_text, text
from analytics_core.semantics.names import Names
from analytics_core.semantics.unit import Unit
from analytics_core.semantics.zone import local
from analytics_core.store.view import View
from analytics_core.ui import state
from analytics_core.ui.escape import md_escape
from analytics_core.ui.inbox import follow
from analytics_core.ui.page_file import page_menu

MOST_CHIPS = 8  # of one dimension; beyond, one chip stands for all
_VIEWS = {
    state.CHARTS: ":material/bar_chart: Charts",
    state.TABLES: ":material/table: Tables",
}


def title(name: str, crumbs: str, *, switch: bool = True) -> None:
    """The page's name under where it stands, and whether the page shows charts or tables.

    `name` is markdown; without `switch` the page has no charts.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(gap=None):
            if crumbs:
                st.caption(f"{crumbs} ›")
            st.title(name, anchor=False)
        if switch:
            st.segmented_control(
                "Show the page as",
                tuple(_VIEWS),
                key=state.SHOWN,
                format_func=_VIEWS.__getitem__,
                required=True,
                label_visibility="collapsed",
                on_change=state.follow_page,
                persist_state="session",
            )


def settings_problems(view: View) -> None:
    """The settings files that cannot be used as they are, for those who can mend them."""
    for problem in view.store.house.problems:
        st.warning(
            f"{md_escape(str(problem))} What it last said still holds.", icon=":material/build:"
        )


def period_line(view: View) -> None:
    """The period and what it is compared with, both as cut off now, and the zone, once."""
    period, limit = view.filters.period, until(view)
    running = period.start < limit < period.end
    words = (
        f"**{period_text(period, limit)}**{' so far' if running else ''}",
        *_compared(view),
        md_escape(period.calendar.zone),
    )
    st.markdown(" · ".join(words))


def _compared(view: View) -> Iterator[str]:
    """What the changes on the cards are against, or why there are none."""
    period, first = view.filters.period, view.first_event()
    if until(view) <= period.start:
        return  # nothing is known of it yet
    if first is not None and based(view):
        yield f"compared with {period_text(period.previous(), before(view).filters.period.end)}"
    elif first is not None:
        yield f"no comparison, data start {date_text(local(first, period.calendar.zone))}"


def chips(names: Names) -> None:
    """One button per pick, which takes it away; no row when nothing is picked."""
    if not state.filters().picks:
        return
    with st.container(horizontal=True, gap="xsmall", key="chips"):
        for pick in state.filters().picks:
            values = state.picked(pick.dimension)
            of = dimension(pick.dimension)
            if len(values) > MOST_CHIPS:
                _chip(f"{len(values)} {of.plural}", pick.dimension, tuple(values))
                continue
            for value in values:
                name = "Me" if value == ME else names.label(of.name, value or None)
                _chip(f"{of.label}: {name}", pick.dimension, (value,))
        st.button("Clear all filters", key="chips.clear", type="tertiary", on_click=state.clear)


def _chip(label: str, name: str, values: tuple[str, ...]) -> None:
    st.button(
        md_escape(label),
        key=f"chip.{name}.{'|'.join(values)}",
        icon=":material/close:",
        icon_position="right",
        help="Take this filter away",
        on_click=state.drop,
        args=(name, values),
    )


def freshness(view: View, facts: Freshness, page: str) -> None:
    """How far the data reach, how many events are shown, how their cost is known; refresh, files."""
    words = " · ".join(_fresh(view, facts))
    demo = _demo(view) if facts.until is not None else None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if facts.stale:
            st.warning(words, icon=":material/schedule:")
        elif words:
            st.caption(words, width="content")
        st.button(
            "Refresh",
            key=state.REFRESH,
            icon=":material/refresh:",
            type="tertiary",
            help="Look for new data",
            on_click=_refresh,
            args=(view.store.version, view),
        )
        if facts.events:
            page_menu(view, page)
        if demo:
            st.badge(demo[0], color="blue", help=demo[1])
    follow(view, view.store.version)


def _demo(view: View) -> tuple[str, str] | None:
    """What is said of invented usage among the data, and what to do about it; None without any.

    Whether there are real data beside it is told only to those who see every row.
    """
    manifest = view.store.manifest
    if manifest.demo_only:
        return "Demo data", (
            "Invented usage. Before you put your own exports into data/inbox, make yourself an "
            "account: `python -m analytics_core user add NAME --role admin`. "
            "The demo accounts end then."
        )
    if view.scope.everything and any(i.demo and i.verdict == "landed" for i in manifest.inputs):
        return "Includes demo data", (
            "Invented usage is among yours. `python -m analytics_core demo --remove` takes it away."
        )
    return None


def _fresh(view: View, facts: Freshness) -> list[str]:
    if facts.until is None:
        return []
    zone = view.filters.period.calendar.zone
    words = [
        f"Data up to {moment_text(facts.until, zone)}",
        f"{text(facts.events, Unit.COUNT)} {'event' if facts.events == 1 else 'events'}",
    ]
    words += _provenance(facts)
    if facts.unpriced:
        share = text(facts.unpriced, Unit.RATIO)
        words.append(f":orange[:material/warning:] {share} of tokens unpriced")
    return words


def _provenance(facts: Freshness) -> list[str]:
    """How the cost is known: "92% reported, 8% computed"."""
    shares = ((facts.reported, "reported"), (facts.computed, "computed"))
    return [", ".join(f"{text(share, Unit.RATIO)} {how}" for share, how in shares if share)] * any(
        share for share, _ in shares
    )


def _refresh(version: str, view: View) -> None:
    st.toast("Already the latest" if view.store.version == version else "New data")
