"""Which generation holds now: the manifest is looked at again and again, or once for a whole page."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from analytics_core.store import manifest
from analytics_core.store.engine import Engine
from analytics_core.store.generation import Generation, stamp_of
from analytics_core.store.manifest import Manifest


class _Pin:
    """What `steady` keeps for one thread: the generation it was told of first."""

    generation: Generation | None = None


class Generations:
    """The generation of now, replaced when the manifest is (one stat each time). Thread-safe.

    `opened` opens the engine over the files of a manifest.
    """

    def __init__(self, events: Path, opened: Callable[[Manifest], Engine]) -> None:
        self._events, self._opened = events, opened
        self._lock = threading.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._now: Generation | None = None
        self._sound: set[str] = set()  # files that were hashed since this was made
        self._own = threading.local()

    @property
    def current(self) -> Generation:
        """The generation of now, which may be closed by the next look."""
        with self._lock:
            return self._told()

    @contextmanager
    def in_use(self) -> Generator[Generation]:
        """The generation of now, which stays open meanwhile."""
        with self._lock:
            generation = self._told()
            generation.enter()
        try:
            yield generation
        finally:
            self._leave(generation)

    @contextmanager
    def steady(self) -> Generator[None]:
        """Within it this thread is told of one generation, which stays open: that of the first look.

        For a page, whose figures must go together, and which looks some sixty times.
        """
        if self._pin is not None:
            yield
            return
        self._own.pin = _Pin()
        try:
            yield
        finally:
            self.look_again()
            self._own.pin = None

    def look_again(self) -> None:
        """Lets go of what `steady` keeps: the next look is a new one."""
        pin = self._pin
        if pin is not None and pin.generation is not None:
            kept, pin.generation = pin.generation, None
            self._leave(kept)

    def interrupt(self) -> None:
        """Ends the questions that are running."""
        with self._lock:
            if self._now:
                self._now.engine.interrupt()

    def close(self) -> None:
        """Frees the engine once its last question has ended."""
        with self._lock:
            if self._now:
                self._now.retire()
            self._now, self._stamp = None, None

    @property
    def _pin(self) -> _Pin | None:
        return getattr(self._own, "pin", None)

    def _leave(self, generation: Generation) -> None:
        with self._lock:
            generation.leave()

    def _told(self) -> Generation:
        """What this thread is to be told; under the lock."""
        pin = self._pin
        if pin is None:
            return self._refreshed()
        if pin.generation is None:
            pin.generation = self._refreshed()
            pin.generation.enter()
        return pin.generation

    def _refreshed(self) -> Generation:
        stamp = stamp_of(manifest.path_of(self._events))
        if self._now is None or stamp != self._stamp:
            listed = manifest.load(self._events)
            if self._now is None or listed.version != self._now.version:
                fresh = Generation(self._events, listed, self._opened(listed), self._sound)
                if self._now:
                    self._now.retire()
                self._now = fresh
            else:
                self._now.manifest = listed
            self._stamp = stamp
        return self._now
