"""The lock of the store: one writer at a time, held by the kernel, gone with its process."""

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from analytics_core.errors import NotWritable, StoreBusy

WAIT_SECONDS = 60.0
_TRY_SECONDS = 0.1


@contextmanager
def locked(events: Path, wait: float = WAIT_SECONDS) -> Generator[int]:
    """Holds `events`/.lock; yields its descriptor. Readers never take it.

    Hand the descriptor to child processes that land (`pass_fds`): the lock then lasts until the
    last of them has ended, even when the parent is killed. Raises StoreBusy after `wait` seconds,
    NotWritable.
    """
    try:
        events.mkdir(parents=True, exist_ok=True)
        handle = os.open(events / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as wrong:
        raise NotWritable(events, wrong.strerror or str(wrong)) from None
    try:
        _take(handle, time.monotonic() + wait)
        yield handle
    finally:
        os.close(handle)


def _take(handle: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until:
                raise StoreBusy(
                    "Another ingest is running. Try again when it has finished."
                ) from None
            time.sleep(_TRY_SECONDS)
