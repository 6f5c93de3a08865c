"""Lines of any measure over time, with a crosshair that reads every series at once."""

from functools import lru_cache

import altair as alt
import polars as pl

from analytics_core.charts.alt_text import timeline_sentence
from analytics_core.charts.axes import (
    TimeAxis,
    amounts,
    axis_of,
    in_ones,
    labelled,
    laid_over,
    slot_colour,
    time_axis,
)
from analytics_core.charts.drawing import KEPT, Drawing, Spec, blank, filled, finished
from analytics_core.charts.rows import (
    axis_rows,
    largest_laid,
    largest_value,
    overlay_rows,
    timeline_rows,
)
from analytics_core.charts.theme import Colours, colours
from analytics_core.reports.overlay import Overlay
from analytics_core.reports.timeline import Timeline
from analytics_core.semantics.format import AxisUnit, axis_unit
from analytics_core.semantics.unit import Unit

PART = 0.45  # opacity of what leads to a bucket that is not whole


def line(
    timeline: Timeline,
    hues: Colours | None = None,
    *,
    before: Overlay | None = None,
    dark: bool = False,
    height: int = 300,
) -> Drawing:
    """The timeline as one straight line per member; unknown buckets are gaps.

    One bucket alone is drawn as bars side by side. `hues`, `before` and `dark` as for stacked_bar.
    Raises BadValue for over 1,000 rows.
    """
    return _drawn(timeline, hues or colours(timeline.members), before, dark=dark, height=height)


@lru_cache(maxsize=KEPT)
def _drawn(
    timeline: Timeline, hues: Colours, before: Overlay | None, *, dark: bool, height: int
) -> Drawing:
    measure, period = timeline.measure, timeline.period
    axis, rows = axis_rows(timeline), _with_pieces(timeline_rows(timeline, hues))
    shown = tuple(rows.select("rank", "member").unique().sort("rank").iter_rows())
    spec = _spec(
        TimeAxis.of(timeline.grain, len(axis), period.calendar.week_start),
        axis_unit(max(largest_value(timeline), largest_laid(before)), measure.unit),
        (timeline.grain.capitalize(), shown),
        hues.explicit(dark=dark),
        whole=measure.additive and measure.unit in (Unit.COUNT, Unit.TOKENS),
        alone=len(axis) == 1,
        overlaid=before is not None,
        height=height,
    )
    laid = overlay_rows(timeline, before) if before else None
    wide = _wide(rows) if laid is None else _with_before(_wide(rows), laid)
    frames = [("rows", rows), ("wide", wide), ("axis", axis)]
    frames += [("before", laid)] if laid is not None else []
    return Drawing(spec, tuple(frames), timeline_sentence("Lines", timeline))


def _with_before(wide: pl.DataFrame, laid: pl.DataFrame) -> pl.DataFrame:
    """`wide` with a column before: the figure of the period before and of when it is."""
    said = pl.col("text") + " (" + pl.col("when") + ")"
    return wide.join(
        laid.select("tick", said.alias("before")), on="tick", how="left", maintain_order="left"
    )


def _with_pieces(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` with three more readings of value, null where they do not apply.

    `whole`: whole buckets; `part`: the stretches that lead to or from a partial one; `dot`: values
    without a known neighbour, which no line reaches.
    """
    value, partial = pl.col("value"), pl.col("partial")
    before, after = (value.shift(step).over("rank") for step in (1, -1))
    beside = partial | partial.shift(1).over("rank") | partial.shift(-1).over("rank")
    return rows.with_columns(
        pl.when(~partial).then(value).alias("whole"),
        pl.when(beside.fill_null(partial)).then(value).alias("part"),
        pl.when(before.is_null() & after.is_null()).then(value).alias("dot"),
    )


def _wide(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per bucket: bucket, tick, when and the text of every series as s0, s1 and so on."""
    ranks = rows["rank"].unique().sort()
    return rows.group_by("bucket", "tick", "when", maintain_order=True).agg(
        pl.col("text").filter(pl.col("rank") == rank).first().alias(f"s{rank}") for rank in ranks
    )


@lru_cache(maxsize=512)
def _spec(
    axis: TimeAxis,
    unit: AxisUnit,
    titles: tuple[str, tuple[tuple[int, str], ...]],
    own: tuple[str, ...],
    *,
    whole: bool,
    alone: bool,
    overlaid: bool,
    height: int,
) -> Spec:
    when, series = titles
    shape = _shape(
        tuple(rank for rank, _ in series),
        own,
        crowded=axis.crowded,
        ones=in_ones(unit, whole=whole),
        alone=alone,
        overlaid=overlaid,
    )
    names = {f"s{rank}": member or " " for rank, member in series}
    return {
        **filled(shape, {"when": when, **names, **labelled(unit, axis)}),
        "height": height,
    }


@lru_cache(maxsize=64)
def _shape(
    ranks: tuple[int, ...],
    own: tuple[str, ...],
    *,
    crowded: bool,
    ones: bool,
    alone: bool,
    overlaid: bool,
) -> Spec:
    tooltip = [alt.Tooltip("when:N", title=blank("when"))]
    tooltip += [alt.Tooltip(f"s{rank}:N", title=blank(f"s{rank}")) for rank in ranks]
    if overlaid:
        tooltip.append(alt.Tooltip("before:N", title="Before"))
    time = time_axis(crowded=crowded)
    room = axis_of("axis").encode(x=time)
    rows = alt.Chart(alt.NamedData("rows")).encode(x=time, color=slot_colour(own))
    if alone:
        return finished(alt.layer(room, _columns(rows, amounts("value", ones=ones))))
    near = alt.selection_point(
        name="near", fields=["bucket"], nearest=True, on="pointermove", clear="pointerout",
        empty=False,
    )  # fmt: skip
    hair = (
        alt.Chart(alt.NamedData("wide"))
        .mark_rule(strokeWidth=1)
        .encode(
            x=time,
            color=alt.ColorValue("gray"),
            opacity=alt.condition(near, alt.value(0.6), alt.value(0), empty=False),
            tooltip=tooltip,
        )
        .add_params(near)
    )

    def course(field: str, opacity: float = 1, dash: tuple[int, ...] = ()) -> alt.Chart:
        drawn = rows.mark_line(
            interpolate="linear",
            strokeWidth=2,
            strokeCap="round",
            strokeJoin="round",
            strokeDash=list(dash) or alt.Undefined,
            opacity=opacity,
            tooltip=None,
        )
        return drawn.encode(y=amounts(field, ones=ones), detail="rank:O")

    dots = rows.mark_point(filled=True, size=36, opacity=1, tooltip=None)
    earlier = laid_over(crowded=crowded, ones=ones, title=blank("when")) if overlaid else []
    return finished(
        alt.layer(
            room,
            *earlier,
            course("part", PART, (4, 4)),
            course("whole"),
            dots.encode(y=amounts("dot", ones=ones)),
            dots.encode(y=amounts("value", ones=ones)).transform_filter(near),
            hair,
        )
    )


def _columns(rows: alt.Chart, amount: alt.Y) -> alt.Chart:
    """A single bucket, its members side by side: a line of one point would show nothing."""
    return rows.mark_bar().encode(
        y=amount,
        xOffset=alt.XOffset("rank:O"),
        opacity=alt.condition("datum.partial", alt.value(PART), alt.value(1)),
        tooltip=[
            alt.Tooltip("when:N", title=blank("when")),
            alt.Tooltip("member:N", title="Series"),
            alt.Tooltip("text:N", title="Value"),
        ],
    )
