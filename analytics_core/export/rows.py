"""The rows behind the figures as files: every selected event or usage item, none left out."""

import json
from collections.abc import Iterator
from typing import Any

import polars as pl
import pyarrow as pa

from analytics_core import events
from analytics_core.export import csv
from analytics_core.export.answer import of_selection
from analytics_core.export.columnar import decimals
from analytics_core.export.stream import Tally, arrow_parts, parquet_parts
from analytics_core.reports.activity import unit_price
from analytics_core.semantics.format import csv_number
from analytics_core.semantics.unit import Unit
from analytics_core.store.sql_rows import CARRIED, Cut, Of
from analytics_core.store.view import View

ORIGIN = ("file_id", "row")  # columns about the dropped file, for those who see all of it
MOST = 500_000  # rows of a file that is made at once, in memory
_NANO = "_nano"


def csv_pages(view: View, of: Of, tally: Tally | None = None) -> Iterator[bytes]:
    """The CSV, part by part: a header, then a line per row, newest first; "" is unknown.

    Columns as in docs/events.md; times in the zone and in UTC, money in USD to the last digit, lists
    as JSON, text guarded against formulas.
    """
    yield csv_of(view.rows(of, Cut(1)).clear(), view, of)
    for page in (tally or Tally()).over(view.pages(of)):
        yield (
            _lines(page, view, of).write_csv(include_header=False, line_terminator="\r\n").encode()
        )


def csv_of(page: pl.DataFrame, view: View, of: Of) -> bytes:
    """One page of rows as a CSV of its own."""
    return _lines(page, view, of).write_csv(include_bom=True, line_terminator="\r\n").encode()


def parquet(view: View, of: Of) -> bytes:
    """The rows as one Parquet file, as `parquet_pages` gives it part by part."""
    return b"".join(parquet_pages(view, of))


def parquet_pages(view: View, of: Of, tally: Tally | None = None) -> Iterator[bytes]:
    """The Parquet file, part by part, newest first: events with the columns of the store."""
    schema = _schema(of, origin=view.scope.everything)
    pages = (tally or Tally()).over(view.pages(of))
    tables = (_table(page, of, schema) for page in pages)
    about = {"rows": of, **of_selection(view.store, view.filters)}
    return parquet_parts(tables, schema, lambda rows: {**about, "row_count": rows})


def arrow_pages(view: View, of: Of) -> Iterator[bytes]:
    """The rows as an Arrow IPC stream, part by part, newest first; columns as in Parquet."""
    schema = _schema(of, origin=view.scope.everything)
    return arrow_parts((_table(page, of, schema) for page in view.pages(of)), schema)


def table_of(page: pl.DataFrame, view: View, of: Of) -> pa.Table:
    """One page of rows as a table with the columns of `parquet_pages`."""
    return _table(page, of, _schema(of, origin=view.scope.everything))


def _schema(of: Of, *, origin: bool) -> pa.Schema:
    whole = events.schema()
    if of == "events":
        return pa.schema([field for field in whole if origin or field.name not in ORIGIN])
    carried = [whole.field(name) for name in CARRIED]
    own = [("pricing_rule", pa.string()), ("quantity", pa.decimal128(38, 6)),
           ("unit", pa.string()), ("cost_nano", pa.int64())]  # fmt: skip
    return pa.schema([*carried, *(pa.field(*field) for field in own)])


def _table(page: pl.DataFrame, of: Of, schema: pa.Schema) -> pa.Table:
    if of == "events":
        return page.select(schema.names).to_arrow().cast(schema)
    page = page.rename({"rule": "pricing_rule", "quantity_micro": "quantity"})
    made = page.select(schema.names).to_arrow()
    place = schema.get_field_index("quantity")
    return made.set_column(place, "quantity", decimals(made.column(place), 6)).cast(schema)


def _lines(page: pl.DataFrame, view: View, of: Of) -> pl.DataFrame:
    """The page as the texts and whole numbers of CSV."""
    zone = view.filters.period.calendar.zone
    hidden = {"started_at", "place", *(() if view.scope.everything else ORIGIN)}
    columns = [] if zone == "UTC" else [_moment("started_at", zone)]
    columns.append(_moment("started_at", "UTC"))
    columns += [_cell(page, name) for name in page.columns if name not in hidden]
    lines = page.select(columns)
    if of == "events":
        return lines
    pairs = zip(page["cost_nano"], page["quantity_micro"], strict=True)
    prices = [csv_number(unit_price(cost, quantity), Unit.USD) or None for cost, quantity in pairs]
    return lines.with_columns(pl.Series("unit_price (USD)", prices, dtype=pl.String))


def _cell(page: pl.DataFrame, name: str) -> pl.Expr | pl.Series:
    """One column as CSV holds it, under its heading there."""
    kind = page.schema[name]
    if name == "quantity_micro":
        return decimal(name, 6).alias("quantity")
    if name.endswith(_NANO):
        unit = "" if name == "credits_nano" else " (USD)"
        return decimal(name, 9).alias(name.removesuffix(_NANO) + unit)
    if isinstance(kind, pl.Datetime):
        return _moment(name, "UTC")
    if kind.is_nested():
        return pl.Series(
            name, [json_text(value) for value in page[name].to_list()], dtype=pl.String
        )
    guarded = csv.guarded_column(name) if kind == pl.String else pl.col(name)
    return guarded.alias("pricing_rule" if name == "rule" else name)


def _moment(name: str, zone: str) -> pl.Expr:
    """A naive UTC time on the clock of a zone: ISO 8601 with its offset."""
    there = pl.col(name).dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    offset = "Z" if zone == "UTC" else "%:z"
    return there.dt.to_string(f"%Y-%m-%dT%H:%M:%S%.f{offset}").alias(f"{name} ({zone})")


def decimal(name: str, digits: int, *, trimmed: bool = True) -> pl.Expr:
    """Whole steps of 10^-digits as plain decimals, unless said otherwise without trailing zeros."""
    steps, one = pl.col(name).abs(), 10**digits
    fraction = (steps % one).cast(pl.String).str.zfill(digits)
    fraction = fraction.str.strip_chars_end("0") if trimmed else fraction
    sign = pl.when(pl.col(name) < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    point = pl.when(fraction == "").then(pl.lit("")).otherwise(pl.lit(".") + fraction)
    return sign + (steps // one).cast(pl.String) + point


def json_text(value: Any) -> str | None:
    """A list or a map of a column as JSON."""
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)
