"""One recognised file, opened: its head, and its rows as the view `mapped`."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from duckdb import DuckDBPyConnection

from analytics_core.ingest import csv_file, json_file, parquet_file
from analytics_core.ingest.limits import check_rows
from analytics_core.ingest.literals import literal
from analytics_core.ingest.parquet_file import ParquetFile
from analytics_core.ingest.python_text import as_json
from analytics_core.ingest.raw import JSON_KINDS, Head, RawColumns
from analytics_core.ingest.recognise import Content
from analytics_core.ingest.said import MAPPED
from analytics_core.ingest.sources.source import Source
from analytics_core.ingest.verdict import Refused, Rejected
from analytics_core.settings import Settings

ROWS, _RAW, _RECORDS = "raw_rows", "raw", "raw_records"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file whose head is known; `parquet` is open while its rows may be read."""

    head: Head
    content: Content
    parquet: ParquetFile | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """What DuckDB itself must be able to read."""
        return () if self.parquet else (self.content.path,)

    def close(self) -> None:
        """Closes what is open."""
        if self.parquet:
            self.parquet.close()


def opened(
    content: Content, name: str, settings: Settings, delimiter: str | None = None
) -> Dropped:
    """The file with its head: the footer of Parquet, the header of CSV, the keys of JSON.

    Raises Refused when it is larger than allowed or cannot be read.
    """
    if content.kind == "parquet":
        file = parquet_file.open_parquet(content.path, settings)
        return Dropped(parquet_file.head(file, name), content, file)
    check_rows(content.lines, settings)
    if content.kind == "csv":
        return Dropped(csv_file.head(content.path, name, settings, delimiter), content)
    return Dropped(json_file.head(content, name, settings), content)


def sampled(file: Dropped) -> Dropped:
    """The same with sample rows, which of Parquet means reading the first page of each column."""
    if file.parquet is None or file.head.sample:
        return file
    return replace(file, head=parquet_file.sampled(file.parquet, file.head))


def as_lines(file: Dropped) -> Dropped | None:
    """A file of one JSON object read as a log of one line, which it may be as well."""
    if file.head.kind != "json" or len(file.head.sample) != 1 or file.content.lines > 1:
        return None
    return replace(file, head=replace(file.head, kind="jsonl"))


def bad_lines(con: DuckDBPyConnection, file: Dropped) -> list[Rejected]:
    """Lines of JSON that are no object, counted before, and lines of CSV, after the rows were read."""
    if file.head.kind == "csv":
        return csv_file.bad_lines(con)
    if file.head.kind in JSON_KINDS:
        return json_file.bad_records(con, _RECORDS)
    return []


def map_rows(con: DuckDBPyConnection, file: Dropped, source: Source) -> RawColumns:
    """Makes the view `mapped`: what the source selects from the rows of the file.

    A Parquet file can be read once. Only the columns the source asks for are read, and of JSON only
    the places it asks for are kept.
    """
    columns = RawColumns(file.head)
    select = source.select(columns, file.head)
    _rows(con, file, columns)
    _raw(con, file, columns, select)
    con.execute(f"CREATE OR REPLACE TEMP VIEW {MAPPED} AS {select}")
    return columns


def _rows(con: DuckDBPyConnection, file: Dropped, columns: RawColumns) -> None:
    path = file.content.path
    if file.parquet:
        positions = sorted(columns.used | columns.kept)
        reader = parquet_file.batches(file.parquet, positions, columns.used)
        con.register(ROWS, reader)
    elif file.head.kind == "csv":
        con.execute(f"CREATE OR REPLACE TEMP VIEW {ROWS} AS {csv_file.rows(path, file.head)}")
    else:
        records = json_file.records(path, file.head.kind)
        con.execute(f"CREATE OR REPLACE TEMP VIEW {_RECORDS} AS {records}")
        con.table(_RECORDS).filter("doc IS NOT NULL").create_view(ROWS, replace=True)


def _raw(con: DuckDBPyConnection, file: Dropped, columns: RawColumns, select: str) -> None:
    """The view `raw`, or a table when the source reads it more than once."""
    document = file.head.kind in JSON_KINDS
    shown = ["_row"] if document else ["*"]
    if document and re.search(r"\bdoc\b", select):
        shown.append("doc")
    for at, places in columns.places.items():
        python = as_json(f"c{at}")
        inside = "doc" if at < 0 else f"CASE WHEN json_valid(c{at}) THEN c{at} ELSE {python} END"
        listed = ", ".join(map(literal, places))
        name = "jd" if at < 0 else f"j{at}"
        shown.append(f"json_extract_string({inside}, [{listed}]) AS {name}")
    if columns.rest_sql:
        shown.append(f"{columns.rest_sql} AS rest")
    rows = con.table(ROWS).project(", ".join(shown))
    if len(re.findall(r"\braw\b", select)) > 1:
        rows.create(_RAW)
    else:
        rows.create_view(_RAW, replace=True)


def left_out(file: Dropped) -> frozenset[str]:
    """Columns that were too wide to be kept in metadata."""
    return frozenset(file.parquet.left_out) if file.parquet else frozenset()


def failure(file: Dropped) -> Refused | None:
    """What stopped the reading of Parquet batches, if anything did."""
    return file.parquet.failed if file.parquet else None
