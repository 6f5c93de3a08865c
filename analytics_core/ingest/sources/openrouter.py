"""OpenRouter: the activity export, one row a generation, and the activity API, one a day."""

from collections.abc import Callable

from analytics_core.ingest.raw import Head, RawColumns
from analytics_core.ingest.sources import reading
from analytics_core.ingest.sources.elements import elements
from analytics_core.ingest.sources.reading import Reading, statement
from analytics_core.ingest.sources.source import ANY_KIND, JSON_KINDS, Kind, Source


def _select(columns: RawColumns, head: Head) -> str:
    at = Reading(columns, head)
    cancelled, finish = at.lower("cancelled"), at.lower("finish_reason_normalized")
    stopped = f"{cancelled} IN ('true', '1', 't')" if cancelled else "false"
    failed = f"{finish} = 'error'" if finish else "false"
    outputs = {
        "id": at.value("generation_id"),
        "started_at": at.value("created_at"),
        "latency_ms": at.value("generation_time_ms"),
        "ttft_ms": at.value("time_to_first_token_ms"),
        "provider": "'openrouter'",
        "model_raw": at.text("model_permaslug"),
        "user_id": at.text("user"),
        "project": at.text("app_name"),
        "api_key": at.text("api_key_name"),
        "operation": "'chat'",
        "service_type": "'text_generation'",
        "status": f"CASE WHEN {stopped} THEN 'cancelled' WHEN {failed} THEN 'error' ELSE 'ok' END",
        "finish_reason": at.text("finish_reason_normalized", "finish_reason_raw"),
        "stream": at.value("streamed"),
        "input_tokens": at.value("tokens_prompt"),
        "output_tokens": at.value("tokens_completion"),
        "cache_read_tokens": at.value("tokens_cached"),
        "reasoning_tokens": at.value("tokens_reasoning"),
        "cost_reported": at.value("cost_total"),
        "items": reading.items(
            [
                reading.item("'web_search'", None, "NULL", at.number("cost_web_search")),
                reading.item("'fee'", None, "NULL", at.number("cost_file_processing")),
            ]
        ),
        "tags": reading.tags({"upstream": at.text("provider_name"), "variant": at.text("variant")}),
        "metadata": at.rest(),
    }
    return statement(outputs)


def _days(columns: RawColumns, head: Head, levels: tuple[str, ...] = ()) -> str:
    """A day of one model at one endpoint: what the activity API answers."""
    rows = elements(columns, head, levels) if levels else None
    at = Reading(columns, head, rows)
    of = "".join(f"{level}." for level in levels).__add__
    day = at.instant(of("date"))
    outputs = {
        "started_at": day,
        "ended_at": f"{day} + INTERVAL 1 DAY" if day else None,
        "requests": at.value(of("requests")),
        "provider": "'openrouter'",
        "model_raw": at.text(of("model_permaslug"), of("model")),
        "input_tokens": at.value(of("prompt_tokens")),
        "output_tokens": at.value(of("completion_tokens")),
        "reasoning_tokens": at.value(of("reasoning_tokens")),
        "cost_reported": at.value(of("usage")),
        "tags": reading.tags(
            {
                "upstream": at.text(of("provider_name")),
                "endpoint": at.text(of("endpoint_id")),
            }
        ),
    }
    if rows is not None:
        return statement(outputs, rows.origin())
    return statement({**outputs, "metadata": at.rest()})


def _page(columns: RawColumns, head: Head) -> str:
    return _days(columns, head, ("data",))


def _activity(
    kinds: tuple[Kind, ...], prefix: str, select: Callable[[RawColumns, Head], str]
) -> Source:
    names = ("date", "model_permaslug", "usage", "requests", "prompt_tokens", "completion_tokens")
    return Source(
        name="openrouter-activity",
        label="OpenRouter activity by day",
        group="openrouter",
        grain="bucket",
        convention="inclusive",
        zone="UTC",
        namespace="openrouter-activity",
        kinds=kinds,
        required=tuple(prefix + name for name in names),
        select=select,
    )


SOURCE = Source(
    name="openrouter",
    label="OpenRouter activity",
    group="openrouter",
    grain="request",
    convention="inclusive",
    zone="UTC",
    namespace="openrouter",
    kinds=ANY_KIND,
    required=("generation_id", "cost_total", "tokens_prompt", "model_permaslug"),
    select=_select,
)
SOURCES = (SOURCE, _activity(ANY_KIND, "", _days), _activity(JSON_KINDS, "data.", _page))
