"""One sheet as a worksheet: a frozen heading, a filter, raw numbers with formats, data bars."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from analytics_core.export.sheet import Cell, Column, Sheet
from analytics_core.semantics.format import csv_number, shown
from analytics_core.semantics.unit import Unit

FORMATS = {
    Unit.USD: '[>=1]"$"#,##0.00;[<=-1]-"$"#,##0.00;"$"0.00#######',
    Unit.TOKENS: "#,##0",
    Unit.COUNT: "#,##0",
    Unit.CREDITS: "#,##0.00",
    Unit.RATIO: "0.0%",
    Unit.SECONDS: "#,##0.0",
    Unit.MILLISECONDS: "#,##0",
}
_MONEY = (Unit.USD, Unit.CREDITS)
_HELD = 10**15  # nano-units: what the 15 digits of a spreadsheet's number hold
_LONGEST = 32_767  # characters of a cell
_CUT = " … (cut: a cell holds no more)"
_FIRST_YEAR = 1901  # of a spreadsheet's calendar
_BAR = "#8fd0f5"
_UNREADABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")  # what XML cannot hold
_WIDTHS = 10, 44  # characters of a column
_TIME_WIDTH = 19
_LOOKED_AT = 100  # rows that say how wide a column is


class Formats:
    """The cell formats of one workbook."""

    def __init__(self, book: Any) -> None:
        self.heading = book.add_format({"bold": True, "bg_color": "#eef2f6", "valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.note = book.add_format({"italic": True})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.numbers = {
            unit: book.add_format({"num_format": form}) for unit, form in FORMATS.items()
        }
        self.fraction = book.add_format({"num_format": "#,##0.00#"})


def write(into: Any, sheet: Sheet, formats: Formats, total: int) -> None:
    """Writes the rows; where these are not all of the `total`, a last line says so."""
    spread = [_beside(place, column, sheet) for place, column in enumerate(sheet.columns)]
    headings = [
        heading
        for column, digits in zip(sheet.columns, spread, strict=True)
        for heading in ([column.heading, f"{column.heading} to the last digit"] if digits else
                        [column.heading])
    ]  # fmt: skip
    near = [list(_cells(row, sheet.columns, spread)) for row in sheet.rows[:_LOOKED_AT]]
    for at, heading in enumerate(headings):
        texts = (len(cell) for row in near if isinstance(cell := row[at][0], str))
        width = max(len(heading) + 3, *texts, _TIME_WIDTH if _timed(near, at) else 0)
        into.set_column(at, at, min(max(width, _WIDTHS[0]), _WIDTHS[1]))
        into.write_string(0, at, plain(heading), formats.heading)
    into.freeze_panes(1, 0)
    on_paper(into)
    for at, row in enumerate(sheet.rows, 1):
        for place, (cell, unit) in enumerate(_cells(row, sheet.columns, spread)):
            put(into, at, place, cell, unit, formats)
    last = len(sheet.rows)
    if last:
        into.autofilter(0, 0, last, len(headings) - 1)
    bar = _barred(sheet, spread)
    if bar is not None and last > 1:
        style = {"type": "data_bar", "bar_color": _BAR, "bar_solid": True, "min_type": "num",
                 "min_value": 0}  # fmt: skip
        into.conditional_format(1, bar, last, bar, style)
    if total > last:
        said = f"{last:,} of {total:,} rows; the others are not in this file."
        into.write_string(last + 1, 0, said, formats.note)


def on_paper(into: Any) -> None:
    """Prints it as wide as a page, the heading on each."""
    into.set_landscape()
    into.set_paper(9)  # A4
    into.fit_to_pages(1, 0)
    into.repeat_rows(0)


def put(into: Any, row: int, place: int, cell: Any, unit: Unit | None, formats: Formats) -> None:
    """Writes one cell; what is unknown stays empty."""
    if isinstance(cell, str):
        if cell:
            into.write_string(row, place, plain(cell))
    elif isinstance(cell, date):
        if cell.year < _FIRST_YEAR:
            into.write_string(row, place, cell.isoformat())
        elif isinstance(cell, datetime):
            into.write_datetime(row, place, cell.replace(tzinfo=None), formats.moment)
        else:
            into.write_datetime(row, place, cell, formats.day)
    else:
        number = shown(cell, unit or Unit.COUNT)
        if number is not None:
            whole = number == int(number)
            counted = unit in (None, Unit.COUNT, Unit.TOKENS)
            form = (
                formats.fraction if counted and not whole else formats.numbers[unit or Unit.COUNT]
            )
            into.write_number(row, place, float(number), form)


def plain(text: str) -> str:
    """Text as a cell can hold it."""
    text = _UNREADABLE.sub("\ufffd", text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - len(_CUT)] + _CUT


def _beside(place: int, column: Column, sheet: Sheet) -> bool:
    """Whether all digits of the column stand beside it: an amount has more than a number holds."""
    if column.unit not in _MONEY:
        return False
    cells = (row[place] for row in sheet.rows)
    return any(isinstance(cell, int) and abs(cell) >= _HELD for cell in cells)


def _cells(
    row: Sequence[Cell], columns: Sequence[Column], spread: Sequence[bool]
) -> Iterator[tuple[Cell, Unit | None]]:
    for cell, column, digits in zip(row, columns, spread, strict=True):
        yield cell, column.unit
        if digits and not isinstance(cell, str | date):
            yield csv_number(cell, column.unit or Unit.COUNT), None


def _timed(rows: Sequence[Sequence[tuple[Cell, Unit | None]]], place: int) -> bool:
    return any(isinstance(row[place][0], date) for row in rows)


def _barred(sheet: Sheet, spread: Sequence[bool]) -> int | None:
    """The column with data bars: the first figure, where rows are no moments of time."""
    first = sheet.rows[0] if sheet.rows else ()
    if any(isinstance(cell, date) for cell in first):
        return None
    units = [column.unit for column in sheet.columns]
    place = next((at for at, unit in enumerate(units) if unit is not None), None)
    return None if place is None else place + sum(spread[:place])
