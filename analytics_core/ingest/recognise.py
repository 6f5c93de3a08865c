"""What a file holds, by its content and never by its extension; packed and UTF-16 ones unwrapped."""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa

from analytics_core.ingest import surrogates
from analytics_core.ingest.take import GIB
from analytics_core.ingest.verdict import Refused
from analytics_core.settings import Settings

_FIRST = 65_536
_BLOCK = 1 << 20
_FREE_RATIO_BYTES = 64 << 20  # below this much output the ratio says nothing

Packing = Literal["gzip", "zstd"]
_PACKED: tuple[tuple[bytes, Packing], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins with the mark of UTF-16, so it is asked first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN: dict[bytes, str] = {
    b"PK": "a zip archive or an Excel workbook; save it as CSV",
    b"%PDF": "a PDF",
    b"SQLite format 3": "an SQLite database",
    b"ARROW1": "an Arrow file; save it as Parquet",
    b"ORC": "an ORC file; save it as Parquet",
    b"Obj\x01": "an Avro file; save it as Parquet",
    b"<": "a web page or XML",
}
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Content:
    """A readable file: its kind and the private path to read it from (UTF-8 if it is text)."""

    kind: Literal["parquet", "csv", "json"]  # json: one document, an array or lines
    path: Path
    lines: int = 0  # of text: line ends


def recognise(path: Path, settings: Settings, staging: Path) -> Content:
    """The content of a private copy; what is unpacked or decoded is written to `staging`.

    Raises Refused: empty_file, encrypted, unreadable, unknown_format, too_big.
    """
    first = _first(path)
    packing = _packing(first)
    if packing:
        path = _unpacked(path, packing, staging, settings)
        first = _first(path)
        if _packing(first):
            raise Refused("unknown_format", "Packed twice; unpack it first.")
    if not first.strip():
        raise Refused("empty_file")
    if first.startswith(b"PAR1"):
        return Content("parquet", path)
    if first.startswith(b"PARE"):
        raise Refused("encrypted")
    return _text(path, first, staging)


def _first(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_FIRST)


def _packing(first: bytes) -> Packing | None:
    return next((name for magic, name in _PACKED if first.startswith(magic)), None)


def _unpacked(path: Path, packing: Packing, staging: Path, settings: Settings) -> Path:
    target = staging / f"{path.name}.unpacked"
    most = min(
        int(settings.ingest_unpacked_gib * GIB),
        max(_FREE_RATIO_BYTES, int(path.stat().st_size * settings.ingest_unpack_ratio)),
    )
    size = 0
    try:
        with pa.input_stream(str(path), compression=packing) as packed, target.open("wb") as out:
            while block := packed.read(_BLOCK):
                size += len(block)
                if size > most:
                    raise Refused("too_big", "Unpacks to more than is allowed for its size.")
                out.write(block)
    except (OSError, pa.ArrowException) as wrong:
        raise Refused("unreadable", f"Cannot be unpacked ({_short(wrong)}).") from None
    return target


def _text(path: Path, first: bytes, staging: Path) -> Content:
    encoding = next((name for mark, name in _BOMS if first.startswith(mark)), None)
    encoding = encoding or _wide(first)
    if encoding is None:
        known = next((what for magic, what in _FOREIGN.items() if first.startswith(magic)), None)
        if known or len(_CONTROL.findall(first)) > len(first) // 20:
            raise Refused("unknown_format", f"This is {known or 'a binary file'}.")
    path, lines, start = _as_utf8(path, encoding, staging)
    start = start.lstrip()
    if start.startswith(b"<"):
        raise Refused("unknown_format", f"This is {_FOREIGN[b'<']}.")
    if not start:
        raise Refused("empty_file")
    if start[:1] not in (b"{", b"["):
        return Content("csv", path, lines)
    if surrogates.has_halves(path):
        path = surrogates.mended(path, staging / f"{path.name}.whole")
    return Content("json", path, lines)


def _wide(first: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of plain text is zero."""
    even, odd = first[0:512:2], first[1:512:2]
    if len(odd) > 8 and odd.count(0) > 0.8 * len(odd) and even.count(0) == 0:
        return "utf-16-le"
    if len(odd) > 8 and even.count(0) > 0.8 * len(even) and odd.count(0) == 0:
        return "utf-16-be"
    return None


def _as_utf8(path: Path, encoding: str | None, staging: Path) -> tuple[Path, int, bytes]:
    """The text as UTF-8 with one kind of line end: (path, line ends, first bytes).

    Text that is not UTF-8 and says nothing else is read as Windows-1252, unless it is JSON, whose
    broken lines are counted. The file itself is kept where nothing must change.
    """
    if encoding is None:
        valid, mixed, marked, lines, start = _inspected(path)
        json = start.lstrip()[:1] in (b"{", b"[")
        returns_only = b"\r" in start and b"\n" not in start  # which the engine takes for one line
        if not marked and ((json and not returns_only) or (valid and not mixed and not json)):
            return path, lines, start
        encoding = "utf-8-sig" if valid or json else "cp1252"
    target = staging / f"{path.name}.utf8"
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    lines, start, held = 0, b"", ""
    with path.open("rb") as source, target.open("wb") as out:
        while True:
            block = source.read(_BLOCK)
            text = held + decoder.decode(block, final=not block)
            held = "\r" if text.endswith("\r") and block else ""
            text = text.removesuffix("\r") if held else text
            made = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
            lines += made.count(b"\n")
            start = start if len(start) >= _FIRST else start + made
            out.write(made)
            if not block:
                return target, lines, start


def _inspected(path: Path) -> tuple[bool, bool, bool, int, bytes]:
    """(valid UTF-8, several kinds of line end, has a mark, line ends, first bytes) of a file."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    valid, start, size = True, b"", path.stat().st_size
    feeds = returns = pairs = 0
    last = b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            start = start or block[:_FIRST]
            if valid:
                try:
                    decoder.decode(block, final=file.tell() == size)
                except UnicodeDecodeError:
                    valid = False
            feeds += block.count(b"\n")
            returns += block.count(b"\r")
            pairs += block.count(b"\r\n") + (last == b"\r" and block[:1] == b"\n")
            last = block[-1:]
    marked = start.startswith(codecs.BOM_UTF8)
    mixed = (feeds > pairs) + (returns > pairs) + (pairs > 0) > 1
    lines = feeds or returns
    return valid, mixed, marked, lines, start.removeprefix(codecs.BOM_UTF8)


def _short(wrong: Exception) -> str:
    return re.sub(r"/\S+", "", str(wrong).splitlines()[0] if str(wrong) else "")[:120].strip()
