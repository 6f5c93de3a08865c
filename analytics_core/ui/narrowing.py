"""One panel's own look at one member of a dimension, or at a few that are chosen."""

from dataclasses import replace

import streamlit as st

from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.query import MOST_TOP, Query
from analytics_core.store.view import View
from analytics_core.ui import controls, state

ALL, NONE = "\0all", ""  # every member (no name holds a NUL); what has no member
MOST = 50  # members offered, those with the most requests


def offer(name: str, most: int = MOST_TOP) -> Query:
    """What is asked to know the members that a box of `choose_members` offers."""
    return Query(("requests",), (name,), top=most)


def choose_member(view: View, panel: str, name: str) -> None:
    """The drop-down of a panel that looks at one member of `name`, or at all."""
    of = dimension(name)

    choices = _choices(view, name)
    labels = view.names.labels(name, (value or None for value in choices))

    def words(value: str) -> str:
        return f"All {of.plural}" if value == ALL else labels[value or None]

    controls.choose_one(panel, f"within.{name}", of.label, choices, words)


def narrowed(view: View, panel: str, name: str) -> View:
    """The View of what that drop-down says; the same View when it says all, or there is none."""
    if not name or st.session_state.get(state.of_panel(panel, f"within.{name}"), ALL) == ALL:
        return view
    said = state.controlled(panel, f"within.{name}", _choices(view, name))
    if said == ALL:
        return view
    return replace(view, filters=view.filters.pick(name, [said or None]))


def choose_members(view: View, panel: str, name: str, most: int, otherwise: str) -> None:
    """The box in which up to `most` members of `name` are chosen; none chosen is `otherwise`."""
    of = dimension(name)
    key = state.of_panel(panel, f"only.{name}")
    st.session_state[key] = list(chosen_members(view, panel, name))  # before the widget exists
    st.multiselect(
        of.label,
        _known(view, name),
        key=key,
        format_func=lambda value: view.names.label(name, value or None),
        max_selections=most,
        placeholder=otherwise,
        label_visibility="collapsed",
        filter_mode="contains",
        select_all=False,
        persist_state="session",
    )
    kinds = view.ask(offer(name))[f"{name}_kind"]
    if (kinds == "others").any():
        st.caption(
            f"The {(kinds == 'member').sum():,} with most requests are offered. To compare others,"
            " pick them in the sidebar."
        )


def chosen_members(view: View, panel: str, name: str) -> tuple[str, ...]:
    """What that box says, as far as it still occurs; "" is (unattributed)."""
    said = st.session_state.get(state.of_panel(panel, f"only.{name}")) or []
    known = set(_known(view, name)) if said else set[str]()
    return tuple(value for value in said if value in known)


def _choices(view: View, name: str) -> tuple[str, ...]:
    """All, then those that occur."""
    return (ALL, *_known(view, name, MOST))


def _known(view: View, name: str, most: int = MOST_TOP) -> tuple[str, ...]:
    """The members of the selection in the order of their requests, then (unattributed)."""
    found = view.ask(offer(name, most))
    kept = found.filter(found[f"{name}_kind"] != "others")
    return tuple(member or NONE for member in kept[name])
