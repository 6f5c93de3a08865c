"""Answers as Parquet and Arrow: money as exact decimals, and in nano beside them."""

import io
import json
from collections.abc import Mapping
from datetime import datetime

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from analytics_core.export.sheet import Sheet
from analytics_core.semantics.unit import NANO, Unit

PARQUET_MIME = "application/vnd.apache.parquet"
ARROW_MIME = "application/vnd.apache.arrow.stream"
_MONEY = (Unit.USD, Unit.CREDITS)


def table(frame: pl.DataFrame, units: Mapping[str, Unit], about: Mapping[str, object]) -> pa.Table:
    """The frame with money in whole units, and as `<column>_nano` where it is an integer.

    What it is about stands as JSON in the schema's metadata, under `tokentally`.
    """
    money = [name for name, unit in units.items() if unit in _MONEY]
    whole = [name for name in money if frame.schema[name] == pl.Int64]
    out = frame.with_columns(pl.col(whole).name.suffix("_nano"))
    out = out.with_columns(pl.col(name) / NANO for name in money if name not in whole)
    made = out.to_arrow(compat_level=pl.CompatLevel.oldest())
    for name in whole:
        place = made.schema.get_field_index(name)
        made = made.set_column(place, name, decimals(made.column(name)))
    return made.replace_schema_metadata({"tokentally": json.dumps(about, ensure_ascii=False)})


def of_sheet(sheet: Sheet, about: Mapping[str, object]) -> pa.Table:
    """The sheet under its headings: figures as in `table`, instants in UTC, "" as null."""
    columns: dict[str, pa.ChunkedArray] = {}
    for place, column in enumerate(sheet.columns):
        cells = [row[place] for row in sheet.rows]
        values = [None if cell == "" else cell for cell in cells]
        if column.unit is None:
            timed = any(isinstance(value, datetime) for value in values)
            kind = pa.timestamp("us", "UTC") if timed else pa.string()
            columns[column.heading] = pa.chunked_array([pa.array(values, kind)])
            continue
        real = any(isinstance(value, float) for value in values)
        money = column.unit in _MONEY
        if money and real:
            values = [value / NANO if isinstance(value, int | float) else None for value in values]
        figures = pa.chunked_array([pa.array(values, pa.float64() if real else pa.int64())])
        columns[column.heading] = decimals(figures) if money and not real else figures
        if money and not real:
            columns[f"{column.heading.removesuffix(' (USD)')}_nano"] = figures
    made = pa.table(columns)
    return made.replace_schema_metadata({"tokentally": json.dumps(about, ensure_ascii=False)})


def decimals(steps: pa.ChunkedArray, scale: int = 9) -> pa.ChunkedArray:
    """Integer nano-units as exact decimals of the unit: the same digits, another scale."""
    kind = pa.decimal128(38, scale)
    chunks = [chunk.cast(pa.decimal128(38, 0)) for chunk in steps.chunks]
    return pa.chunked_array(
        [
            pa.Array.from_buffers(kind, len(chunk), chunk.buffers(), offset=chunk.offset)
            for chunk in chunks
        ],
        kind,
    )


def as_parquet(made: pa.Table) -> bytes:
    """The table as one Parquet file (zstd)."""
    out = io.BytesIO()
    pq.write_table(made, out, compression="zstd")
    return out.getvalue()


def as_arrow(made: pa.Table) -> bytes:
    """The table as an Arrow IPC stream."""
    out = io.BytesIO()
    with pa.ipc.new_stream(out, made.schema) as stream:
        stream.write_table(made)
    return out.getvalue()
