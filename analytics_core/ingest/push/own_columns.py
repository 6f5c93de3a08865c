"""A pushed event in our own columns: whatever the door would leave out in silence is refused."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from analytics_core.events import TOKENS
from analytics_core.ingest.counts import NO, YES
from analytics_core.ingest.derive import DAY_MS
from analytics_core.ingest.names import normalised
from analytics_core.ingest.push.bodies import Record
from analytics_core.ingest.push.listed_items import listed_items
from analytics_core.ingest.push.row import Row
from analytics_core.ingest.sources import canonical
from analytics_core.ingest.words import STATUSES

_AMOUNTS = ("cost_usd", "credits")
_COUNTS = (*TOKENS, "total_tokens")
_NANO = ("cost_reported_nano", "credits_nano")
_LOWEST_HTTP, _HIGHEST_HTTP = 100, 599
_RENAMED = [name for names in canonical.RENAMED.values() for name in names if name != "event_id"]
_READ = frozenset({*canonical.SAME, *_RENAMED, *canonical.MEASURES, "event_id", "metadata"})
_ONE_CALL = " An event is one call or none; push each."

Check = Callable[[Row, str], object]  # raises NotTaken


def _time(row: Row, key: str) -> None:
    if row.said(key) is not None:
        row.timed(key)


def _duration(row: Row, key: str) -> None:
    row.between(key, 0, DAY_MS)


def _truth(row: Row, key: str) -> None:
    row.one_of(key, (*YES, *NO), "true or false")


def _grain(row: Row, key: str) -> None:
    if row.said(key) not in (None, "request"):
        raise row.wrong(key, "must be request: one event a call. Drop a file for sums.")


_OF_KEY: dict[str, Check] = {
    **dict.fromkeys((*canonical.SAME, *_RENAMED), Row.text),
    **dict.fromkeys(_COUNTS, lambda row, key: row.counted((key,))),
    **dict.fromkeys(_AMOUNTS, lambda row, key: row.paid((key,))),
    **dict.fromkeys(_NANO, Row.whole),
    **dict.fromkeys(("latency_ms", "ttft_ms"), _duration),
    **dict.fromkeys(("ended_at", "updated_at"), _time),
    **dict.fromkeys(("stream", "cache_hit"), _truth),
    "started_at": Row.timed,
    "grain": _grain,
    "requests": lambda row, key: row.between(key, 0, 1, whole=True, why=_ONE_CALL),
    "http_status": lambda row, key: row.between(key, _LOWEST_HTTP, _HIGHEST_HTTP, whole=True),
    "status": lambda row, key: row.one_of(key, STATUSES, "ok, error or cancelled"),
}
del _OF_KEY["tags"]  # an object, a list or text


def own_columns(row: Row) -> Record:
    """The record as it is kept. Raises NotTaken, naming the key of a fault."""
    made = {**row.record, "event_id": row.identified("event_id")}
    row.needs("started_at")
    for key, value in row.record.items():
        check = _OF_KEY.get(key)
        if check is None:
            meant = _meant(key)
            if meant is not None:
                raise row.wrong(key, f"is written {meant}.")
        elif value is not None:
            check(row, key)
    if made.get("items") is not None:
        made["items"] = listed_items(row, made["items"])
    _measured(row, made)
    return made


def _measured(row: Row, record: Mapping[str, object]) -> None:
    if all(record.get(name) in (None, []) for name in canonical.MEASURES):
        measures = ", ".join(canonical.MEASURES)
        raise row.wrong("input_tokens", f"and every other measure is missing: {measures}.")


@lru_cache(4096)
def _meant(key: str) -> str | None:
    """The column that the door would read under this key, None where it says so itself."""
    name = normalised(key)
    return name if name != key and name in _READ else None
