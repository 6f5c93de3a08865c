"""One measure over time as an area: how much of it there is, not who has it."""

from functools import lru_cache

import altair as alt

from analytics_core.charts.alt_text import timeline_sentence
from analytics_core.charts.axes import (
    TimeAxis,
    amounts,
    axis_of,
    in_ones,
    labelled,
    pickable,
    slot_colour,
    time_axis,
)
from analytics_core.charts.drawing import KEPT, Drawing, Spec, filled, finished
from analytics_core.charts.rows import axis_rows, largest_value, timeline_rows
from analytics_core.charts.stacked_bar import stacked_bar
from analytics_core.charts.theme import Colours, colours
from analytics_core.errors import BadValue
from analytics_core.reports.timeline import Timeline
from analytics_core.semantics.format import AxisUnit, axis_unit
from analytics_core.semantics.unit import Unit


def area(
    timeline: Timeline, hues: Colours | None = None, *, dark: bool = False, height: int = 300
) -> Drawing:
    """The timeline of one series as an area under its line; one bucket alone as a bar.

    A click picks a bucket. Raises BadValue for more than one series or over 1,000 rows.
    """
    if len(timeline.members) > 1:
        raise BadValue("chart", f"{len(timeline.members)} series", "one series for an area")
    hues = hues or colours(timeline.members)
    if len(axis_rows(timeline)) == 1 and timeline.measure.additive:
        return stacked_bar(timeline, hues, dark=dark, height=height)
    return _drawn(timeline, hues, dark=dark, height=height)


@lru_cache(maxsize=KEPT)
def _drawn(timeline: Timeline, hues: Colours, *, dark: bool, height: int) -> Drawing:
    measure, period, axis = timeline.measure, timeline.period, axis_rows(timeline)
    spec = _spec(
        TimeAxis.of(timeline.grain, len(axis), period.calendar.week_start),
        axis_unit(largest_value(timeline), measure.unit),
        (timeline.grain.capitalize(), measure.label),
        hues.explicit(dark=dark),
        whole=measure.additive and measure.unit in (Unit.COUNT, Unit.TOKENS),
        height=height,
    )
    frames = (("rows", timeline_rows(timeline, hues)), ("axis", axis))
    return Drawing(spec, frames, timeline_sentence("Area", timeline))


@lru_cache(maxsize=512)
def _spec(
    axis: TimeAxis,
    unit: AxisUnit,
    titles: tuple[str, str],
    own: tuple[str, ...],
    *,
    whole: bool,
    height: int,
) -> Spec:
    when, amount = titles
    time = time_axis(crowded=axis.crowded)
    rows = alt.Chart(alt.NamedData("rows")).encode(
        x=time, y=amounts("value", ones=in_ones(unit, whole=whole)), color=slot_colour(own)
    )
    tooltip = [alt.Tooltip("when:N", title=when), alt.Tooltip("text:N", title=amount)]
    # A wide invisible column per bucket: an area by itself has one tooltip for all of them.
    column = rows.mark_bar(opacity=0, cursor="pointer").encode(tooltip=tooltip)
    drawn = rows.mark_area(
        opacity=0.25, interpolate="linear", tooltip=None, line={"strokeWidth": 2}
    )
    room = axis_of("axis").encode(x=time)
    spec = finished(alt.layer(room, drawn, pickable(column, "bucket"), height=height))
    return filled(spec, labelled(unit, axis))
