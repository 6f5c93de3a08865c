"""Putting a file into the inbox from the app: under a safe name, visible only when it is whole."""

import os
import re
import secrets
import shutil
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from analytics_core.errors import NotWritable
from analytics_core.ingest.drops import ready
from analytics_core.ingest.folders import Folders

_BLOCK = 1 << 20
_LONGEST = 100


def safe_name(name: str) -> str:
    """The name under which an upload lies in the inbox: letters, digits, `.`, `_` and `-`.

    Folders are cut off; a name that the inbox would pass over (hidden, unfinished, its README)
    becomes one that it takes.
    """
    last = PureWindowsPath(PurePosixPath(name).name).name
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", last).strip("._-")[-_LONGEST:] or "upload"
    return safe if ready(safe) else f"{safe}.upload"


def put(folders: Folders, name: str, content: BinaryIO) -> str:
    """Writes an upload into the inbox and returns what it is called there. Raises NotWritable.

    It appears under its name in one step, when it is whole; a file of that name that waits there
    already stays, and this one gets a number.
    """
    inbox = folders.inbox
    aside = inbox / f".upload-{secrets.token_hex(8)}"
    try:
        inbox.mkdir(parents=True, exist_ok=True)
        with aside.open("xb") as out:
            shutil.copyfileobj(content, out, _BLOCK)
            out.flush()
            os.fsync(out.fileno())
        return _named(aside, inbox, safe_name(name)).name
    except OSError as wrong:
        raise NotWritable(inbox, wrong.strerror or str(wrong)) from None
    finally:
        aside.unlink(missing_ok=True)


def _named(aside: Path, inbox: Path, name: str) -> Path:
    number, path = 1, inbox / name
    while os.path.lexists(path):
        number += 1
        path = inbox / f"{number}-{name}"
    aside.replace(path)
    return path
