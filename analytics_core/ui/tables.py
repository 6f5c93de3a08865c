"""Reports as tables: the twin of every chart, with the same figures in the same order."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from analytics_core.reports.breakdown import Breakdown
from analytics_core.reports.compare import Figure
from analytics_core.reports.timeline import Timeline
from analytics_core.semantics.format import shown
from analytics_core.semantics.measure import Measure
from analytics_core.semantics.unit import Unit

TOTAL = "Total"
_ROW, _MOST_HEIGHT = 35, 420  # pixels


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
    rows: list[list[Any]] = []
    if adds and totals is not None:
        of = {part.member.id: part.value for part in totals.parts}
        parts = [of.get(timeline.members[rank].id) for rank in ranks]
        rows.append([TOTAL, *parts, totals.total])
    for bucket in timeline.buckets:
        utc = bucket.start.replace(tzinfo=None)
        values: list[Figure] = [cells.get((utc, rank)) for rank in ranks]
        rows.append([timeline.when(bucket), *values, *([_sum(values)] if adds else [])])
    headings = [timeline.labels[rank] for rank in ranks] + ([TOTAL] if adds else [])
    _draw("Time", headings, rows, measure, key)


def _drawn(timeline: Timeline, rank: int) -> bool:
    return not timeline.frame.filter(pl.col("rank") == rank).is_empty()


def _sum(values: Sequence[Figure]) -> Figure:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _draw(
    first: str, headings: Sequence[str], rows: Sequence[Sequence[Any]], measure: Measure, key: str
) -> None:
    figures = [number for row in rows for number in row[1:]]
    written = _number_format(measure, figures)
    columns = {"c0": pl.Series([row[0] for row in rows], dtype=pl.String)}
    config: dict[str, Any] = {"c0": st.column_config.TextColumn(first, pinned=True)}
    for place, heading in enumerate(headings, 1):
        columns[f"c{place}"] = _numbers([row[place] for row in rows], measure.unit)
        config[f"c{place}"] = st.column_config.NumberColumn(heading, format=written)
    _show(pl.DataFrame(columns), config, key)


def breakdown_table(breakdown: Breakdown, key: str) -> None:
    """One row per member, as ranked: name, figure, share of the total; then the total."""
    parts, measure = breakdown.parts, breakdown.measure
    figures = [*(part.value for part in parts), breakdown.total]
    frame = pl.DataFrame(
        {
            "c0": pl.Series([*(part.label for part in parts), TOTAL], dtype=pl.String),
            "c1": _numbers(figures, measure.unit),
            "c2": pl.Series([*(part.share for part in parts), None], dtype=pl.Float64),
        }
    )
    config: dict[str, Any] = {
        "c0": st.column_config.TextColumn(breakdown.by.label, pinned=True),
        "c1": st.column_config.NumberColumn(
            measure.label, format=_number_format(measure, figures)
        ),
        "c2": st.column_config.ProgressColumn(
            "Share", min_value=0, max_value=1, format="percent", color="primary"
        ),
    }
    if not any(part.share is not None for part in parts):
        frame = frame.drop("c2")
    _show(frame, config, key)


def _show(frame: pl.DataFrame, config: dict[str, Any], key: str) -> None:
    st.dataframe(
        frame,
        hide_index=True,
        column_config=config,
        key=key,
        height=min(_MOST_HEIGHT, _ROW * (len(frame) + 1) + 2),
        placeholder="–",
    )


def _numbers(figures: Sequence[Figure], unit: Unit) -> pl.Series:
    """Figures in the unit people read, unknown ones null."""
    numbers = [shown(figure, unit) for figure in figures]
    return pl.Series([None if n is None else float(n) for n in numbers], dtype=pl.Float64)


def _number_format(measure: Measure, figures: Sequence[Figure]) -> str:
    """How the browser writes the numbers of a table: METRICS.md 5.3, cents unless too coarse."""
    if measure.unit is Unit.USD:
        sizes = [abs(n) for n in (shown(f, measure.unit) for f in figures) if n]
        return "dollar" if not sizes or min(sizes) >= 0.01 else "$%.6f"
    return "percent" if measure.unit is Unit.RATIO else "localized"
