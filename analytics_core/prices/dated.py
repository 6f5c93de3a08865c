"""Cells of the dated settings files: days of the reporting zone and exact decimals."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from analytics_core.semantics.zone import day_start
from analytics_core.settings import Line

EVER = datetime.fromisoformat("0001-01-01"), datetime.fromisoformat("9999-12-31")  # unbounded


def day(line: Line, key: str) -> date | None:
    """The day in that cell, None when blank. Raises BadFile."""
    text = line.text(key)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise line.wrong(key, f"'{text}' is no day; expected YYYY-MM-DD.") from None


def validity(line: Line, zone: str) -> tuple[datetime | None, datetime | None]:
    """[valid_from, valid_to) as naive UTC instants; None is unbounded. Raises BadFile."""
    first, end = day(line, "valid_from"), day(line, "valid_to")
    if first and end and first >= end:
        raise line.wrong(
            "valid_to", f"{end} must be after valid_from ({first}); it is not included."
        )
    start, stop = (
        day_start(d, zone).astimezone(UTC).replace(tzinfo=None) if d else None for d in (first, end)
    )
    return start, stop


def decimal(line: Line, key: str) -> Decimal | None:
    """The finite decimal in that cell, None when blank. Raises BadFile."""
    text = line.text(key)
    if text is None:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise line.wrong(key, f"'{text}' is no number.")
    return number


def overlap(
    one: tuple[datetime | None, datetime | None], other: tuple[datetime | None, datetime | None]
) -> bool:
    """Whether two half-open periods share an instant."""
    starts = [start for start, _ in (one, other) if start]
    ends = [end for _, end in (one, other) if end]
    return not starts or not ends or max(starts) < min(ends)
