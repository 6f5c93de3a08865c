"""Local time: from wall clocks to instants and back, in one zone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=64)
def zone_info(zone: str) -> ZoneInfo:
    """The zone of that IANA name."""
    return ZoneInfo(zone)


def local(instant: datetime, zone: str) -> datetime:
    """The wall clock (naive) that `instant` (aware) shows in `zone`."""
    return instant.astimezone(zone_info(zone)).replace(tzinfo=None)


def instant(wall: datetime, zone: str, *, widest_end: bool = False) -> datetime:
    """The instant (aware, UTC) of a wall clock (naive) in `zone`.

    A time that does not exist moves forward by the gap. One that exists twice is its first
    occurrence, or with `widest_end` its second (METRICS.md 2.1).
    """
    info = zone_info(zone)
    if widest_end:
        second = wall.replace(tzinfo=info, fold=1).astimezone(UTC)
        if local(second, zone) == wall:  # not in a gap, where fold=1 would move backward
            return second
    return wall.replace(tzinfo=info, fold=0).astimezone(UTC)


def day_start(day: date, zone: str) -> datetime:
    """The first instant (aware, UTC) of a local day."""
    return instant(datetime.combine(day, time()), zone)


def offset_changes(start: datetime, end: datetime, zone: str) -> list[tuple[datetime, int]]:
    """The offsets of `zone` inside [start, end): (instant from which it holds, seconds).

    The first entry holds from `start`. Instants are aware UTC; found by halving between days, so
    two changes inside one day (never seen since 1970) would count as one.
    """
    info = zone_info(zone)

    def offset(moment: datetime) -> int:
        gap = moment.astimezone(info).utcoffset()
        return int(gap.total_seconds()) if gap else 0

    changes = [(start, offset(start))]
    for low, high in _steps(start, end):
        before, after = offset(low), offset(high)
        if before == after:
            continue
        while high - low > timedelta(seconds=1):
            middle = low + (high - low) / 2
            low, high = (middle, high) if offset(middle) == before else (low, middle)
        changes.append((high.replace(microsecond=0), after))
    return changes


def _steps(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    low = start
    while low < end:
        high = min(low + timedelta(days=1), end)
        yield low, high
        low = high
