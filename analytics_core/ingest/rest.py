"""Which dropped files are at rest: nobody writes to them any more."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from analytics_core.ingest.drops import ready

FOOTER_SECONDS = 60.0  # a Parquet file at rest without its footer is taken after that, to be judged
_MAGIC = b"PAR1"


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as a poll found it; two polls that agree mean that nobody writes to it."""

    size: int
    changed: int  # mtime, ns
    inode: int


@dataclass(slots=True)
class Rest:
    """Remembers polls of a folder and says which files are at rest.

    `settled` ones are at rest from the first poll: they came whole.
    """

    inbox: Path
    settled: set[Path] = field(default_factory=set[Path])
    _before: dict[Path, tuple[Seen, float]] = field(default_factory=dict[Path, tuple[Seen, float]])

    def poll(self, clock: float) -> tuple[list[Path], list[Path]]:
        """(files at rest, all files) in the order of their names; `clock` in seconds."""
        found = dict(sorted(_files(self.inbox)))
        since = {
            path: (seen, self._before[path][1] if self._unchanged(path, seen) else clock)
            for path, seen in found.items()
        }
        self.settled &= found.keys()
        resting = [
            path
            for path, (seen, start) in since.items()
            if path in self.settled
            or (self._unchanged(path, seen) and (clock - start >= FOOTER_SECONDS or _whole(path)))
        ]
        self._before = since
        return resting, list(found)

    def _unchanged(self, path: Path, seen: Seen) -> bool:
        return path in self._before and self._before[path][0] == seen


def _files(folder: Path) -> Iterator[tuple[Path, Seen]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if not ready(entry.name):
            continue
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path))
            else:
                now = entry.stat(follow_symlinks=False)
                yield Path(entry.path), Seen(now.st_size, now.st_mtime_ns, now.st_ino)
        except FileNotFoundError:
            continue


def _whole(path: Path) -> bool:
    """Whether it may be complete: Parquet ends with its magic bytes, others do not say."""
    if path.suffix.lower() not in (".parquet", ".pq"):
        return True
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return True
    try:
        now = os.fstat(handle)
        if not stat.S_ISREG(now.st_mode) or os.pread(handle, 4, 0) != _MAGIC:
            return True
        return os.pread(handle, 4, max(0, now.st_size - 4)) == _MAGIC
    finally:
        os.close(handle)
