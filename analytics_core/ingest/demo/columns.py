"""What one month of demo traffic is made of: arrays of equal length."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

import numpy as np

Ints: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
Draw: TypeAlias = np.random.Generator
NONE = -1  # index or count of something the source does not say


@dataclass(frozen=True, slots=True)
class Month:
    """A UTC month of the demo: its place in the story, its days, and where it ends."""

    index: int  # 0 is the oldest
    first: date
    end: datetime  # naive UTC, exclusive; the newest month ends now
    months: int

    @property
    def age(self) -> int:
        """Months between this one and the newest."""
        return self.months - 1 - self.index

    @property
    def seconds(self) -> float:
        """From its first instant to its end."""
        return (self.end - datetime.combine(self.first, datetime.min.time())).total_seconds()

    @property
    def days(self) -> int:
        """Days that have begun."""
        return max(1, -(-int(self.seconds) // 86_400))

    @property
    def origin(self) -> int:
        """Its first instant, microseconds since the epoch."""
        return int(datetime(self.first.year, self.first.month, 1, tzinfo=UTC).timestamp()) * 10**6


@dataclass(slots=True)
class Events:
    """Columns of equal length; integers are indexes into the cast, NONE is unknown.

    Token counts and quantities of NONE are unknown too. `cost` is nano-USD as the gateway reports
    it (NONE: not reported), `quantity` and `item` are one priced quantity beyond tokens.
    """

    kind: str
    started: Ints  # microseconds since the epoch
    session: Ints
    person: Ints
    team: Ints
    project: Ints
    model: Ints
    input: Ints
    output: Ints
    cache_read: Ints
    cache_write: Ints
    cache_write_1h: Ints
    reasoning: Ints
    cost: Ints
    quantity: Ints
    latency: Ints
    ttft: Ints
    status: Ints  # 0 ok, 1 error, 2 cancelled
    error: Ints
    agent: Ints
    feature: Ints
    customer: Ints
    repository: Ints
    key: Ints
    environment: Ints
    batch: bool = False

    def __len__(self) -> int:
        return len(self.started)

    def where(self, keep: np.ndarray[Any, np.dtype[np.bool_]]) -> "Events":
        """Only the events of that mask."""
        picked = {n: getattr(self, n)[keep] for n in self.__slots__ if n not in ("kind", "batch")}
        return replace(self, **picked)
