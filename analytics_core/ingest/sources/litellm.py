"""LiteLLM: the SpendLogs table, logged payloads and callback rows, and the Daily tables."""

from analytics_core.ingest.literals import literal
from analytics_core.ingest.raw import Head, RawColumns
from analytics_core.ingest.sources import reading, words
from analytics_core.ingest.sources.reading import Reading, between, instant, statement
from analytics_core.ingest.sources.source import ANY_KIND, Source

_EXTRA = "metadata.additional_usage_values."
_USAGE = "metadata.usage_object."
CACHE_READ = (
    _EXTRA + "cache_read_input_tokens",
    _USAGE + "cache_read_input_tokens",
    _USAGE + "prompt_tokens_details.cached_tokens",
    "cache_read_input_tokens",  # some exports of the table take these out of its metadata
    "cache_read_tokens",
)
CACHE_WRITE = (
    _EXTRA + "cache_creation_input_tokens",
    _USAGE + "cache_creation_input_tokens",
    _USAGE + "prompt_tokens_details.cache_creation_tokens",
    "cache_creation_input_tokens",
    "cache_write_tokens",
)
CACHE_WRITE_1H = (
    _USAGE + "prompt_tokens_details.cache_creation_token_details.ephemeral_1h_input_tokens",
)
REASONING = (_USAGE + "completion_tokens_details.reasoning_tokens", "reasoning_tokens")
_PRIVATE = ("messages", "response", "proxy_server_request", "requester_ip_address")


def _tokens(at: Reading) -> dict[str, str | None]:
    return {
        "input_tokens": at.value("prompt_tokens"),
        "output_tokens": at.value("completion_tokens"),
        "total_tokens": at.value("total_tokens"),
        "cache_read_tokens": at.value(*CACHE_READ),
        "cache_write_tokens": at.value(*CACHE_WRITE),
        "cache_write_1h_tokens": at.value(*CACHE_WRITE_1H),
        "reasoning_tokens": at.value(*REASONING),
    }


def _called(at: Reading) -> dict[str, str | None]:
    call = at.lower("call_type")
    return {"operation": words.operation(call), "service_type": words.service_type(call)}


def _failed(at: Reading) -> dict[str, str | None]:
    return {
        "status": words.status(at.lower("status")),
        "error_type": at.text(
            "metadata.error_information.error_class", "error_information.error_class"
        ),
        "http_status": words.error_code(
            at.text("metadata.error_information.error_code", "error_information.error_code")
        ),
    }


def _first_token(start: str | None, first: str | None, end: str | None) -> str | None:
    """Milliseconds to the first token; equal to the end where the answer was not streamed."""
    if start is None or first is None:
        return None
    before = f"{first} < {end}" if end else f"{first} > {start}"
    return f"CASE WHEN {before} THEN {between(start, first)} END"


def _spend_logs(columns: RawColumns, head: Head) -> str:
    at = Reading(columns, head)
    start, end = at.instant("startTime"), at.instant("endTime")
    taken = at.number("request_duration_ms")
    lasted = between(start, end)
    known = f"coalesce({taken}, {lasted})" if taken and lasted else taken or lasted
    outputs = {
        "id": at.value("request_id"),
        "started_at": at.value("startTime"),
        "ended_at": at.value("endTime"),
        "latency_ms": known,
        "ttft_ms": _first_token(start, at.instant("completionStartTime"), end),
        "model_raw": at.value("model"),
        "provider": at.value("custom_llm_provider"),
        "organization": at.value("metadata.user_api_key_org_alias", "organization_id"),
        "team": at.value("metadata.user_api_key_team_alias", "team_id"),
        "project": at.value(
            "metadata.user_api_key_project_alias",
            "metadata.user_api_key_project_id",
            "metadata.project_id",
        ),
        "user_id": at.value("user", "metadata.user_api_key_user_id"),
        "customer": at.value("end_user"),
        "agent": at.value("agent_id"),
        "api_key": at.value("metadata.user_api_key_alias", "api_key"),
        "session_id": at.value("session_id"),
        "cache_hit": at.value("cache_hit"),
        "cost_reported": at.value("spend"),
        **_called(at),
        **_failed(at),
        **_tokens(at),
        "tags": reading.tags(
            {
                "model_group": at.text("model_group"),
                "tool": at.text("mcp_namespaced_tool_name"),
            },
            lists=[at.json("request_tags")],
            objects=[at.json("metadata.spend_logs_metadata")],
        ),
    }
    at.ignored(*_PRIVATE, "metadata", "cache_key")
    return statement({**outputs, "metadata": at.rest()})


SPEND_LOGS = Source(
    name="litellm",
    label="LiteLLM spend logs",
    group="litellm",
    grain="request",
    convention="inclusive",
    zone="UTC",
    namespace="litellm",
    kinds=ANY_KIND,
    required=("request_id", "starttime", "endtime", "spend", "prompt_tokens", "call_type"),
    select=_spend_logs,
)


def _epoch(at: Reading, *paths: str) -> str | None:
    raw = at.raw(*paths)
    return instant(raw) if raw else None


def _payload(columns: RawColumns, head: Head) -> str:
    at = Reading(columns, head)
    start, end = _epoch(at, "startTime"), _epoch(at, "endTime")
    seconds = at.number("response_time")
    lasted = between(start, end)
    outputs = {
        "id": at.value("id"),
        "started_at": start,
        "ended_at": end,
        "updated_at": _updated(at, end),
        "latency_ms": f"coalesce({seconds} * 1000, {lasted or 'NULL'})" if seconds else lasted,
        "ttft_ms": _first_token(start, _epoch(at, "completionStartTime"), end),
        "model_raw": at.value("model"),
        "provider": at.value("custom_llm_provider"),
        "organization": at.value("metadata.user_api_key_org_alias", "metadata.user_api_key_org_id"),
        "team": at.value("metadata.user_api_key_team_alias", "metadata.user_api_key_team_id"),
        "project": at.value(
            "metadata.user_api_key_project_alias", "metadata.user_api_key_project_id"
        ),
        "user_id": at.value("metadata.user_api_key_user_id", "metadata.user_api_key_user_email"),
        "customer": at.value("end_user", "metadata.user_api_key_end_user_id"),
        "agent": at.value("agent_id", "metadata.agent_id"),
        "api_key": at.value("metadata.user_api_key_alias", "metadata.user_api_key_hash"),
        "trace_id": at.value("trace_id"),
        "session_id": at.value("session_id", "metadata.session_id"),
        "stream": at.value("stream", "model_parameters.stream"),
        "cache_hit": at.value("cache_hit"),
        "service_tier": words.tier(at.lower("cost_breakdown.service_tier", "service_tier")),
        "cost_reported": _priced(at),
        **_called(at),
        **_failed(at),
        **_tokens(at),
        "items": _breakdown(at),
        "tags": reading.tags(
            {"model_group": at.text("model_group")},
            lists=[at.json("request_tags")],
            objects=[at.json("metadata.spend_logs_metadata")],
        ),
    }
    at.ignored(*_PRIVATE, "metadata", "cache_key", "model_map_information", "hidden_params",
               "model_parameters", "error_str", "guardrail_information")  # fmt: skip
    return statement({**outputs, "metadata": at.rest()})


def _updated(at: Reading, end: str | None) -> str | None:
    """Later for a finalised cost: its earlier copy gives way."""
    finalised = at.lower("cost_finalized")
    if finalised is None or end is None:
        return end
    return (
        f"{end} + CASE WHEN {finalised} = 'true' THEN INTERVAL 1 SECOND ELSE INTERVAL 0 SECOND END"
    )


def _priced(at: Reading) -> str | None:
    """The response cost; a 0 with a diagnosis is no price."""
    cost, diagnosis = at.text("response_cost"), at.text("zero_cost_diagnostic")
    if cost is None or diagnosis is None:
        return cost
    return f"CASE WHEN {diagnosis} IS NOT NULL AND TRY_CAST({cost} AS DOUBLE) = 0 THEN NULL ELSE {cost} END"


def _breakdown(at: Reading) -> str | None:
    """The payload's own cost breakdown as items; what no item explains is left to the split.

    Releases differ in whether input_cost includes the cache costs: the reading under which the
    parts add up to total_cost is the true one.
    """
    part = {
        name: f"coalesce({sql}, 0)" if (sql := at.number(f"cost_breakdown.{name}")) else "0"
        for name in ("input_cost", "output_cost", "cache_read_cost", "cache_creation_cost",
                     "tool_usage_cost", "guardrail_cost", "discount_amount", "margin_total_amount")
    }  # fmt: skip
    total, extra = (
        at.number("cost_breakdown.total_cost", "response_cost"),
        at.json("cost_breakdown.additional_costs"),
    )
    if total is None or at.number("cost_breakdown.input_cost") is None:
        return None
    fees = f"CAST({extra} AS MAP(VARCHAR, VARCHAR))"
    fee = (
        f"coalesce(list_sum(list_transform(map_values(TRY({fees})), lambda v: TRY_CAST(v AS DECIMAL(38,18)))), 0)"
        if extra
        else "0"
    )
    rest = " + ".join([part["input_cost"], part["output_cost"], part["tool_usage_cost"],
                       part["guardrail_cost"], part["margin_total_amount"], fee])  # fmt: skip
    rest += f" - {part['discount_amount']}"
    cached = f"{part['cache_read_cost']} + {part['cache_creation_cost']}"
    gap = f"abs({total} - ({rest}))"
    within = f"{gap} <= abs({total} - ({rest} + {cached}))"
    uncached = f"{part['input_cost']} - CASE WHEN {within} THEN {cached} ELSE 0 END"
    costs = {
        "input": uncached,
        "cache_read": part["cache_read_cost"],
        "cache_write": part["cache_creation_cost"],
        "output": part["output_cost"],
        "tool": part["tool_usage_cost"],
        "guardrail": part["guardrail_cost"],
        "fee": fee,
        "discount": f"-({part['discount_amount']})",
        "margin": part["margin_total_amount"],
    }
    made = [reading.item(literal(rule), None, "NULL", cost) for rule, cost in costs.items()]
    return reading.items(made)


PAYLOAD = Source(
    name="litellm-payload",
    label="LiteLLM logged payloads",
    group="litellm",
    grain="request",
    convention="inclusive",
    zone="UTC",
    namespace="litellm",
    kinds=ANY_KIND,
    required=("response_cost", "call_type", "starttime", "custom_llm_provider", "metadata"),
    select=_payload,
)


def _callback(columns: RawColumns, head: Head) -> str:
    at = Reading(columns, head)
    start, end = _epoch(at, "start_time"), _epoch(at, "end_time")
    outputs = {
        "id": at.value("request_id"),
        "started_at": start,
        "ended_at": end,
        "latency_ms": between(start, end),
        "ttft_ms": _first_token(start, _epoch(at, "completion_start_time"), end),
        "model_raw": at.value("model"),
        "provider": at.value("custom_llm_provider", "provider"),
        "organization": at.value("organization_alias", "org_alias", "organization_id", "org_id"),
        "team": at.value("team_alias", "team_id"),
        "project": at.value("project_alias", "project_id"),
        "user_id": at.value("user_id", "user", "user_email"),
        "customer": at.value("end_user", "end_user_id"),
        "agent": at.value("agent_id"),
        "api_key": at.value("key_alias", "key_hash", "api_key"),
        "trace_id": at.value("trace_id"),
        "session_id": at.value("session_id"),
        "cache_hit": at.value("cache_hit"),
        "cost_reported": at.value("spend"),
        "input_tokens": at.value("prompt_tokens"),
        "output_tokens": at.value("completion_tokens"),
        "total_tokens": at.value("total_tokens"),
        "cache_read_tokens": at.value("cache_read_tokens"),
        "cache_write_tokens": at.value("cache_write_tokens"),
        "reasoning_tokens": at.value("reasoning_tokens"),
        **_called(at),
        **_failed(at),
        "tags": reading.tags(
            {"model_group": at.text("model_group")}, lists=[at.json("request_tags", "tags")]
        ),
    }
    at.ignored(*_PRIVATE, "cache_key")
    return statement({**outputs, "metadata": at.rest()})


CALLBACK = Source(
    name="litellm-payload",
    label="LiteLLM callback rows",
    group="litellm",
    grain="request",
    convention="inclusive",
    zone="UTC",
    namespace="litellm",
    kinds=ANY_KIND,
    required=("request_id", "start_time", "spend", "key_alias", "cache_read_tokens"),
    select=_callback,
)


def _daily(columns: RawColumns, head: Head) -> str:
    """One bucket of what succeeded, and one of what failed where something did."""
    at = Reading(columns, head)
    raw = at.raw("date")
    day = instant(raw) if raw else None
    shared = {
        "started_at": day,
        "ended_at": f"{day} + INTERVAL 1 DAY" if day else None,
        "organization": at.value("organization_id"),
        "team": at.value("team_id"),
        "user_id": at.value("user_id"),
        "customer": at.value("end_user_id"),
        "agent": at.value("agent_id"),
        "api_key": at.value("api_key"),
        "provider": at.value("custom_llm_provider"),
        "model_raw": at.value("model"),
        "tags": reading.tags(
            {
                "model_group": at.text("model_group"),
                "endpoint": at.text("endpoint"),
                "tool": at.text("mcp_namespaced_tool_name"),
                "tag": at.text("tag"),
            }
        ),
    }
    counts = {
        "input_tokens": at.value("prompt_tokens"),
        "output_tokens": at.value("completion_tokens"),
        "cache_read_tokens": at.value("cache_read_input_tokens"),
        "cache_write_tokens": at.value("cache_creation_input_tokens"),
        "requests": at.value("successful_requests"),
        "cost_reported": at.value("spend"),
    }
    failed = at.number("failed_requests")
    at.ignored("id", "api_requests", "created_at", "updated_at")
    succeeded = statement({**shared, **counts, "status": "'ok'", "metadata": at.rest()})
    others = statement({**shared, "requests": failed, "cost_reported": "0", "status": "'error'"})
    return f"{succeeded} UNION ALL BY NAME {others} WHERE {failed} > 0"


def _daily_source(required: tuple[str, ...], forbidden: tuple[str, ...], repeats: str) -> Source:
    return Source(
        name="litellm-daily",
        label="LiteLLM daily spend",
        group="litellm",
        grain="bucket",
        convention="inclusive",
        zone="UTC",
        namespace="litellm-daily",
        kinds=ANY_KIND,
        required=(
            "date",
            "spend",
            "api_requests",
            "successful_requests",
            "failed_requests",
            *required,
        ),
        forbidden=forbidden,
        repeats=repeats,
        select=_daily,
    )


DAILY = _daily_source((), ("tag",), "")
DAILY_TAGS = _daily_source(
    ("tag",), (), "a per-tag table counts a request once for each of its tags"
)
SOURCES = (SPEND_LOGS, PAYLOAD, CALLBACK, DAILY, DAILY_TAGS)
