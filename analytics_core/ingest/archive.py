"""Where a landed drop goes: archived under its file_id, or away when no archive is kept."""

import os
import re
import shutil
from pathlib import Path

from analytics_core.errors import NotWritable
from analytics_core.store.manifest import Input, sync_folder

_LONGEST_NAME = 80


def archived_as(entry: Input) -> str:
    """The place of a drop in the archive, relative to the data folder."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", Path(entry.name).name).strip("._")[-_LONGEST_NAME:]
    return f"archive/{entry.taken_at[:7]}/{entry.file_id}-{safe or 'drop'}"


def append(data: Path, place: str | None, taken: Path, at: int) -> None:
    """Adds a gathered file of pushed events to the archived file of its hour, behind byte `at`.

    Before it lands: what was added for one that did not land in the end is overwritten by the next.
    Does nothing when no archive is kept, or the file has been taken away. Raises NotWritable.
    """
    if place is None:
        return
    target = data / place
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if (target.stat().st_size if target.exists() else 0) < at:
            return
        with target.open("r+b" if at else "wb") as held, taken.open("rb") as more:
            held.truncate(at)
            held.seek(at)
            shutil.copyfileobj(more, held)
            held.flush()
            os.fsync(held.fileno())
        sync_folder(target.parent)
    except OSError as wrong:
        raise NotWritable(target, wrong.strerror or str(wrong)) from None


def archive(data: Path, entry: Input, taken: Path) -> None:
    """Puts the private copy `taken` (moved, not copied) where the ledger line says it is archived.

    Does nothing when the line names no place or the file stands there already, so a run that was
    killed before it can be repeated. Raises NotWritable.
    """
    if entry.archived is None:
        return
    target = data / entry.archived
    try:
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".{target.name}.part")
        shutil.move(taken, aside)
        with aside.open("rb") as moved:
            os.fsync(moved.fileno())
        aside.replace(target)
        sync_folder(target.parent)
    except OSError as wrong:
        raise NotWritable(target, wrong.strerror or str(wrong)) from None
