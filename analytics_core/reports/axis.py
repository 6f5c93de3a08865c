"""The time axis of a report: the buckets of a period, as far as it has begun."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from analytics_core.semantics.period import Grain, Period
from analytics_core.semantics.zone import day_start, local


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket of the axis; `partial` when the period, or the data, end inside it."""

    start: datetime  # aware UTC
    end: datetime
    wall: datetime  # the wall clock of `start` in the reporting zone, naive
    partial: bool
    so_far: bool  # partial because the data end inside it


def buckets(period: Period, grain: Grain, limit: datetime) -> Iterator[Bucket]:
    """Every bucket that touches the period and has begun by `limit`."""
    ended = limit >= period.end
    for start, end in period.buckets(grain):
        if start > limit or (ended and start >= period.end):
            return
        so_far = not ended and start <= limit < end
        cut = start < period.start or end > period.end
        yield Bucket(start, end, local(start, period.calendar.zone), cut or so_far, so_far)


def starts(column: pl.Series, grain: Grain, period: Period) -> list[datetime]:
    """The instants (aware UTC) at which the answered buckets start."""
    if grain is Grain.HOUR:
        return [moment.replace(tzinfo=UTC) for moment in column]
    zone = period.calendar.zone
    return [day_start(day, zone) for day in column]
