"""How large a file may be before it is read, and while it is."""

from analytics_core.ingest.verdict import Refused
from analytics_core.settings import Settings

RECORD_BYTES = 16 << 20  # one line of JSON or one record of CSV
DOCUMENT_BYTES = 32 << 20  # one JSON document
CELL_BYTES = 65_536  # a mapped column above this on average is no dimension and no number
SAMPLE_ROWS = 64


def check_names(raw_names: tuple[str, ...], settings: Settings) -> None:
    """Raises Refused for too many columns and for names that are equal, also by case only."""
    check_columns(len(raw_names), settings)
    seen: dict[str, str] = {}
    for name in raw_names:
        folded = name.strip().casefold()
        if folded in seen and folded:
            raise Refused("duplicate_columns", f"Two columns are called '{name[:80]}'.")
        seen[folded] = name


def check_columns(columns: int, settings: Settings) -> None:
    """Raises Refused for more columns than allowed."""
    if columns > settings.ingest_columns:
        raise Refused("too_many_columns", f"{columns} columns, {settings.ingest_columns} allowed.")


def check_rows(rows: int, settings: Settings) -> None:
    """Raises Refused for more rows than allowed."""
    if rows > settings.ingest_rows:
        raise Refused("too_many_rows", f"{rows} rows, {settings.ingest_rows} allowed.")
