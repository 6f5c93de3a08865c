"""The inbox, watched while the app runs: what lies at rest goes to one ingest process."""

import contextlib
import fcntl
import json
import os
import sqlite3
import subprocess
import threading
import time
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from analytics_core.access.state import State as StateFile
from analytics_core.errors import NotWritable
from analytics_core.ingest import program
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.program import environment
from analytics_core.ingest.progress import Progress, heard
from analytics_core.ingest.push import spool
from analytics_core.ingest.push.receipts import Receipts
from analytics_core.ingest.rest import Rest
from analytics_core.ingest.verdict import DUPLICATE, LANDED, PARTED
from analytics_core.settings import Settings

State = Literal["off", "watching", "waiting", "ingesting"]

MOST_RESULTS = 20
PUSHED_EVERY = 1.0  # seconds between looks for pushed bodies: what is pushed shows soon
MOST_FILES = 500  # of one batch; the rest follows in the next
LONGEST_PAUSE = 300.0  # between attempts at files that an ingest left lying
COMMAND = (*program.COMMAND, "ingest", "--progress")
_WRITE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file, as the ingest said."""

    name: str
    verdict: str
    rows: int | None
    message: str
    at: str  # ISO, UTC

    @classmethod
    def of(cls, done: Progress, at: datetime) -> "Result":
        """What the last step of a file says; `at` is aware."""
        said = at.isoformat(timespec="seconds")
        return cls(done.name, str(done.verdict), done.rows, done.message, said)


@dataclass(frozen=True, slots=True)
class InboxStatus:
    """What the watcher is doing, for the pages; `results` has the newest file first.

    `files` are the names that are waiting or being ingested; `current`, `step` and `rows` tell how
    far the ingest is. `error` is why the last ingest failed as a whole.
    """

    state: State = "off"
    files: tuple[str, ...] = ()
    current: str | None = None
    step: str | None = None
    rows: int = 0
    results: tuple[Result, ...] = ()
    error: str | None = None
    pid: int = 0

    @classmethod
    def load(cls, cache: Path) -> "InboxStatus":
        """What the watcher of this store last wrote to `cache`/inbox.json; `off` without one."""
        try:
            said: dict[str, Any] = json.loads((cache / "inbox.json").read_text("utf-8"))
            results = tuple(Result(**r) for r in said["results"])
            status = cls(**(said | {"files": tuple(said["files"]), "results": results}))
        except (OSError, ValueError, KeyError, TypeError):
            return cls()
        return status if _alive(status.pid) else replace(status, state="off")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid > 0


def _save(status: InboxStatus, cache: Path) -> None:
    """Replaces inbox.json; a full disk costs the pages their progress, not the ingest."""
    aside = cache / f".inbox-{os.getpid()}.json"
    with contextlib.suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps(asdict(status), ensure_ascii=False), "utf-8")
        aside.replace(cache / "inbox.json")


class Watcher:
    """Polls the inbox of one store and starts one ingest at a time; runs in its own thread."""

    def __init__(
        self,
        folders: Folders,
        settings: Settings,
        receipts: Receipts | None = None,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._command = tuple(command)
        self._receipts = receipts
        self._folders = Folders(folders.data.resolve())
        self._settings = settings
        self._rest = Rest(self._folders.inbox)
        self._stop = threading.Event()
        self._child: subprocess.Popen[str] | None = None
        self._status = replace(
            InboxStatus.load(self._folders.cache), state="watching", pid=os.getpid(), files=(),
            current=None, step=None, rows=0, error=None,
        )  # fmt: skip
        self._written = 0.0
        self._pause_until, self._pause = 0.0, 0.0

    def run(self) -> None:
        """Watches until `stop`."""
        while not self._stop.is_set():
            started = time.monotonic()
            self.turn(started)
            while not self._stop.wait(min(PUSHED_EVERY, self._settings.ingest_poll_seconds)):
                if time.monotonic() - started >= self._settings.ingest_poll_seconds:
                    break
                if time.monotonic() >= self._pause_until and self._due():
                    break
        self._say(state="off", files=(), current=None, step=None)

    def stop(self) -> None:
        """Ends the watch and the ingest; what it had not landed stays in the inbox."""
        self._stop.set()
        child = self._child
        if child is not None:
            child.terminate()

    def turn(self, clock: float) -> None:
        """One poll; ingests what is at rest. `clock` in seconds, of any beginning.

        What was gathered of pushed bodies is whole from the beginning: it waits for no second poll.
        """
        wrong = self._gather() if clock >= self._pause_until else self._status.error
        resting, found = self._rest.poll(clock)
        names = self._names(found)
        if not resting or clock < self._pause_until:
            self._say(state="waiting" if names else "watching", files=names)
            if wrong:
                self._say(error=wrong)
            return
        batch = resting[:MOST_FILES]
        shown = self._names(batch)
        self._say(state="ingesting" if shown else "watching", files=shown, rows=0, error=None)
        error = self._ingest(batch) or wrong
        left = any(os.path.lexists(path) for path in batch)
        self._pause = min(LONGEST_PAUSE, max(10.0, self._pause * 2)) if left else 0.0
        self._pause_until = clock + self._pause
        self._say(state="watching", files=(), current=None, step=None, error=error)

    def _due(self) -> bool:
        return spool.due(self._folders, datetime.now(UTC), self._settings.ingest_push_seconds)

    def _gather(self) -> str | None:
        """Makes files of the pushed bodies that wait; returns why that failed, if it did."""
        if self._receipts is None or not self._due():
            return None
        try:
            made = spool.gather(self._folders, self._receipts, datetime.now(UTC))
        except (spool.Full, NotWritable, sqlite3.Error, OSError) as wrong:
            return f"Pushed events cannot be gathered ({wrong})."
        self._rest.settled.update(made)
        return None

    def _names(self, paths: list[Path]) -> tuple[str, ...]:
        """Names for the pages; those of pushed events come and go too quickly to be told."""
        names = (str(p.relative_to(self._folders.inbox)) for p in paths[:MOST_FILES])
        return tuple(name for name in names if not _pushed(name))

    def _ingest(self, batch: list[Path]) -> str | None:
        """Runs the command to its end; returns why it failed as a whole, None when it did not."""
        command = [*self._command, "--data", str(self._folders.data), "--", *map(str, batch)]
        last, done = "", 0
        try:
            with subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                text=True, errors="replace", env=environment(),
            ) as self._child:  # fmt: skip
                for line in self._child.stdout or ():
                    step = heard(line)
                    last = last if step is not None or not line.strip() else line.strip()
                    done += self._heard(step) if step is not None else 0
                code = self._child.wait()
        except OSError as wrong:
            return f"The ingest could not be started ({wrong.strerror})."
        finally:
            self._child = None
        if self._stop.is_set() or code == 0 or (code == 1 and done):
            return None
        return last[:300] or f"The ingest ended with code {code}."

    def _heard(self, step: Progress) -> int:
        """Notes one step; returns 1 when it ends a file."""
        if _pushed(step.name) and step.verdict in (None, LANDED, DUPLICATE, PARTED):
            return int(step.verdict is not None)
        if step.verdict is None:
            self._say(current=step.name, step=step.step, rows=step.rows or 0, often=True)
            return 0
        results = (Result.of(step, datetime.now(UTC)), *self._status.results)[:MOST_RESULTS]
        left = tuple(f for f in self._status.files if f != step.name)
        self._say(current=None, step=None, rows=0, results=results, files=left)
        return 1

    def _say(self, *, often: bool = False, **changes: Any) -> None:
        status = replace(self._status, **changes)
        clock = time.monotonic()
        if status == self._status and self._written:
            return
        self._status = status
        if not often or clock - self._written >= _WRITE_SECONDS:
            _save(status, self._folders.cache)
            self._written = clock


def _pushed(name: str) -> bool:
    return name.startswith(f"{spool.FOLDER}{os.sep}")


@contextlib.contextmanager
def watching(folders: Folders, settings: Settings) -> Generator[None]:
    """Watches the inbox as long as the block runs, unless settings or another process say no."""
    if not settings.ingest_watch:
        yield
        return
    folders.check_writable()
    with (folders.cache / "inbox.lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield
            return
        state = StateFile(folders.data / "state.db")
        watcher = Watcher(folders, settings, Receipts(state))
        thread = threading.Thread(target=watcher.run, name="inbox", daemon=True)
        thread.start()
        try:
            yield
        finally:
            watcher.stop()
            thread.join(timeout=10)
            state.close()
