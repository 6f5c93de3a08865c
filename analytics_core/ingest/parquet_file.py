"""A dropped Parquet file: its footer first, then its pages as batches that cannot grow too large."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analytics_core.ingest import json_keys
from analytics_core.ingest.leftover import KEPT_BYTES
from analytics_core.ingest.limits import (
    CELL_BYTES,
    SAMPLE_ROWS,
    check_columns,
    check_names,
    check_rows,
)  # fmt: skip
from analytics_core.ingest.names import never_staged, top_names
from analytics_core.ingest.raw import Head
from analytics_core.ingest.take import GIB
from analytics_core.ingest.verdict import Refused
from analytics_core.settings import Settings

_BATCH_BYTES = 64 << 20
_BATCH_ROWS = 122_880
_SAMPLE_COLUMNS = 64


@dataclass(slots=True)
class ParquetFile:
    """One open Parquet file.

    `left_out` are unmapped columns too wide to be kept; `failed` is what stopped the reading, since
    DuckDB passes on only the text of an error in a reader.
    """

    file: pq.ParquetFile
    names: tuple[str, ...]
    settings: Settings
    first: pa.RecordBatch | None = None
    left_out: set[str] = field(default_factory=set[str])
    failed: Refused | None = None

    def close(self) -> None:
        """Closes the file."""
        self.file.close()


def open_parquet(path: Path, settings: Settings) -> ParquetFile:
    """Reads the footer and checks what it says before a data page is touched. Raises Refused."""
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True, pre_buffer=False)
        names = tuple(file.schema_arrow.names)
    except (OSError, pa.ArrowException, UnicodeDecodeError) as wrong:
        raise refusal(wrong) from None
    footer = file.metadata
    check_columns(max(len(names), footer.num_columns // 4), settings)
    check_rows(footer.num_rows, settings)
    if footer.num_rows > settings.ingest_rows_per_byte * path.stat().st_size:
        raise Refused("too_dense", f"{footer.num_rows} rows in {path.stat().st_size} bytes.")
    check_names(names, settings)
    return ParquetFile(file, names, settings)


def refusal(wrong: Exception) -> Refused:
    """What an error of the reader means for the file."""
    text = str(wrong).lower()
    if "encrypt" in text or "decrypt" in text:
        return Refused("encrypted")
    return Refused("unreadable")


def head(opened: ParquetFile, name: str) -> Head:
    """What the footer says, with the exact types DuckDB will see; no data page is read."""
    tops = top_names(opened.names)
    types = dict(zip(tops, _duckdb_types(opened.file.schema_arrow), strict=True))
    nulls = {t for t, f in zip(tops, opened.file.schema_arrow, strict=True) if f.type == pa.null()}
    columns = [c for t in tops if t not in nulls for c in _dotted(t, duckdb.sqltype(types[t]))]
    return Head(
        "parquet", name, tuple(columns), opened.names, types, rows=opened.file.metadata.num_rows
    )


def sampled(opened: ParquetFile, known: Head) -> Head:
    """The head with its first rows: sample values, and keys of JSON text inside columns."""
    wanted = [n for n in opened.names if not never_staged(n)][:_SAMPLE_COLUMNS]
    opened.first = _probe(opened, wanted)
    rows = _records(opened.first) if opened.first is not None else []
    sample = tuple({k: v for k, v in row.items() if k in wanted} for row in rows)
    inner = json_keys.of_columns(opened.names, known.types, sample)
    return Head(
        known.kind, known.name, (*known.columns, *(k for k in inner if k not in known.columns)),
        known.raw_names, known.types, sample, rows=known.rows, paths=inner,
    )  # fmt: skip


def _records(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    """The rows in Python's types; a value that Python cannot hold is None.

    A year above 9999 is one, and text whose bytes are no UTF-8.
    """
    columns = [_values(column) for column in batch.columns]
    return [dict(zip(batch.schema.names, row, strict=True)) for row in zip(*columns, strict=True)]


def _values(column: pa.Array) -> list[Any]:
    try:
        return column.to_pylist()
    except (ValueError, OverflowError):
        return [_value(cell) for cell in column]


def _value(cell: Any) -> Any:
    try:
        return cell.as_py()
    except (ValueError, OverflowError):
        return None


def _probe(opened: ParquetFile, names: list[str]) -> pa.RecordBatch | None:
    try:
        return next(
            opened.file.iter_batches(batch_size=SAMPLE_ROWS, columns=names, use_threads=False), None
        )
    except (OSError, pa.ArrowException) as wrong:
        raise refusal(wrong) from None


def batches(opened: ParquetFile, positions: list[int], mapped: set[int]) -> pa.RecordBatchReader:
    """The columns at `positions` as c<position>, after `_row`, streaming and within limits.

    The batch size follows the width of the rows seen. An unmapped column wider than 4 KiB a value
    becomes NULL and is noted in `left_out`. While it is read it raises Refused: too_big, unreadable.
    """
    names = [opened.names[at] for at in positions]
    first = _probe(opened, names)
    widths = _widths(first, names) if first is not None else dict.fromkeys(names, 0.0)
    for at, name in zip(positions, names, strict=True):
        if at in mapped and widths[name] > CELL_BYTES:
            raise _too_wide(name)
        if at not in mapped and widths[name] > KEPT_BYTES:
            opened.left_out.add(name)
    read = [name for name in names if name not in opened.left_out]
    fields = [pa.field("_row", pa.int64())]
    fields += [
        pa.field(f"c{at}", _plain_type(opened.file.schema_arrow.field(name).type))
        for at, name in zip(positions, names, strict=True)
    ]
    schema = pa.schema(fields)
    size = sum(widths[name] for name in read)
    rows = max(SAMPLE_ROWS, min(_BATCH_ROWS, int(_BATCH_BYTES / max(size, 1.0))))
    made = _batches(opened, dict(zip(names, positions, strict=True)), read, rows, schema, mapped)
    return pa.RecordBatchReader.from_batches(schema, _watched(opened, made))


def _watched(opened: ParquetFile, made: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    try:
        yield from made
    except Refused as refused:
        opened.failed = refused
        raise
    except (OSError, pa.ArrowException) as wrong:
        opened.failed = refusal(wrong)
        raise


def _batches(
    opened: ParquetFile,
    positions: dict[str, int],
    read: list[str],
    rows: int,
    schema: pa.Schema,
    mapped: set[int],
) -> Iterator[pa.RecordBatch]:
    total, start = 0, 1
    most = int(opened.settings.ingest_unpacked_gib * GIB)
    for batch in opened.file.iter_batches(batch_size=rows, columns=read):
        total += batch.nbytes
        if total > most:
            raise Refused("too_big", "Unpacks to more than is allowed.")
        if batch.nbytes > CELL_BYTES * batch.num_rows:
            for name, width in _widths(batch, read).items():
                if positions[name] in mapped and width > CELL_BYTES:
                    raise _too_wide(name)
        made: list[pa.Array] = [pa.array(np.arange(start, start + batch.num_rows))]
        for name, position in positions.items():
            wanted = schema.field(f"c{position}").type
            at = batch.schema.get_field_index(name)
            made.append(
                _plain(batch.column(at), wanted) if at >= 0 else pa.nulls(batch.num_rows, wanted)
            )
        start += batch.num_rows
        yield pa.RecordBatch.from_arrays(made, schema=schema)


def _too_wide(name: str) -> Refused:
    return Refused("too_big", f"Column '{name[:80]}' holds more than 64 KiB a row.")


def _widths(batch: pa.RecordBatch, names: list[str]) -> dict[str, float]:
    """Bytes a value of each column, on average."""
    rows = max(batch.num_rows, 1)
    found: dict[str, float] = {}
    for name in names:
        at = batch.schema.get_field_index(name)
        column = batch.column(at) if at >= 0 else None
        if column is not None and pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        found[name] = column.nbytes / rows if column is not None else 0.0
    return found


def _plain_type(kind: pa.DataType) -> pa.DataType:
    """The type under which DuckDB is given a column: those it cannot read become readable ones."""
    if kind == pa.null():
        return pa.string()
    if pa.types.is_dictionary(kind):
        return _plain_type(kind.value_type)
    if pa.types.is_float16(kind):
        return pa.float32()
    if pa.types.is_decimal256(kind):
        return pa.string()
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.string()
    if isinstance(kind, pa.BaseExtensionType):
        return _plain_type(kind.storage_type)
    return _plain_nested(kind)


def _plain_nested(kind: pa.DataType) -> pa.DataType:
    """The same for what is inside a struct, list or map: DuckDB writes JSON there, for one."""
    if pa.types.is_struct(kind):
        made = pa.struct([field.with_type(_plain_type(field.type)) for field in kind])
    elif pa.types.is_list(kind):
        made = pa.list_(kind.value_field.with_type(_plain_type(kind.value_type)))
    elif pa.types.is_map(kind):
        made = pa.map_(_plain_type(kind.key_type), _plain_type(kind.item_type))
    else:
        return kind
    return kind if made == kind else made


def _plain(column: Any, wanted: pa.DataType) -> pa.Array:
    made = _cast(column, wanted)
    text = pa.types.is_string(wanted) or pa.types.is_large_string(wanted)
    return _as_text(made, wanted) if text else made


def _cast(column: Any, wanted: pa.DataType) -> Any:
    if column.type == wanted:
        return column
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.storage
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    try:
        return column.cast(wanted)
    except pa.ArrowInvalid:  # bytes that are no text
        return column


def _as_text(column: Any, wanted: pa.DataType) -> pa.Array:
    """The strings, whose bytes Parquet does not promise to be UTF-8; DuckDB dies of others."""
    if column.type == wanted:
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            column = column.cast(pa.large_binary())
        else:
            return column
    return pa.array([_decoded(cell.as_py()) for cell in column], wanted)


def _decoded(value: bytes | None) -> str | None:
    """A text out of bytes, its broken ones written out, so that one of them costs no other row."""
    return None if value is None else value.decode("utf-8", "backslashreplace")


def _duckdb_types(schema: pa.Schema) -> list[str]:
    plain = pa.schema([pa.field(f"c{n}", _plain_type(f.type)) for n, f in enumerate(schema)])
    with duckdb.connect() as con:
        try:
            con.register("columns_of_file", plain.empty_table())
            described = con.execute("DESCRIBE columns_of_file").fetchall()
        except duckdb.Error as wrong:
            raise Refused("unreadable", f"A column type cannot be read ({_kind(wrong)}).") from None
    return [str(row[1]) for row in described]


def _kind(wrong: Exception) -> str:
    return str(wrong).splitlines()[0][:120]


def _dotted(name: str, kind: Any) -> Iterator[str]:
    """The normalised dotted names of a column and of what is nested in it."""
    yield name
    if kind.id == "struct":
        inner = top_names(member for member, _ in kind.children)
        for key, (_, child) in zip(inner, kind.children, strict=True):
            yield from _dotted(f"{name}.{key}", child)
    elif kind.id == "list":
        child = dict(kind.children)["child"]
        yield from list(_dotted(name, child))[1:]
