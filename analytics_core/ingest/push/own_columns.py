"""A pushed event in our own columns: whatever the door would leave out in silence is refused."""

from collections.abc import Mapping
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
_FLAGS = ("stream", "cache_hit")
_DURATIONS = ("latency_ms", "ttft_ms")
_TIMES = ("ended_at", "updated_at")
_LOWEST_HTTP, _HIGHEST_HTTP = 100, 599
_NO_TEXT = frozenset(
    {*_COUNTS, *_FLAGS, *_DURATIONS, *_TIMES, "started_at", "requests", "http_status", "tags"}
)
_RENAMED = [name for names in canonical.RENAMED.values() for name in names if name != "event_id"]
_TEXTS = (*(name for name in canonical.SAME if name not in _NO_TEXT), *_RENAMED)
_READ = frozenset({*canonical.SAME, *_RENAMED, *canonical.MEASURES, "event_id", "metadata"})


def own_columns(row: Row) -> Record:
    """The record as it is kept. Raises NotTaken, naming the key of its first fault."""
    known = row.identified("event_id")
    row.timed("started_at")
    for key in row.record:
        meant = _meant(key)
        if meant is not None:
            raise row.wrong(key, f"is written {meant}.")
    row.counted(_COUNTS)
    row.paid(_AMOUNTS)
    made = {**row.record, "event_id": known}
    if row.said("grain") not in (None, "request"):
        raise row.wrong("grain", "must be request: one event a call. Drop a file for sums.")
    row.between("requests", 0, 1, whole=True, why=" An event is one call or none; push each.")
    row.between("http_status", _LOWEST_HTTP, _HIGHEST_HTTP, whole=True)
    for key in _DURATIONS:
        row.between(key, 0, DAY_MS)
    for key in _NANO:
        row.whole(key)
    for key in _TIMES:
        if row.said(key) is not None:
            row.timed(key)
    for key in _FLAGS:
        row.one_of(key, (*YES, *NO), "true or false")
    row.one_of("status", STATUSES, "ok, error or cancelled")
    for key in _TEXTS:
        row.text(key)
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
