"""Words of the exporters for calls, statuses and tiers, as the words of the event."""

from collections.abc import Mapping

from analytics_core.ingest import words
from analytics_core.ingest.literals import literal

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
    """A text expression looked up in a table; `default` is SQL.

    A map, not a CASE: DuckDB copies the expression into each WHEN of that.
    """
    if sql is None:
        return None
    entries = ", ".join(f"{literal(old)}: {literal(new)}" for old, new in table.items())
    return f"coalesce(MAP {{{entries}}}[{sql}], {default})"


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


def _with_twins(place: int) -> dict[str, str]:
    """Call types and their asynchronous twins with a leading `a` -> operation or service type."""
    said = {name: pair[place] for name, pair in OPERATIONS.items()}
    return said | {"a" + name: word for name, word in said.items()}


def operation(sql: str | None) -> str | None:
    """OpenTelemetry's operation of a call type (lower-case SQL); other types as they are."""
    return renamed(sql, _with_twins(0), sql or "NULL")


def service_type(sql: str | None) -> str | None:
    """The service type of a call type (lower-case SQL); `other` where it is none we know."""
    if sql is None:
        return None
    kind = f"regexp_extract({sql}, '(image|video)', 1)"
    media = renamed(kind, {"image": "image_generation", "video": "video_generation"}, "'other'")
    return renamed(sql, _with_twins(1), f"CASE WHEN {sql} IS NOT NULL THEN {media} END")
