"""Lines of a settings CSV changed in their place; comments and the lines beside them stay."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from analytics_core.errors import BadFile
from analytics_core.settings import Record, records_of, table_of


@dataclass(frozen=True, slots=True)
class Row:
    """One line by column, trimmed; `number` is its line in the file, None for a new one."""

    number: int | None
    cells: Mapping[str, str]

    def cell(self, column: str) -> str:
        """What stands in a column, "" where nothing does."""
        return (self.cells.get(column) or "").strip()


def rows(text: str, path: Path, columns: Sequence[str]) -> list[Row]:
    """The lines of a file that holds `text`. Raises BadFile where it is no such table."""
    return list(_rows(text, path, tuple(columns)))


@lru_cache(maxsize=4)  # an editor reads the same text in every run
def _rows(text: str, path: Path, columns: tuple[str, ...]) -> tuple[Row, ...]:
    found = table_of(text, path, (), columns)
    return tuple(Row(line.number, {c: line.text(c) or "" for c in columns}) for line in found)


@lru_cache(maxsize=4)
def _records(text: str, path: Path) -> tuple[Record, ...]:
    return tuple(records_of(text, path))


def revised(text: str, path: Path, columns: Sequence[str], wanted: Sequence[Row]) -> str:
    """The text with the lines of `wanted`: others taken out, changed ones written anew, new ones last.

    A column that the header lacks is added to it where a line needs it; without a line there is no
    file to begin. Raises BadFile.
    """
    if not text and not wanted:
        return text
    held = {row.number: row for row in rows(text, path, columns)}
    by_number = {row.number: row for row in wanted if row.number is not None}
    records = _records(text, path)
    head = next((record for record in records if record.cells), None)
    header = [cell.strip() for cell in head.cells] if head else list(columns)
    header += [c for c in columns if c not in header and any(row.cell(c) for row in wanted)]
    end = "\r\n" if head and head.text.endswith("\r\n") else "\n"

    def line(row: Row) -> str:
        return _written([row.cell(name) for name in header], end)

    def kept(record: Record) -> str:
        if record is head:
            same = len(header) == len(record.cells)
            return record.text if same else _written(header, end)
        if not record.cells:
            return record.text
        row = by_number.get(record.number)
        if row is None:
            return ""
        return record.text if _equal(row, held[record.number], columns) else line(row)

    lines = [kept(record) for record in records]
    if head is None:
        lines.append(_written(header, end))
    fresh = [line(row) for row in wanted if row.number is None]
    return "".join(_ended(lines, end) if fresh else lines) + "".join(fresh)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a table: the row it is about (None: several, or the whole), and why."""

    row: Row | None
    problem: BadFile


def mistakes(
    text: str,
    path: Path,
    columns: Sequence[str],
    wanted: Sequence[Row],
    check: Callable[[str], object],
) -> list[Mistake]:
    """What `check`, which reads a whole file, finds wrong: row by row, else among the rows."""
    found = row_mistakes(text, path, columns, wanted, check)
    if found:
        return found
    try:
        check(revised(text, path, columns, wanted))
    except BadFile as wrong:
        return [Mistake(None, wrong)]
    return []


def row_mistakes(
    text: str,
    path: Path,
    columns: Sequence[str],
    wanted: Sequence[Row],
    check: Callable[[str], object],
) -> list[Mistake]:
    """What `check` finds wrong with new and changed rows, each by itself.

    Rows that stand in the file as they are were checked when it was read.
    """
    held = {row.number: row for row in rows(text, path, columns)}
    fresh = [r for r in wanted if r.number is None or not _equal(r, held[r.number], columns)]
    return [m for row in fresh if (m := _alone(row, path, columns, check))]


def _alone(
    row: Row, path: Path, columns: Sequence[str], check: Callable[[str], object]
) -> Mistake | None:
    try:
        check(revised("", path, columns, [Row(None, row.cells)]))
    except BadFile as wrong:
        return Mistake(row, wrong)
    return None


def _equal(one: Row, other: Row, columns: Sequence[str]) -> bool:
    return all(one.cell(c) == other.cell(c) for c in columns)


def _ended(lines: Sequence[str], end: str) -> Iterator[str]:
    """The lines, the last of which ends."""
    text = "".join(lines)
    yield text
    if text and not text.endswith(("\n", "\r")):
        yield end


def _written(cells: Sequence[str], end: str) -> str:
    """One line of CSV; one that would look like a comment is quoted."""
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if cells[0].startswith("#") else csv.QUOTE_MINIMAL
    csv.writer(out, lineterminator=end, quoting=quoting).writerow(cells)
    return out.getvalue()
