"""Faults of ours: a person gets an id, the operator finds the cause under it in the log."""

import json
import logging
import secrets
import threading
import traceback
from datetime import UTC, datetime
from typing import Any

log = logging.getLogger("tokentally.failures")

# Errors whose messages name attributes, modules and files, never values of a row.
SPEAKS_OF_CODE = (AttributeError, ImportError, NameError, OSError)

_LOCK = threading.Lock()
_USED: dict[str, set[str]] = {}  # ids by day, so that none means two things on one day


def report(error: BaseException, where: str, who: str = "", question: str = "") -> str:
    """Logs an error as one line of JSON; the id (4 hex digits, or more on a bad day) to show.

    `where` is a page or route, `who` a username or user id, `question` a digest of the query.
    The line holds the traceback, which shows code and never values. The error's own message is
    left out where it may quote a row.
    """
    now = datetime.now(UTC)
    name = _fresh(now.date().isoformat())
    line: dict[str, Any] = {
        "time": now.isoformat(timespec="milliseconds"),
        "id": name,
        "who": who,
        "where": where,
        "question": question,
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "message": str(error) if isinstance(error, SPEAKS_OF_CODE) else "",
        "traceback": _frames(error),
    }
    log.error("%s", json.dumps(line))
    return name


def sentence(name: str, what: str = "panel") -> str:
    """What the person reads, e.g. "This panel failed (7f3a). It has been logged."."""
    return f"This {what} failed ({name}). It has been logged."


def _fresh(day: str) -> str:
    with _LOCK:
        if day not in _USED:
            _USED.clear()
        used = _USED.setdefault(day, set())
        size = 2 if len(used) < 30_000 else 4
        name = secrets.token_hex(size)
        while name in used:
            name = secrets.token_hex(size)
        used.add(name)
        return name


def _frames(error: BaseException) -> list[str]:
    """The calls that led to the error and to those it came from, innermost error last."""
    frames: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(frames) < 200:
        calls = traceback.extract_tb(cause.__traceback__)
        here = [f"{f.filename}:{f.lineno} {f.name}" for f in calls]
        frames = [*here, type(cause).__qualname__, *frames]
        cause = cause.__cause__ or cause.__context__
    return frames
