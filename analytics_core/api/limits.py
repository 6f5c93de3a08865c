"""How much one caller may ask: so many requests a minute, so many questions at once."""

import math
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import anyio

from analytics_core.api.problem import Refused

MOST_KEYS = 10_000  # callers remembered; the one seen longest ago is forgotten first
PATIENCE = 10.0  # seconds that a question waits for a turn
LOOK_EVERY = 0.05


class Buckets:
    """A bucket per key: it holds a minute's worth and fills up evenly."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size, self._clock = per_minute, clock
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key: (level, when)

    def take(self, key: str) -> None:
        """Takes one out. Raises Refused, which says when the next is there."""
        with self._lock:
            now = self._clock()
            level, then = self._held.pop(key, (float(self._size), now))
            level = min(self._size, level + (now - then) * self._size / 60)
            enough = level >= 1
            self._held[key] = (level - 1 if enough else level, now)
            if len(self._held) > MOST_KEYS:
                self._held.popitem(last=False)
        if not enough:
            wait = math.ceil((1 - level) * 60 / self._size)
            raise Refused(
                "too-many-requests",
                f"At most {self._size} requests a minute. Try again in {wait} s.",
                {"Retry-After": str(wait)},
            )


class Turns:
    """At most `most` questions of one principal at once; the next waits a little."""

    def __init__(self, most: int, patience: float = PATIENCE) -> None:
        self._most, self._patience = most, patience
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()

    @asynccontextmanager
    async def of(self, principal: str) -> AsyncGenerator[None]:
        """Runs the block when the principal has a turn. Raises Refused."""
        await self._wait(principal)
        try:
            yield
        finally:
            with self._lock:
                self._running[principal] -= 1
                if not self._running[principal]:
                    del self._running[principal]

    async def _wait(self, principal: str) -> None:
        until = time.monotonic() + self._patience
        while not self._taken(principal):
            if time.monotonic() >= until:
                raise Refused(
                    "too-many-requests",
                    f"{self._most} questions of yours are running. Try again when one has ended.",
                    {"Retry-After": "1"},
                )
            await anyio.sleep(LOOK_EVERY)

    def _taken(self, principal: str) -> bool:
        with self._lock:
            free = self._running[principal] < self._most
            if free:
                self._running[principal] += 1
            return free
