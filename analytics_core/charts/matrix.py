"""A measure by two dimensions as a field of rectangles, darker where there is more."""

from functools import lru_cache

import altair as alt
import polars as pl

from analytics_core.charts.axes import CALM
from analytics_core.charts.drawing import Drawing, Spec, finished
from analytics_core.charts.rows import check_size, full_text, scaled
from analytics_core.reports.pivot import Pivot
from analytics_core.semantics.format import cell
from analytics_core.semantics.member import Member

STEP = 30  # pixels of one row
MOST_SIDE = 50  # members along a side; beyond, only a table shows them


def fits(pivot: Pivot) -> bool:
    """Whether it can be drawn: at most 50 members along a side, 1,000 cells and some known one."""
    sides = len(pivot.down), len(pivot.across)
    known = any(value is not None for row in pivot.cells for value in row)
    return known and max(sides) <= MOST_SIDE and sides[0] * sides[1] <= 1000


def matrix(pivot: Pivot, *, period: str = "") -> Drawing:
    """The cells as rectangles; unknown ones stay blank. Raises BadValue for over 1,000 cells."""
    check_size(len(pivot.down) * len(pivot.across))
    spec = _spec(
        (pivot.rows_by.label, pivot.columns_by.label, pivot.measure.label),
        height=STEP * max(3, len(pivot.down)) + 60,
    )
    return Drawing(spec, (("rows", _rows(pivot)),), _sentence(pivot, period))


def _rows(pivot: Pivot) -> pl.DataFrame:
    """One row per cell: y and x (place and label), down, across (labels), value, text."""
    rows_by, columns_by = pivot.rows_by.name, pivot.columns_by.name
    rows = [
        (
            _placed(i, a, rows_by), _placed(j, b, columns_by), a.label(rows_by),
            b.label(columns_by), value, full_text(value, pivot.measure),
        )
        for i, a in enumerate(pivot.down)
        for j, (b, value) in enumerate(zip(pivot.across, pivot.cells[i], strict=True))
    ]  # fmt: skip
    figures = pl.Float64 if any(isinstance(row[4], float) for row in rows) else pl.Int64
    schema = dict.fromkeys(("y", "x", "down", "across"), pl.String)
    frame = pl.DataFrame(rows, schema={**schema, "value": figures, "text": pl.String}, orient="row")
    return frame.with_columns(scaled("value", pivot.measure))


def _placed(place: int, member: Member, by: str) -> str:
    return f"{place:04} {member.label(by)}"


def _sentence(pivot: Pivot, period: str) -> str:
    measure = pivot.measure
    most = max(
        (
            (value, a, b)
            for a, row in zip(pivot.down, pivot.cells, strict=True)
            for b, value in zip(pivot.across, row, strict=True)
            if value is not None
        ),
        key=lambda found: found[0],
        default=None,
    )
    over = f", {period}" if period else ""
    head = (
        f"Field of {measure.label} by {pivot.rows_by.label.lower()} and"
        f" {pivot.columns_by.label.lower()}{over}."
    )
    if most is None:
        return f"{head} Nothing is known."
    value, a, b = most
    figure, total = (cell(v, measure.unit, additive=measure.additive) for v in (value, pivot.total))
    where = f"{a.label(pivot.rows_by.name)}, {b.label(pivot.columns_by.name)}"
    return f"{head} Total {total}; highest {where}, {figure}."


@lru_cache(maxsize=512)
def _spec(titles: tuple[str, str, str], *, height: int) -> Spec:
    down, across, amount = titles
    axis = alt.Axis(
        aria=False,  # would be read with the ranks; each cell says its own names
        labelExpr="slice(datum.label, 5)",
        labelLimit=150,
        labelPadding=8,
        labelColor=CALM,
        labelOverlap=False,
        labelFlush=False,  # else the first and the last stand beside their row or column
        ticks=False,
        domain=False,
    )
    turned = alt.Axis(
        aria=False,
        labelExpr="slice(datum.label, 5)",
        labelLimit=110,
        labelPadding=6,
        labelColor=CALM,
        labelAngle=-45,
        labelOverlap=False,
        labelFlush=False,
        ticks=False,
        domain=False,
    )
    scale = alt.Scale(paddingInner=0.06)
    read = alt.expr("datum.down + ', ' + datum.across + ': ' + datum.text")
    field = (
        alt.Chart(alt.NamedData("rows"))
        .mark_rect(cornerRadius=2, description=read)
        .encode(
            y=alt.Y("y:N", sort=None, title=None, axis=axis, scale=scale),
            x=alt.X("x:N", sort=None, title=None, axis=turned, scale=scale),
            color=alt.Color("value:Q", legend=None),
            tooltip=[
                alt.Tooltip("down:N", title=down),
                alt.Tooltip("across:N", title=across),
                alt.Tooltip("text:N", title=amount),
            ],
        )
        .properties(height=height)
    )
    return finished(field)
