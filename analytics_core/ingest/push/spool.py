"""Where pushed bodies wait on disk, and how many of them become one file of the inbox.

A body is safe once its file has been renamed into place. The files of one name and shape are
gathered into one file, which the inbox gets whole; only then do they go. Killed at any point, a
body is gathered again at worst, and its events, which have ids, count once.
"""

import errno
import fcntl
import hashlib
import json
import os
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from analytics_core.access.state import State
from analytics_core.errors import NotWritable
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.push import hours
from analytics_core.ingest.push.hours import Hour, hour_of
from analytics_core.ingest.push.receipts import KEPT, Place, Receipts
from analytics_core.ingest.raw import ENVELOPE
from analytics_core.store import manifest
from analytics_core.store.manifest import sync_folder

FOLDER = "pushed"  # of the inbox: files gathered from bodies
MOST_BYTES, MOST_EVENTS = 256 << 20, 500_000  # of one gathered file
_BLOCK = 1 << 20
_WORD = re.compile(r"[a-z0-9][a-z0-9_-]*")
_SPACE = (errno.ENOSPC, errno.EDQUOT)


class Full(NotWritable):
    """There is no room on the disk."""


@dataclass(frozen=True, slots=True)
class Body:
    """One body that waits, as its file name tells.

    `alone` ones become a file of their own: together with others they were refused.
    """

    path: Path
    stamp: int  # when it came, microseconds since 1970
    receipt: str
    events: int
    source: str
    shape: str
    alone: bool

    @classmethod
    def of(cls, path: Path) -> "Body | None":
        """The body in that file, None when it is none."""
        try:
            head, source, shape, *older, alone, end = path.name.split(".")
            stamp, receipt, events = head.split("-")
            known = cls(path, int(stamp), receipt, int(events), source, shape, alone == "alone")
        except ValueError:
            return None
        return known if end == "jsonl" and len(older) <= 1 else None

    @property
    def together(self) -> tuple[str, ...]:
        """Bodies that agree in this may stand in one file."""
        hour = hour_of(datetime.fromtimestamp(self.stamp / 1_000_000, UTC))
        return (self.source, self.shape, hour, self.path.name if self.alone else "")


def waiting_folder(folders: Folders) -> Path:
    """Where bodies wait: hidden, so that neither the watch nor an ingest takes them as they are."""
    return folders.inbox / f".{FOLDER}"


def waiting(folders: Folders) -> list[Body]:
    """The bodies that wait, in the order they came."""
    try:
        paths = sorted(waiting_folder(folders).iterdir())
    except FileNotFoundError:
        return []
    found = (Body.of(path) for path in paths if path.name[:1] != ".")
    return [body for body in found if body is not None]


def keep(
    folders: Folders, lines: Sequence[bytes], *, receipt: str, source: str, shape: str,
    now: datetime, alone: bool = False,
) -> Body:  # fmt: skip
    """Puts a body on disk; once this returns no crash can lose it. Raises Full, NotWritable."""
    folder = waiting_folder(folders)
    stamp = int(now.timestamp() * 1_000_000)
    kind = "alone" if alone else "any"
    name = f"{stamp:017d}-{receipt}-{len(lines)}.{source}.{shape}.{kind}.jsonl"
    with _writable(folder):
        folder.mkdir(parents=True, exist_ok=True)
    _published(folder / name, lines)
    return Body(folder / name, stamp, receipt, len(lines), source, shape, alone)


def due(folders: Folders, now: datetime, seconds: float) -> bool:
    """Whether a body has waited for so long."""
    latest = (now.timestamp() - seconds) * 1_000_000
    return any(body.stamp <= latest for body in waiting(folders))


def gather(folders: Folders, receipts: Receipts, now: datetime) -> list[Path]:
    """Makes files of the inbox out of the bodies that wait; [] when somebody else is at it.

    Raises Full, NotWritable.
    """
    with _alone(waiting_folder(folders)) as mine:
        if not mine:
            return []
        once = _once(waiting(folders))
        fresh = [body for body in once if not _stands(folders, receipts, body)]
        made = [_file(folders, receipts, few, now) for few in _portions(fresh)]
        if made:
            receipts.forget(now - KEPT)
        return made


def _once(bodies: Iterable[Body]) -> list[Body]:
    """The first body of each receipt; the same one pushed twice in one instant is removed."""
    kept: dict[str, Body] = {}
    for body in bodies:
        if kept.setdefault(body.receipt, body) is not body:
            body.path.unlink(missing_ok=True)
    return list(kept.values())


def _stands(folders: Folders, receipts: Receipts, body: Body) -> bool:
    """Whether a gather that was killed had put this body into a file already; removes it then."""
    place = receipts.place(body.receipt)
    if place is None or body.alone:
        return False
    held, hour = manifest.load(folders.events), receipts.hour(place.file_id)
    landed = hours.holding(place.file_id, hour, held, folders.events)
    if landed is None and not lying(folders, place.file_id):
        return False
    body.path.unlink(missing_ok=True)
    return True


def lying(folders: Folders, file_id: str) -> bool:
    """Whether a gathered file lies in the inbox."""
    return any((folders.inbox / FOLDER).glob(f"*/*-{file_id}.jsonl"))


def _portions(bodies: Iterable[Body]) -> Iterator[list[Body]]:
    """Bodies that go into one file each, in the order they came."""
    ordered = sorted(bodies, key=lambda body: (body.together, body.path.name))
    for _, group in groupby(ordered, key=lambda body: body.together):
        few: list[Body] = []
        size = events = 0
        for body in group:
            size, events = size + body.path.stat().st_size, events + body.events
            if few and (size > MOST_BYTES or events > MOST_EVENTS):
                yield few
                few, size, events = [], body.path.stat().st_size, body.events
            few.append(body)
        yield few


def _file(folders: Folders, receipts: Receipts, bodies: Sequence[Body], now: datetime) -> Path:
    """One file of the inbox out of these bodies, which are gone then."""
    aside = waiting_folder(folders) / f".gathering-{os.getpid()}"
    with _writable(aside), aside.open("wb") as out:
        file_id = _copied(bodies, out).hexdigest()[:16]
        out.flush()
        os.fsync(out.fileno())
    places, first = list[Place](), 1
    for body in bodies:
        places.append(Place(body.receipt, file_id, first))
        first += body.events
    receipts.put(places, _hour(bodies[0]))
    folder = folders.inbox / FOLDER / bodies[0].source
    target = folder / f"{now:%Y-%m-%dT%H-%M-%S}-{file_id}.jsonl"
    with _writable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        aside.replace(target)
        for place in (folder, folder.parent, folders.inbox):
            sync_folder(place)
        for body in bodies:
            body.path.unlink(missing_ok=True)
    return target


def _hour(body: Body) -> str | None:
    """The key of the hour that the events of a body name; older ones name none."""
    with body.path.open("rb") as held:
        hour = Hour.of(json.loads(held.readline()))
    return hour.key if hour else None


def _copied(bodies: Iterable[Body], out: BinaryIO) -> "hashlib._Hash":
    digest = hashlib.sha256()
    for body in bodies:
        with body.path.open("rb") as held:
            while block := held.read(_BLOCK):
                digest.update(block)
                out.write(block)
    return digest


def part(folders: Folders, file: Path, content: Path, now: datetime) -> bool:
    """Puts the bodies of a gathered file back, each for itself; False when it holds only one.

    `content` has its bytes. The caller removes `file`. Raises Full, NotWritable.
    """
    if not file.absolute().is_relative_to((folders.inbox / FOLDER).absolute()):
        return False
    bodies: dict[tuple[str, str, str], list[bytes]] = {}
    try:
        with content.open("rb") as held:
            for line in held:
                around = json.loads(line)[ENVELOPE]
                known = (around["receipt"], around["source"], around["shape"])
                if not all(map(_WORD.fullmatch, known)):  # they become a file name
                    return False
                bodies.setdefault(known, []).append(line)
    except (ValueError, KeyError, TypeError, RecursionError):
        return False  # somebody put it there by hand
    if len(bodies) < 2:
        return False
    for (receipt, source, shape), lines in bodies.items():
        keep(
            folders, lines, receipt=receipt, source=source, shape=shape, now=now, alone=True
        )  # fmt: skip
    return True


def gathered(folders: Folders, now: datetime) -> list[Path]:
    """As `gather`, for a process that remembers no receipts itself."""
    if not waiting(folders):
        return []
    state = State(folders.data / "state.db")
    try:
        return gather(folders, Receipts(state), now)
    finally:
        state.close()


def room(folders: Folders) -> int:
    """Bytes that lie in the inbox, bodies included."""
    size = 0
    for folder, _, names in os.walk(folders.inbox):
        for name in names:
            try:
                size += (Path(folder) / name).lstat().st_size
            except FileNotFoundError:
                continue
    return size


def _published(path: Path, lines: Iterable[bytes]) -> None:
    aside = path.with_name(f".{path.name}.part")
    try:
        with _writable(path), aside.open("wb") as out:
            out.writelines(lines)
            out.flush()
            os.fsync(out.fileno())
        with _writable(path):
            aside.replace(path)
            sync_folder(path.parent)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


@contextmanager
def _writable(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as wrong:
        if wrong.errno in _SPACE:
            raise Full(path, wrong.strerror or str(wrong)) from None
        raise NotWritable(path, wrong.strerror or str(wrong)) from None


@contextmanager
def _alone(folder: Path) -> Generator[bool]:
    """True while nobody else gathers here."""
    if not folder.is_dir():
        yield False
        return
    with (folder / ".lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
