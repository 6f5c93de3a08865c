"""The door in a process of its own, with limits of memory, file size and time.

The parent holds the lock and starts a child for the batch. When the child is killed, the file it
was reading is quarantined as out_of_limits and another child goes on with the next one.
"""

import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from analytics_core.errors import TokentallyError
from analytics_core.ingest.drops import Drop, drops
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.program import environment
from analytics_core.ingest.progress import Progress, Watch, unwatched
from analytics_core.ingest.push import spool
from analytics_core.ingest.take import GIB
from analytics_core.settings import Settings
from analytics_core.store.lock import locked
from analytics_core.store.manifest import Input, input_of

_MIB = 1 << 20
_GRACE_SECONDS = 5.0  # the engine ends its own statement first, which explains more


def ingest(
    paths: Sequence[Path] | None,
    folders: Folders,
    settings: Settings,
    *,
    now: datetime,
    progress: Watch = unwatched,
    allow_overlap: bool = False,
    demo: bool = False,
) -> list[Input]:
    """As `door.ingest`, in a bounded child. Raises what it raises, as TokentallyError."""
    folders.check_writable()
    if paths is None:
        spool.gathered(folders, now)
    found = drops(paths, folders)
    if not found:
        return []
    said = {
        "data": str(folders.data.resolve()), "settings": plain(settings), "now": now.isoformat(),
        "allow_overlap": allow_overlap, "demo": demo,
    }  # fmt: skip
    done: list[Input] = []
    with locked(folders.events) as lock:
        left = [Drop(drop.path.absolute(), drop.name) for drop in found]
        while left:
            child = _Child(said, left, len(done), settings.ingest_seconds + _GRACE_SECONDS, lock)
            ended = child.run(progress)
            done += child.done
            left = left[child.finished :]
            if not ended and left:
                done.append(_failed(folders, settings, left.pop(0), now, progress))
    return done


def _failed(
    folders: Folders, settings: Settings, drop: Drop, now: datetime, progress: Watch
) -> Input:
    from analytics_core.ingest.door import failed

    entry = failed(folders, settings, drop, "out_of_limits", now=now)
    progress(Progress(drop.name, 1, 1, "done", entry.read, entry.verdict, entry.message))
    return entry


def plain(settings: Settings) -> dict[str, Any]:
    """The settings as JSON can hold them, for a child."""
    return {f.name: getattr(settings, f.name) for f in fields(settings)} | {
        "folder": str(settings.folder)
    }


def bounded_environment() -> Mapping[str, str]:
    """What a child is started with: our package in reach, and memory that grows with its use."""
    return {**environment(), "MALLOC_ARENA_MAX": "2"}


class _Child:
    """One run of a child over the files that are left."""

    def __init__(
        self, said: dict[str, Any], left: Sequence[Drop], before: int, seconds: float, lock: int
    ) -> None:
        self.done: list[Input] = []
        self.finished = 0  # drops of `left` that have a verdict
        self._said = said | {"drops": [(os.fsencode(d.path).hex(), d.name) for d in left]}
        self._before, self._seconds, self._lock = before, seconds, lock

    def run(self, progress: Watch) -> bool:
        """Runs it to its end; False when it was killed or died. Raises TokentallyError."""
        with subprocess.Popen(
            (sys.executable, "-m", __name__), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env=bounded_environment(), pass_fds=(self._lock,),
        ) as child:  # fmt: skip
            lines: SimpleQueue[str | None] = SimpleQueue()
            threading.Thread(target=_pump, args=(child, lines), daemon=True).start()
            try:
                _write(child, json.dumps(self._said, default=str))
                ended = self._listen(lines, progress)
            finally:
                child.kill()
        return ended

    def _listen(self, lines: "SimpleQueue[str | None]", progress: Watch) -> bool:
        while True:
            try:
                line = lines.get(timeout=self._seconds)
            except Empty:
                return False
            if line is None:
                return False
            said = json.loads(line)
            if "error" in said:
                raise TokentallyError(said["error"])
            if "progress" in said:
                step = Progress(**said["progress"])
                progress(step)
            if "entry" in said:
                self.done.append(input_of(said["entry"]))
                self.finished += 1 if said["dropped"] else 0
            if "end" in said:
                return True


def _write(child: subprocess.Popen[str], text: str) -> None:
    """Hands over the request; the pipe stays open, its end tells the child that we are gone."""
    if child.stdin is not None:
        try:
            child.stdin.write(text + "\n")
            child.stdin.flush()
        except BrokenPipeError:
            return


def _pump(child: subprocess.Popen[str], lines: "SimpleQueue[str | None]") -> None:
    try:
        for line in child.stdout or ():
            lines.put(line)
    finally:
        lines.put(None)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the child may use, in bytes."""

    memory: int
    file: int

    @classmethod
    def of(cls, settings: Settings) -> "Bounds":
        """Address space: the engine's limit, 2 GiB for the libraries, 128 MiB a thread."""
        threads = settings.ingest_threads * 128 * _MIB
        memory = settings.ingest_memory_mb * _MIB + 2 * GIB + threads
        return cls(memory, int(max(settings.ingest_unpacked_gib, settings.ingest_file_gib) * GIB))

    def apply(self) -> None:
        """Sets the limits on this process; an own lower limit of the host stays."""
        _lower(resource.RLIMIT_AS, self.memory)
        _lower(resource.RLIMIT_FSIZE, self.file)
        _lower(resource.RLIMIT_CORE, 0)


def _lower(which: int, most: int) -> None:
    hard = resource.getrlimit(which)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(which, (most, most))


def _orphaned() -> None:
    sys.stdin.read()
    os._exit(1)


class WithoutPandas(MetaPathFinder):
    """Keeps pyarrow from importing pandas when it is given a list: 0.9 s and 80 MB for nothing."""

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> ModuleSpec | None:
        """Raises for pandas; anything else is somebody else's to find."""
        if fullname == "pandas":
            raise ModuleNotFoundError(f"No module named '{fullname}'", name=fullname)
        return None


def _main() -> None:
    """The child: reads the request from stdin, answers with lines of JSON."""
    said = json.loads(sys.stdin.readline())
    settings = settings_of(said["settings"])
    Bounds.of(settings).apply()
    threading.Thread(target=_orphaned, daemon=True).start()
    sys.meta_path.insert(0, WithoutPandas())
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints is no answer

    def answer(**values: object) -> None:
        out.write(json.dumps(values) + "\n")
        out.flush()

    try:
        for entry, dropped in _taken(said, settings, lambda p: answer(progress=asdict(p))):
            answer(entry=asdict(entry), dropped=dropped)
        answer(end=True)
    except TokentallyError as wrong:
        answer(error=str(wrong))


def _taken(
    said: dict[str, Any], settings: Settings, progress: Callable[[Progress], None]
) -> Iterator[tuple[Input, bool]]:
    from analytics_core.ingest.door import Door

    found = [Drop(Path(os.fsdecode(bytes.fromhex(path))), name) for path, name in said["drops"]]
    door = Door(
        Folders(Path(said["data"])), settings, datetime.fromisoformat(said["now"]), progress,
        allow_overlap=said["allow_overlap"], demo=said["demo"],
    )  # fmt: skip
    yield from door.batch(found)


def settings_of(said: dict[str, Any]) -> Settings:
    """The settings a parent has made `plain`."""
    origins = tuple((name, origin) for name, origin in said["origins"])
    return Settings(**(said | {"folder": Path(said["folder"]), "origins": origins}))


if __name__ == "__main__":
    _main()
