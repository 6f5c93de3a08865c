"""The keys that JSON values of a file have, as dotted names and as exact paths."""

from collections.abc import Iterable, Mapping
from typing import Any

from analytics_core.ingest.names import normalised, top_names
from analytics_core.ingest.python_text import parsed

_DEPTH = 8
_MOST = 4_096  # distinct paths; a document with data in its keys has no more meaning than this

Paths = dict[str, tuple[str, ...]]


def of_records(records: Iterable[Mapping[str, Any]]) -> Paths:
    """Normalised dotted name -> exact keys, through objects and arrays of objects, first seen."""
    found: Paths = {}
    for record in records:
        _collect(record, (), "", found, 0)
    return found


def of_columns(
    raw_names: tuple[str, ...], types: Mapping[str, str], sample: Iterable[Mapping[str, Any]]
) -> Paths:
    """The same for JSON text inside text columns; the exact keys begin inside the column."""
    found: Paths = {}
    texts = [
        (raw, top)
        for raw, top in zip(raw_names, top_names(raw_names), strict=True)
        if types.get(top) in ("VARCHAR", "JSON")
    ]
    for record in sample:
        for raw, top in texts:
            value = record.get(raw)
            if isinstance(value, str) and value[:1] == "{" and (made := _object(value)):
                _collect(made, (), top, found, 0)
    return found


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = parsed(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _collect(value: Any, keys: tuple[str, ...], name: str, found: Paths, depth: int) -> None:
    if depth > _DEPTH or len(found) >= _MOST:
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            dotted = f"{name}.{normalised(str(key))}" if name else normalised(str(key))
            path = (*keys, str(key))
            found.setdefault(dotted, path)
            _collect(inner, path, dotted, found, depth + 1)
    elif isinstance(value, list):
        for inner in value[:16]:
            _collect(inner, keys, name, found, depth + 1)
