"""How a DuckDB type is read: what family it belongs to."""

from typing import Literal

Family = Literal[
    "integer", "float", "decimal", "text", "naive", "zoned", "date", "boolean", "other"
]

_INTEGERS = frozenset(
    {
        "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
        "UBIGINT", "UHUGEINT",
    }
)  # fmt: skip
_NAIVE = frozenset({"TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"})


def family(kind: str) -> Family:
    """The family of a DuckDB type; NULL constants and JSON are text."""
    if kind in _INTEGERS:
        return "integer"
    if kind in ("DOUBLE", "FLOAT"):
        return "float"
    if kind.startswith("DECIMAL"):
        return "decimal"
    if kind in _NAIVE:
        return "naive"
    if kind.startswith("TIMESTAMP"):
        return "zoned"
    if kind == "DATE":
        return "date"
    if kind == "BOOLEAN":
        return "boolean"
    if kind.strip('"') in ("VARCHAR", "JSON", "NULL", "UUID") or kind.startswith("ENUM"):
        return "text"
    return "other"
