"""How many sessions last how long: bars over spans of minutes, and where the middle one lies."""

from bisect import bisect_right
from functools import lru_cache

import altair as alt
import polars as pl

from analytics_core.charts.axes import CALM, INK, amounts, in_ones, labelled, strong_text
from analytics_core.charts.drawing import Drawing, Spec, filled, finished
from analytics_core.reports.session_lengths import SessionLengths, Span
from analytics_core.semantics.format import AxisUnit, axis_unit, cell, text
from analytics_core.semantics.unit import Unit

GAP = 0.04  # of a span, on either side of its bar


def histogram(lengths: SessionLengths, *, period: str = "", height: int = 260) -> Drawing:
    """One bar per span of equal width, and a rule at the median; `period` is said in the sentence."""
    rows = pl.DataFrame(
        [
            (
                place + GAP,
                place + 1 - GAP,
                0,
                span.label,
                span.sessions,
                cell(span.share, Unit.RATIO),
            )
            for place, span in enumerate(lengths.spans)
        ],
        schema=["left", "right", "none", "span", "value", "share"],
        orient="row",
    )
    place = _place(lengths)
    said = f"Median {text(lengths.median, Unit.SECONDS)}"
    middle = pl.DataFrame(
        {"left": [place], "said": [said], "ink": [INK]} if place is not None else None,
        schema={"left": pl.Float64, "said": pl.String, "ink": pl.String},
    )
    spec = _spec(
        tuple(span.least for span in lengths.spans),
        axis_unit(max(span.sessions for span in lengths.spans), Unit.COUNT),
        late=place is not None and place > len(lengths.spans) / 2,
        height=height,
    )
    return Drawing(spec, (("rows", rows), ("middle", middle)), _sentence(lengths, period))


def _place(lengths: SessionLengths) -> float | None:
    """Where the median lies on an axis on which every span is one wide."""
    if lengths.median is None:
        return None
    minutes = lengths.median / 60
    at = bisect_right([span.least for span in lengths.spans], minutes) - 1
    span = lengths.spans[at]
    return at + (0.5 if span.below is None else (minutes - span.least) / (span.below - span.least))


def _sentence(lengths: SessionLengths, period: str) -> str:
    over = f", {period}" if period else ""
    head = f"Histogram of the length of sessions{over}."
    if not lengths.known:
        return f"{head} Nothing is known."
    most: Span = max(lengths.spans, key=lambda span: span.sessions)
    return (
        f"{head} {cell(lengths.known, Unit.COUNT)} sessions; most of them {most.label},"
        f" {cell(most.share, Unit.RATIO)}; median {text(lengths.median, Unit.SECONDS)}."
    )


@lru_cache(maxsize=512)
def _spec(edges: tuple[int, ...], unit: AxisUnit, *, late: bool, height: int) -> Spec:
    labels = ",".join(f"'{edge}'" for edge in edges)
    minutes = alt.X(
        "left:Q",
        title="Minutes",
        scale=alt.Scale(domain=[0, len(edges)], nice=False),
        axis=alt.Axis(
            values=list(range(len(edges))),
            labelExpr=f"[{labels}][datum.value]",
            labelColor=CALM,
            titleColor=CALM,
            titleFontWeight="normal",
            labelPadding=8,
            ticks=False,
            domain=False,
            grid=False,
        ),
    )
    tooltip = [
        alt.Tooltip("span:N", title="Length"),
        alt.Tooltip("value:Q", title="Sessions", format=","),
        alt.Tooltip("share:N", title="Share"),
    ]
    bars = (
        alt.Chart(alt.NamedData("rows"))
        .mark_bar(cornerRadiusEnd=2)
        .encode(
            x=minutes,
            x2="right",
            y=amounts("value", ones=in_ones(unit, whole=True)),
            y2="none",  # bars between two places stand on zero only if told so
            color=alt.value("blue"),
            tooltip=tooltip,
        )
    )
    middle = alt.Chart(alt.NamedData("middle")).encode(x=minutes)
    rule = middle.mark_rule(strokeDash=[5, 4], strokeWidth=1.5, tooltip=None, aria=False)
    said = middle.mark_text(
        align="right" if late else "left",
        baseline="bottom",
        dx=-6 if late else 6,
        dy=-3,
        fontSize=12,
    ).encode(y=alt.value(0), text="said:N", color=strong_text())
    spec = finished(alt.layer(bars, rule.encode(color=strong_text()), said, height=height))
    return filled(spec, labelled(unit))
