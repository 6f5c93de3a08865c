"""Periods of time: half-open, in one reporting calendar, with presets and what came before."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Self

from analytics_core.errors import BadValue, UnknownName
from analytics_core.semantics.zone import day_start, instant, local


class Grain(StrEnum):
    """The size of one bucket of a timeline."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @classmethod
    def of(cls, name: str) -> Self:
        """The grain of that name. Raises UnknownName."""
        UnknownName.check("grain", name, (g.value for g in cls))
        return cls(name)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What decides a day, a week and a year: the zone, the first weekday, the fiscal year."""

    zone: str = "UTC"
    week_start: str = "monday"
    fiscal_year_start: int = 1

    def week_of(self, day: date) -> date:
        """The first day of the week that holds `day`."""
        past = day.weekday() if self.week_start == "monday" else (day.weekday() + 1) % 7
        return day - timedelta(days=past)

    def bucket_of(self, day: date, grain: Grain) -> date:
        """The first local day of the bucket that holds `day`; grain day or longer."""
        if grain is Grain.WEEK:
            return self.week_of(day)
        if grain is Grain.MONTH:
            return day.replace(day=1)
        if grain in (Grain.QUARTER, Grain.YEAR):
            length = 3 if grain is Grain.QUARTER else 12
            past = (day.month - self.fiscal_year_start) % length
            return months_after(day.replace(day=1), -past)
        return day

    def bucket_after(self, first: date, grain: Grain) -> date:
        """The first local day of the bucket after the one that begins at `first`."""
        if grain is Grain.DAY:
            return first + timedelta(days=1)
        if grain is Grain.WEEK:
            return first + timedelta(days=7)
        return months_after(first, {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}[grain])


@dataclass(frozen=True, slots=True)
class Preset:
    """A named period; `counted` ones take a number, as in days:30."""

    name: str
    label: str
    counted: bool = False
    most: int = 0


PRESETS: dict[str, Preset] = {
    p.name: p
    for p in (
        Preset("month", "This month"),
        Preset("last-month", "Last month"),
        Preset("today", "Today"),
        Preset("yesterday", "Yesterday"),
        Preset("days:7", "Last 7 days"),
        Preset("days:30", "Last 30 days"),
        Preset("days", "Last N days", counted=True, most=3660),
        Preset("hour", "Last hour"),
        Preset("hours", "Last N hours", counted=True, most=2160),
        Preset("week", "This week"),
        Preset("last-week", "Last week"),
        Preset("quarter", "This quarter"),
        Preset("year", "This year"),
        Preset("custom", "Custom range"),
    )
}

_ALONE = tuple(p.name for p in PRESETS.values() if not p.counted and p.name != "custom")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time [start, end), aware UTC, seen in a calendar.

    `kind` is its name in a URL: a preset (`month`, `days:30`), a month (`2026-11`) or a custom
    range (`A..B`). Source: METRICS.md 2.
    """

    start: datetime
    end: datetime
    kind: str
    calendar: Calendar = Calendar()

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise BadValue("period", self.kind, "an end after the start")

    @classmethod
    def parse(cls, text: str, now: datetime, calendar: Calendar) -> Self:
        """The period a URL, a widget or `--from/--to` names. Raises BadValue, UnknownName."""
        name, _, number = text.partition(":")
        if ".." in text:
            return cls._custom(text, calendar)
        if _MONTH.fullmatch(text):
            return cls._month(text, calendar)
        if _DAY.fullmatch(text):
            return cls._custom(f"{text}..{text}", calendar)
        if name in ("days", "hours"):
            return cls._counted(text, name, number, now, calendar)
        if text == "custom":  # what the page calls a range; alone it names none
            raise BadValue("period", text, "a range such as 2026-11-01..2026-11-20")
        UnknownName.check("period", text, (*_ALONE, "hours:6", "2026-11", "A..B"))
        minute = now.astimezone(UTC).replace(second=0, microsecond=0)
        if text == "hour":
            return cls(minute - timedelta(hours=1), minute, text, calendar)
        first, after = _days(text, local(now, calendar.zone).date(), calendar)
        return cls._local_days(first, after, text, calendar)

    @classmethod
    def _local_days(cls, first: date, after: date, kind: str, calendar: Calendar) -> Self:
        return cls(day_start(first, calendar.zone), day_start(after, calendar.zone), kind, calendar)

    @classmethod
    def _counted(cls, text: str, name: str, number: str, now: datetime, calendar: Calendar) -> Self:
        most = PRESETS[name].most
        if not (number.isascii() and number.isdecimal()) or not 1 <= int(number) <= most:
            raise BadValue("period", text, f"{name}:N with N from 1 to {most}")
        if name == "hours":
            minute = now.astimezone(UTC).replace(second=0, microsecond=0)
            return cls(minute - timedelta(hours=int(number)), minute, text, calendar)
        today = local(now, calendar.zone).date()
        first = today - timedelta(days=int(number) - 1)
        return cls._local_days(first, today + timedelta(days=1), text, calendar)

    @classmethod
    def _month(cls, text: str, calendar: Calendar) -> Self:
        try:
            first = date.fromisoformat(f"{text}-01")
            after = months_after(first, 1)
        except (ValueError, OverflowError):
            raise BadValue("period", text, "a month such as 2026-11") from None
        return cls._local_days(first, after, text, calendar)

    @classmethod
    def _custom(cls, text: str, calendar: Calendar) -> Self:
        start_text, _, end_text = text.partition("..")
        start = bound(start_text, calendar.zone, name="start")
        end = bound(end_text, calendar.zone, name="end", is_end=True)
        if end <= start:
            raise BadValue("period", text, "an end after the start")
        return cls.between(start, end, calendar)

    @classmethod
    def between(cls, start: datetime, end: datetime, calendar: Calendar) -> Self:
        """The custom period [start, end); exactly one local month is that month."""
        first, after = local(start, calendar.zone), local(end, calendar.zone)
        if _midnight(first) and _midnight(after) and first.day == 1:
            if after.date() == months_after(first.date(), 1):
                return cls(start, end, f"{first:%Y-%m}", calendar)
            return cls(
                start, end, f"{first:%Y-%m-%d}..{after - timedelta(days=1):%Y-%m-%d}", calendar
            )
        if _midnight(first) and _midnight(after):
            return cls(
                start, end, f"{first:%Y-%m-%d}..{after - timedelta(days=1):%Y-%m-%d}", calendar
            )
        utc = f"{_text(start, calendar.zone)}..{_text(end, calendar.zone)}"
        return cls(start, end, utc, calendar)

    @property
    def local_start(self) -> datetime:
        """The wall clock at the start."""
        return local(self.start, self.calendar.zone)

    @property
    def local_end(self) -> datetime:
        """The wall clock at the (exclusive) end."""
        return local(self.end, self.calendar.zone)

    @property
    def unit(self) -> Grain | None:
        """month, quarter or year when the period is exactly one calendar unit by its name."""
        if self.kind in ("month", "last-month") or _MONTH.fullmatch(self.kind):
            return Grain.MONTH
        return {"quarter": Grain.QUARTER, "year": Grain.YEAR}.get(self.kind)

    @property
    def moving(self) -> str | None:
        """What a period is called that goes on with the clock; None for fixed bounds."""
        name, _, number = self.kind.partition(":")
        if self.kind in PRESETS:
            return PRESETS[self.kind].label
        return f"Last {number} {name}" if name in PRESETS and number.isdecimal() else None

    @property
    def whole_days(self) -> bool:
        """Whether both bounds are starts of local days."""
        zone = self.calendar.zone
        return self.start == day_start(self.local_start.date(), zone) and self.end == day_start(
            self.local_end.date(), zone
        )

    def previous(self) -> Self:
        """The period this one is compared with; it ends where this one starts (METRICS.md 2.3)."""
        first, after = self.local_start.date(), self.local_end.date()
        if self.unit is not None:
            length = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}[self.unit]
            return self._before(months_after(first, -length), first)
        if self.whole_days:
            return self._before(first - (after - first), first)
        return replace(
            self,
            start=self.start - (self.end - self.start),
            end=self.start,
            kind=f"{_text(self.start - (self.end - self.start), self.calendar.zone)}"
            f"..{_text(self.start, self.calendar.zone)}",
        )

    def _before(self, first: date, after: date) -> Self:
        start = day_start(first, self.calendar.zone)
        return type(self).between(start, self.start, self.calendar) if first < after else self

    def until(self, newest: datetime) -> Self:
        """This period cut off at `newest` (aware), never empty: at least one microsecond stays."""
        end = min(self.end, max(newest, self.start + timedelta(microseconds=1)))
        return self if end == self.end else replace(self, end=end)

    def previous_until(self, newest: datetime) -> Self:
        """`previous()` cut off at the same local wall time as this one is at `newest`."""
        before = self.previous()
        current = self.until(newest)
        if current.end == self.end:
            return before
        zone = self.calendar.zone
        passed = local(current.end, zone) - self.local_start
        end = instant(before.local_start + passed, zone)
        return before.until(min(before.end, max(end, before.start)))

    @property
    def days(self) -> float:
        """Length in local days."""
        return (self.local_end - self.local_start) / timedelta(days=1)

    @property
    def hours(self) -> float:
        """Real elapsed hours: a local day has 23, 24 or 25."""
        return (self.end - self.start) / timedelta(hours=1)

    def grain(self) -> Grain:
        """The bucket that suits the length: hour to 3 days, day to 92, week to 731, else month."""
        for most, grain in ((3, Grain.HOUR), (92, Grain.DAY), (731, Grain.WEEK)):
            if self.days <= most:
                return grain
        return Grain.MONTH

    def buckets(self, grain: Grain) -> Iterator[tuple[datetime, datetime]]:
        """(start, end) of every bucket that touches the period, aware UTC, whole buckets.

        Hours are instants, so both 01:00 hours of a clock-back day are there. A zone with a
        half-hour change has one half-hour bucket: it starts where `hour_of` says, which the clock
        before the change shows too, and is as long as it really lasts.
        """
        zone = self.calendar.zone
        if grain is Grain.HOUR:
            moment = hour_begins(hour_of(self.start, zone), zone)
            while moment < self.end:
                hour, after = hour_of(moment, zone), _hour_after(moment, zone)
                yield hour, hour + (after - moment)
                moment = after
            return
        first = self.calendar.bucket_of(self.local_start.date(), grain)
        while (start := day_start(first, zone)) < self.end:
            first = self.calendar.bucket_after(first, grain)
            yield start, day_start(first, zone)


def hour_of(moment: datetime, zone: str) -> datetime:
    """The start (aware UTC) of the local hour that holds `moment` (METRICS.md 2.1)."""
    wall = local(moment, zone)
    return moment.astimezone(UTC) - (wall - wall.replace(minute=0, second=0, microsecond=0))


def hour_begins(hour: datetime, zone: str) -> datetime:
    """The first instant of the bucket `hour`: itself, but for a clock change of half an hour."""
    steps = (hour + timedelta(minutes=minutes) for minutes in (0, 15, 30, 45))
    return next((moment for moment in steps if hour_of(moment, zone) == hour), hour)


def _hour_after(first: datetime, zone: str) -> datetime:
    """The first instant after the hour bucket that begins at the instant `first`."""
    hour, last = hour_of(first, zone), timedelta(microseconds=1)
    ends = (first + timedelta(minutes=minutes) for minutes in (60, 45, 30, 15))
    return next((end for end in ends if hour_of(end - last, zone) == hour), first + _HOUR)


def months_after(first: date, months: int) -> date:
    """The first day of the month `months` after the one that begins at `first`."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def bound(text: str, zone: str, *, name: str = "time", is_end: bool = False) -> datetime:
    """The instant (aware UTC) of one typed bound: a date, or a date and time, with or without zone.

    As an end a date is the whole of that day; a time is exclusive. Raises BadValue.
    """
    text = text.strip()
    try:
        wall = datetime.fromisoformat(text)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return day_start(wall.date() + timedelta(days=1 if is_end else 0), zone)
        if wall.tzinfo is not None:
            return wall.astimezone(UTC)
        return instant(wall, zone, widest_end=is_end)
    except (ValueError, OverflowError):
        raise BadValue(name, text, "a date such as 2026-11-20 or 2026-11-20T18:00") from None


def _days(name: str, today: date, calendar: Calendar) -> tuple[date, date]:
    """(first day, day after the last) of a preset made of whole local days."""
    week = calendar.week_of(today)
    month = today.replace(day=1)
    quarter = calendar.bucket_of(today, Grain.QUARTER)
    year = calendar.bucket_of(today, Grain.YEAR)
    day, seven = timedelta(days=1), timedelta(days=7)
    table = {
        "today": (today, today + day),
        "yesterday": (today - day, today),
        "week": (week, week + seven),
        "last-week": (week - seven, week),
        "month": (month, months_after(month, 1)),
        "last-month": (months_after(month, -1), month),
        "quarter": (quarter, months_after(quarter, 3)),
        "year": (year, months_after(year, 12)),
    }
    return table[name]


def _midnight(wall: datetime) -> bool:
    return (wall.hour, wall.minute, wall.second, wall.microsecond) == (0, 0, 0, 0)


def _text(moment: datetime, zone: str) -> str:
    """A bound as URL text: the wall clock where it means this instant, else with its offset."""
    wall = local(moment, zone)
    if instant(wall, zone) == instant(wall, zone, widest_end=True) == moment:
        return wall.isoformat(
            timespec="microseconds" if wall.microsecond else "seconds" if wall.second else "minutes"
        )
    return moment.astimezone(UTC).isoformat()
