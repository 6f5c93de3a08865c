"""A drawing on the page."""

import streamlit as st

from analytics_core.charts.drawing import Drawing
from analytics_core.reports.breakdown import Breakdown
from analytics_core.semantics.unit import Unit


def draw(drawing: Drawing, key: str) -> None:
    """Draws a chart; its sentence is what a screen reader says."""
    st.vega_lite_chart(None, drawing.vega, key=key, width="stretch", alt=drawing.alt)


def nothing_to_draw(parts: Breakdown) -> bool:
    """Says why a chart of these parts would be blank, if it would be."""
    if not parts.parts:
        st.info("Every series is hidden.")
    elif parts.total is None:
        why = "has a price" if parts.measure.unit is Unit.USD else "says it"
        st.info(f"{parts.measure.label} is unknown: nothing in this selection {why}.")
    return not parts.parts or parts.total is None
