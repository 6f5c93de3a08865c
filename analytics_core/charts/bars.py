"""Horizontal bars of any measure by one dimension, each with its amount at the end."""

from functools import lru_cache

import altair as alt
import polars as pl

from analytics_core.charts.alt_text import breakdown_sentence
from analytics_core.charts.axes import CALM, INK, pickable, slot_colour, strong_text
from analytics_core.charts.drawing import KEPT, Drawing, Spec, blank, filled, finished
from analytics_core.charts.rows import part_rows
from analytics_core.charts.theme import NAMED, Colours
from analytics_core.reports import breakdown as parts_of
from analytics_core.reports.breakdown import Breakdown, Part
from analytics_core.semantics.format import text
from analytics_core.semantics.unit import Unit

ROOM = 74  # pixels right of the longest bar, for the longest amount of the short form
SHARE_ROOM = 106  # and for "· 12% of cost" after it
STEP = 30  # height of one bar and its gap


def bars(
    breakdown: Breakdown,
    hues: Colours | None = None,
    *,
    period: str = "",
    share_of: str = "",
    dark: bool = False,
) -> Drawing:
    """The parts as bars in rank order, the figure in its short form at the end of each; a click picks.

    Without `hues`, or with more members than slots, all bars have one colour. Further measures of
    the breakdown are in the tooltip; the share that a part has of one of them, `share_of`, stands
    after its figure. `period` is said in the alternative text. Raises BadValue for over 1,000 parts.
    """
    return _drawn(breakdown, hues, period, share_of, dark=dark)


@lru_cache(maxsize=KEPT)
def _drawn(
    breakdown: Breakdown, hues: Colours | None, period: str, share_of: str, *, dark: bool
) -> Drawing:
    measure = breakdown.measure
    named = sum(part.member.kind == "member" for part in breakdown.parts)
    coloured = hues if hues and named <= NAMED else None
    own = coloured.explicit(dark=dark) if coloured else ()
    spec = _spec(
        breakdown.by.label,
        measure.label,
        own,
        coloured=bool(coloured),
        also=tuple(of.label for of in breakdown.also),
        shares=measure.additive,
        height=STEP * max(1, len(breakdown.parts)),
        room=ROOM + (SHARE_ROOM if share_of else 0),
    )
    rows = part_rows(breakdown, hues or Colours(())).with_columns(
        pl.Series("amount", [_amount(p, breakdown, share_of) for p in breakdown.parts], pl.String),
        pl.col("value").clip(lower_bound=0).alias("end"),  # amounts stand right of zero
        pl.lit(INK).alias("ink"),
    )
    return Drawing(spec, (("rows", rows),), breakdown_sentence("Bars", breakdown, period))


def _amount(part: Part, breakdown: Breakdown, of: str) -> str:
    figure = text(part.value, breakdown.measure.unit, additive=breakdown.measure.additive)
    if not of:
        return figure
    place = [measure.name for measure in breakdown.also].index(of)
    share = parts_of.share_of(part.also[place], breakdown.also_totals[place])
    if share is None:
        return figure
    return f"{figure} · {text(share, Unit.RATIO)} of {breakdown.also[place].label.lower()}"


@lru_cache(maxsize=512)
def _spec(
    member: str,
    amount: str,
    own: tuple[str, ...],
    *,
    also: tuple[str, ...],
    coloured: bool,
    shares: bool,
    height: int,
    room: int,
) -> Spec:
    shape = _shape(own, also=len(also), coloured=coloured, shares=shares, room=room)
    words = {"member": member, "value": amount}
    words |= {f"also{place}": label for place, label in enumerate(also)}
    return {**filled(shape, words), "height": height}


@lru_cache(maxsize=64)
def _shape(own: tuple[str, ...], *, also: int, coloured: bool, shares: bool, room: int) -> Spec:
    # A bar's place is its rank and name in one text, so that two members of one name stay apart.
    place = alt.Y(
        "row:N",
        sort=None,
        title=None,
        scale=alt.Scale(paddingInner=0.35, paddingOuter=0.15),
        axis=alt.Axis(
            aria=False,  # would be read with the ranks; each bar says its own name
            labelExpr="slice(datum.label, 5)",
            labelLimit=150,
            labelPadding=10,
            labelColor=CALM,
            labelOverlap=False,
            ticks=False,
            domain=False,
        ),
    )
    extent = alt.Scale(nice=False, range=[0, alt.ExprRef(f"width-{room}")])
    length = alt.X("value:Q", title=None, axis=None, scale=extent)
    tooltip = [
        alt.Tooltip("member:N", title=blank("member")),
        alt.Tooltip("text:N", title=blank("value")),
    ]
    if shares:
        tooltip.append(alt.Tooltip("share:N", title="Share"))
    tooltip += [alt.Tooltip(f"also{at}:N", title=blank(f"also{at}")) for at in range(also)]
    parts = alt.Chart(alt.NamedData("rows")).encode(x=length, y=place, tooltip=tooltip)
    colour = slot_colour(own) if coloured else alt.ColorValue("blue")
    read = alt.expr("datum.member + ': ' + datum.amount")
    bar = parts.mark_bar(cornerRadiusEnd=3, cursor="pointer", description=read).encode(color=colour)
    bar = pickable(bar, "id")
    figure = parts.mark_text(align="left", dx=8, fontSize=13, aria=False).encode(
        x=alt.X("end:Q", title=None, axis=None, scale=extent),
        text="amount:N",
        color=strong_text(),
    )
    return finished(alt.layer(bar, figure))
