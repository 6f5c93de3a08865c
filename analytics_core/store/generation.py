"""One state of the store: a manifest and the engine over exactly its files."""

from datetime import UTC, datetime
from pathlib import Path

from analytics_core.store import parquet
from analytics_core.store.engine import Engine
from analytics_core.store.manifest import EventFile, Manifest


class Generation:
    """One manifest and the engine over exactly its files; closed when its last question ends.

    The engine would read a damaged file without a word (a flipped bit is a wrong figure), so each
    file is hashed before the first question that needs it; `sound` remembers those that were, by
    SHA-256, for as long as the store is open.
    """

    def __init__(self, events: Path, listed: Manifest, engine: Engine, sound: set[str]) -> None:
        self.manifest = listed
        self.version = listed.version
        self.newest = listed.newest
        self.engine = engine
        self.files = tuple(str(events / f.path) for f in listed.files)
        self._events = events
        self._sound = sound
        self._users = 0
        self._retired = False

    def over(self, start: datetime, end: datetime) -> tuple[str, ...]:
        """The files that may hold events of [start, end), aware instants. Raises Damaged."""
        low, high = (t.astimezone(UTC).replace(tzinfo=None) for t in (start, end))
        return tuple(self._checked(f) for f in self.manifest.months(low, high))

    def months(self, start: datetime, end: datetime) -> list[tuple[str, ...]]:
        """The same files month by month, the newest month first. Raises Damaged."""
        low, high = (t.astimezone(UTC).replace(tzinfo=None) for t in (start, end))
        found: dict[str, list[str]] = {}
        for file in self.manifest.months(low, high):
            found.setdefault(file.month, []).append(self._checked(file))
        return [tuple(found[month]) for month in sorted(found, reverse=True)]

    def _checked(self, file: EventFile) -> str:
        if file.sha256 not in self._sound:
            parquet.check(self._events, file)
            self._sound.add(file.sha256)
        return str(self._events / file.path)

    def enter(self) -> None:
        """One more question runs on it."""
        self._users += 1

    def leave(self) -> None:
        """One fewer does."""
        self._users -= 1
        self._close_when_idle()

    def retire(self) -> None:
        """No new question will come."""
        self._retired = True
        self._close_when_idle()

    def _close_when_idle(self) -> None:
        if self._retired and not self._users:
            self.engine.close()


def stamp_of(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is replaced; None where there is none, or none to be seen."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
