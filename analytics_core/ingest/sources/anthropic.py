"""Anthropic usage and cost reports: the console's CSV exports and pages of the Admin API."""

from collections.abc import Callable, Mapping, Sequence

from analytics_core.ingest.raw import Head, RawColumns
from analytics_core.ingest.sources import reading, words
from analytics_core.ingest.sources.elements import elements, results
from analytics_core.ingest.sources.reading import Reading, statement
from analytics_core.ingest.sources.source import ANY_KIND, JSON_KINDS, Kind, Source


def _usage_csv(columns: RawColumns, head: Head) -> str:
    at = Reading(columns, head)
    short = at.number("usage_input_tokens_cache_write_5m", "usage_input_tokens_cache_write")
    hour = at.number("usage_input_tokens_cache_write_1h")
    outputs = {
        **_day(at),
        **_shared(at, ""),
        "model_raw": at.text("model_version", "model"),
        "input_tokens": at.value("usage_input_tokens_no_cache"),
        "output_tokens": at.value("usage_output_tokens"),
        "cache_read_tokens": at.value("usage_input_tokens_cache_read"),
        "cache_write_tokens": _plus(short, hour),
        "cache_write_1h_tokens": hour,
        "items": reading.items(
            [reading.item("'web_search'", at.number("web_search_count"), "'searches'")]
        ),
        "metadata": at.rest(),
    }
    return statement(outputs)


def _day(at: Reading) -> dict[str, str | None]:
    """A date is a day's bucket; a finer time says no end."""
    start, text = at.instant("usage_date_utc"), at.text("usage_date_utc")
    return {
        "started_at": start,
        "ended_at": f"CASE WHEN length({text}) <= 10 THEN {start} + INTERVAL 1 DAY END",
    }


def _shared(at: Reading, prefix: str) -> dict[str, str | None]:
    def text(*names: str) -> str | None:
        return at.text(*(prefix + name for name in names))

    tier = words.tier(at.lower(prefix + "service_tier", prefix + "usage_type"))
    fast = at.lower(prefix + "speed")
    window = text("context_window")
    return {
        "provider": "'anthropic'",
        "organization": text("organization_name", "organization_id"),
        "project": text("workspace", "workspace_name", "workspace_id"),
        "api_key": text("api_key", "api_key_name", "api_key_id"),
        "user_id": text("user_email", "account_email", "account_id"),
        "agent": text("agent_name", "agent_id", "agent"),
        "service_type": "'text_generation'",
        "service_tier": f"CASE WHEN {fast} = 'fast' THEN 'fast' ELSE {tier or 'NULL'} END"
        if fast
        else tier,
        "context_window": (
            f"CASE WHEN {window} LIKE '≤%' OR {window} LIKE '<%' OR {window} LIKE '0-200%'"
            f" THEN '0-200k' WHEN {window} LIKE '>%' OR {window} LIKE '200k%' THEN '200k-1M' END"
            if window
            else None
        ),
        "tags": reading.tags(
            {"inference_geo": text("inference_geo"), "session": text("session_id")}
        ),
    }


def _plus(short: str | None, hour: str | None) -> str | None:
    if short is None or hour is None:
        return short or hour
    both = f"coalesce({short}, 0) + coalesce({hour}, 0)"
    return f"CASE WHEN coalesce({short}, {hour}) IS NOT NULL THEN {both} END"


def _prefixes(levels: Sequence[str]) -> tuple[str, str]:
    """What stands before the names of a bucket and of a result."""
    return f"{levels[0]}." if len(levels) > 1 else "", f"{levels[-1]}."


def _usage_api(columns: RawColumns, head: Head, levels: tuple[str, ...]) -> str:
    rows = elements(columns, head, levels)
    at = Reading(columns, head, rows)
    bucket, result = _prefixes(levels)
    short, hour = (
        at.number(f"{result}cache_creation.ephemeral_{kept}_input_tokens") for kept in ("5m", "1h")
    )
    outputs = {
        "started_at": at.value(bucket + "starting_at"),
        "ended_at": at.value(bucket + "ending_at"),
        **_shared(at, result),
        "model_raw": at.text(result + "model"),
        "requests": at.value(
            *(result + name for name in ("requests", "num_requests", "request_count"))
        ),
        "input_tokens": at.value(result + "uncached_input_tokens"),
        "output_tokens": at.value(result + "output_tokens"),
        "cache_read_tokens": at.value(result + "cache_read_input_tokens"),
        "cache_write_tokens": _plus(short, hour),
        "cache_write_1h_tokens": hour,
        "items": reading.items(
            [
                reading.item(
                    "'web_search'",
                    at.number(result + "server_tool_use.web_search_requests"),
                    "'searches'",
                )
            ]
        ),
    }
    return statement(outputs, rows.origin())


def _usage_page(columns: RawColumns, head: Head) -> str:
    return _usage_api(columns, head, ("data", "data.results"))


def _usage_buckets(columns: RawColumns, head: Head) -> str:
    return _usage_api(columns, head, ("results",))


def _costs_csv(columns: RawColumns, head: Head) -> str:
    at = Reading(columns, head)
    cost, kind = at.value("cost_usd"), at.text("token_type", "cost_type")
    outputs = {
        **_day(at),
        **_shared(at, ""),
        "model_raw": at.text("model_version", "model"),
        "cost_reported": cost,
        "items": reading.items([reading.item(f"coalesce({kind}, 'unsplit')", None, "NULL", cost)]),
        "metadata": at.rest(),
    }
    return statement(outputs)


def _costs_page(columns: RawColumns, head: Head) -> str:
    rows = elements(columns, head, ("data", "data.results"))
    at = Reading(columns, head, rows)
    result = "data.results."
    amount = at.value(result + "amount")
    said = at.text(result + "description", result + "token_type", result + "cost_type")
    outputs = {
        "started_at": at.value("data.starting_at"),
        "ended_at": at.value("data.ending_at"),
        **_shared(at, result),
        "model_raw": at.text(result + "model"),
        "cost_reported": amount,
        "currency": at.text(result + "currency"),
        "items": reading.items(
            [reading.item(f"coalesce(left({said}, 80), 'unsplit')", None, "NULL", amount)]
        ),
    }
    return statement(outputs, rows.origin())


def _source(
    name: str,
    kinds: tuple[Kind, ...],
    required: tuple[str, ...],
    select: Callable[[RawColumns, Head], str],
    *,
    matches: Callable[[Head], bool] | None = None,
    repeats: str = "",
    cents: bool = False,
) -> Source:
    costs = name == "anthropic-costs"
    return Source(
        name=name,
        label="Anthropic costs" if costs else "Anthropic usage",
        group="anthropic",
        grain="bucket",
        convention="exclusive",
        role="statement" if costs else "events",
        zone="UTC",
        namespace=name,
        negative_cost=costs,
        cost_unit="cents" if cents else "usd",
        kinds=kinds,
        required=required,
        matches=matches,
        repeats=repeats,
        select=select,
    )


def _by_group(head: Head) -> bool:
    """Whether some result is of a group; the key alone may stand there with null."""
    told = (result for bucket in results(head.sample) for result in bucket)
    return any(isinstance(one, Mapping) and one.get("rbac_group_id") for one in told)


def _idle(head: Head) -> bool:
    """Whether no bucket of the page has a result, of usage or of costs."""
    told = results(head.sample)
    return bool(told) and not any(told)


_GROUPED = "groups overlap: a report by rbac_group_id counts a request once for each group"
SOURCES = (
    _source(
        "anthropic-usage",
        ANY_KIND,
        ("usage_date_utc", "model_version", "usage_input_tokens_no_cache"),
        _usage_csv,
    ),
    _source(
        "anthropic-usage",
        JSON_KINDS,
        ("data", "data.starting_at", "data.results.uncached_input_tokens"),
        _usage_page,
    ),
    _source(
        "anthropic-usage",
        JSON_KINDS,
        ("data", "data.starting_at", "data.ending_at", "data.results"),
        _usage_page,
        matches=_idle,
    ),
    _source(
        "anthropic-usage",
        JSON_KINDS,
        (
            "data",
            "data.starting_at",
            "data.results.uncached_input_tokens",
            "data.results.rbac_group_id",
        ),
        _usage_page,
        matches=_by_group,
        repeats=_GROUPED,
    ),
    _source(
        "anthropic-usage",
        JSON_KINDS,
        ("starting_at", "results.uncached_input_tokens"),
        _usage_buckets,
    ),
    _source("anthropic-costs", ANY_KIND, ("usage_date_utc", "cost_usd", "token_type"), _costs_csv),
    _source(
        "anthropic-costs",
        JSON_KINDS,
        ("data", "data.starting_at", "data.results.amount", "data.results.currency"),
        _costs_page,
        cents=True,
    ),
)
