"""Figures out of the rows of statements, and the frame they are answered in."""

from datetime import timedelta

import polars as pl

from analytics_core.semantics.measure import Measure
from analytics_core.semantics.period import Grain, Period
from analytics_core.semantics.unit import Unit
from analytics_core.store import sql
from analytics_core.store.asked import Asked
from analytics_core.store.sql_parts import OTHERS, UNATTRIBUTED
from analytics_core.store.sql_relations import Selection
from analytics_core.store.sql_terms import bucket_number, bucket_start

SESSION_IDS = Measure(
    name="session_ids", label="", unit=Unit.COUNT, additive=True, better="neither", formula="",
    description="", sql="count(session_id)",
)  # fmt: skip


def figure(
    measure: Measure, aliases: dict[str, str], period: Period, grain: Grain | None
) -> pl.Expr:
    """One measure out of the aggregates of a statement; null where it is unknown."""
    if measure.quantile is not None:
        total, bucket = (pl.col(aliases[n]) for n in ("total", str(sql.percent_of(measure))))
        return pl.when(total >= measure.least).then(_over(bucket, 100).exp())
    if measure.relation == "period":
        asked = pl.col(aliases[measure.sql])
        if grain is None:
            return _over(asked * 3600, (period.end - period.start) / timedelta(seconds=1))
        return asked * 3600 / _seconds(period, grain)
    columns = [pl.col(aliases[a]) for a in measure.aggregates]
    if measure.denominator is None:
        return columns[0] if measure.whole_number else _over(columns[0], round(1 / measure.scale))
    value = pl.when(columns[1] > 0).then(_divided(columns[0], columns[1], measure.scale))
    if measure.otherwise is None:
        return value.cast(pl.Float64)
    other = pl.when(columns[3] > 0).then(_divided(columns[2], columns[3], measure.scale))
    return value.otherwise(other).cast(pl.Float64)


def _over(column: pl.Expr, number: float) -> pl.Expr:
    """Divided row by row: by a scalar Polars multiplies with its inverse, one bit off."""
    return column / (column * 0 + number)


def _divided(above: pl.Expr, below: pl.Expr, scale: float) -> pl.Expr:
    return above / below * scale if scale != 1 else above / below


def _seconds(period: Period, grain: Grain) -> pl.Expr:
    """Elapsed seconds of the part of the period in each bucket."""
    lengths = {
        bucket_number(start, period, grain): (min(end, period.end) - max(start, period.start))
        / timedelta(seconds=1)
        for start, end in period.buckets(grain)
    }
    return pl.col("b").replace_strict(
        list(lengths), list(lengths.values()), default=None, return_dtype=pl.Float64
    )


def finished(a: Asked, base: pl.DataFrame, chosen: Selection) -> pl.DataFrame:
    """Columns and order of the frame contract (View.ask)."""
    query = a.query
    frame = base.sort("b", "s0", "s1", nulls_last=True, maintain_order=True)
    columns: list[pl.Expr] = []
    if query.grain:
        columns.append(_bucket(frame, chosen.filters.period, query.grain).alias("bucket"))
    for i, name in enumerate(query.by):
        columns += [
            pl.col(f"m{i}").cast(pl.String).alias(name),
            _kind(i).alias(f"{name}_kind"),
            pl.col(f"c{i}").cast(pl.Int64).alias(f"{name}_members"),
        ]
    columns += [_value(m).cast(pl.Int64 if m.whole_number else pl.Float64) for m in a.measures]
    answer = frame.select(columns)
    return answer if query.limit is None else answer.head(query.limit)


def _value(measure: Measure) -> pl.Expr:
    """The column of a measure, 0 where nothing happened if that is what it is then."""
    if not measure.zero_when_empty:
        return pl.col(measure.name)
    empty = pl.col("n") == 0
    if measure.name == "sessions_started":
        empty |= pl.col(SESSION_IDS.name) > 0
    return or_zero(measure.name, empty)


def or_zero(name: str, empty: pl.Expr) -> pl.Expr:
    """The column with 0 where it is unknown because nothing happened (N1)."""
    return pl.when(empty & pl.col(name).is_null()).then(0).otherwise(pl.col(name)).alias(name)


def _kind(i: int) -> pl.Expr:
    place = pl.col(f"s{i}")
    return (
        pl.when(place == UNATTRIBUTED)
        .then(pl.lit("unattributed"))
        .when(place == OTHERS)
        .then(pl.lit("others"))
        .otherwise(pl.lit("member"))
    )


def _bucket(frame: pl.DataFrame, period: Period, grain: Grain) -> pl.Expr:
    """The number of each bucket as its first local day, or for hours as its instant."""
    numbers: list[int] = frame["b"].unique().to_list()
    starts = [bucket_start(number, period, grain) for number in numbers]
    kind = pl.Datetime("us") if grain is Grain.HOUR else pl.Date()
    if not numbers:
        return pl.lit(None, dtype=kind)
    return pl.col("b").replace_strict(numbers, pl.Series(starts, dtype=kind), return_dtype=kind)
