"""Files of any size, part by part: nothing but the part in hand is in memory."""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from polars.exceptions import PanicException

from analytics_core.errors import StoreBusy, TooSlow


def parquet_parts(
    tables: Iterable[pa.Table], schema: pa.Schema, about: Callable[[int], Mapping[str, object]]
) -> Iterator[bytes]:
    """One Parquet file (zstd); `about` says of so many rows what stands in its metadata.

    It stands there as JSON under `tokentally`. Without its last part it is no file that can be read.
    """
    out, rows = _Parts(), 0
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for table in tables:
            writer.write_table(table)
            rows += table.num_rows
            yield out.taken()
        said = json.dumps(about(rows), ensure_ascii=False)
        writer.add_key_value_metadata({"tokentally": said})
    yield out.taken()


def arrow_parts(tables: Iterable[pa.Table], schema: pa.Schema) -> Iterator[bytes]:
    """One Arrow IPC stream."""
    out = _Parts()
    with pa.ipc.new_stream(out, schema) as stream:
        for table in tables:
            stream.write_table(table)
            yield out.taken()
    yield out.taken()


def ending_in_an_error(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The parts of a CSV; one that breaks off says so in its last line."""
    try:
        yield from parts
    except (Exception, PanicException) as wrong:
        yield error_line(wrong)
        raise


def error_line(wrong: BaseException) -> bytes:
    """The last line of a CSV that breaks off."""
    why = str(wrong) if isinstance(wrong, TooSlow | StoreBusy) else "It is in the log."
    if isinstance(wrong, KeyboardInterrupt) or str(wrong) == "Query interrupted":  # DuckDB's Ctrl-C
        why = "It was stopped."
    return f'"ERROR: this export is not complete. {why}"\r\n'.encode()


class Tally:
    """How many rows have been written so far."""

    def __init__(self) -> None:
        self.rows = 0

    def over(self, pages: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """The pages, counted as they go by."""
        for page in pages:
            self.rows += page.height
            yield page


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
