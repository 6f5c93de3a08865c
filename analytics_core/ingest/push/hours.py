"""The hours of pushed events: all that was gathered of one UTC hour is one line of the ledger.

Bodies of one source and shape share that line. Its file_id is made of these and the hour, not of
bytes, since it grows with each gathered file; the rows are numbered through, as they stand in the one archived file to which gathered ones are appended. Which these
were stands in a side file, so that a ledger of months stays small.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analytics_core.access.tokens import SOURCE_NAME
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.raw import ENVELOPE
from analytics_core.ingest.verdict import FORGOTTEN
from analytics_core.store import parquet
from analytics_core.store.manifest import Input, Manifest

Side = tuple[tuple[str, str], ...]  # (path under data/events, SHA-256), as the manifest lists them
_AT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}")


@dataclass(frozen=True, slots=True)
class Part:
    """One gathered file of an hour: its own id, and how many lines and bytes it has."""

    file_id: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Hour:
    """Which line of the ledger it is; `at` as 2026-11-20T12, UTC, when the bodies came."""

    source: str
    shape: str
    at: str

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Hour | None":
        """The hour that a pushed record names around itself; None where it names none."""
        around = record.get(ENVELOPE)
        if not isinstance(around, Mapping):
            return None
        source, shape, at = (around.get(key) for key in ("source", "shape", "hour"))
        if not isinstance(source, str) or not re.fullmatch(SOURCE_NAME, source):
            return None
        if not isinstance(at, str) or not _AT.fullmatch(at):
            return None
        return cls(source, str(shape), at)

    @property
    def key(self) -> str:
        """64 hex, the same for all that belongs together."""
        return _hashed("pushed", self.source, self.shape, self.at)

    @property
    def name(self) -> str:
        """What it is called in the ledger."""
        return f"pushed/{self.source}/{self.at}.jsonl"


def hour_of(moment: datetime) -> str:
    """The UTC hour of an aware moment, as 2026-11-20T12."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H}"


def lines(key: str, held: Manifest) -> Iterator[tuple[str, Input | None]]:
    """The lines of an hour with their SHA-256, the one that gathered files join at last.

    One whose rows were taken out again is not continued: what comes later has a line of its own,
    so that taking out again says for good which rows those were.
    """
    number = 0
    while True:
        sha256 = _hashed(key, str(number)) if number else key
        line = held.input(sha256[:16])
        yield sha256, line
        if line is None or line.verdict != FORGOTTEN:
            return
        number += 1


def parts_of(file_id: str, held: Manifest, events: Path) -> tuple[Part, ...]:
    """The gathered files of a line in the order of their rows; () for any other line."""
    listed = next((path for path, _ in held.side if path.startswith(_prefix(file_id))), None)
    if listed is None:
        return ()
    text = (events / listed).read_text("utf-8")
    return tuple(Part(*json.loads(line)) for line in text.splitlines())


def listed(file_id: str, parts: Sequence[Part], side: Side, events: Path, place: Path) -> Side:
    """The side files of the manifest with this list of a line's gathered files in place of its last.

    The list is published, from the folder `place`; nobody reads it before the manifest does.
    """
    name = f"{_prefix(file_id)}{len(parts)}.jsonl"
    text = "".join(json.dumps([p.file_id, p.rows, p.bytes]) + "\n" for p in parts).encode()
    path = place / Path(name).name
    with path.open("wb") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    last = [path for path, _ in side if path.startswith(_prefix(file_id))]
    parquet.retire(events, last)
    parquet.publish_as(events, path, name)
    kept = (one for one in side if one[0] not in last)
    return (*kept, (name, hashlib.sha256(text).hexdigest()))


def holding(
    file_id: str, key: str | None, held: Manifest, events: Path
) -> tuple[Input, int] | None:
    """The landed line that holds a gathered file, and how many rows stand before that file's."""
    own = held.landed(file_id)
    if own is not None:
        return own, 0
    for _, line in lines(key, held) if key else ():
        before = 0
        for part in parts_of(line.file_id, held, events) if line else ():
            if line and part.file_id == file_id:
                return line, before
            before += part.rows
    return None


def is_archived(entry: Input, held: Manifest, folders: Folders) -> bool:
    """Whether the drop of that line stands in the archive, of an hour all that has landed."""
    if entry.archived is None or not (folders.data / entry.archived).is_file():
        return False
    parts = parts_of(entry.file_id, held, folders.events)
    return (folders.data / entry.archived).stat().st_size >= size_of(parts)


def size_of(parts: tuple[Part, ...]) -> int:
    """Bytes of gathered files."""
    return sum(part.bytes for part in parts)


def _prefix(file_id: str) -> str:
    return f"side/pushed-{file_id}-"


def _hashed(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode("utf-8", "replace")).hexdigest()
