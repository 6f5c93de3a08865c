"""Helicone: exported requests, as CSV, JSON lines or an array."""

from decimal import Decimal, InvalidOperation

from analytics_core.ingest.names import normalised
from analytics_core.ingest.raw import Head, RawColumns
from analytics_core.ingest.sources import reading, words
from analytics_core.ingest.sources.reading import Reading, between, statement
from analytics_core.ingest.sources.source import ANY_KIND, Source

_SESSION = "Helicone-Session-Id"


def _select(columns: RawColumns, head: Head) -> str:
    at = Reading(columns, head)
    status = at.lower("response_status", "status")
    given = at.number("delay_ms", "latency", "latency_ms")
    lasted = between(at.instant("request_created_at"), at.instant("response_created_at"))
    taken = f"coalesce({given}, {lasted})" if given and lasted else given or lasted
    reasoning = at.number("reasoning_tokens")
    audio_in, audio_out = at.number("prompt_audio_tokens"), at.number("completion_audio_tokens")
    properties = at.json("properties", "request_properties")
    outputs = {
        "id": at.value("request_id"),
        "updated_at": at.value("updated_at"),
        "started_at": at.value("request_created_at"),
        "ended_at": at.value("response_created_at"),
        "latency_ms": taken,
        "ttft_ms": at.value("time_to_first_token"),
        "provider": at.lower("provider"),
        "model_raw": at.text("response_model", "model", "model_override", "request_model"),
        "user_id": at.text("request_user_id", "user_id", "helicone_user"),
        "session_id": at.text(f"properties.{_SESSION}", f"request_properties.{_SESSION}"),
        "service_type": _service_type(at.lower("request_path")),
        "http_status": words.error_code(status),
        "status": words.status(status),
        "cache_hit": _cached(at),
        "input_tokens": _with(at.number("prompt_tokens"), audio_in),
        "output_tokens": _with(_with_reasoning(at, reasoning), audio_out),
        "cache_read_tokens": at.value("prompt_cache_read_tokens"),
        "cache_write_tokens": at.value("prompt_cache_write_tokens"),
        "reasoning_tokens": reasoning,
        "cost_reported": _cost(at, head),
        "items": reading.items(
            [
                reading.item("'input_audio'", audio_in, "'tokens'"),
                reading.item("'output_audio'", audio_out, "'tokens'"),
            ]
        ),
        "tags": reading.tags({}, objects=[_without_session(properties)]),
    }
    at.ignored("request_body", "response_body", "request_ip", "assets", "signed_body_url",
               "total_tokens", "country_code", "cost_usd", "costUSD")  # fmt: skip
    return statement({**outputs, "metadata": at.rest()})


def _with(tokens: str | None, audio: str | None) -> str | None:
    """Audio tokens are counted beside the text ones."""
    if tokens is None or audio is None:
        return tokens
    return f"{tokens} + coalesce({audio}, 0)"


def _with_reasoning(at: Reading, reasoning: str | None) -> str | None:
    """Output with its reasoning: newer releases count it beside the completion, older ones in it.

    The row's own total tells which; without one the newer way holds.
    """
    output, total = at.number("completion_tokens"), at.number("total_tokens")
    if output is None or reasoning is None:
        return output
    prompt = at.number("prompt_tokens")
    inside = f"coalesce({total} = {prompt} + {output} AND {reasoning} <= {output}, false)"
    beside = f"{output} + coalesce({reasoning}, 0)"
    return f"CASE WHEN {inside} THEN {output} ELSE {beside} END" if total and prompt else beside


def _cached(at: Reading) -> str | None:
    """A reference to another request is the sign of a cache hit; all zeros is none."""
    reference = at.text("cache_reference_id")
    if reference is None:
        return None
    return f"regexp_matches({reference}, '[1-9a-fA-F]')"


def _without_session(properties: str | None) -> str | None:
    if properties is None:
        return None
    return f"TRY(json_merge_patch({properties}, '{{\"{_SESSION}\": null}}'))"


def _service_type(path: str | None) -> str | None:
    if path is None:
        return None
    kinds = {"embeddings": "embedding", "images": "image_generation"}
    part = f"regexp_extract({path}, '/(embeddings|images)', 1)"
    return words.renamed(part, kinds, f"CASE WHEN {path} <> '' THEN 'text_generation' END")


def _cost(at: Reading, head: Head) -> str | None:
    """USD; whole numbers throughout are billionths of a USD, as the database keeps them."""
    cost, named = at.number("cost", "cost_usd", "costUSD"), at.number("cost")
    whole = _whole(head) if named else False
    if cost is None or whole is False:
        return cost
    nano = f"TRY(CAST({cost} AS DECIMAL(38,0)) * 0.000000001)"
    if whole:
        return nano
    # The first rows cost nothing, so that every row has to be asked.
    of_file = f"bool_and({named} % 1 = 0) OVER ()"
    return f"CASE WHEN {named} IS NOT NULL AND {of_file} THEN {nano} ELSE {cost} END"


def _whole(head: Head) -> bool | None:
    """Whether the costs of the first rows are whole numbers; None where there is none to tell."""
    values = [
        value
        for record in head.sample
        for name, value in record.items()
        if normalised(name) == "cost" and str(value).strip() not in ("None", "", "0", "0.0")
    ]
    return all(map(_integer, values)) if values else None


def _integer(value: object) -> bool:
    """Whether a cost is written without a fraction."""
    try:
        return (
            not isinstance(value, float) and "." not in str(value) and Decimal(str(value)) % 1 == 0
        )
    except InvalidOperation:
        return False


SOURCE = Source(
    name="helicone",
    label="Helicone requests",
    group="helicone",
    grain="request",
    convention="exclusive",
    zone="UTC",
    namespace="helicone",
    kinds=ANY_KIND,
    required=("request_created_at", "request_id", "completion_tokens", "properties"),
    select=_select,
)
