"""A chart in one sentence, for those who cannot see it. Source: SCREENS.md 4.3."""

from datetime import date

import polars as pl

from analytics_core.reports.breakdown import Breakdown
from analytics_core.reports.timeline import Timeline
from analytics_core.semantics.format import (
    MONTH_NAMES,
    Number,
    bucket_when,
    cell,
    period_text,
    text,
)
from analytics_core.semantics.measure import Measure
from analytics_core.semantics.period import Grain
from analytics_core.semantics.unit import Unit


def timeline_sentence(kind: str, timeline: Timeline) -> str:
    """Kind, measure and period; then the total with its largest part, and the highest bucket."""
    measure, frame = timeline.measure, timeline.frame.drop_nulls("value")
    by = f" and {_lower(timeline.by.label)}" if timeline.by else ""
    period = period_text(timeline.period, timeline.until)
    head = f"{kind} of {_lower(measure.label)} by {timeline.grain}{by}, {period}."
    if frame.is_empty():
        return f"{head} Nothing is known."
    facts = [_highest(timeline, frame)]
    if measure.additive:
        total = frame["value"].sum()
        facts = [f"Total {_cell(total, measure)}", *_largest_series(timeline, frame, total), *facts]
    sentence = "; ".join(facts)
    return f"{head} {sentence[0].upper()}{sentence[1:]}."


def breakdown_sentence(kind: str, breakdown: Breakdown, period: str = "") -> str:
    """Kind, measure, dimension and period (as text); then the total and the largest part."""
    measure = breakdown.measure
    over = f", {period}" if period else ""
    head = f"{kind} of {_lower(measure.label)} by {_lower(breakdown.by.label)}{over}."
    known = [p for p in breakdown.parts if p.value is not None]
    if not known:
        return f"{head} Nothing is known."
    largest = max(known, key=lambda p: p.value or 0)
    amount = f", {text(largest.share, Unit.RATIO)}" if largest.share is not None else ""
    if not measure.additive:
        amount = f", {_cell(largest.value, measure)}"
    total = f"Total {_cell(breakdown.total, measure)}; largest {largest.label}{amount}."
    return f"{head} {total}"


def _highest(timeline: Timeline, frame: pl.DataFrame) -> str:
    """The bucket with the highest sum, or for a measure that does not add up the highest value."""
    measure = timeline.measure
    if measure.additive:
        frame = frame.group_by("utc", "start").agg(pl.col("value").sum()).sort("utc")
    row = frame.row(int(frame["value"].arg_max() or 0), named=True)
    who = "" if measure.additive or not timeline.by else f" ({timeline.labels[row['rank']]})"
    if timeline.grain is Grain.HOUR:
        when = bucket_when(row["utc"], timeline.grain, timeline.period.calendar)
    else:
        when = _day(row["start"], timeline.grain)
    return f"highest {timeline.grain} {when}, {_cell(row['value'], measure)}{who}"


def _largest_series(timeline: Timeline, frame: pl.DataFrame, total: Number) -> list[str]:
    if not timeline.by or not total or total <= 0:
        return []
    parts = frame.group_by("rank").agg(pl.col("value").sum()).sort("rank")
    row = parts.row(int(parts["value"].arg_max() or 0), named=True)
    share = text(row["value"] / total, Unit.RATIO)
    return [f"largest {timeline.labels[row['rank']]}, {share}"]


def _day(day: date, grain: Grain) -> str:
    month = MONTH_NAMES[day.month - 1]
    if grain in (Grain.DAY, Grain.WEEK):
        return f"{'of ' if grain is Grain.WEEK else ''}{day.day} {month[:3]}"
    return f"{month} {day.year}"


def _cell(value: Number, measure: Measure) -> str:
    return cell(value, measure.unit, additive=measure.additive)


def _lower(label: str) -> str:
    return label if label[:2].isupper() else label[0].lower() + label[1:]
