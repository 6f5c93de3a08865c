"""What reports have worked out of answers, kept while nothing they depend on changes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

T = TypeVar("T")


class Derived:
    """The `most` values used last, under frozen keys. Two threads may both make one; one stays."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, object] = OrderedDict()

    def value(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value kept under `key`, else what `make` gives; it must never be changed in place."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast("T", self._kept[key])  # made under this very key
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made
