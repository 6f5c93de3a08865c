"""The small controls above a panel's chart: which measure, by what, in which buckets."""

from collections.abc import Callable, Sequence

import streamlit as st

from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.period import Grain, Period
from analytics_core.ui import state

AUTO, WHOLE = "auto", ""  # the grain that suits the period; no dimension
MOST_SPLIT, MOST_BUCKETS = 333, 1000  # buckets of a chart with a breakdown, and of one series


def choose(
    panel: str, part: str, label: str, choices: Sequence[str], words: Callable[[str], str]
) -> None:
    """A row of buttons of which one is on; nothing where there is no choice."""
    if len(choices) > 1:
        st.segmented_control(
            label,
            choices,
            key=state.control(panel, part, choices),
            format_func=words,
            required=True,
            label_visibility="collapsed",
            persist_state="session",
            wrap=True,  # else a phone would show half of them
        )


def choose_one(
    panel: str, part: str, label: str, choices: Sequence[str], words: Callable[[str], str]
) -> None:
    """A drop-down of which one is chosen; nothing where there is no choice."""
    if len(choices) > 1:
        st.selectbox(
            label,
            choices,
            key=state.control(panel, part, choices),
            format_func=words,
            label_visibility="collapsed",
            persist_state="session",
            width=220,
        )


def switch(
    panel: str, part: str, label: str, *, why: str | None = None, disabled: bool = False
) -> None:
    """An on/off switch; `why` says what it does, or why it does nothing now."""
    key = state.of_panel(panel, part)
    st.toggle(label, key=key, help=why, disabled=disabled, persist_state="session")


def measure_words(name: str) -> str:
    """What a measure is called in a control."""
    return MEASURES[name].label


def by_words(name: str) -> str:
    """What a dimension is called in a control; the absent one is the total."""
    return f"By {dimension(name).label.lower()}" if name else "Total"


def grains(period: Period, *, split: bool) -> tuple[str, ...]:
    """The bucket sizes that fit the period into one chart: auto, then from small to large."""
    most = MOST_SPLIT if split else MOST_BUCKETS
    fits = [
        grain.value
        for grain, hours in (
            (Grain.HOUR, 1), (Grain.DAY, 24), (Grain.WEEK, 168), (Grain.MONTH, 672),
        )
        if period.hours / hours <= most and period.hours > hours
    ]  # fmt: skip
    return (AUTO, *fits)


def grain_words(name: str) -> str:
    """What a bucket size is called in a control."""
    return name.capitalize()


def grain_of(panel: str, period: Period, *, split: bool, auto: Grain | None = None) -> Grain:
    """The bucket size a panel shows; `auto` is what Auto stands for as long as it fits."""
    sizes = grains(period, split=split)
    said = state.controlled(panel, "grain", sizes)
    if said != AUTO:
        return Grain(said)
    return auto if auto is not None and auto.value in sizes else period.grain()
