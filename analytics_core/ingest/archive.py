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
