"""One state of the store: a manifest and the engine over exactly its files."""

from datetime import UTC, datetime
from pathlib import Path

from analytics_core.store.engine import Engine
from analytics_core.store.manifest import Manifest


class Generation:
    """One manifest and the engine over exactly its files; closed when its last question ends."""

    def __init__(self, events: Path, listed: Manifest, engine: Engine) -> None:
        self.manifest = listed
        self.version = listed.version
        self.engine = engine
        self.files = tuple(str(events / f.path) for f in listed.files)
        self._events = events
        self._users = 0
        self._retired = False

    def over(self, start: datetime, end: datetime) -> tuple[str, ...]:
        """The files that may hold events of [start, end), aware instants."""
        low, high = (t.astimezone(UTC).replace(tzinfo=None) for t in (start, end))
        return tuple(str(self._events / f.path) for f in self.manifest.months(low, high))

    def months(self, start: datetime, end: datetime) -> list[tuple[str, ...]]:
        """The same files month by month, the newest month first."""
        low, high = (t.astimezone(UTC).replace(tzinfo=None) for t in (start, end))
        found: dict[str, list[str]] = {}
        for file in self.manifest.months(low, high):
            found.setdefault(file.month, []).append(str(self._events / file.path))
        return [tuple(found[month]) for month in sorted(found, reverse=True)]

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
