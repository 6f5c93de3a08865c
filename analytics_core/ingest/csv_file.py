"""A dropped CSV file: its header by our own reading, its rows by DuckDB with bad lines kept apart."""

import csv
import io
import re
from pathlib import Path

from duckdb import DuckDBPyConnection

from analytics_core.ingest import json_keys
from analytics_core.ingest.limits import RECORD_BYTES, SAMPLE_ROWS, check_names
from analytics_core.ingest.literals import literal
from analytics_core.ingest.names import never_staged, top_names
from analytics_core.ingest.raw import Head
from analytics_core.ingest.verdict import Refused, Rejected
from analytics_core.settings import Settings

DELIMITERS = (",", ";", "\t", "|")
_TOLD = re.compile(r"sep=(.)\r?\n")  # Excel's own line above the header
_HEAD_CHARACTERS = 4 << 20

_BAD_LINES = """
    SELECT line, any_value(csv_line), any_value(column_name)
    FROM reject_errors GROUP BY line ORDER BY line"""


def head(path: Path, name: str, settings: Settings, delimiter: str | None = None) -> Head:
    """The header and first records. The delimiter is the most frequent of `, ; tab |` in the header.

    Raises Refused for duplicate or too many columns.
    """
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        text = file.read(_HEAD_CHARACTERS).lstrip("\r\n")
    told = _TOLD.match(text)
    text = text[told.end() :].lstrip("\r\n") if told else text
    mark = delimiter or (told[1] if told else _delimiter(text))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    raw_names: tuple[str, ...] = ()
    rows: list[list[str]] = []
    try:
        raw_names = tuple(cell.strip() for cell in next(reader))
        rows = [row for row, _ in zip(reader, range(SAMPLE_ROWS), strict=False)]
    except StopIteration:
        pass
    except csv.Error:
        if not raw_names:
            raise Refused("unreadable", "The header line cannot be read.") from None
    check_names(raw_names, settings)
    tops = top_names(raw_names)
    kept = [at for at, name in enumerate(raw_names) if not never_staged(name)]
    sample = tuple(
        {raw_names[at]: row[at] for at in kept} for row in rows if len(row) == len(raw_names)
    )
    types = dict.fromkeys(tops, "VARCHAR")
    inner = json_keys.of_columns(raw_names, types, sample)
    return Head(
        "csv", name, (*tops, *(k for k in inner if k not in tops)), raw_names, types, sample,
        delimiter=mark, paths=inner,
    )  # fmt: skip


def _delimiter(text: str) -> str:
    """The most frequent one outside quotes in the first record; a comma when there is none."""
    counts = dict.fromkeys(DELIMITERS, 0)
    quoted = False
    for letter in text:
        if letter == '"':
            quoted = not quoted
        elif not quoted and letter in "\r\n":
            break
        elif not quoted and letter in counts:
            counts[letter] += 1
    return max(DELIMITERS, key=lambda mark: counts[mark])


def rows(path: Path, known: Head) -> str:
    """SQL of the good records as `_row`, c0 … cN, all text."""
    columns = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(known.raw_names)))
    options = (
        f"auto_detect=false, header=true, delim={literal(known.delimiter or ',')}, quote='\"',"
        f" escape='\"', columns={{{columns}}}, store_rejects=true, max_line_size={RECORD_BYTES},"
        f" skip={_above(path)}"
    )
    return " ".join(
        (
            "SELECT row_number() OVER () AS _row, *",
            f"FROM read_csv({literal(str(path))}, {options})",
        )
    )


def _above(path: Path) -> int:
    """How many lines stand above the header: blank ones, and the one that names the delimiter."""
    lines = 0
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        while (line := file.readline(16)) and (not line.strip("\r\n") or _TOLD.match(line)):
            lines += 1
    return lines


def bad_lines(con: DuckDBPyConnection) -> list[Rejected]:
    """The lines that no record could be made of, after the file was read once.

    An open quote swallows lines until the next quote: each of them is a bad line.
    """
    found: list[Rejected] = []
    for line, text, _ in con.execute(_BAD_LINES).fetchall():
        swallowed = max((text or "").rstrip("\n").count("\n"), 0)
        found += [
            Rejected(line + n, "bad_row", None, (text or "")[:200]) for n in range(swallowed + 1)
        ]
    return found
