"""Which files a batch consists of: what was named, or what lies ready in the inbox."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics_core.errors import BadFile
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.take import shown_name

_OURS = "README.md"  # says what the inbox is for
_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")


@dataclass(frozen=True, slots=True)
class Drop:
    """One file to take, and what it is called in the ledger."""

    path: Path
    name: str


def ready(name: str) -> bool:
    """Whether a file of that name may be taken: not hidden, not still being written, not ours."""
    unfinished = name.startswith((".", "~")) or name.lower().endswith(_UNFINISHED)
    return not unfinished and name != _OURS


def drops(paths: Sequence[Path] | None, folders: Folders) -> list[Drop]:
    """The files of a batch in a fixed order; folders are followed, links to folders are not.

    Raises BadFile for a named path that does not exist.
    """
    if paths is None:
        return list(_inside(folders.inbox))
    found: list[Drop] = []
    for path in paths:
        if not os.path.lexists(path):
            raise BadFile(path, "does not exist.")
        if path.is_dir() and not path.is_symlink():
            found += _inside(path)
        else:
            root = folders.inbox if path.is_relative_to(folders.inbox) else path.parent
            found.append(Drop(path, shown_name(path, root)))
    return found


def _inside(root: Path) -> Iterator[Drop]:
    for folder, inner, names in os.walk(root):
        inner[:] = sorted(name for name in inner if ready(name))
        linked = [name for name in inner if (Path(folder) / name).is_symlink()]
        for name in sorted([*names, *linked]):
            if ready(name):
                path = Path(folder) / name
                yield Drop(path, shown_name(path, root))
