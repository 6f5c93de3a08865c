"""The records of a pushed body: one object, an array of them, or one a line."""

import gzip
import json
import zlib
from decimal import Decimal
from functools import lru_cache
from typing import Any

from analytics_core.ingest.names import never_staged
from analytics_core.ingest.push.not_taken import NotTaken

Record = dict[str, Any]

MOST_BYTES = 10 * 1_000_000  # of a body, packed and unpacked
MOST_EVENTS = 50_000  # of a body
_DEPTH = 16  # below this nothing is looked for, and nothing is kept


def unpacked(body: bytes, encoding: str) -> bytes:
    """The body without its content encoding, never more than MOST_BYTES of it. Raises NotTaken."""
    match encoding.strip().lower():
        case "" | "identity":
            return body
        case "gzip" | "x-gzip":
            return _gunzipped(body)
        case other:
            raise NotTaken(
                "unreadable-body",
                f"Content-Encoding '{other[:40]}' is not read here. Send gzip, or nothing packed.",
                {"key": "Content-Encoding"},
            )


def _gunzipped(body: bytes) -> bytes:
    made, left = bytearray(), body
    try:
        while left:  # a gzip file may have several members
            unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            made += unpacker.decompress(left, MOST_BYTES + 1 - len(made))
            if len(made) > MOST_BYTES:
                raise too_large()
            if not unpacker.eof:
                raise EOFError
            left = unpacker.unused_data.lstrip(b"\0")
    except (zlib.error, gzip.BadGzipFile, EOFError):
        raise NotTaken("unreadable-body", "The body is no whole gzip file.") from None
    return bytes(made)


def too_large() -> NotTaken:
    """For a body beyond MOST_BYTES."""
    return NotTaken(
        "too-large",
        f"A body has at most {MOST_BYTES // 1_000_000} MB, unpacked. Send it in several.",
    )


def too_many(events: int) -> NotTaken:
    """For a body of more than MOST_EVENTS."""
    return NotTaken(
        "too-large",
        f"A body has at most {MOST_EVENTS:,} events, not {events:,}. Send them in several.",
    )


def records(body: bytes, *, no_array: str = "") -> list[tuple[int, Record]]:
    """Every object with its number: the place in an array, else the line. Raises NotTaken.

    `no_array` is what is said of an array where none may come. Elements that are null are left out: a LiteLLM proxy sends them for calls it knows nothing of.
    """
    text = _text(body)
    if text.startswith("["):
        if no_array:
            raise NotTaken("unreadable-body", no_array)
        return _numbered(enumerate(_whole(text), 1))
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if len(lines) > 1 and _object(lines[0][1]):
        if len(lines) > MOST_EVENTS:
            raise too_many(len(lines))
        return _numbered((number, _line(number, line)) for number, line in lines)
    return _numbered([(1, _whole(text))])


def _text(body: bytes) -> str:
    try:
        text = body.decode("utf-8-sig").strip()
    except UnicodeDecodeError as wrong:
        raise NotTaken("unreadable-body", f"Byte {wrong.start + 1} is not UTF-8.") from None
    if not text:
        raise NotTaken("unreadable-body", "The body is empty.")
    if text[0] not in "[{":
        raise NotTaken(
            "unreadable-body",
            "The body is no JSON: it begins with neither { nor [. Send one event, an array of"
            " events, or one event a line.",
        )
    return text


def _numbered(found: Any) -> list[tuple[int, Record]]:
    made: list[tuple[int, Record]] = []
    for number, record in found:
        if record is None:
            continue
        if not isinstance(record, dict):
            raise NotTaken(
                "bad-events",
                f"Row {number} is no JSON object but {_kind(record)}.",
                {"row": number},
            )
        made.append((number, record))
    if len(made) > MOST_EVENTS:
        raise too_many(len(made))
    return made


def _kind(value: object) -> str:
    kinds = {bool: "true or false", str: "text", list: "an array"}
    return kinds.get(type(value), "a number")


def _object(line: str) -> bool:
    try:
        return isinstance(_parsed(line), dict)
    except (ValueError, RecursionError):
        return False


def _line(number: int, line: str) -> Any:
    try:
        return _parsed(line)
    except (ValueError, RecursionError) as wrong:
        raise NotTaken(
            "bad-events", f"Row {number} is no JSON ({_fault(wrong)}).", {"row": number}
        ) from None


def _whole(text: str) -> Any:
    try:
        return _parsed(text)
    except (ValueError, RecursionError) as wrong:
        raise NotTaken("unreadable-body", f"The body is no JSON ({_fault(wrong)}).") from None


def _fault(wrong: Exception) -> str:
    if isinstance(wrong, json.JSONDecodeError):
        return f"{wrong.msg}: line {wrong.lineno}, column {wrong.colno}"
    return "nested too deeply" if isinstance(wrong, RecursionError) else str(wrong)[:80]


def _number(text: str) -> float | str:
    """The number, or its text where a double is another number: no digit of an amount is lost."""
    value = float(text)
    return value if abs(value) < 1e300 and Decimal(repr(value)) == Decimal(text) else text


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


# Made once: json.loads would make a decoder for each line.
_parsed = json.JSONDecoder(parse_float=_number, parse_constant=_no_number).decode


def without_private(value: Any, depth: int = 0) -> Any:
    """The value without what may be a prompt, an answer or an address, at whatever depth."""
    if isinstance(value, dict):
        if depth >= _DEPTH:
            return {}
        return {
            key: without_private(inner, depth + 1) if isinstance(inner, dict | list) else inner
            for key, inner in value.items()
            if not _private(key) or isinstance(inner, int | float)
        }
    if isinstance(value, list):
        return [without_private(inner, depth + 1) for inner in value] if depth < _DEPTH else []
    return value


_private = lru_cache(4096)(never_staged)
