"""The manifest: every live file, the ledger of inputs and the price books, in one document."""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from analytics_core.errors import BadFile, NotWritable
from analytics_core.events import SCHEMA_NUMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFile:
    """One landed Parquet file. Times are naive UTC ISO text; sums skip NULL."""

    path: str  # relative to data/events: month=2026-11/<16 hex>.parquet
    month: str
    schema: int
    rows: int
    bytes: int
    sha256: str
    min_started_at: str
    max_started_at: str
    requests: int
    input_tokens: int
    output_tokens: int
    cost_nano: int
    unpriced_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One line of the ledger: a file that was taken, and what became of it.

    read = accepted + rejected + skipped + duplicate. `reasons` counts codes of EVENTS.md 3.3.
    `lost_to` counts the rows of this input that another input's rows replaced, by its file_id.
    """

    file_id: str
    sha256: str
    name: str
    source: str | None
    group: str | None
    grain: str | None
    taken_at: str
    verdict: str  # landed, duplicate_file, forgotten, statement, or a quarantine code
    message: str = ""
    read: int = 0
    accepted: int = 0
    rejected: int = 0
    skipped: int = 0
    duplicate: int = 0
    reasons: tuple[tuple[str, int], ...] = ()
    min_started_at: str | None = None
    max_started_at: str | None = None
    months: tuple[str, ...] = ()
    requests: int | None = None
    tokens: int | None = None
    cost_nano: int | None = None
    unpriced_rows: int = 0
    archived: str | None = None  # relative to the data folder
    lost_to: tuple[tuple[str, int], ...] = ()
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the store holds. Replaced whole and atomically; readers never lock."""

    files: tuple[EventFile, ...] = ()
    inputs: tuple[Input, ...] = ()
    books: tuple[str, ...] = ()  # versions of price books kept under side/
    side: tuple[tuple[str, str], ...] = ()  # (path under data/events, sha256)
    said: str | None = field(default=None, compare=False)  # the version the document states

    @property
    def version(self) -> str:
        """The data version: changes exactly when the list of event files does."""
        text = "\n".join(f"{f.path} {f.sha256}" for f in sorted(self.files, key=lambda f: f.path))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def rows(self) -> int:
        """Number of events."""
        return sum(f.rows for f in self.files)

    @property
    def newest(self) -> datetime | None:
        """Greatest started_at (aware UTC), None when the store is empty."""
        latest = max((f.max_started_at for f in self.files), default=None)
        return datetime.fromisoformat(latest).replace(tzinfo=UTC) if latest else None

    @property
    def demo_only(self) -> bool:
        """Whether no landed input is anything but demo data (an empty store counts)."""
        return all(i.demo for i in self.inputs if i.verdict == "landed")

    def months(self, start: datetime, end: datetime) -> tuple[EventFile, ...]:
        """The files that may hold events of [start, end); bounds naive UTC."""
        low, high = start.isoformat(), end.isoformat()
        return tuple(f for f in self.files if f.min_started_at < high and f.max_started_at >= low)

    def of_month(self, month: str) -> tuple[EventFile, ...]:
        """The files of one UTC month, such as 2026-11."""
        return tuple(f for f in self.files if f.month == month)

    def landed(self, file_id: str) -> Input | None:
        """The ledger line of a file whose rows or statement stand in the store, else None."""
        line = self.input(file_id)
        return line if line is not None and line.verdict in ("landed", "statement") else None

    @property
    def unfinished(self) -> tuple[Input, ...]:
        """Landed files that lost rows to a file forgotten since: they are to be read again."""
        forgotten = {i.file_id for i in self.inputs if i.verdict == "forgotten"}
        return tuple(
            i
            for i in self.inputs
            if i.verdict == "landed" and any(name in forgotten for name, _ in i.lost_to)
        )

    def with_input(self, entry: Input) -> Self:
        """The same manifest with the ledger line of `entry.file_id` added or replaced."""
        kept = tuple(i for i in self.inputs if i.file_id != entry.file_id)
        return replace(self, inputs=(*kept, entry))

    def input(self, file_id: str) -> Input | None:
        """The ledger line of that file."""
        return next((i for i in self.inputs if i.file_id == file_id), None)


def total(one: int | None, other: int | None) -> int | None:
    """The sum of two figures, each None where nothing is known."""
    return None if one is None and other is None else (one or 0) + (other or 0)


def path_of(events: Path) -> Path:
    """Where the manifest of data/events stands."""
    return events / "manifest.json"


def load(events: Path) -> Manifest:
    """The manifest of `events` (data/events); empty when there is none. Raises BadFile.

    Cheap to ask again: the document is read when it was replaced since, else it costs one stat.
    """
    path = path_of(events)
    try:
        now = path.stat()
        return _read(path, (now.st_ino, now.st_size, now.st_mtime_ns))
    except FileNotFoundError:
        return Manifest()
    except OSError as wrong:
        raise BadFile(path, f"cannot be read ({wrong.strerror}).") from None
    except (ValueError, KeyError, TypeError) as wrong:
        raise BadFile(
            path, f"is not a manifest of ours ({wrong}). Restore it from a backup."
        ) from None


@lru_cache(maxsize=4)
def _read(path: Path, stamp: tuple[int, int, int]) -> Manifest:  # noqa: ARG001 (part of the key)
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    written = document["schema"]
    if written != SCHEMA_NUMBER:
        raise BadFile(
            path,
            f"is of schema {written}, this Tokentally knows {SCHEMA_NUMBER}. Use the version of"
            " Tokentally that wrote it.",
        )
    return Manifest(
        files=tuple(_file(f) for f in document["files"]),
        inputs=tuple(input_of(i) for i in document["inputs"]),
        books=tuple(document["books"]),
        side=tuple((p, s) for p, s in document["side"]),
        said=document["version"],
    )


def _file(entry: dict[str, Any]) -> EventFile:
    """The line of one file. Raises TypeError, ValueError where it is not what `save` writes."""
    for edge in ("min_started_at", "max_started_at"):
        datetime.fromisoformat(entry[edge])
    for name in ("rows", "bytes", "requests", "cost_nano"):
        if not isinstance(entry[name], int):
            raise TypeError(f"{name} is {entry[name]!r}")
    return EventFile(**entry)


def demo_only(events: Path) -> bool:
    """Whether `events` holds nothing but demo data; False while its manifest cannot be read."""
    try:
        return load(events).demo_only
    except BadFile:
        return False


def input_of(said: dict[str, Any]) -> Input:
    """The ledger line that JSON says: lists become tuples."""
    pairs = {k: tuple((a, b) for a, b in said.get(k, ())) for k in ("reasons", "lost_to")}
    whole: dict[str, Any] = said | pairs | {"months": tuple(said.get("months", ()))}
    return Input(**whole)


def save(events: Path, manifest: Manifest) -> None:
    """Replaces the manifest atomically: written aside, fsynced, renamed. Raises NotWritable."""
    path = path_of(events)
    aside = path.with_name(f".manifest-{os.getpid()}.json")
    try:
        events.mkdir(parents=True, exist_ok=True)
        with aside.open("w", encoding="utf-8") as out:
            out.write(_text(manifest))
            out.flush()
            os.fsync(out.fileno())
        aside.replace(path)
        sync_folder(events)
    except OSError as wrong:
        raise NotWritable(events, wrong.strerror or str(wrong)) from None


def _text(manifest: Manifest) -> str:
    """The document, a line for each file: ten thousand of them are written with every landing."""
    names = [field.name for field in fields(EventFile)], [field.name for field in fields(Input)]
    parts: dict[str, Iterable[object]] = {
        "files": (_plain(f, names[0]) for f in sorted(manifest.files, key=lambda f: f.path)),
        "inputs": (_plain(i, names[1]) for i in manifest.inputs),
        "books": manifest.books,
        "side": manifest.side,
    }
    said = [f'"schema": {SCHEMA_NUMBER}', f'"version": "{manifest.version}"']
    said += [
        f'"{name}": [' + ",".join(f"\n {json.dumps(line)}" for line in lines) + "]"
        for name, lines in parts.items()
    ]
    return "{" + ",\n".join(said) + "}\n"


def _plain(record: EventFile | Input, names: Iterable[str]) -> dict[str, object]:
    return {name: getattr(record, name) for name in names}


def sync_folder(folder: Path) -> None:
    """Makes renames inside `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
