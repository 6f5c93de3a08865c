"""Writing a settings file: whole or not at all, and never over somebody else's change."""

import contextlib
import difflib
import os
import secrets
import stat
import threading
from pathlib import Path

from analytics_core.errors import Changed, NotWritable
from analytics_core.settings import read

_LOCK = threading.Lock()
_BOM = b"\xef\xbb\xbf"


def save(path: Path, held: str | None, text: str) -> None:
    """Replaces the file by `text` in one step, if it still reads as `held` (None: there is none).

    Its rights and byte order mark stay. Raises Changed, NotWritable, BadFile; the file is then as
    it was.
    """
    path = path.resolve()  # a link stays one
    with _LOCK:
        if read(path) != held:
            raise Changed(path)
        aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(aside, _mark(path) + text.encode(), _mode(path))
            aside.replace(path)
            _sync(path.parent)
        except OSError as wrong:
            raise NotWritable(path, wrong.strerror or str(wrong)) from None
        finally:
            with contextlib.suppress(OSError):
                aside.unlink(missing_ok=True)


def difference(before: str | None, after: str | None) -> str:
    """The lines that go (-) and come (+), with two lines around them; "" for equal texts."""
    old, new = ((text or "").splitlines() for text in (before, after))
    lines = difflib.unified_diff(old, new, lineterm="", n=2)
    return "\n".join(line for line in lines if not line.startswith(("--- ", "+++ ", "@@ ")))


def _write(path: Path, content: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    path.chmod(mode)  # whatever the umask took


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return 0o644


def _mark(path: Path) -> bytes:
    """The byte order mark of the file, by which Excel knows UTF-8; b"" without one."""
    try:
        with path.open("rb") as content:
            return _BOM if content.read(3) == _BOM else b""
    except FileNotFoundError:
        return b""


def _sync(folder: Path) -> None:
    """Makes the new name last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
