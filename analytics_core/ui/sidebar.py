"""The sidebar: menu, month, period and picks; drawn once per run, by the router."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import streamlit as st

from analytics_core.errors import TokentallyError
from analytics_core.semantics.dimension import Dimension, dimension
from analytics_core.semantics.filters import MOST_VALUES
from analytics_core.semantics.format import MONTH_NAMES, moment_text
from analytics_core.semantics.period import PRESETS, Calendar, months_after
from analytics_core.semantics.zone import local
from analytics_core.store.view import View
from analytics_core.ui import links, state
from analytics_core.ui.choices import Choice, Choices, Reader
from analytics_core.ui.escape import md_escape

FIRST = ("organization", "team", "user", "project", "model")
MORE = (
    "session", "customer", "feature", "agent", "repository", "provider", "service_type",
    "status", "event_type", "environment", "api_key",
)  # fmt: skip
_MOST_TOLD = 3  # picks of one dimension that are refused one by one
_ONLY_IF_SEVERAL = ("organization", "team")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu: where it leads, and the picks (URL values) it leads there with."""

    path: str
    label: str
    icon: str
    picks: tuple[tuple[str, str], ...] = ()


def menu(sections: Sequence[tuple[str, Sequence[Entry]]], current: Collection[str]) -> None:
    """The pages: the first section open, the others folded unless they hold one of `current`."""
    with st.container(gap="xxsmall", key="menu"):  # low, so that the filters stay in view
        for number, (title, entries) in enumerate(sections):
            if number == 0:
                box = st.container()
            else:
                mine = any(entry.path in current for entry in entries)
                box = st.expander(title, expanded=mine, type="compact")
            with box, st.container(gap="xxsmall"):
                for entry in entries:
                    links.link(entry.path, entry.label, entry.icon, picks=dict(entry.picks))


def choose_filters(everything: View, reader: Reader, now: datetime) -> list[str]:
    """Draws the widgets, whose selection is then in `state`; says what could not be used.

    Options are asked of `everything`: the reader's scope, without picks. The sentences hold
    untrusted text.
    """
    with st.container(gap="xsmall", key="filters"):
        return _filters(everything, reader, now)


def _filters(everything: View, reader: Reader, now: datetime) -> list[str]:
    calendar = everything.filters.period.calendar
    state.selection(now, calendar)
    _month(everything, now, calendar)
    _period(now, calendar)
    choices = Choices(everything, reader)
    refused = [said for name in state.picked_dimensions() for said in _prune(choices, name)]
    for name in FIRST:
        _pick(choices, name)
    _more(choices)
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


def _more(choices: Choices) -> None:
    """The boxes that are seldom needed, folded; a closed box without a pick asks nothing."""
    picked = [name for name in state.picked_dimensions() if name not in FIRST]
    box = st.expander(
        f"More filters ({len(picked)})" if picked else "More filters",
        key="f.more",
        on_change="rerun",
    )
    offered = (*MORE, *choices.tags()) if box.open else tuple(n for n in MORE if n in picked)
    with box, st.container(gap="xsmall"):
        for name in dict.fromkeys((*offered, *picked)):
            _pick(choices, name)


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


def _prune(choices: Choices, name: str) -> list[str]:
    """Drops picks that are not among the reader's options; a sentence for each, or for many."""
    gone = state.prune(name, choices.of(name).values)
    if len(gone) > _MOST_TOLD:
        return [f"{len(gone)} {dimension(name).plural} are not available to you."]
    return [_refusal(choices, name, value) for value in gone]


def _refusal(choices: Choices, name: str, value: str) -> str:
    if dimension(name).parent and choices.elsewhere(name, value):
        return f"{name}={value} does not go with the other filters and was taken away."
    return f"{name}={value} is not available to you."


def _pick(choices: Choices, name: str) -> None:
    """One box, whose picks are among its options; no box where there is nothing to choose."""
    of, picked, mine = dimension(name), state.picked(name), choices.reader.own_rows_only
    if name == "user" and mine and not picked:
        return
    if name == "session" and not mine and not any(map(state.picked, ("team", "user", "session"))):
        st.multiselect(of.label, [], disabled=True, placeholder="Pick a team or user first")
        return
    choice = choices.of(name)
    enough = len(choice.values) > 1 if name in _ONLY_IF_SEVERAL else choice.filled
    if not enough and not picked:
        return
    if choice.searched:
        st.text_input(f"Find {_one(of)}", key=state.of_search(name), placeholder="Part of the name")
    state.prune(name, choice.values)
    st.multiselect(
        of.label,
        choice.values,
        key=state.of_dimension(name),
        format_func=choice.labels.__getitem__,
        placeholder=_placeholder(choice),
        filter_mode="contains",
        select_all=False,
        max_selections=MOST_VALUES,
        persist_state="session",
    )


def _one(of: Dimension) -> str:
    return f"{'an' if of.label[0] in 'AEIO' else 'a'} {of.noun}"


def _placeholder(choice: Choice) -> str:
    name = choice.of
    if choice.searched and state.searched(name.name) and not choice.values:
        return f"No {name.noun} contains this"
    return f"All {name.plural}"
