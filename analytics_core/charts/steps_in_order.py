"""One bar per request of a session, in order, coloured by its model."""

from functools import lru_cache

import altair as alt
import polars as pl

from analytics_core.charts.axes import CALM, amounts, labelled, slot_colour
from analytics_core.charts.drawing import KEPT, Drawing, Spec, filled, finished
from analytics_core.charts.theme import Colours
from analytics_core.reports.course import Course
from analytics_core.semantics.format import AxisUnit, axis_unit, cell, exact, moment_text, text
from analytics_core.semantics.unit import NANO, Unit


def steps_in_order(course: Course, hues: Colours, zone: str, *, dark: bool = False) -> Drawing:
    """Each request's cost as a bar from left to right; unpriced ones leave a gap."""
    return _drawn(course, hues, zone, dark=dark)


@lru_cache(maxsize=KEPT)
def _drawn(course: Course, hues: Colours, zone: str, *, dark: bool) -> Drawing:
    largest = max((abs(step.cost) / NANO for step in course.steps if step.cost), default=0.0)
    spec = _spec(axis_unit(largest, Unit.USD), hues.explicit(dark=dark))
    return Drawing(spec, (("rows", _rows(course, hues, zone)),), _sentence(course))


def _rows(course: Course, hues: Colours, zone: str) -> pl.DataFrame:
    """One row per request: number, when, model, slot, value, text, tokens, so_far."""
    rows = [
        (
            number,
            moment_text(step.at, zone),
            step.model.label("model"),
            str(hues.slot_of(step.model)),
            None if step.cost is None else step.cost / NANO,
            exact(step.cost, Unit.USD),
            f"{cell(step.input_tokens, Unit.TOKENS)} in, {cell(step.output_tokens, Unit.TOKENS)} out",
            cell(step.so_far, Unit.USD),
        )
        for number, step in enumerate(course.steps, course.earlier + 1)
    ]
    words = pl.String
    schema = {
        "number": pl.Int64, "when": words, "model": words, "slot": words, "value": pl.Float64,
        "text": words, "tokens": words, "so_far": words,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _sentence(course: Course) -> str:
    known = [step for step in course.steps if step.cost is not None]
    head = f"Bars of the cost of {len(course.steps)} requests in order."
    if not known:
        return f"{head} None has a price."
    most = max(known, key=lambda step: step.cost or 0)
    total = text(course.steps[-1].so_far, Unit.USD)
    return (
        f"{head} Together {total}; the dearest {text(most.cost, Unit.USD)},"
        f" {most.model.label('model')}."
    )


@lru_cache(maxsize=64)
def _spec(unit: AxisUnit, own: tuple[str, ...]) -> Spec:
    bars = (
        alt.Chart(alt.NamedData("rows"))
        .mark_bar()
        .encode(
            x=alt.X(
                "number:O",
                title=None,
                axis=alt.Axis(
                    labelAngle=0, labelOverlap="greedy", labelSeparation=20, ticks=False,
                    domain=False, grid=False, labelColor=CALM,
                ),
            ),
            y=amounts("value"),
            color=slot_colour(own),
            tooltip=[
                alt.Tooltip("number:Q", title="Request"),
                alt.Tooltip("when:N", title="At"),
                alt.Tooltip("model:N", title="Model"),
                alt.Tooltip("tokens:N", title="Tokens"),
                alt.Tooltip("text:N", title="Cost"),
                alt.Tooltip("so_far:N", title="So far"),
            ],
        )
    )  # fmt: skip
    return filled(finished(bars.properties(height=220)), labelled(unit))
