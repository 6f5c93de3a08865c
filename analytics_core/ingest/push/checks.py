"""What a pushed record must say to be worth a receipt; the door's own rules come after."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from analytics_core.errors import nearest
from analytics_core.events import TOKENS
from analytics_core.ingest.names import normalised
from analytics_core.ingest.push.bodies import Record
from analytics_core.ingest.push.envelope import SHAPES
from analytics_core.ingest.push.not_taken import NotTaken
from analytics_core.ingest.sources import canonical

OLDEST = datetime(2020, 1, 1, tzinfo=UTC)
AHEAD = timedelta(hours=24)
LONGEST_ID = 200
MOST_KEYS = 200  # of all events of a body; a file has at most 256 columns
_MOST_TOKENS, _MOST_USD = 10**9, 10**6
_AMOUNTS = ("cost_usd", "credits")
_COUNTS = (*TOKENS, "total_tokens")
_NOT_READ = ("hidden_params", "model_map_information", "guardrail_information", "error_str")
_WRITTEN = ", ".join(("event_id", "started_at", "one of " + ", ".join(canonical.MEASURES)))


def shape_of(record: Record) -> str:
    """Which of SHAPES the record is written in, by its keys. Raises NotTaken."""
    keys = {normalised(key) for key in record}
    fitting = [
        (len(source.required), name)
        for name, source in SHAPES.items()
        if name != "otlp" and keys.issuperset(source.required)
    ]
    if fitting:
        return max(fitting)[1]
    key = "event_id" if "event_id" not in keys else "started_at"
    raise NotTaken(
        "bad-events",
        f"Row 1 has no {key}.{_hint(key, record)} An event has {_WRITTEN}; a LiteLLM payload is"
        " known by response_cost, call_type, startTime, custom_llm_provider and metadata.",
        {"row": 1, "key": key},
    )


def checked(numbered: Sequence[tuple[int, Record]], shape: str, now: datetime) -> list[Record]:
    """The records as they are kept. Raises NotTaken, naming row and key of the first fault."""
    check = _CHECKS[shape]
    names: set[str] = set()
    made: list[Record] = []
    for number, record in numbered:
        names.update(record)
        if len(names) > MOST_KEYS:
            raise NotTaken(
                "bad-events",
                f"The events have more than {MOST_KEYS} different keys by row {number}. Put what is"
                " particular into tags or metadata.",
                {"row": number},
            )
        made.append(check(_Row(number, record, now)))
    return made


class _Row:
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
            raise self.wrong(key, f"is missing.{_hint(key, self.record)}{why}")
        return value

    def identified(self, key: str) -> str:
        """The id of the record as text."""
        value = self.needs(key, " Give each call an id of its own, so that a repeat counts once.")
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.wrong(key, "is neither text nor a whole number.")
        text = str(value).strip()
        if not text or len(text) > LONGEST_ID:
            raise self.wrong(key, f"must have 1 to {LONGEST_ID} characters.")
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
            number = _decimal(value)
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
            number = _decimal(value)
            if number is None:
                raise self.wrong(key, "is no decimal number.")
            if not 0 <= number <= _MOST_USD:
                raise self.wrong(key, f"is not between 0 and {_MOST_USD:,}.")


def _canonical(row: _Row) -> Record:
    known = row.identified("event_id")
    row.timed("started_at")
    row.counted(_COUNTS)
    row.paid(_AMOUNTS)
    record = row.record
    if record.get("grain") not in (None, "", "request"):
        raise row.wrong("grain", "must be request: one event a call. Drop a file for sums.")
    if all(record.get(name) is None for name in canonical.MEASURES):
        measures = ", ".join(canonical.MEASURES)
        raise row.wrong("input_tokens", f"and every other measure is missing: {measures}.")
    return {**record, "event_id": known}


def _payload(row: _Row) -> Record:
    row.identified("id")
    row.timed("startTime")
    row.paid(("response_cost",))
    kept = {key: value for key, value in row.record.items() if key not in _NOT_READ}
    given = kept.get("model_parameters")
    if isinstance(given, Mapping):
        kept["model_parameters"] = {"stream": given.get("stream")}
    return kept


def _callback(row: _Row) -> Record:
    row.identified("request_id")
    row.timed("start_time")
    row.paid(("spend",))
    return row.record


def _log(row: _Row) -> Record:
    row.identified("request_id")
    row.timed("startTime")
    row.paid(("spend",))
    return row.record


_CHECKS: Mapping[str, Callable[[_Row], Record]] = {
    "canonical": _canonical,
    "litellm-payload": _payload,
    "litellm-callback": _callback,
    "litellm-log": _log,
}


def _hint(key: str, record: Record) -> str:
    near = nearest(key, [name for name in record if name != key][:50])
    return f" Is it '{near[:40]}'?" if near else ""


def _decimal(value: object) -> Decimal | None:
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
    number = None if dated else _decimal(value)
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
