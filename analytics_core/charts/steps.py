"""Prices over time as steps: each holds until the next one begins."""

from functools import lru_cache

import altair as alt
import polars as pl

from analytics_core.charts.axes import CALM, amounts, labelled, slot_colour
from analytics_core.charts.drawing import Drawing, Spec, filled, finished
from analytics_core.charts.theme import Colours
from analytics_core.reports.price_history import PriceHistory, Step
from analytics_core.semantics.format import AxisUnit, axis_unit, date_text, exact
from analytics_core.semantics.member import Member
from analytics_core.semantics.unit import NANO, Unit
from analytics_core.semantics.zone import local

HEIGHT = 240


def steps(
    history: PriceHistory, hues: Colours, zone: str, *, dark: bool = False, height: int = HEIGHT
) -> Drawing:
    """The standard prices of 1M tokens as one stepped line per rule, days on the clock of `zone`."""
    found = history.steps
    rows = _rows(found, hues, zone)
    largest = max((step.nano / NANO for step in found), default=0.0)
    spec = _spec(axis_unit(largest, Unit.USD), hues.explicit(dark=dark), height=height)
    return Drawing(spec, (("rows", rows),), _sentence(history, zone))


def _rows(found: tuple[Step, ...], hues: Colours, zone: str) -> pl.DataFrame:
    """Both ends of every step, by rule and time, `dot` where it begins or the drawing ends.

    Columns: at (naive wall clock), member, slot, value, dot, text, when.
    """
    last = max((step.end for step in found), default=None)
    rows = [
        (
            local(at, zone),
            Member(step.rule).label("pricing_rule"),
            str(hues.slot_of(Member(step.rule))),
            step.nano / NANO,
            step.nano / NANO if at in (step.start, last) else None,
            f"{exact(step.nano, Unit.USD)} per 1M tokens",
            _when(step, zone),
        )
        for step in found
        for at in (step.start, step.end)
    ]
    text = pl.String
    schema = {
        "at": pl.Datetime("us"), "member": text, "slot": text, "value": pl.Float64, "dot": pl.Float64,
        "text": text, "when": text,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _when(step: Step, zone: str) -> str:
    since = "from the start" if step.first else f"since {date_text(local(step.start, zone))}"
    return f"{since}, {step.origin}" if step.origin else since


def _sentence(history: PriceHistory, zone: str) -> str:
    span = f"{date_text(local(history.start, zone))} – {date_text(local(history.end, zone))}"
    head = f"Steps of the price of 1M tokens of {history.model}, {span}."
    said: dict[str, str] = {}
    for step in history.steps:
        now = f"{exact(step.nano, Unit.USD)}"
        before = f", before {said[step.rule]}" if step.rule in said else ""
        since = "" if step.first else f" since {date_text(local(step.start, zone))}"
        said[step.rule] = f"{now}{since}{before}"
    lines = [f"{Member(rule).label('pricing_rule')} {words}" for rule, words in said.items()]
    return f"{head} {'; '.join(lines) or 'Nothing is known'}."


@lru_cache(maxsize=64)
def _spec(unit: AxisUnit, own: tuple[str, ...], *, height: int) -> Spec:
    time = alt.X(
        "at:T",
        title=None,
        axis=alt.Axis(
            format="%b %Y", tickCount=6, labelColor=CALM, labelPadding=8, labelOverlap="greedy",
            ticks=False, domain=False, grid=False,
        ),
    )  # fmt: skip
    rows = alt.Chart(alt.NamedData("rows")).encode(x=time, color=slot_colour(own))
    tooltip = [
        alt.Tooltip("member:N", title="Price of"),
        alt.Tooltip("text:N", title="Price"),
        alt.Tooltip("when:N", title="Valid"),
    ]
    line = rows.mark_line(interpolate="step-after", strokeWidth=2, tooltip=None)
    dots = rows.mark_point(filled=True, size=40, opacity=1)
    spec = finished(
        alt.layer(
            line.encode(y=amounts("value"), detail="member:N"),
            dots.encode(y=amounts("dot"), tooltip=tooltip),
            height=height,
        )
    )
    return filled(spec, labelled(unit))
