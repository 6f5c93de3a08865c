"""Taking a drop: a stable private copy under a safe name, hashed on the way."""

import hashlib
import os
import re
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from analytics_core.ingest.verdict import Refused
from analytics_core.settings import Settings

_BLOCK = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Taken:
    """One drop: its private copy, what it was called, and who it is."""

    path: Path  # the private copy
    name: str  # as dropped, below the folder it came from; only ever shown escaped
    sha256: str
    size: int
    origin: Path  # where it was dropped

    @property
    def file_id(self) -> str:
        """The first 16 hex of the SHA-256."""
        return self.sha256[:16]


def shown_name(path: Path, root: Path | None = None) -> str:
    """The name of a drop relative to `root`, without anything JSON or a terminal cannot write."""
    shown = path.relative_to(root) if root and path.is_relative_to(root) else Path(path.name)
    text = shown.as_posix().encode("utf-8", "replace").decode("utf-8")
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]", "\ufffd", text)[
        -300:
    ]


def file_id_of_name(name: str) -> str:
    """The id of a drop that has no bytes to hash."""
    return hashlib.sha256(b"name\0" + name.encode()).hexdigest()


def take(origin: Path, name: str, staging: Path, settings: Settings) -> Taken:
    """Copies the drop into `staging` as <sha256>. Raises Refused: not_a_file, too_big, empty_file.

    Links, pipes and devices are never opened for reading; nor is a file with a second name, which
    somebody else could still change.
    """
    limit = int(settings.ingest_file_gib * GIB)
    handle = _open(origin)
    try:
        size = os.fstat(handle).st_size
        if size > limit:
            raise Refused("too_big", f"Larger than {settings.ingest_file_gib:g} GiB.")
        staging.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(staging).free < 3 * size:
            raise Refused("out_of_limits", "Less free disk space than three times the file.")
        part = staging / f"{os.getpid()}.part"
        digest, size = _copied(handle, part, limit)
    finally:
        os.close(handle)
    path = staging / digest
    part.replace(path)
    return Taken(path, name, digest, size, origin)


def _open(origin: Path) -> int:
    try:
        before = origin.lstat()
        if not stat.S_ISREG(before.st_mode) or before.st_nlink != 1:
            raise Refused("not_a_file")
        handle = os.open(origin, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as wrong:
        raise Refused("not_a_file", f"It cannot be opened ({wrong.strerror}).") from None
    opened = os.fstat(handle)
    if (opened.st_dev, opened.st_ino) != (before.st_dev, before.st_ino) or opened.st_nlink != 1:
        os.close(handle)
        raise Refused("not_a_file")
    return handle


def _copied(handle: int, target: Path, limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as out:
        while block := os.read(handle, _BLOCK):
            size += len(block)
            if size > limit:
                raise Refused("too_big", f"Larger than {limit / GIB:g} GiB.")
            digest.update(block)
            out.write(block)
    return digest.hexdigest(), size
