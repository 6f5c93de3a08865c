"""Reports as the rows of a chart: sorted, formatted, in the unit people read, no more than drawn.

Columns of a timeline's rows: start (naive wall clock), bucket (ISO text, what a click returns),
tick (the axis), when, member, rank, slot, value (Float64), text, partial, total (text).
"""

from collections.abc import Iterable
from datetime import datetime

import polars as pl

from analytics_core.charts.theme import Colours
from analytics_core.errors import BadValue
from analytics_core.reports.axis import Bucket
from analytics_core.reports.breakdown import Breakdown
from analytics_core.reports.overlay import Overlay
from analytics_core.reports.timeline import Timeline
from analytics_core.semantics.format import Number, cell, exact, hour_text
from analytics_core.semantics.measure import Measure
from analytics_core.semantics.period import Grain
from analytics_core.semantics.unit import NANO, Unit
from analytics_core.semantics.zone import local

MOST_ROWS = 1000
MOST_NAMED = 8


def named_series(buckets: int) -> int:
    """How many members a chart of that many buckets may name beside Others and (unattributed)."""
    return max(1, min(MOST_NAMED, MOST_ROWS // max(1, buckets) - 2))


def check_size(rows: int) -> None:
    """Raises BadValue for more rows than a browser draws at once."""
    if rows > MOST_ROWS:
        raise BadValue(
            "chart", f"{rows:,} rows", f"at most {MOST_ROWS:,}: a longer bucket or fewer members"
        )


def full_text(value: Number, measure: Measure) -> str:
    """What a tooltip says: the text of tables, and every digit where that would say nothing."""
    shown = cell(value, measure.unit, additive=measure.additive)
    return exact(value, measure.unit) if shown.strip(">−").startswith("<") else shown


def scaled(column: str, measure: Measure) -> pl.Expr:
    """A column of figures in the unit people read, as Float64."""
    nano = NANO if measure.unit in (Unit.USD, Unit.CREDITS) else 1
    return pl.col(column).cast(pl.Float64) / nano


def timeline_rows(timeline: Timeline, colours: Colours) -> pl.DataFrame:
    """One row per bucket and member, by time and rank. Raises BadValue for over 1,000 of them."""
    check_size(len(timeline.frame))
    rows = (
        timeline.frame.join(_bucket_names(timeline), on="utc", how="left")
        .join(_member_names(timeline, colours), on="rank", how="left")
        .join(timeline.totals(), on="utc", how="left")
        .sort("utc", "rank")
    )
    return rows.select(
        "start",
        "bucket",
        "tick",
        "when",
        "member",
        "rank",
        "slot",
        scaled("value", timeline.measure).alias("value"),
        _texts(rows["value"], timeline.measure).alias("text"),
        "partial",
        _texts(rows["total"], timeline.measure).alias("total"),
    )


def _member_names(timeline: Timeline, colours: Colours) -> pl.DataFrame:
    """What every series is called: rank, member (its label) and slot."""
    pairs = zip(timeline.members, timeline.labels, strict=True)
    named = [(rank, label, str(colours.slot_of(m))) for rank, (m, label) in enumerate(pairs)]
    schema = {"rank": pl.Int32, "member": pl.String, "slot": pl.String}
    return pl.DataFrame(named, schema=schema, orient="row")


def _texts(figures: Iterable[Number], measure: Measure) -> pl.Series:
    return pl.Series([full_text(value, measure) for value in figures], dtype=pl.String)


def _bucket_names(timeline: Timeline) -> pl.DataFrame:
    """The names of every bucket that has rows: utc, bucket, tick and when."""
    named = [(_naive(b), *_names(timeline, b)) for b in timeline.buckets]
    text = pl.String
    schema = {"utc": pl.Datetime("us"), "bucket": text, "tick": text, "when": text}
    return pl.DataFrame(named, schema=schema, orient="row")


def axis_rows(timeline: Timeline) -> pl.DataFrame:
    """The ticks of the whole period, buckets to come included, in order."""
    period, zone = timeline.period, timeline.period.calendar.zone
    ticks = [
        _names(timeline, Bucket(start, end, local(start, zone), partial=False, so_far=False))[1]
        for start, end in period.buckets(timeline.grain)
        if start < period.end
    ]
    return pl.DataFrame({"tick": ticks}, schema={"tick": pl.String})


def overlay_rows(timeline: Timeline, before: Overlay) -> pl.DataFrame:
    """The period before, one row per bucket: tick (of the bucket it stands under), value, text, when."""
    period = timeline.period
    rows = [
        (
            _names(timeline, one.under)[1],
            one.value,
            full_text(one.value, before.measure),
            one.when,
        )
        for one in before.laid
        if one.under.start < period.end
    ]
    kind = pl.Float64 if any(isinstance(row[1], float) for row in rows) else pl.Int64
    schema = {"tick": pl.String, "value": kind, "text": pl.String, "when": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(scaled("value", before.measure))


def bucket_name(timeline: Timeline, bucket: Bucket) -> str:
    """What a click on that bucket returns."""
    return _names(timeline, bucket)[0]


def _names(timeline: Timeline, bucket: Bucket) -> tuple[str, str, str]:
    """One bucket as text: bucket, tick and when."""
    day, when = bucket.wall.date().isoformat(), timeline.when(bucket)
    if timeline.grain is not Grain.HOUR:
        return day, day, when
    moment = _naive(bucket)
    clock = hour_text(moment, timeline.period.calendar.zone)
    return f"{moment.isoformat(timespec='minutes')}Z", f"{day} {clock}", when


def _naive(bucket: Bucket) -> datetime:
    """Its start as naive UTC, the key of a timeline's frame."""
    return bucket.start.replace(tzinfo=None)


def part_rows(breakdown: Breakdown, colours: Colours) -> pl.DataFrame:
    """One row per member, by rank: row (the axis), id, member, rank, slot, value, text, share.

    The figures of further measures follow as text: also0, also1 and so on.
    """
    check_size(len(breakdown.parts))
    measure = breakdown.measure
    rows = [
        (
            f"{rank:04} {part.label}",
            part.member.id,
            part.label,
            rank,
            str(colours.slot_of(part.member)),
            part.value,
            full_text(part.value, measure),
            cell(part.share, Unit.RATIO),
        )
        for rank, part in enumerate(breakdown.parts)
    ]
    figures = pl.Float64 if any(isinstance(row[5], float) for row in rows) else pl.Int64
    frame = pl.DataFrame(
        rows,
        schema={
            "row": pl.String,
            "id": pl.String,
            "member": pl.String,
            "rank": pl.Int32,
            "slot": pl.String,
            "value": figures,
            "text": pl.String,
            "share": pl.String,
        },
        orient="row",
    )
    further = [
        _texts([part.also[place] for part in breakdown.parts], of).alias(f"also{place}")
        for place, of in enumerate(breakdown.also)
    ]
    return frame.with_columns(scaled("value", measure), *further)


def largest_stack(timeline: Timeline) -> float:
    """The largest distance from zero that stacked members reach, in the unit people read."""
    up, down = (
        timeline.frame.filter(kept).group_by("utc").agg(scaled("value", timeline.measure).sum())
        for kept in (pl.col("value") > 0, pl.col("value") < 0)
    )
    return max(_most(up["value"]), _most(-down["value"]))


def largest_laid(before: Overlay | None) -> float:
    """The largest distance from zero of the period before, in the unit people read."""
    if before is None:
        return 0.0
    nano = NANO if before.measure.unit in (Unit.USD, Unit.CREDITS) else 1
    return max((abs(one.value) / nano for one in before.laid if one.value is not None), default=0.0)


def largest_value(timeline: Timeline) -> float:
    """The largest distance from zero of any value, in the unit people read."""
    return _most(timeline.frame.select(scaled("value", timeline.measure).abs())["value"])


def _most(figures: pl.Series) -> float:
    most = figures.max()
    return float(most) if isinstance(most, int | float) else 0.0
