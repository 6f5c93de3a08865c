"""Answers kept in memory: by bytes, each question computed once, nobody's answer another's."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future

import polars as pl


class Results:
    """An LRU of frames under frozen keys; threads that ask the same wait for one computation."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, pl.DataFrame] = OrderedDict()
        self._pending: dict[Hashable, Future[pl.DataFrame]] = {}

    def holds(self, keys: Sequence[Hashable]) -> bool:
        """Whether the frames of all keys are kept now."""
        with self._lock:
            return all(key in self._kept for key in keys)

    def fetch(
        self,
        keys: Sequence[Hashable],
        compute: Callable[[Sequence[int]], Sequence[pl.DataFrame]],
    ) -> list[pl.DataFrame]:
        """The frame of each key; `compute` is given the places of those nobody has or makes."""
        found: dict[Hashable, pl.DataFrame] = {}
        awaited: dict[Hashable, Future[pl.DataFrame]] = {}
        mine: dict[Hashable, int] = {}
        with self._lock:
            for place, key in enumerate(keys):
                if key in self._kept:
                    self._kept.move_to_end(key)
                    found[key] = self._kept[key]
                elif key not in mine and key in self._pending:
                    awaited[key] = self._pending[key]
                elif key not in mine:
                    mine[key] = place
                    self._pending[key] = Future()
        if mine:
            found |= self._made(mine, compute)
        found |= {key: future.result() for key, future in awaited.items()}
        return [found[key].clone() for key in keys]

    def _made(
        self,
        mine: dict[Hashable, int],
        compute: Callable[[Sequence[int]], Sequence[pl.DataFrame]],
    ) -> dict[Hashable, pl.DataFrame]:
        try:
            frames = compute(list(mine.values()))
        except BaseException as wrong:
            with self._lock:
                futures = [self._pending.pop(key) for key in mine]
            for future in futures:
                future.set_exception(wrong)
            raise
        made = dict(zip(mine, frames, strict=True))
        with self._lock:
            futures = [self._pending.pop(key) for key in mine]
            for key, frame in made.items():
                self._keep(key, frame)
        for future, frame in zip(futures, frames, strict=True):
            future.set_result(frame)
        return made

    def _keep(self, key: Hashable, frame: pl.DataFrame) -> None:
        size = _bytes(frame)
        if size > self._most:
            return
        self._kept[key] = frame
        self._held += size
        while self._held > self._most:
            _, oldest = self._kept.popitem(last=False)
            self._held -= _bytes(oldest)


def _bytes(frame: pl.DataFrame) -> int:
    return int(frame.estimated_size()) + 512  # a frame of one row has its cost too
