"""The rows behind the figures as files: every selected event or usage item, none left out."""

import io
import json
from collections.abc import Iterator
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from analytics_core import events
from analytics_core.export import csv
from analytics_core.export.answer import of_selection
from analytics_core.export.columnar import decimals
from analytics_core.reports.activity import unit_price
from analytics_core.semantics.format import csv_number
from analytics_core.semantics.unit import Unit
from analytics_core.store.sql_rows import CARRIED, Cut, Of
from analytics_core.store.view import View

ORIGIN = ("file_id", "row")  # columns about the dropped file, for those who see all of it
MOST = 500_000  # rows of a file that is made at once, in memory
_NANO = "_nano"


def csv_pages(view: View, of: Of) -> Iterator[bytes]:
    """The CSV, part by part: a header, then a line per row, newest first; "" is unknown.

    Columns as in docs/events.md; times in the zone and in UTC, money in USD to the last digit, lists
    as JSON, text guarded against formulas.
    """
    yield csv_of(view.rows(of, Cut(1)).clear(), view, of)
    for page in view.pages(of):
        yield (
            _lines(page, view, of).write_csv(include_header=False, line_terminator="\r\n").encode()
        )


def csv_of(page: pl.DataFrame, view: View, of: Of) -> bytes:
    """One page of rows as a CSV of its own."""
    return _lines(page, view, of).write_csv(include_bom=True, line_terminator="\r\n").encode()


def parquet(view: View, of: Of) -> bytes:
    """The rows as one Parquet file, as `parquet_pages` gives it part by part."""
    return b"".join(parquet_pages(view, of))


def parquet_pages(view: View, of: Of) -> Iterator[bytes]:
    """The Parquet file (zstd), part by part, newest first: events with the columns of the store.

    What they are and how many stands as JSON in the file's metadata, under `tokentally`. Without
    its last part it is no file that can be read.
    """
    out, rows = _Parts(), 0
    schema = _schema(of, origin=view.scope.everything)
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for page in view.pages(of):
            writer.write_table(_table(page, of, schema))
            rows += page.height
            yield out.taken()
        about = {"rows": of, **of_selection(view.store, view.filters), "row_count": rows}
        writer.add_key_value_metadata({"tokentally": json.dumps(about, ensure_ascii=False)})
    yield out.taken()


def arrow_pages(view: View, of: Of) -> Iterator[bytes]:
    """The rows as an Arrow IPC stream, part by part, newest first; columns as in Parquet."""
    out = _Parts()
    schema = _schema(of, origin=view.scope.everything)
    with pa.ipc.new_stream(out, schema) as stream:
        for page in view.pages(of):
            stream.write_table(_table(page, of, schema))
            yield out.taken()
    yield out.taken()


def table_of(page: pl.DataFrame, view: View, of: Of) -> pa.Table:
    """One page of rows as a table with the columns of `parquet_pages`."""
    return _table(page, of, _schema(of, origin=view.scope.everything))


class _Parts(io.RawIOBase):
    """A file that only grows, and is read while it does."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._written = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._written

    def write(self, data: Any, /) -> int:
        part = bytes(data)
        self._parts.append(part)
        self._written += len(part)
        return len(part)

    def taken(self) -> bytes:
        """What was written since this was asked last."""
        part = b"".join(self._parts)
        self._parts.clear()
        return part


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
        return _decimal(name, 6).alias("quantity")
    if name.endswith(_NANO):
        unit = "" if name == "credits_nano" else " (USD)"
        return _decimal(name, 9).alias(name.removesuffix(_NANO) + unit)
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


def _decimal(name: str, digits: int) -> pl.Expr:
    """Whole steps of 10^-digits as plain decimals, without trailing zeros."""
    steps, one = pl.col(name).abs(), 10**digits
    fraction = (steps % one).cast(pl.String).str.zfill(digits).str.strip_chars_end("0")
    sign = pl.when(pl.col(name) < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    point = pl.when(fraction == "").then(pl.lit("")).otherwise(pl.lit(".") + fraction)
    return sign + (steps // one).cast(pl.String) + point


def json_text(value: Any) -> str | None:
    """A list or a map of a column as JSON."""
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)
