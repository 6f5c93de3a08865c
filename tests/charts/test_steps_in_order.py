"""A session request by request, as bars."""

from datetime import datetime

import altair as alt

from analytics_core.charts.axes import CALM
from analytics_core.charts.steps_in_order import steps_in_order
from analytics_core.charts.theme import colours
from analytics_core.reports.course import course


def test_every_request_is_a_bar_and_both_axes_are_calm(viewed):
    events = [
        {"started_at": datetime(2026, 11, 3, 9, n), "model": "m", "cost_nano": n * 10**9}
        for n in (1, 2)
    ]
    found = course(viewed(events), 14)
    drawing = steps_in_order(found, colours(found.models), "UTC")
    alt.Chart.from_dict(drawing.spec, validate=True)
    axes = [drawing.spec["encoding"][side]["axis"]["labelColor"] for side in ("x", "y")]
    assert axes == [CALM, CALM]
    assert drawing.rows["value"].to_list() == [1, 2]
    assert "2 requests in order" in drawing.alt
