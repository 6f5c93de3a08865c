"""Words of the exporters for calls, statuses and tiers, as the words of the event."""

from collections.abc import Mapping

from analytics_core.ingest import words
from analytics_core.ingest.raw import literal

TIERS = {
    "default": "standard", "standard": "standard", "auto": "standard", "on_demand": "standard",
    "batch": "batch", "flex": "flex", "flex_discount": "flex", "priority": "priority",
    "priority_on_demand": "priority", "fast": "fast", "scale": "scale",
}  # fmt: skip

# OpenTelemetry's name of an operation, and the service type it is.
OPERATIONS = {
    "completion": ("chat", "text_generation"),
    "chat": ("chat", "text_generation"),
    "text_completion": ("text_completion", "text_generation"),
    "anthropic_messages": ("chat", "text_generation"),
    "responses": ("chat", "text_generation"),
    "generate_content": ("generate_content", "text_generation"),
    "generate_content_stream": ("generate_content", "text_generation"),
    "embedding": ("embeddings", "embedding"),
    "embeddings": ("embeddings", "embedding"),
    "image_generation": ("image_generation", "image_generation"),
    "image_edit": ("image_edit", "image_generation"),
    "image_variation": ("image_variation", "image_generation"),
    "speech": ("speech", "text_to_speech"),
    "transcription": ("transcription", "speech_to_text"),
    "moderation": ("moderation", "moderation"),
    "rerank": ("rerank", "rerank"),
    "search": ("search", "search"),
    "vector_store_search": ("search", "search"),
}


def renamed(sql: str | None, table: Mapping[str, str], default: str = "NULL") -> str | None:
    """A text expression looked up in a table; `default` is SQL."""
    if sql is None:
        return None
    cases = " ".join(f"WHEN {literal(old)} THEN {literal(new)}" for old, new in table.items())
    return f"CASE {sql} {cases} ELSE {default} END"


def tier(sql: str | None) -> str | None:
    """A service tier (lower-case SQL) as our word; unknown words stay as they are."""
    return renamed(sql, TIERS, sql or "NULL")


def status(sql: str | None) -> str | None:
    """A status as ok, error or cancelled; HTTP codes from 400 are errors, those below are not."""
    if sql is None:
        return None
    code = f"TRY_CAST({sql} AS INTEGER)"
    said = f"CASE WHEN {code} BETWEEN 200 AND 399 THEN 'ok' WHEN {code} >= 400 THEN 'error' END"
    return f"coalesce({words.status(sql)}, {said})"


def error_code(sql: str | None) -> str | None:
    """A text that may be an HTTP status code, as a number."""
    if sql is None:
        return None
    return f"CASE WHEN TRY_CAST({sql} AS SMALLINT) BETWEEN 100 AND 599 THEN TRY_CAST({sql} AS SMALLINT) END"


def call(sql: str) -> str:
    """A call type (lower-case SQL) without the `a` of its asynchronous twin."""
    twins = ", ".join(literal("a" + name) for name in OPERATIONS)
    video = f"starts_with({sql}, 'avideo_') OR starts_with({sql}, 'aimage_')"
    return f"CASE WHEN {sql} IN ({twins}) OR {video} THEN substr({sql}, 2) ELSE {sql} END"


def operation(sql: str | None) -> str | None:
    """OpenTelemetry's operation of a call type (SQL, without `a`)."""
    return renamed(sql, {name: said for name, (said, _) in OPERATIONS.items()}, sql or "NULL")


def service_type(sql: str | None) -> str | None:
    """The service type of a call type (SQL, without `a`); `other` where it is none we know."""
    if sql is None:
        return None
    rest = (
        f"CASE WHEN {sql} IS NULL THEN NULL"
        f" WHEN starts_with({sql}, 'image_') THEN 'image_generation'"
        f" WHEN starts_with({sql}, 'video_') OR {sql} LIKE '%_video' THEN 'video_generation'"
        " ELSE 'other' END"
    )
    return renamed(sql, {name: kind for name, (_, kind) in OPERATIONS.items()}, rest)
