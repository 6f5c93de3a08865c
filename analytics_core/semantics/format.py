"""Numbers and times as text, by unit: one spelling for page, API, CLI and exports (METRICS.md 5).

Money is given in nano-USD and credits in nano-credits; an unknown number (None, NaN) is "–".
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import TypeAlias

from analytics_core.semantics.filters import ME, Filters, Pick, Value
from analytics_core.semantics.period import (
    Calendar,
    Grain,
    Period,
    hour_begins,
    months_after,
)
from analytics_core.semantics.unit import Unit
from analytics_core.semantics.zone import instant, local

Number: TypeAlias = int | float | Decimal | None

UNKNOWN = "–"
UNATTRIBUTED = "(unattributed)"
MINUS = "\u2212"
DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_EXACT = Context(prec=400, rounding=ROUND_HALF_EVEN)  # wider than any float, so nothing raises
_DIVISION = Context(prec=40, rounding=ROUND_HALF_EVEN)
_STEPS = tuple(Decimal(1).scaleb(-places) for places in range(13))
_LETTERS = ("", "k", "M", "B", "T")
_NANO_UNITS = (Unit.USD, Unit.CREDITS)


@lru_cache(maxsize=20_000)
def text(value: Number, unit: Unit, *, additive: bool = True) -> str:
    """The short form, for cards, labels and tooltips: "$12.3k".

    A unit cost (usd, not additive) keeps three figures below $1.
    """
    number = shown(value, unit)
    if number is None:
        return UNKNOWN
    size = abs(number)
    if unit is Unit.USD:
        body = _money(size) if additive else _unit_cost(size)
    elif unit in (Unit.SECONDS, Unit.MILLISECONDS):
        body = _duration(size if unit is Unit.SECONDS else size.scaleb(-3, _EXACT))
    else:
        body = _share(size) if unit is Unit.RATIO else _count(size)
    return _negative(body) if number < 0 else body


@lru_cache(maxsize=20_000)
def cell(value: Number, unit: Unit, *, additive: bool = True) -> str:
    """The form of tables: cents and whole numbers in full; a unit cost, a share as in `text`."""
    number = shown(value, unit)
    if number is None:
        return UNKNOWN
    size = abs(number)
    if unit is Unit.USD and additive:
        cents = _round(size, 2)
        body = f"${cents:,}" if cents or not size else "<$0.01"
    elif unit in (Unit.COUNT, Unit.TOKENS, Unit.CREDITS):
        tenths = _round(size, 1)
        fraction = f"{tenths:,}" if tenths else "<0.1"
        body = f"{int(size):,}" if size == int(size) else fraction
    else:
        return text(value, unit, additive=additive)
    return _negative(body) if number < 0 else body


def exact(value: Number, unit: Unit) -> str:
    """Every digit, for tooltips and "explain": "$0.000123456"; quotients to nine decimals."""
    number = shown(value, unit)
    if number is None:
        return UNKNOWN
    size = _trimmed(_round(abs(number), 9), least=2 if unit is Unit.USD else 0)
    if unit is Unit.RATIO:
        size = _trimmed(_round(abs(number) * 100, 6)) + "%"
    body = {Unit.USD: f"${size}", Unit.SECONDS: f"{size} s", Unit.MILLISECONDS: f"{size} ms"}
    return (MINUS if number < 0 else "") + body.get(unit, size)


def signed(value: Number, unit: Unit) -> str:
    """The short form of a difference, with its sign: "+$412.00", "−$1,162.49", "$0"."""
    number = shown(value, unit)
    return ("+" if number is not None and number > 0 else "") + text(value, unit)


def change(current: Number, previous: Number, unit: Unit) -> str:
    """How much `current` is above or below `previous`: "+3.1%", "×11", "new", "+1.2 pp"."""
    now, before = shown(current, unit), shown(previous, unit)
    if now is None or before is None:
        return UNKNOWN
    if now == before == 0:
        return "no change"
    if unit is Unit.RATIO:
        points = _share(abs(now - before), of_all=False).removesuffix("%")
        return f"{_sign(now - before)}{points} pp"
    if before <= 0:
        return "new" if before == 0 and now > 0 else UNKNOWN
    share = _DIVISION.divide(now - before, before)
    if _round(share * 100, 0) >= 1000:
        return "×" + _count(_DIVISION.divide(now, before))
    return _sign(share) + _share(abs(share), of_all=share < 0)


def csv_number(value: Number, unit: Unit) -> str:
    """Plain decimal digits for CSV and JSON (USD, not nano; exact); "" when unknown."""
    number = shown(value, unit)
    if number is None:
        return ""
    plain = f"{number:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in ("-0", "") else plain


def shown(value: Number, unit: Unit) -> Decimal | None:
    """The number people read (USD, credits, tokens, seconds …), exactly; None when unknown."""
    if value is None:
        return None
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        value = Decimal(repr(value))  # the digits the float stands for, not its binary tail
    number = Decimal(value)
    return number.scaleb(-9, _EXACT) if unit in _NANO_UNITS else number


def adding_up(parts: Sequence[int], step: int) -> tuple[int, ...]:
    """`parts` rounded to multiples of `step` so that they add up to their rounded sum.

    Largest remainder: all are rounded down, the missing steps go to the largest fractions, the
    earlier one first (METRICS.md 5.2). Only where one document must add up to the eye.
    """
    whole, rest = divmod(sum(parts), step)
    whole += 2 * rest > step or (2 * rest == step and whole % 2)
    floors = [part // step for part in parts]
    by_fraction = sorted(range(len(parts)), key=lambda i: (-(parts[i] % step), i))
    raised = set(by_fraction[: whole - sum(floors)])
    return tuple((floor + (i in raised)) * step for i, floor in enumerate(floors))


def _round(number: Decimal, places: int) -> Decimal:
    return number.quantize(_STEPS[places], context=_EXACT)


def _sign(number: Decimal) -> str:
    return "" if number == 0 else "+" if number > 0 else MINUS


def _negative(body: str) -> str:
    if body[0] in "<>":  # what is closer to zero lies on the other side of it
        return (">" if body[0] == "<" else "<") + MINUS + body[1:]
    return MINUS + body


def _trimmed(number: Decimal, least: int = 0) -> str:
    whole, _, decimals = f"{number:,f}".partition(".")
    decimals = decimals.rstrip("0").ljust(least, "0")
    return f"{whole}.{decimals}" if decimals else whole


def _figures(size: Decimal) -> str:
    """Three significant digits with k, M, B or T."""
    rounded = size.quantize(Decimal(1).scaleb(size.adjusted() - 2), context=_EXACT)
    power = min(rounded.adjusted() // 3, len(_LETTERS) - 1)
    return _trimmed(rounded.scaleb(-3 * power, _EXACT)) + _LETTERS[power]


def _money(size: Decimal) -> str:
    if size == 0:
        return "$0"
    fine = _round(size, 4)
    if fine < _STEPS[2]:
        return f"${fine}" if fine else "<$0.0001"
    cents = _round(size, 2)
    return f"${cents:,}" if cents < 10_000 else f"${_figures(size)}"


def _unit_cost(size: Decimal) -> str:
    if size == 0 or size >= 1:
        return _money(size)
    rounded = _round(size, min(6, 2 - size.adjusted()))
    return f"${_trimmed(rounded, least=2)}" if rounded else "<$0.000001"


def _count(size: Decimal) -> str:
    whole = _round(size, 0)
    if whole >= 10_000:
        return _figures(size)
    tenths = _round(size, 1)
    if size == whole or tenths >= 10:
        return f"{whole:,}"
    return str(tenths) if tenths else "<0.1"


def _share(size: Decimal, *, of_all: bool = True) -> str:
    if size == 0:
        return "0%"
    tenths, whole = _round(size * 100, 1), _round(size * 100, 0)
    if tenths < 10:
        return f"{tenths}%" if tenths else "<0.1%"
    return ">99%" if of_all and size < 1 and whole == 100 else f"{whole:,}%"


def _duration(seconds: Decimal) -> str:
    milliseconds = int(_round(seconds * 1000, 0))
    if milliseconds < 1000:
        return f"{milliseconds} ms" if milliseconds or not seconds else "<1 ms"
    tenths = _round(seconds, 1)
    if tenths < 60:
        return f"{tenths} s"
    whole = int(_round(seconds, 0))
    if whole < 600:
        return f"{whole // 60} min {whole % 60:02} s"
    minutes = int(_round(_DIVISION.divide(seconds, Decimal(60)), 0))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02} min"
    hours = int(_round(_DIVISION.divide(seconds, Decimal(3600)), 0))
    return f"{hours // 24:,} d {hours % 24} h"


@dataclass(frozen=True, slots=True)
class AxisUnit:
    """How every label of one axis is written: prefix, number / divisor as `digits`, suffix.

    The number is in the unit people read (USD, tokens, seconds, a share of 1); `digits` is a
    d3 number format.
    """

    prefix: str = ""
    divisor: float = 1.0
    suffix: str = ""
    digits: str = ",.6~r"


TICKS = 4  # about how many an axis has

_CLOCK = (  # (from how many seconds, seconds, suffix)
    (172_800, 86_400.0, " d"),
    (7_200, 3_600.0, " h"),
    (120, 60.0, " min"),
    (1, 1.0, " s"),
    (0, 0.001, " ms"),
)


def axis_unit(largest: float | None, unit: Unit) -> AxisUnit:
    """The one unit of an axis whose largest number (as people read it) is `largest`."""
    top = _largest_tick(abs(largest or 0.0))
    if unit is Unit.RATIO:
        return AxisUnit(divisor=0.01, suffix="%")
    if unit in (Unit.SECONDS, Unit.MILLISECONDS):
        per_second = 1.0 if unit is Unit.SECONDS else 1000.0
        _, seconds, suffix = next(row for row in _CLOCK if top / per_second >= row[0])
        return AxisUnit(divisor=seconds * per_second, suffix=suffix)
    prefix = "$" if unit is Unit.USD else ""
    if top < 10_000:
        cents = unit is Unit.USD and 0.05 <= top < 5
        return AxisUnit(prefix=prefix, digits=",.2f" if cents else ",.6~r")
    power = min(int(math.log10(top) + 1e-9) // 3, len(_LETTERS) - 1)
    return AxisUnit(prefix=prefix, divisor=1000.0**power, suffix=_LETTERS[power])


def _largest_tick(largest: float) -> float:
    """The end of an axis from 0 of about TICKS round steps (1, 2, 5 times a power of ten)."""
    if largest == 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(largest / TICKS))
    near = largest / TICKS / power
    step = power * next((s for s, bound in ((1, 2), (2, 10), (5, 50)) if near * near < bound), 10)
    return step * math.ceil(largest / step - 1e-9)


def date_text(day: date) -> str:
    """20 Nov 2026."""
    return f"{day.day} {_month(day)} {day.year}"


def days_text(first: date, last: date) -> str:
    """1–20 Nov 2026, 28 Oct – 3 Nov 2026, 28 Dec 2025 – 3 Jan 2026; `last` is included."""
    if first == last:
        return date_text(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{date_text(last)}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {_month(first)}{year} – {date_text(last)}"


def moment_text(moment: datetime, zone: str, *, seconds: bool = False) -> str:
    """20 Nov 2026, 17:45 (or 17:45:30), on the clock of `zone`; `moment` is aware."""
    wall = local(moment, zone)
    return f"{date_text(wall)}, {wall:%H:%M:%S}" if seconds else f"{date_text(wall)}, {wall:%H:%M}"


def period_text(period: Period, until: datetime | None = None) -> str:
    """The days (or clock times) of `period`, up to `until` (aware) where that lies inside it."""
    running = until is not None and period.start < until < period.end
    cut = period.until(until) if running and until is not None else period
    first, after, zone = cut.local_start, cut.local_end, period.calendar.zone
    if period.whole_days:
        last = local(cut.end - timedelta(microseconds=1), zone).date()
        if not running and first.day == 1 and after.date() == months_after(first.date(), 1):
            return f"{MONTH_NAMES[first.month - 1]} {first.year}"
        return days_text(first.date(), last)
    if first.date() == after.date():
        return f"{date_text(first)}, {first:%H:%M}–{after:%H:%M}"
    return f"{moment_text(cut.start, zone)} – {moment_text(cut.end, zone)}"


def bucket_label(bucket: date | datetime, grain: Grain, calendar: Calendar) -> str:
    """The short name of one bucket: 14:00, 01:00 (2nd), 20 Nov 2026, Mon 16 Nov (week), 2026.

    `bucket` is its first local day, or for hours its instant as naive UTC.
    """
    if isinstance(bucket, datetime):
        return hour_text(bucket, calendar.zone)
    if grain is Grain.WEEK:
        return f"{_weekday(bucket)} {bucket.day} {_month(bucket)} (week)"
    if grain is Grain.MONTH:
        return f"{MONTH_NAMES[bucket.month - 1]} {bucket.year}"
    if grain in (Grain.QUARTER, Grain.YEAR):
        return bucket_when(bucket, grain, calendar)
    return date_text(bucket)


def bucket_when(bucket: date | datetime, grain: Grain, calendar: Calendar) -> str:
    """The full name of one bucket, for tooltips and tables: its days, or its date and hour."""
    if isinstance(bucket, datetime):
        day = _first_instant(bucket, calendar.zone)
        return f"{_weekday(day)} {date_text(day)}, {hour_text(bucket, calendar.zone)}"
    if grain is Grain.DAY:
        return f"{_weekday(bucket)} {date_text(bucket)}"
    if grain is Grain.MONTH:
        return bucket_label(bucket, grain, calendar)
    return days_text(bucket, calendar.bucket_after(bucket, grain) - timedelta(days=1))


def hour_text(bucket: datetime, zone: str) -> str:
    """The local hour that an hour bucket (naive UTC) stands for, "(2nd)" where it comes twice."""
    wall = _first_instant(bucket, zone)
    return f"{wall:%H}:00" + (" (2nd)" if wall.fold else "")


def _first_instant(bucket: datetime, zone: str) -> datetime:
    """The wall clock of the first instant in an hour bucket; fold 1 in a repeated hour."""
    moment = hour_begins(bucket.replace(tzinfo=UTC), zone)
    wall = local(moment, zone)
    return wall.replace(fold=int(instant(wall, zone) != moment))


def _weekday(day: date) -> str:
    return DAY_NAMES[day.weekday()]


def _month(day: date) -> str:
    return MONTH_NAMES[day.month - 1][:3]


def member_label(member: str | None, kind: str = "member", members: int = 0) -> str:
    """What a row of a breakdown is called; `kind` is member, others or unattributed."""
    if kind == "others":
        return f"Others ({members:,})"
    return UNATTRIBUTED if kind == "unattributed" or member is None else member


Reads: TypeAlias = Callable[[str, Value], str]  # how a value of a dimension reads (Names.label)


def filters_text(
    filters: Filters, label: Reads, until: datetime | None = None, *, lasting: bool = False
) -> str:
    """The selection in words: "1–20 Nov 2026, project Support Copilot, user Hugo Silva".

    `lasting` names a period that moves on, as "Last 30 days", rather than its dates of now.
    """
    moving = filters.period.moving if lasting else None
    picks = (_pick_text(pick, label) for pick in filters.picks)
    return ", ".join((moving or period_text(filters.period, until), *picks))


def _pick_text(pick: Pick, reads: Reads) -> str:
    if not pick.values:
        return f"no {pick.of.noun}"
    if len(pick.values) > 3:
        return f"{len(pick.values)} {pick.of.plural}"
    values = ("me" if v == ME else reads(pick.dimension, v) for v in pick.values)
    return f"{pick.of.noun} {' or '.join(values)}"
