"""A dropped JSON file: lines, one document, or an array of objects, each row one object."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from duckdb import DuckDBPyConnection

from analytics_core.ingest import json_keys
from analytics_core.ingest.limits import (
    DOCUMENT_BYTES,
    RECORD_BYTES,
    SAMPLE_ROWS,
    check_columns,
)  # fmt: skip
from analytics_core.ingest.literals import literal
from analytics_core.ingest.names import never_staged
from analytics_core.ingest.raw import Head
from analytics_core.ingest.recognise import Content
from analytics_core.ingest.verdict import Refused, Rejected
from analytics_core.settings import Settings

_HEAD_LINES = 1_000
_HEAD_BYTES = 4 << 20
_LOOKS, _LOOK_BYTES, _LOOK_LINES, _LOOK_LINE = 16, 256 << 10, 1_000, 1 << 20
_SHOWN = 200

Shape = Literal["lines", "document", "array"]


def head(content: Content, name: str, settings: Settings) -> Head:
    """The keys of the first 1,000 parsable lines or 4 MiB, and of looks into the lines after them.

    A file of one object is a document or a log of one line, which nobody can tell apart: its kind
    is json, and `as_lines` gives the other reading. Raises Refused: unreadable, too_big,
    too_many_columns.
    """
    records, bad, shape = _first_records(content)
    tops = _keys(records)
    check_columns(len(tops), settings)
    paths = json_keys.of_records(records)
    seen_all = len(records) < _HEAD_LINES and content.path.stat().st_size < _HEAD_BYTES
    if shape == "lines" and not seen_all:
        later = list(_later_records(content.path))
        every = _keys([*records, *later])
        if len(every) <= settings.ingest_columns:
            tops, paths = every, {**json_keys.of_records(later), **paths}
    sample = tuple(
        {k: v for k, v in record.items() if not never_staged(k)} for record in records[:SAMPLE_ROWS]
    )
    return Head(
        "jsonl" if shape == "lines" else "json", name, tuple(paths), tops,
        {key: "JSON" for key, path in paths.items() if len(path) == 1}, sample, paths=paths,
        lines=len(records) + bad, bad_lines=bad,
    )  # fmt: skip


def _keys(records: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for record in records for key in map(str, record)))


def _later_records(path: Path) -> Iterator[dict[str, Any]]:
    """Objects from places all over the file: a key may first appear long after its head.

    An error, a person, cached tokens: what only some calls have is looked for among all of them.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        for look in range(_LOOKS):
            file.seek(size * (look + 1) // (_LOOKS + 1))
            file.readline(RECORD_BYTES)  # the rest of a line
            left = _LOOK_BYTES
            while left > 0 and (line := file.readline(RECORD_BYTES)):
                left -= max(len(line), _LOOK_BYTES // _LOOK_LINES)
                if len(line) <= _LOOK_LINE and (found := _object(line)) is not None:
                    yield found


def _first_records(content: Content) -> tuple[list[dict[str, Any]], int, Shape]:
    """(objects, how many of those looked at were none, shape)."""
    shape = shape_of(content)
    if shape == "lines":
        looked: list[Any] = list(_first_lines(content.path))
    else:
        found = _document(content.path)
        looked = (found if isinstance(found, list) else [found])[:_HEAD_LINES]
    records = [e for e in looked if isinstance(e, dict)]
    return records, len(looked) - len(records), shape


def shape_of(content: Content) -> Shape:
    """Lines when the first line is an object of its own and more follows, else one document."""
    with content.path.open("rb") as file:
        first = b""
        while not first and (line := file.readline(RECORD_BYTES + 1)):
            first = line.strip()
        more = bool(file.readline(RECORD_BYTES).strip()) or bool(file.read(1))
    if first.startswith(b"["):
        return "array"
    if len(first) <= RECORD_BYTES and _object(first) is not None:
        return "lines" if more else "document"
    if _is_document(content.path):
        return "document"
    if len(first) > RECORD_BYTES:
        raise too_long()
    return "lines"


def too_long() -> Refused:
    """A line beyond what a reader should hold at once."""
    return Refused("too_big", "A line is longer than 16 MiB.")


def _is_document(path: Path) -> bool:
    if path.stat().st_size > DOCUMENT_BYTES:
        return False
    try:
        return isinstance(json.loads(path.read_bytes()), dict)
    except (ValueError, RecursionError):
        return False


def _document(path: Path) -> Any:
    """A whole document, or the first elements of a large array."""
    if path.stat().st_size <= DOCUMENT_BYTES:
        try:
            return json.loads(path.read_bytes())
        except (ValueError, RecursionError):
            raise Refused("unreadable", "This is not a JSON document.") from None
    return list(_first_elements(path))


def _first_elements(path: Path) -> Iterator[Any]:
    """The elements of an array as far as they end within the first 4 MiB."""
    with path.open(encoding="utf-8", errors="replace") as file:
        text = file.read(_HEAD_BYTES)
    decoder, at = json.JSONDecoder(), text.index("[") + 1
    for _ in range(_HEAD_LINES):
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield value


def _first_lines(path: Path) -> Iterator[dict[str, Any] | None]:
    """Each line that is not blank as an object, None where it is none."""
    size = count = 0
    with path.open("rb") as file:
        while count < _HEAD_LINES and size < _HEAD_BYTES:
            line = file.readline(RECORD_BYTES + 1)
            if not line:
                return
            if len(line) > RECORD_BYTES:
                raise too_long()
            size += len(line)
            if line.strip():
                found = _object(line)
                count += found is not None
                yield found


def _object(line: bytes) -> dict[str, Any] | None:
    bare = line.strip()
    if not (bare.startswith(b"{") and bare.endswith(b"}")):
        return None  # as the parser would find, a hundred times slower
    try:
        found = json.loads(bare)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def records(path: Path, kind: str) -> str:
    """SQL of every record as `_row` and `doc`, which is NULL where a line is no object."""
    if kind == "jsonl":
        read = (
            f"read_ndjson_objects({literal(str(path))}, ignore_errors=true,"
            f" maximum_object_size={RECORD_BYTES})"
        )
    else:
        read = (
            f"read_json_objects({literal(str(path))}, format='auto',"
            f" maximum_object_size={DOCUMENT_BYTES})"
        )
    return " ".join(
        (
            "SELECT row_number() OVER () AS _row,",
            "CASE WHEN json_type(json) = 'OBJECT' THEN json END AS doc, json AS given",
            f"FROM {read}",
        )
    )


def bad_records(con: DuckDBPyConnection, all_records: str) -> list[Rejected]:
    """Those of the relation `all_records` that are no JSON object."""
    bad = con.table(all_records).filter("doc IS NULL")
    shown = bad.project(f"_row, left(CAST(given AS VARCHAR), {_SHOWN})").order("_row")
    return [Rejected(row, "bad_json", None, text) for row, text in shown.fetchall()]
