"""A sheet as CSV that spreadsheets open without running anything in it (SCREENS.md 7.1)."""

import csv
import io
import re
import secrets
from datetime import UTC, date, datetime, timedelta

import polars as pl

from analytics_core.export.sheet import Cell, Sheet
from analytics_core.semantics.format import csv_number
from analytics_core.semantics.period import Period
from analytics_core.semantics.unit import Unit
from analytics_core.semantics.zone import local

MIME = "text/csv"
_FORMULA = re.compile(r"^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")  # and the full-width forms
# The same for polars, whose \s leaves out four separators.
_FORMULA_OF_COLUMN = r"^[\s\x1c-\x1f]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]"


def content(sheet: Sheet) -> bytes:
    """UTF-8 with a byte order mark, a header row, ISO times, plain decimals; "" is unknown.

    Text that a spreadsheet would take for a formula gets a leading apostrophe, numbers never.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guarded(column.heading) for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow(
            [_text(cell, column.unit) for cell, column in zip(row, sheet.columns, strict=True)]
        )
    return out.getvalue().encode("utf-8-sig")


def guarded(text: str) -> str:
    """`text`, with an apostrophe before what would start a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def guarded_column(name: str) -> pl.Expr:
    """A column of text, each cell as `guarded` makes it."""
    text = pl.col(name)
    formula = text.str.contains(_FORMULA_OF_COLUMN)
    return pl.when(formula).then(pl.lit("'") + text).otherwise(text).alias(name)


def file_name(
    page: str, panel: str, period: Period | None, nonce: str, extension: str = "csv"
) -> str:
    """tokentally-overview-cost-2026-11-01_2026-11-30-4f7a01bc.csv; the last day is included.

    Without days where the rows are of no period.
    """
    if period is None:
        return f"tokentally-{page}-{panel}-{nonce}.{extension}"
    last = local(period.end - timedelta(microseconds=1), period.calendar.zone)
    days = f"{period.local_start:%Y-%m-%d}_{last:%Y-%m-%d}"
    return f"tokentally-{page}-{panel}-{days}-{nonce}.{extension}"


def nonce() -> str:
    """Eight random characters: a download's address derives from its name, and needs no cookie."""
    return secrets.token_hex(4)


def _text(cell: Cell, unit: Unit | None) -> str:
    if isinstance(cell, datetime):
        iso = cell.isoformat()
        return iso.replace("+00:00", "Z") if cell.tzinfo is UTC else iso
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        return guarded(cell)
    return csv_number(cell, unit or Unit.COUNT)
