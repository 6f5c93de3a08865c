"""A drawing on the page."""

import streamlit as st

from analytics_core.charts.drawing import Drawing


def draw(drawing: Drawing, key: str) -> None:
    """Draws a chart; its sentence is what a screen reader says."""
    st.vega_lite_chart(None, drawing.vega, key=key, width="stretch", alt=drawing.alt)
