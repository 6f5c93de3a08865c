"""First come, first served: as many questions at once as there are cores, the others wait."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from analytics_core.errors import StoreBusy

MOST_WAITING = 100

T = TypeVar("T")


class Workers:
    """A pool with a short patience: beyond `MOST_WAITING` jobs the next is told to come back."""

    def __init__(self, count: int) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="question")
        self._count = count
        self._lock = threading.Lock()
        self._jobs = 0

    def run(self, job: Callable[[], T]) -> T:
        """The job's result, when its turn has come. Raises StoreBusy."""
        with self._lock:
            waiting = self._jobs - self._count
            if waiting >= MOST_WAITING:
                raise StoreBusy(f"Busy: {waiting} people are ahead of you. Try again.")
            self._jobs += 1
        try:
            return self._pool.submit(job).result()
        finally:
            with self._lock:
                self._jobs -= 1

    def close(self) -> None:
        """Lets running jobs end, forgets the waiting ones."""
        self._pool.shutdown(wait=True, cancel_futures=True)
