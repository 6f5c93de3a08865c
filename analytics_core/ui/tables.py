"""Reports as tables: the twin of every chart, with the same figures in the same order."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from analytics_core.reports.breakdown import Breakdown
from analytics_core.reports.compare import Figure
from analytics_core.reports.pivot import Pivot
from analytics_core.reports.session_lengths import SessionLengths
from analytics_core.reports.timeline import Timeline
from analytics_core.semantics.format import cell
from analytics_core.semantics.measure import Measure
from analytics_core.semantics.unit import Unit

TOTAL = "Total"
ROW_HEIGHT = 35  # pixels
SEEN = 11  # rows of a table
FEW = 4  # more of them are shown too, rather than scrolled to


def timeline_table(timeline: Timeline, totals: Breakdown | None, key: str) -> None:
    """Time down, members across, and for what adds up a total of each, in the order of the chart.

    `totals` are those of the members over the whole period, without the hidden ones.
    """
    ranks = [r for r in range(len(timeline.members)) if _drawn(timeline, r)]
    cells = {
        (utc, rank): value
        for utc, rank, value in timeline.frame.select("utc", "rank", "value").iter_rows()
    }
    measure, adds = timeline.measure, timeline.measure.additive and timeline.by is not None
    sums = dict(timeline.totals().iter_rows())
    rows: list[list[Any]] = []
    if adds and totals is not None:
        of = {part.member.id: part.value for part in totals.parts}
        parts = [of.get(timeline.members[rank].id) for rank in ranks]
        rows.append([TOTAL, totals.total, *parts])
    for bucket in timeline.buckets:
        utc = bucket.start.replace(tzinfo=None)
        values: list[Figure] = [cells.get((utc, rank)) for rank in ranks]
        rows.append([timeline.when(bucket), *([sums[utc]] if adds else []), *values])
    headings = ([TOTAL] if adds else []) + [timeline.labels[rank] for rank in ranks]
    _draw("Time", headings, rows, measure, key)


def _drawn(timeline: Timeline, rank: int) -> bool:
    return not timeline.frame.filter(pl.col("rank") == rank).is_empty()


def _draw(
    first: str, headings: Sequence[str], rows: Sequence[Sequence[Any]], measure: Measure, key: str
) -> None:
    columns = {"c0": pl.Series([row[0] for row in rows], dtype=pl.String)}
    config: dict[str, Any] = {"c0": st.column_config.TextColumn(first, pinned=True)}
    for place, heading in enumerate(headings, 1):
        columns[f"c{place}"] = _texts([row[place] for row in rows], measure)
        config[f"c{place}"] = st.column_config.TextColumn(heading, alignment="right")
    table(pl.DataFrame(columns), config, key)


def pivot_table(pivot: Pivot, key: str) -> None:
    """One row per member of the first dimension, one column per member of the second; totals."""
    across = [member.label(pivot.columns_by.name) for member in pivot.across]
    rows: list[list[Any]] = [
        [a.label(pivot.rows_by.name), total, *cells]
        for a, total, cells in zip(pivot.down, pivot.row_totals, pivot.cells, strict=True)
    ]
    rows.append([TOTAL, pivot.total, *pivot.column_totals])
    _draw(pivot.rows_by.label, [TOTAL, *across], rows, pivot.measure, key)


def breakdown_table(breakdown: Breakdown, key: str) -> None:
    """One row per member, as ranked: name, figure, share, further measures; then the total."""
    parts, measure = breakdown.parts, breakdown.measure
    columns = {
        "c0": pl.Series([*(part.label for part in parts), TOTAL], dtype=pl.String),
        "c1": _texts([*(part.value for part in parts), breakdown.total], measure),
    }
    config: dict[str, Any] = {
        "c0": st.column_config.TextColumn(breakdown.by.label, pinned=True),
        "c1": st.column_config.TextColumn(measure.label, alignment="right"),
    }
    if any(part.share is not None for part in parts):
        shares = [part.share for part in parts]
        columns["c2"] = pl.Series(
            [*(cell(share, Unit.RATIO) for share in shares), ""], dtype=pl.String
        )
        columns["c3"] = pl.Series([*shares, None], dtype=pl.Float64)
        config["c2"] = st.column_config.TextColumn("Share", alignment="right", width="small")
        config["c3"] = st.column_config.ProgressColumn(
            "", min_value=0, max_value=1, format=" ", color="primary"
        )
    for place, of in enumerate(breakdown.also):
        figures = [*(part.also[place] for part in parts), breakdown.also_totals[place]]
        columns[f"a{place}"] = _texts(figures, of)
        config[f"a{place}"] = st.column_config.TextColumn(
            of.label, alignment="right", help=of.description
        )
    table(pl.DataFrame(columns), config, key)


def lengths_table(lengths: SessionLengths, key: str) -> None:
    """One row per span of minutes: sessions and their share; then all whose length is known."""
    rows = [
        (span.label, cell(span.sessions, Unit.COUNT), cell(span.share, Unit.RATIO))
        for span in lengths.spans
    ]
    rows.append((TOTAL, cell(lengths.known, Unit.COUNT), ""))
    plain_table(("Length", "Sessions", "Share"), rows, key)


def plain_table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], key: str, *, left: int = 1
) -> None:
    """Texts in rows under headings; the first `left` columns to the left, figures to the right."""
    columns = {
        f"c{place}": pl.Series([row[place] for row in rows], dtype=pl.String)
        for place in range(len(headings))
    }
    config: dict[str, Any] = {
        f"c{place}": st.column_config.TextColumn(heading, pinned=True)
        if place < left
        else st.column_config.TextColumn(heading, alignment="right")
        for place, heading in enumerate(headings)
    }
    table(pl.DataFrame(columns), config, key)


def table(
    frame: pl.DataFrame,
    config: dict[str, Any],
    key: str,
    *,
    seen: int = SEEN,
    order: Sequence[str] | None = None,
) -> None:
    """A frame of finished texts as every table looks; well beyond `seen` rows it scrolls."""
    st.dataframe(
        frame.to_arrow(),  # any other frame would go to the browser by way of pandas
        hide_index=True,
        column_order=order,
        column_config=config,
        key=key,
        height=_height(len(frame), seen),
    )


def _height(rows: int, seen: int) -> int:
    """The pixels of a table: all of its rows, or so many that half a row says there are more."""
    if rows <= seen + FEW:
        return ROW_HEIGHT * (rows + 1) + 2
    return ROW_HEIGHT * (seen + 1) + ROW_HEIGHT // 2


def _texts(figures: Sequence[Figure], measure: Measure) -> pl.Series:
    """Figures as every table writes them; the browser would round by rules of its own."""
    additive = measure.additive
    return pl.Series([cell(figure, measure.unit, additive=additive) for figure in figures])
