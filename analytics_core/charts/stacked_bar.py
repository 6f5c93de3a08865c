"""Stacked bars of an additive measure over time."""

from functools import lru_cache

import altair as alt

from analytics_core.charts.alt_text import timeline_sentence
from analytics_core.charts.axes import (
    TimeAxis,
    amounts,
    axis_of,
    in_ones,
    labelled,
    laid_over,
    pickable,
    slot_colour,
    time_axis,
)
from analytics_core.charts.drawing import KEPT, Drawing, Spec, blank, filled, finished
from analytics_core.charts.rows import (
    axis_rows,
    largest_laid,
    largest_stack,
    overlay_rows,
    timeline_rows,
)
from analytics_core.charts.theme import Colours, colours
from analytics_core.errors import NotAdditive
from analytics_core.reports.overlay import Overlay
from analytics_core.reports.timeline import Timeline
from analytics_core.semantics.format import AxisUnit, axis_unit
from analytics_core.semantics.unit import Unit

PART = 0.45  # opacity of a bucket that is not whole


def stacked_bar(
    timeline: Timeline,
    hues: Colours | None = None,
    *,
    before: Overlay | None = None,
    dark: bool = False,
    height: int = 300,
    shares: bool = False,
) -> Drawing:
    """The timeline as one bar per bucket, members stacked by rank; a click picks a bucket.

    `hues` gives members their slots (default: by rank); `before` is drawn as a dashed line; `dark`
    matters only where some colour is configured. With `shares` the timeline holds shares of every
    bucket, which stack up to all of it though they do not add up over time. Raises NotAdditive, and
    BadValue for over 1,000 rows.
    """
    if not timeline.measure.additive and not shares:
        raise NotAdditive.stacked(timeline.measure.label)
    slots = hues or colours(timeline.members)
    return _drawn(timeline, slots, before, dark=dark, height=height, shares=shares)


@lru_cache(maxsize=KEPT)
def _drawn(
    timeline: Timeline,
    hues: Colours,
    before: Overlay | None,
    *,
    dark: bool,
    height: int,
    shares: bool,
) -> Drawing:
    measure, period = timeline.measure, timeline.period
    axis = axis_rows(timeline)
    spec = _spec(
        TimeAxis.of(timeline.grain, len(axis), period.calendar.week_start),
        axis_unit(max(largest_stack(timeline), largest_laid(before)), measure.unit),
        (timeline.grain.capitalize(), timeline.by.label if timeline.by else "", measure.label),
        hues.explicit(dark=dark),
        whole=measure.unit in (Unit.COUNT, Unit.TOKENS),
        overlaid=before is not None,
        shares=shares,
        height=height,
    )
    rows = timeline_rows(timeline, hues)
    laid = (("before", overlay_rows(timeline, before)),) if before else ()
    return Drawing(
        spec, (("rows", rows), ("axis", axis), *laid), timeline_sentence("Stacked bars", timeline)
    )


@lru_cache(maxsize=512)
def _spec(
    axis: TimeAxis,
    unit: AxisUnit,
    titles: tuple[str, str, str],
    own: tuple[str, ...],
    *,
    whole: bool,
    overlaid: bool,
    shares: bool,
    height: int,
) -> Spec:
    when, member, amount = titles
    shape = _shape(
        own,
        split=bool(member),
        crowded=axis.crowded,
        ones=in_ones(unit, whole=whole),
        overlaid=overlaid,
        shares=shares,
    )
    words = {"when": when, "member": member, "value": amount, **labelled(unit, axis)}
    return {**filled(shape, words), "height": height}


@lru_cache(maxsize=64)
def _shape(
    own: tuple[str, ...],
    *,
    split: bool,
    crowded: bool,
    ones: bool,
    overlaid: bool,
    shares: bool,
) -> Spec:
    time = time_axis(crowded=crowded)
    tooltip = [alt.Tooltip("when:N", title=blank("when"))]
    tooltip += [alt.Tooltip("member:N", title=blank("member"))] if split else []
    tooltip += [alt.Tooltip("text:N", title=blank("value"))]
    tooltip += [alt.Tooltip("total:N", title="Total")] if split and not shares else []
    bars = (
        alt.Chart(alt.NamedData("rows"))
        .mark_bar(cursor="pointer")
        .encode(
            x=time,
            y=amounts("value", ones=ones, stack=True, most=1 if shares else None),
            color=slot_colour(own),
            order=alt.Order("rank:Q"),
            opacity=alt.condition("datum.partial", alt.value(PART), alt.value(1)),
            tooltip=tooltip,
        )
    )
    layers = [axis_of("axis").encode(x=time), pickable(bars, "bucket")]
    if overlaid:
        layers += laid_over(crowded=crowded, ones=ones, title=blank("value"))
    return finished(alt.layer(*layers))
