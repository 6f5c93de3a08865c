"""OpenAI's answers themselves, as programs log them or a batch returns them, one a line."""

from analytics_core.ingest.raw import Head, RawColumns
from analytics_core.ingest.sources import reading, words
from analytics_core.ingest.sources.reading import Reading, statement
from analytics_core.ingest.sources.source import JSON_KINDS, Source

_OBJECTS = ("chat.completion", "text_completion", "response")
_BATCH = "response.body."


def _select(columns: RawColumns, head: Head) -> str:
    """Chat completions and responses name the same counts otherwise; cached ones are inside."""
    at = Reading(columns, head)
    batch = _is_batch(head)
    of = _BATCH if batch else ""
    usage = of + "usage."
    inputs = at.value(usage + "prompt_tokens", usage + "input_tokens")
    tier = words.tier(at.lower(of + "service_tier"))
    outputs = {
        "skip": f"CASE WHEN {inputs} IS NULL THEN 'not_usage' END",
        "id": at.value(of + "id"),
        "started_at": at.value(of + "created", of + "created_at"),
        "model_raw": at.text(of + "model"),
        "user_id": at.text(of + "user", of + "safety_identifier"),
        "operation": "'chat'",
        "service_tier": "'batch'" if batch else tier,
        "status": _status(at.lower(of + "status")),
        "http_status": words.error_code(at.text("response.status_code")) if batch else None,
        "input_tokens": inputs,
        "output_tokens": at.value(usage + "completion_tokens", usage + "output_tokens"),
        "total_tokens": at.value(usage + "total_tokens"),
        "cache_read_tokens": at.value(
            usage + "prompt_tokens_details.cached_tokens",
            usage + "input_tokens_details.cached_tokens",
        ),
        "reasoning_tokens": at.value(
            usage + "completion_tokens_details.reasoning_tokens",
            usage + "output_tokens_details.reasoning_tokens",
        ),
        "tags": reading.tags({"batch": at.text("custom_id")} if batch else {}),
    }
    at.ignored("choices", "output", "usage", "response", "error", "object", "instructions", "text",
               "tools", "reasoning")  # fmt: skip
    return statement({**outputs, "metadata": at.rest()})


def _status(said: str | None) -> str:
    """An answer that came is one; a response may also say that it failed or was cancelled."""
    return f"coalesce({words.status(said)}, 'ok')"


def _is_batch(head: Head) -> bool:
    return "custom_id" in head.columns


def _matches(head: Head) -> bool:
    """Whether the sample's objects are answers: the same keys stand in other logs too."""
    if _is_batch(head):
        return True
    return any(record.get("object") in _OBJECTS for record in head.sample)


def _source(required: tuple[str, ...]) -> Source:
    return Source(
        name="openai-answers",
        label="OpenAI answers and batch results",
        group="openai",
        grain="request",
        convention="inclusive",
        zone="UTC",
        namespace="openai-answers",
        kinds=JSON_KINDS,
        required=required,
        matches=_matches,
        select=_select,
    )


SOURCES = (
    _source(("id", "object", "created", "model", "usage.prompt_tokens")),
    _source(("id", "object", "created_at", "model", "usage.input_tokens")),
    _source(("id", "custom_id", "response.body.usage", "response.body.model")),
)
