"""When it happens: seven weekdays by twenty-four hours, darker where there is more."""

from functools import lru_cache

import altair as alt
import polars as pl

from analytics_core.charts.axes import CALM
from analytics_core.charts.drawing import KEPT, Drawing, Spec, finished
from analytics_core.charts.rows import full_text, scaled
from analytics_core.reports.rhythm import HOURS, Rhythm
from analytics_core.semantics.format import DAY_NAMES, cell, period_text

ROW, AXIS = 34, 42  # pixels: of one weekday, of the hours under them
STEP = 3  # hours between two labels


@lru_cache(maxsize=KEPT)
def heatmap(rhythm: Rhythm) -> Drawing:
    """The hours of a week as rectangles in the theme's sequential colours; unknown ones are blank.

    A weekday of which nothing is known is left out.
    """
    known = sum(1 for cells in rhythm.cells if any(value is not None for value in cells))
    spec = _spec(rhythm.measure.label, ROW * max(known, 1) + AXIS)
    return Drawing(spec, (("rows", _rows(rhythm)),), _sentence(rhythm))


def hour_label(hour: int) -> str:
    """09:00–10:00."""
    return f"{hour:02}:00–{(hour + 1) % HOURS:02}:00"


def _rows(rhythm: Rhythm) -> pl.DataFrame:
    """One row per known slot: day, hour (their places as text), when, value, text."""
    rows = [
        (DAY_NAMES[day], f"{hour:02}", f"{DAY_NAMES[day]} {hour_label(hour)}", value,
         full_text(value, rhythm.measure))
        for day, cells in zip(rhythm.days, rhythm.cells, strict=True)
        for hour, value in enumerate(cells)
    ]  # fmt: skip
    text, figures = pl.String, pl.Float64 if _fractions(rhythm) else pl.Int64
    schema = {"day": text, "hour": text, "when": text, "value": figures, "text": text}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(scaled("value", rhythm.measure))


def _fractions(rhythm: Rhythm) -> bool:
    return any(isinstance(value, float) for cells in rhythm.cells for value in cells)


def _sentence(rhythm: Rhythm) -> str:
    """Measure, period and zone; then the total and the highest hour."""
    measure, period = rhythm.measure, rhythm.period
    head = (
        f"Heatmap of {measure.label.lower()} by weekday and hour,"
        f" {period_text(period, rhythm.until)}, {period.calendar.zone}."
    )
    most = highest(rhythm)
    if most is None:
        return f"{head} Nothing is known."
    when, value = most
    total, figure = (
        cell(v, measure.unit, additive=measure.additive) for v in (rhythm.total, value)
    )
    return f"{head} Total {total}; highest {when}, {figure}."


def highest(rhythm: Rhythm) -> tuple[str, int | float] | None:
    """The hour with the most, in words, and its figure; None where nothing is known."""
    known = [
        (value, f"{DAY_NAMES[day]} {hour_label(hour)}")
        for day, cells in zip(rhythm.days, rhythm.cells, strict=True)
        for hour, value in enumerate(cells)
        if value is not None
    ]
    if not known:
        return None
    value, when = max(known, key=lambda found: found[0])
    return when, value


@lru_cache(maxsize=64)
def _spec(amount: str, height: int) -> Spec:
    calm = {"labelColor": CALM, "ticks": False, "domain": False, "labelPadding": 8}
    every = f"+datum.label % {STEP} ? '' : datum.label + ':00'"
    hours = alt.Axis(labelExpr=every, labelAngle=0, labelOverlap=False, labelFlush=False, **calm)
    days = alt.Axis(labelOverlap=False, labelFlush=False, **calm)
    room = alt.Scale(paddingInner=0.08)
    clock = alt.Scale(paddingInner=0.08, domain=[f"{hour:02}" for hour in range(HOURS)])
    drawn = (
        alt.Chart(alt.NamedData("rows"))
        .mark_rect(cornerRadius=3)
        .encode(
            x=alt.X("hour:N", sort=None, title=None, axis=hours, scale=clock),
            y=alt.Y("day:N", sort=None, title=None, axis=days, scale=room),
            color=alt.Color("value:Q", legend=None, scale=alt.Scale(zero=True)),
            tooltip=[alt.Tooltip("when:N", title="When"), alt.Tooltip("text:N", title=amount)],
        )
    )
    return finished(drawn.properties(height=height))
