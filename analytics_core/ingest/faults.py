"""What an error means for the file whose reading it ended."""

import duckdb
import pyarrow as pa

from analytics_core.access import failures
from analytics_core.ingest.json_file import too_long
from analytics_core.ingest.verdict import Refused
from analytics_core.store.manifest import Input

# A statement the engine cannot even bind is a fault of ours, whatever the file holds.
OURS = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)
# What Python raises of a value that nobody thought of.
BROKEN = (
    ValueError, ArithmeticError, LookupError, TypeError, AttributeError, RecursionError,
)  # fmt: skip


def about(refused: Refused, entry: Input) -> Refused:
    """The refusal with the ledger line of the file as far as it was known."""
    refused.details.setdefault("entry", entry)
    return refused


def fault(wrong: Exception) -> Refused:
    """A fault of ours costs one file, not the batch; its trace is in the log under an id."""
    name = failures.report(wrong, "ingest")
    return Refused("unreadable", f"Tokentally failed on this file (error {name} in the log).")


def stopped(wrong: Exception) -> Refused:
    """What an error of the engine means for the file."""
    limits = (
        duckdb.OutOfMemoryException,
        duckdb.InterruptException,
        MemoryError,
        pa.ArrowMemoryError,
    )
    text = str(wrong).lower()
    if "maximum_object_size" in text:
        return too_long()
    if (
        isinstance(wrong, limits)
        or "no space left" in text
        or "out of memory" in text
        or "file too large" in text
    ):
        return Refused("out_of_limits")
    return Refused("unreadable", "Its values cannot be read.")
