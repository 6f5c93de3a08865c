"""The answer to one question as plain rows, JSON, CSV or Parquet, with nothing rounded."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from analytics_core.errors import UnknownName
from analytics_core.export import csv
from analytics_core.export.sheet import Column, Sheet
from analytics_core.export.table import aligned
from analytics_core.semantics.format import bucket_when, cell, csv_number, period_text
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.member import Member
from analytics_core.semantics.period import Period
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import NANO, Unit
from analytics_core.store.view import View

FORMATS = ("table", "csv", "json", "parquet")


def check_format(name: str) -> str:
    """The format of that name. Raises UnknownName."""
    UnknownName.check("format", name, FORMATS)
    return name


def plain(value: int | float | None, measure: str) -> object:
    """One figure as JSON carries it: money and credits as exact decimal text, None for unknown.

    A ratio of money (cost per request) is held as float nano-USD; its text has every digit.
    """
    unit = MEASURES[measure].unit
    if value is None or unit not in (Unit.USD, Unit.CREDITS):
        return value
    return csv_number(value, unit)


def rows(frame: pl.DataFrame, query: Query) -> Iterator[dict[str, Any]]:
    """One mapping per row: `bucket`, the dimensions with their kind, then the measures.

    `bucket` is ISO 8601: a local date, or for hours the instant in UTC. A row of Others or of
    what has no member has None under the dimension and says so under `<dimension>_kind`.
    """
    measures = set(query.measures)
    for row in frame.iter_rows(named=True):
        yield {
            key: plain(value, key) if key in measures else _key(value) for key, value in row.items()
        }


def _key(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def as_json(frame: pl.DataFrame, query: Query, period: Period, about: Mapping[str, object]) -> str:
    """The whole answer as one JSON document: the period's bounds, what it is about, the rows."""
    document = {
        "period": {
            "name": period.kind,
            "start": period.start.isoformat(),
            "end": period.end.isoformat(),
            "zone": period.calendar.zone,
        },
        **about,
        "rows": list(rows(frame, query)),
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def as_parquet(frame: pl.DataFrame, query: Query) -> bytes:
    """The rows as Parquet (zstd): money in USD as decimals, and in nano-USD beside it."""
    money = [m for m in query.measures if MEASURES[m].unit in (Unit.USD, Unit.CREDITS)]
    whole = [m for m in money if frame.schema[m] == pl.Int64]
    out = frame.with_columns(pl.col(whole).name.suffix("_nano"))
    out = out.with_columns(pl.col(m) / NANO for m in money if m not in whole)
    out = out.with_columns(_decimals(frame[m]) for m in whole)
    target = io.BytesIO()
    out.write_parquet(target, compression="zstd")
    return target.getvalue()


def _decimals(nano: pl.Series) -> pl.Series:
    """Integer nano-units as exact decimals of the unit (dividing would go through floats)."""
    values = [None if v is None else Decimal(v).scaleb(-9) for v in nano]
    return pl.Series(nano.name, values, dtype=pl.Decimal(38, 9))


def empty(frame: pl.DataFrame, query: Query) -> bool:
    """Whether there are no rows, or the one row of a total holds nothing but zero and unknown."""
    whole = not query.by and query.grain is None
    return frame.is_empty() or (whole and not any(frame.row(0, named=True).values()))


def written(frame: pl.DataFrame, view: View, query: Query, kind: str) -> bytes:
    """The frame that `view` answered to `query`, in one of FORMATS, ready to be written."""
    if kind == "parquet":
        return as_parquet(frame, query)
    period = view.filters.period
    if kind == "json":
        until = view.store.data_until
        about = {
            "data_version": view.store.version,
            "data_until": until.isoformat() if until else None,
            "measures": {m: MEASURES[m].unit.value for m in query.measures},
        }
        return (as_json(frame, query, period, about) + "\n").encode()
    if kind == "csv":
        return as_csv(frame, query)
    return as_table(frame, query, period).encode()


def as_csv(frame: pl.DataFrame, query: Query) -> bytes:
    """The rows as CSV: plain decimal digits, text guarded against formulas, "" for unknown."""
    kinds = [f"{name}_kind" for name in query.by]
    names = [n for n in frame.columns if n in (*header(query), *kinds)]
    units = {m: MEASURES[m].unit for m in query.measures}
    columns = tuple(Column(n, units.get(n)) for n in names)
    lines = tuple(
        tuple(
            v if n in units else str(_key(v)) if v is not None else ""
            for n, v in zip(names, row, strict=True)
        )
        for row in frame.select(names).iter_rows()
    )
    return csv.content(Sheet(columns, lines))


def as_table(frame: pl.DataFrame, query: Query, period: Period) -> str:
    """The rows for a terminal: labels, figures with their unit, and what period they are of."""
    lines: list[list[str]] = []
    for row in frame.iter_rows(named=True):
        cells: list[str] = []
        if query.grain:
            cells.append(bucket_when(row["bucket"], query.grain, period.calendar))
        cells += [Member(row[d], row[f"{d}_kind"], row[f"{d}_members"]).label(d) for d in query.by]
        cells += [
            cell(row[m], MEASURES[m].unit, additive=MEASURES[m].additive) for m in query.measures
        ]
        lines.append(cells)
    head = header(query)
    text = aligned(head, lines, left=len(head) - len(query.measures))
    return "\n".join([f"{period_text(period)} · {period.calendar.zone}", *text, ""])


def header(query: Query) -> Sequence[str]:
    """The columns of a plain table: the bucket, the dimensions, the measures."""
    return (*(("bucket",) if query.grain else ()), *query.by, *query.measures)
