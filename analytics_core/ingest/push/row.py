"""One pushed record under checks: each says what is wrong with which key."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from types import NoneType
from typing import Any

from analytics_core.errors import nearest
from analytics_core.ingest.push.bodies import Record
from analytics_core.ingest.push.not_taken import NotTaken
from analytics_core.ingest.texts import CONTROL, NOTHING

OLDEST = datetime(2020, 1, 1, tzinfo=UTC)
AHEAD = timedelta(hours=24)
LONGEST_ID = 200
_MOST_TOKENS, _MOST_USD = 10**9, 10**6
# What the door replaces, in Python's words: two ids could become one.
_REPLACED = re.compile(
    re.sub(r"\\x\{(\w+)\}", lambda found: f"\\u{found[1]:0>4}", CONTROL)[:-1] + r"\ud800-\udfff]"
)


class Row:
    """One record under checks."""

    def __init__(self, number: int, record: Record, now: datetime) -> None:
        self.number, self.record, self.now = number, record, now

    def wrong(self, key: str, what: str) -> NotTaken:
        """The fault of one key."""
        where = {"row": self.number, "key": key}
        return NotTaken("bad-events", f"Row {self.number}: {key} {what}", where)

    def needs(self, key: str, why: str = "") -> Any:
        """The value of a key that must be there."""
        value = self.record.get(key)
        if value is None or value == "":
            raise self.wrong(key, f"is missing.{hint(key, self.record)}{why}")
        return value

    def identified(self, key: str) -> str:
        """The id of the record as text."""
        value = self.needs(key, " Give each call an id of its own, so that a repeat counts once.")
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.wrong(key, "is neither text nor a whole number.")
        text = str(value).strip()
        if text in NOTHING:
            raise self.wrong(key, f"'{text}' stands for nothing.")
        if len(text) > LONGEST_ID:
            raise self.wrong(key, f"must have 1 to {LONGEST_ID} characters.")
        if is_replaced(text):
            raise self.wrong(
                key, "holds a character that no text may: a control one, or half of one."
            )
        return text

    def timed(self, key: str) -> None:
        """That a time is one, and of these years."""
        at = _moment(self.needs(key))
        if at is None:
            raise self.wrong(
                key, "is no time: ISO 8601 such as 2026-11-20T16:00:00Z, or seconds since 1970."
            )
        if not OLDEST <= at <= self.now + AHEAD:
            raise self.wrong(key, "is before 2020 or more than 24 hours ahead.")

    def counted(self, keys: Iterable[str]) -> None:
        """That token counts are whole numbers."""
        for key in keys:
            value = self.record.get(key)
            if value is None or (type(value) is int and 0 <= value <= _MOST_TOKENS):
                continue
            number = decimal(value)
            if number is None or number != number.to_integral_value():
                raise self.wrong(key, "is no whole number.")
            if not 0 <= number <= _MOST_TOKENS:
                raise self.wrong(key, f"is not between 0 and {_MOST_TOKENS:,}.")

    def paid(self, keys: Iterable[str]) -> None:
        """That amounts are numbers, and no refunds."""
        for key in keys:
            value = self.record.get(key)
            if value is None:
                continue
            number = decimal(value)
            if number is None:
                raise self.wrong(key, "is no decimal number.")
            if not 0 <= number <= _MOST_USD:
                raise self.wrong(key, f"is not between 0 and {_MOST_USD:,}.")

    def said(self, key: str) -> Any:
        """The value of a key, None where it or its text stands for nothing."""
        value = self.record.get(key)
        return None if isinstance(value, str) and value.strip() in NOTHING else value

    def whole(self, key: str) -> Decimal | None:
        """The whole number of a key, None where it says nothing."""
        value = self.said(key)
        number = decimal(value)
        if value is not None and (number is None or number != number.to_integral_value()):
            raise self.wrong(key, "is no whole number.")
        return number

    def between(self, key: str, low: int, high: int, *, whole: bool = False, why: str = "") -> None:
        """That a number, if one is said, is one of these."""
        value = self.said(key)
        if value is None:
            return
        number = self.whole(key) if whole else decimal(value)
        if number is None:
            raise self.wrong(key, "is no number.")
        if not low <= number <= high:
            kind = (
                f"{low} or {high}" if whole and high - low == 1 else f"between {low:,} and {high:,}"
            )
            raise self.wrong(key, f"is not {kind}.{why}")

    def one_of(self, key: str, words: Iterable[str], shown: str) -> None:
        """That a value, if one is said, is one of these words, in any case."""
        value = self.said(key)
        if value is not None and (
            not isinstance(value, bool | str | int | float)
            or str(value).strip().lower() not in words
        ):
            raise self.wrong(key, f"is not {shown}.")

    def text(self, key: str) -> None:
        """That a value, if there is one, is text or a number."""
        value = self.record.get(key)
        if type(value) not in (str, int, float, NoneType):
            raise self.wrong(key, "is no text.")


def is_replaced(text: str) -> bool:
    """Whether the door would replace a character of it."""
    plain = text.isascii() and text.isprintable()
    return not plain and _REPLACED.search(text) is not None


def hint(key: str, record: Record) -> str:
    """A question after the key that was meant, with a leading space, or nothing."""
    near = nearest(key, [name for name in record if name != key][:50])
    return f" Is it '{near[:40]}'?" if near else ""


def decimal(value: object) -> Decimal | None:
    """The finite number that a value is or spells, None for any other."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _moment(value: object) -> datetime | None:
    """The instant, by magnitude where it is a number, as the door reads it."""
    dated = isinstance(value, str) and "-" in value[1:]
    number = None if dated else decimal(value)
    try:
        if number is not None:
            return datetime.fromtimestamp(float(number / _unit(number)), UTC)
        at = datetime.fromisoformat(str(value).strip())
    except (ValueError, OverflowError, OSError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _unit(number: Decimal) -> int:
    for most, unit in ((10**11, 1), (10**14, 10**3), (10**17, 10**6)):
        if abs(number) < most:
            return unit
    return 10**9
