"""A doughnut of an additive measure by one dimension, with the total in its centre."""

from functools import lru_cache

import altair as alt
import polars as pl

from analytics_core.charts.alt_text import breakdown_sentence
from analytics_core.charts.axes import INK, pickable, slot_colour, strong_text
from analytics_core.charts.bars import bars
from analytics_core.charts.drawing import KEPT, Drawing, Spec, finished
from analytics_core.charts.rows import part_rows
from analytics_core.charts.theme import Colours, colours
from analytics_core.errors import NotAdditive
from analytics_core.reports.breakdown import Breakdown
from analytics_core.semantics.format import text

OUTER, INNER = 0.95, 0.64  # of half the smaller side


def doughnut(
    breakdown: Breakdown,
    hues: Colours | None = None,
    *,
    period: str = "",
    dark: bool = False,
    height: int = 300,
) -> Drawing:
    """The parts as arcs, largest first from twelve o'clock; as bars where a part is below zero.

    A total that is not above zero has no shares either and is drawn as bars. `period` is said in
    the alternative text. Raises NotAdditive.
    """
    measure = breakdown.measure
    if not measure.additive:
        raise NotAdditive.stacked(measure.label)
    hues = hues or colours([part.member for part in breakdown.parts])
    values = [part.value or 0 for part in breakdown.parts]
    if min(values, default=0) < 0 or sum(values) <= 0:
        return bars(breakdown, hues, period=period, dark=dark)
    return _drawn(breakdown, hues, period, dark=dark, height=height)


@lru_cache(maxsize=KEPT)
def _drawn(breakdown: Breakdown, hues: Colours, period: str, *, dark: bool, height: int) -> Drawing:
    measure = breakdown.measure
    spec = _spec(breakdown.by.label, measure.label, hues.explicit(dark=dark), height)
    frames = (("rows", part_rows(breakdown, hues)), ("centre", _centre(breakdown)))
    return Drawing(spec, frames, breakdown_sentence("Doughnut", breakdown, period))


def _centre(breakdown: Breakdown) -> pl.DataFrame:
    """One row: the total, and under it what it is, or what it is a part of."""
    unit = breakdown.measure.unit
    of = f"of {text(breakdown.whole, unit)}" if breakdown.hidden else breakdown.measure.label
    return pl.DataFrame({"total": [text(breakdown.total, unit)], "caption": [of], "ink": [INK]})


@lru_cache(maxsize=512)
def _spec(member: str, amount: str, own: tuple[str, ...], height: int) -> Spec:
    half = "min(width,height)/2"
    arcs = (
        alt.Chart(alt.NamedData("rows"))
        .mark_arc(
            outerRadius=alt.expr(f"{OUTER}*{half}"),
            innerRadius=alt.expr(f"{INNER}*{half}"),
            padAngle=0.012,
            cornerRadius=2,
            cursor="pointer",
        )
        .encode(
            theta=alt.Theta("value:Q", stack=True),
            order=alt.Order("rank:Q"),
            color=slot_colour(own),
            tooltip=[
                alt.Tooltip("member:N", title=member),
                alt.Tooltip("text:N", title=amount),
                alt.Tooltip("share:N", title="Share"),
            ],
        )
    )
    centre = alt.Chart(alt.NamedData("centre"))
    total = centre.mark_text(
        fontSize=alt.expr(f"max(16,{half}*0.2)"), fontWeight=600, dy=-6, aria=False
    ).encode(text="total:N", color=strong_text())
    caption = centre.mark_text(fontSize=13, dy=alt.expr(f"8+{half}*0.08"), aria=False).encode(
        text="caption:N", color=alt.value("gray")
    )
    return finished(alt.layer(pickable(arcs, "id"), total, caption, height=height))
