"""The sidebar: menu, month, period and picks; drawn once per run, by the router."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import polars as pl
import streamlit as st

from analytics_core.errors import TokentallyError
from analytics_core.semantics.dimension import Dimension, dimension
from analytics_core.semantics.filters import ME, Filters
from analytics_core.semantics.format import MONTH_NAMES, moment_text
from analytics_core.semantics.member import label_of
from analytics_core.semantics.period import PRESETS, Calendar, months_after
from analytics_core.semantics.zone import local
from analytics_core.store.view import View
from analytics_core.ui import links, state
from analytics_core.ui.escape import md_escape

MOST_OPTIONS = 2000  # beyond, the members are searched on the server
MOST_BY_NAME = 200  # beyond, those seen last come first
FOUND = 50
FIRST = ("organization", "team", "user", "project", "model")
MORE = (
    "session", "customer", "feature", "agent", "repository", "provider", "service_type",
    "status", "event_type", "environment", "api_key",
)  # fmt: skip
_ONLY_IF_SEVERAL = ("organization", "team")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who picks: `user_id` is what "Me" means; one who sees own rows only has no User box."""

    user_id: str | None
    own_rows_only: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu: where it leads, and the picks (URL values) it leads there with."""

    path: str
    label: str
    icon: str
    picks: tuple[tuple[str, str], ...] = ()


def menu(sections: Sequence[tuple[str, Sequence[Entry]]], current: str) -> None:
    """The pages: the first section open, the others folded unless they hold the open page."""
    for number, (title, entries) in enumerate(sections):
        expanded = number == 0 or any(entry.path == current for entry in entries)
        with st.container(gap=None) if number == 0 else st.expander(title, expanded=expanded):
            for entry in entries:
                links.link(entry.path, entry.label, entry.icon, picks=dict(entry.picks))


def choose_filters(everything: View, reader: Reader, now: datetime) -> list[str]:
    """Draws the widgets, whose selection is then in `state`; says what could not be used.

    Options are asked of `everything`: the reader's scope, without picks. The sentences hold
    untrusted text.
    """
    calendar = everything.filters.period.calendar
    state.selection(now, calendar)
    _month(everything, now, calendar)
    _period(now, calendar)
    refused = [s for name in state.picked_dimensions() for s in _prune(everything, name, reader)]
    for name in FIRST:
        _pick(everything, dimension(name), reader)
    others = [n for n in state.picked_dimensions() if n not in (*FIRST, *MORE)]
    active = sum(bool(state.picked(n)) for n in (*MORE, *others))
    more = st.expander(
        f"More filters ({active})" if active else "More filters", key="f.more", on_change="rerun"
    )
    with more:
        for name in (*MORE, *others):
            if more.open or state.picked(name):  # a closed box asks nothing
                _pick(everything, dimension(name), reader)
    state.selection(now, calendar)
    st.button(
        "Clear all filters",
        key=state.CLEAR,
        on_click=state.clear,
        disabled=not state.filters().to_params(),
        icon=":material/filter_alt_off:",
        width="stretch",
    )
    return refused


def _month(everything: View, now: datetime, calendar: Calendar) -> None:
    """‹ Oct, Nov 2026, Dec ›: the month in which the period ends, and the ones beside it."""
    last = min(state.filters().period.end - timedelta(microseconds=1), now)
    shown = local(last, calendar.zone).date().replace(day=1)
    today = local(now, calendar.zone).date().replace(day=1)
    event = everything.first_event()
    first = local(event, calendar.zone).date().replace(day=1) if event else today
    before, after = months_after(shown, -1), months_after(shown, 1)
    # Words on the arrows: an icon alone would have no name for those who cannot see it.
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        _to_month(state.EARLIER, f"‹ {_short(before)}", before if shown > first else None, today)
        st.markdown(f"**{_short(shown)} {shown.year}**", width="stretch", text_alignment="center")
        _to_month(state.LATER, f"{_short(after)} ›", after if shown < today else None, today)


def _short(month: date) -> str:
    return MONTH_NAMES[month.month - 1][:3]


def _to_month(key: str, words: str, month: date | None, today: date) -> None:
    """A button to a month; None: there is none beyond."""
    kind = "month" if month == today else f"{month:%Y-%m}" if month else ""
    st.button(
        words,
        key=key,
        on_click=state.show_period,
        args=(kind,),
        disabled=month is None,
    )


def _period(now: datetime, calendar: Calendar) -> None:
    kind: str = st.session_state[state.PERIOD]
    kinds = [*PRESETS] if kind in PRESETS else [kind, *PRESETS]
    st.selectbox(
        "Period",
        kinds,
        key=state.PERIOD,
        format_func=_period_label,
        on_change=state.period_chosen,
        persist_state="session",
    )
    if kind in PRESETS and PRESETS[kind].counted:
        st.number_input(
            f"How many {kind}",
            min_value=1,
            max_value=PRESETS[kind].most,
            step=1,
            key=state.COUNT,
            persist_state="session",
        )
    if kind == "custom":
        _custom(now, calendar)


def _period_label(kind: str) -> str:
    if kind in PRESETS:
        return PRESETS[kind].label
    return f"{MONTH_NAMES[int(kind[5:]) - 1]} {kind[:4]}"


def _custom(now: datetime, calendar: Calendar) -> None:
    for label, key in (("From", state.START), ("To", state.END)):
        st.datetime_input(
            label, key=key, step=timedelta(minutes=1), format="YYYY-MM-DD", persist_state="session"
        )
    try:
        chosen = state.period(now, calendar)
    except TokentallyError as wrong:
        st.error(md_escape(str(wrong)))
        return
    zone = calendar.zone
    st.caption(f"{moment_text(chosen.start, zone)} – {moment_text(chosen.end, zone)} ({zone})")


@dataclass(frozen=True, slots=True)
class _Choice:
    """What a box offers, as URL values, and how each reads; `searched`: only the best matches."""

    values: tuple[str, ...]
    labels: dict[str, str]
    searched: bool


def _prune(everything: View, name: str, reader: Reader) -> list[str]:
    """Drops picks that are not among the reader's options; a sentence for each."""
    choice = _choice(everything, dimension(name), reader)
    gone = state.prune(name, choice.values)
    return [f"{name}={value} is not available to you." for value in gone]


def _pick(everything: View, of: Dimension, reader: Reader) -> None:
    """One box, whose picks are among its options; no box where there is nothing to choose."""
    if of.name == "user" and reader.own_rows_only and not state.picked("user"):
        return
    if of.name == "session" and not any(map(state.picked, ("team", "user", "session"))):
        st.multiselect(of.label, [], disabled=True, placeholder="Pick a team or user first")
        return
    choice = _choice(everything, of, reader)
    if choice.searched:
        st.text_input(f"Find a {of.label.lower()}", key=state.of_search(of.name))
    if len(choice.values) < (2 if of.name in _ONLY_IF_SEVERAL else 1) and not state.picked(of.name):
        return
    state.prune(of.name, choice.values)
    st.multiselect(
        of.label,
        choice.values,
        key=state.of_dimension(of.name),
        format_func=choice.labels.__getitem__,
        placeholder=f"All {of.plural}",
        filter_mode="contains",
        select_all=False,
        persist_state="session",
    )


def _choice(everything: View, of: Dimension, reader: Reader) -> _Choice:
    view = replace(everything, filters=_under_parents(everything.filters, of, reader))
    known = view.options(of.name, limit=MOST_OPTIONS + 1)
    searched = len(known) > MOST_OPTIONS
    if searched:
        known = view.options(of.name, search=state.searched(of.name), limit=FOUND)
    values = _ordered(known, of)
    if searched:
        kept = [v for v in state.picked(of.name) if v not in values and _exists(view, of, v)]
        values = [*kept, *values]
    if of.name == "user" and reader.user_id is not None and values:
        values = [ME, *values]
    return _Choice(tuple(values), _labels(values, of, reader), searched)


def _exists(view: View, of: Dimension, value: str) -> bool:
    found = view.options(of.name, search=value, limit=MOST_OPTIONS)
    return value in found["member"].fill_null("")


def _under_parents(base: Filters, of: Dimension, reader: Reader) -> Filters:
    """`base` with the picks of the dimension's parents, and theirs."""
    filters, above = base, of.parent
    while above is not None:
        values = [v or None for v in state.picked(above)]
        filters = filters.pick(above, values)
        above = dimension(above).parent
    return filters.resolved(reader.user_id)


def _ordered(known: pl.DataFrame, of: Dimension) -> list[str]:
    """By name; when there are many, those seen last first; (unattributed) at the end."""
    rows = list(known.select("member", "last_seen").iter_rows())
    named = [(member, seen) for member, seen in rows if member is not None]
    named.sort(key=lambda row: (label_of(of.name, row[0]).casefold(), row[0]))
    if len(named) > MOST_BY_NAME:
        named.sort(key=lambda row: row[1], reverse=True)
    return [member for member, _ in named] + [""] * (len(rows) > len(named))


def _labels(values: Sequence[str], of: Dimension, reader: Reader) -> dict[str, str]:
    """How each value reads; never two alike, since the browser sends labels back."""
    labels: dict[str, str] = {}
    taken: set[str] = set()
    for value in values:
        label = f"Me ({reader.user_id})" if value == ME else label_of(of.name, value or None)
        label = label if label not in taken else f"'{value}'"
        labels[value] = label
        taken.add(label)
    return labels
