"""A drawing on the page, and what a click on one of its marks means."""

from collections.abc import Callable

import streamlit as st

from analytics_core.charts.axes import PICKED
from analytics_core.charts.drawing import Drawing
from analytics_core.charts.rows import bucket_name
from analytics_core.reports.breakdown import Breakdown
from analytics_core.reports.timeline import Timeline
from analytics_core.semantics.period import Period
from analytics_core.semantics.unit import Unit
from analytics_core.ui import links, state


def draw(drawing: Drawing, key: str, on_pick: Callable[[str], None] | None = None) -> None:
    """Draws a chart; its sentence is what a screen reader says.

    `on_pick` is called, as a callback, with what a click on a mark picked (a bucket, a member's id).
    """
    if on_pick is None or PICKED not in drawing.selections:
        st.vega_lite_chart(None, drawing.vega, key=key, width="stretch", alt=drawing.alt)
        return
    st.vega_lite_chart(
        None,
        drawing.vega,
        key=key,
        width="stretch",
        alt=drawing.alt,
        on_select=lambda: _picked(key, on_pick),
        selection_mode=PICKED,
    )


def _picked(key: str, on_pick: Callable[[str], None]) -> None:
    chosen = st.session_state[key]["selection"].get(PICKED) or []
    for text in chosen[0].values() if chosen else ():
        on_pick(str(text))


def to_bucket(timeline: Timeline) -> Callable[[str], None]:
    """What a click on a bucket does: the period becomes that bucket."""
    spans = {bucket_name(timeline, b): (b.start, b.end) for b in timeline.buckets}
    calendar = timeline.period.calendar

    def show(name: str) -> None:
        if name in spans and len(timeline.buckets) > 1:
            state.show(Period.between(*spans[name], calendar))

    return show


def to_member(parts: Breakdown) -> Callable[[str], None]:
    """What a click on a member does: its page opens, or it becomes the pick on its dimension."""
    names = {p.member.id: p.member.name or "" for p in parts.parts if p.member.kind != "others"}

    def pick(member: str) -> None:
        if member in names:
            links.pick(parts.by.name, names[member])

    return pick


def nothing_to_draw(parts: Breakdown) -> bool:
    """Says why a chart of these parts would be blank, if it would be."""
    if not parts.parts:
        st.info("Every series is hidden.")
    elif parts.total is None:
        why = "has a price" if parts.measure.unit is Unit.USD else "says it"
        st.info(f"{parts.measure.label} is unknown: nothing in this selection {why}.")
    return not parts.parts or parts.total is None
