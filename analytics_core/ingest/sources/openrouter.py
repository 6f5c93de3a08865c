"""OpenRouter: the activity export."""

from analytics_core.ingest.raw import Head, RawColumns
from analytics_core.ingest.sources import reading
from analytics_core.ingest.sources.reading import Reading, statement
from analytics_core.ingest.sources.source import ANY_KIND, Source


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
