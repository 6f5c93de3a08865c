"""Sheets as one XLSX workbook: raw numbers with formats, native charts, and what the file is."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics_core.errors import NotAsked
from analytics_core.export import worksheet
from analytics_core.export.native_chart import Chart
from analytics_core.export.sheet import Sheet
from analytics_core.export.workbook_charts import draw

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 1_048_575  # rows of a worksheet, below its heading
MANY = 50_000  # rows from which cells are kept in a file meanwhile, not in memory
ABOUT, CHARTS, CHART_DATA = "About this file", "Charts", "Chart data"
PRECISION = (
    "Amounts are USD, as numbers of a spreadsheet: 15 digits, so exact to the nano-dollar (1e-9 USD)"
    " below $1,000,000. A column with a larger amount has all its digits beside it, as text."
)
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - the same rows make the same bytes
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class Part:
    """One worksheet: `of` is how many rows there are where it holds only the first of them."""

    title: str
    sheet: Sheet
    chart: Chart | None = None
    of: int | None = None

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return len(self.sheet.rows)

    @property
    def total(self) -> int:
        """How many rows there are in all."""
        return self.rows if self.of is None else self.of


def workbook(parts: Sequence[Part], about: Sequence[tuple[str, str]]) -> bytes:
    """A worksheet per part, the charts, and what the file is: `about`, and rows of how many.

    Text stays text, whatever it looks like; times are on the clock that their heading names. Raises
    NotAsked where a part has more rows than a worksheet.
    """
    import xlsxwriter  # a tenth of a second that nobody else waits for

    if any(part.rows > MOST for part in parts):
        raise NotAsked(
            f"A worksheet holds {MOST:,} rows. Ask for CSV or Parquet, which hold all.", "format"
        )
    many = sum(part.rows for part in parts) > MANY
    out = io.BytesIO()
    options = {
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "constant_memory": many, "in_memory": not many,
    }  # fmt: skip
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": "Tokentally", "created": _MADE})
        formats = worksheet.Formats(book)
        names = list(_names(part.title for part in parts))
        for part, name in zip(parts, names, strict=True):
            worksheet.write(book.add_worksheet(name), part.sheet, formats, part.total)
        charts = [part.chart for part in parts if part.chart]
        if charts:
            draw(book.add_worksheet(CHARTS), book.add_worksheet(CHART_DATA), book, charts, formats)
        lines = [*about, *_rows(parts, names), ("Precision", PRECISION)]
        _about(book.add_worksheet(ABOUT), lines, formats)
    return out.getvalue()


def _rows(parts: Sequence[Part], names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for part, name in zip(parts, names, strict=True):
        yield f"Rows of '{name}'", f"{part.rows:,} of {part.total:,}"


def _about(sheet: Any, lines: Sequence[tuple[str, str]], formats: worksheet.Formats) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 110)
    for row, (label, text) in enumerate(lines):
        sheet.write_string(row, 0, worksheet.plain(label), formats.heading)
        sheet.write_string(row, 1, worksheet.plain(text), formats.wrapped)


def _names(titles: Iterable[str]) -> Iterator[str]:
    """A name for each worksheet: at most 31 characters, no other's, and none of ours."""
    taken = {name.casefold() for name in (ABOUT, CHARTS, CHART_DATA, "History", "")}
    for title in titles:
        clean = _NOT_IN_NAMES.sub(" ", worksheet.plain(title)).strip(" '") or "Sheet"
        name, number = clean[:31].strip(" '"), 1
        while name.casefold() in taken:
            number += 1
            name = f"{clean[: 28 - len(str(number))]} ({number})"
        taken.add(name.casefold())
        yield name
