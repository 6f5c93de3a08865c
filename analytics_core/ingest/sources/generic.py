"""Any file whose columns have one of the common names (EVENTS.md 4.3)."""

import re

from analytics_core.ingest.names import normalised, top_names
from analytics_core.ingest.raw import Head, RawColumns
from analytics_core.ingest.sources import words
from analytics_core.ingest.sources.expression import NOTHING
from analytics_core.ingest.sources.reading import Reading, buckets, selected, statement
from analytics_core.ingest.sources.source import ANY_KIND, Source

ALIASES: dict[str, tuple[str, ...]] = {
    "started_at": ("timestamp", "time", "ts", "created_at", "created", "date", "start_time",
                   "started_at"),
    "ended_at": ("ended_at", "end_time"),
    "id": ("request_id", "event_id", "id"),
    "model_raw": ("model", "model_name", "model_raw"),
    "input_tokens": ("input_tokens", "prompt_tokens", "tokens_in"),
    "output_tokens": ("output_tokens", "completion_tokens", "tokens_out"),
    "total_tokens": ("total_tokens",),
    "requests": ("requests", "num_requests", "request_count", "requests_count", "api_requests",
                 "num_model_requests", "total_requests"),
    "cost_reported": ("cost", "cost_usd", "total_cost", "total_spend", "spend", "amount_usd"),
    "currency": ("currency",),
    "organization": ("organization",),
    "team": ("team", "team_name"),
    "user_id": ("user_id", "user", "email"),
    "project": ("project", "project_id"),
    "repository": ("repository",),
    "customer": ("customer",),
    "feature": ("feature",),
    "agent": ("agent",),
    "session_id": ("session_id", "session"),
    "conversation_id": ("conversation_id", "conversation"),
    "environment": ("environment",),
    "api_key": ("api_key",),
    "provider": ("provider",),
    "service_type": ("service_type",),
    "operation": ("operation",),
    "error_type": ("error_type",),
    "finish_reason": ("finish_reason",),
    "trace_id": ("trace_id",),
    "http_status": ("http_status",),
    "latency_ms": ("latency_ms", "duration_ms"),
    "ttft_ms": ("ttft_ms",),
    "stream": ("stream",),
    "cache_hit": ("cache_hit",),
    "tags": ("tags",),
}  # fmt: skip
_CACHE_TOKENS = re.compile(
    r"cache.*(token|read|write|creat|input|prompt)|(token|input|prompt).*cache"
)


_COST = re.compile(r"(^|_)(costs?|spend|spent|amount|charges?|charged)(_|$)")
_SUMMED_BY = (
    "started_at", "ended_at", "model_raw", "currency", "organization", "team", "user_id", "project",
    "repository", "customer", "feature", "agent", "environment", "api_key", "provider",
    "service_type", "operation", "status", "tags",
)  # fmt: skip
_REASONING = ("reasoning_tokens", "output_reasoning_tokens", "thinking_tokens", "thoughts_tokens")


def column_of(role: str, head: Head) -> str | None:
    """The file's own name of the column that has that role by its name, None without one.

    `createdAt` and `Cost (USD)` are created_at and cost_usd, unless these stand there too.
    """
    return next(iter(_named(role, head)), None)


def _named(role: str, head: Head) -> list[str]:
    tops = top_names(head.raw_names)
    exact = [name for name in ALIASES[role] if name in tops]
    if exact:
        return exact
    parted = _parted_names(head)
    return [found for name in ALIASES[role] if (found := parted.get(name))]


def _filling(role: str, head: Head) -> list[str]:
    """The column of that role, and those that say it in rows where the ones before say nothing.

    A table may have a `cost` that nothing fills beside its `total_cost`.
    """
    raw = dict(zip(top_names(head.raw_names), head.raw_names, strict=True))
    kept: list[str] = []
    for name in _named(role, head):
        kept.append(name)
        if all(_says(record.get(raw[name])) for record in head.sample):
            break
    return kept


def _says(value: object) -> bool:
    return value is not None and str(value).strip() not in NOTHING


def _parted_names(head: Head) -> dict[str, str]:
    """The columns by the words of their names: created_at for createdAt, cost_usd for Cost (USD)."""
    tops = top_names(head.raw_names)
    return {_parted(raw): top for raw, top in zip(head.raw_names, tops, strict=True)}


def unread_costs(head: Head) -> tuple[str, ...]:
    """The exact names of columns of numbers that sound like a cost, where none has a common name."""
    if column_of("cost_reported", head) is not None:
        return ()
    return tuple(
        name
        for name in head.raw_names
        if _COST.search(_parted(name)) and any(_amount(record.get(name)) for record in head.sample)
    )


def _parted(name: str) -> str:
    words = re.sub(r"[^\w.]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    return normalised(words)


def _amount(value: object) -> bool:
    """Whether a value is a number that is not 0."""
    try:
        return not isinstance(value, bool) and float(str(value)) != 0
    except ValueError:
        return False


def cache_columns(head: Head) -> tuple[str, ...]:
    """The names of what may count cached tokens, by their names or their values, nested ones too."""
    tops = tuple(
        name
        for name in head.raw_names
        if "cache" in (plain := normalised(name))
        and (_CACHE_TOKENS.search(plain) or any(_counts(r.get(name)) for r in head.sample))
    )
    known = {*map(normalised, tops), *top_names(head.raw_names)}
    inner = (name for name in head.columns if name not in known)
    return (*tops, *(name for name in inner if _CACHE_TOKENS.search(name.rsplit(".", 1)[-1])))


def _counts(value: object) -> bool:
    """Whether a value is a number above 1, so no yes or no."""
    text = str(value).strip()
    return text.removesuffix(".0").isdigit() and float(text) > 1


def measured(head: Head) -> bool:
    """Whether there is a cost or both token counts."""
    return column_of("cost_reported", head) is not None or (
        column_of("input_tokens", head) is not None and column_of("output_tokens", head) is not None
    )


def _matches(head: Head) -> bool:
    return column_of("started_at", head) is not None and measured(head)


def _select(columns: RawColumns, head: Head) -> str:
    at = Reading(columns, head)
    outputs: dict[str, str | None] = {}
    for role in ALIASES:
        outputs[role] = at.value(*_filling(role, head))
    outputs["id"] = _told_apart(outputs["id"], at.instant(*_filling("started_at", head)))
    outputs["status"] = words.status(at.lower("status")) if columns.has("status") else None
    if columns.has("service_tier"):
        outputs["service_tier"] = words.tier(at.lower("service_tier"))
    outputs |= _reasoned(at, head)
    if outputs["requests"] is None:
        return statement({**outputs, "metadata": at.rest()})
    return _summed({**outputs, "metadata": at.rest()})


def _told_apart(id_: str | None, time: str | None) -> str | None:
    """The id; a counter, which every table has for itself, together with its time.

    The requests 1, 2, 3 of two programs would else be the same ones.
    """
    if id_ is None or time is None:
        return id_
    text = f"CAST({id_} AS VARCHAR)"
    counter = f"regexp_full_match({text}, '[0-9]{{1,9}}([.]0)?') AND {time} IS NOT NULL"
    timed = f"regexp_replace({text}, '[.]0$', '') || '@' || epoch_us({time})"
    return f"CASE WHEN {counter} THEN {timed} ELSE {text} END"


def _reasoned(at: Reading, head: Head) -> dict[str, str | None]:
    """Reasoning tokens, and the output with them, where the row's own total tells how they count."""
    names = {
        role: column_of(role, head) for role in ("input_tokens", "output_tokens", "total_tokens")
    }
    parted = _parted_names(head)
    thought = next((found for name in _REASONING if (found := parted.get(name))), None)
    if thought is None or not all(names.values()):
        return {}
    given, output, total = (at.number(str(name)) for name in names.values())
    reasoning = at.number(thought)
    beside = f"{total} = {given} + {output} + {reasoning}"
    return {
        "output_tokens": f"CASE WHEN {beside} THEN {output} + {reasoning} ELSE {output} END",
        "reasoning_tokens": f"CASE WHEN {beside} OR {total} = {given} + {output} THEN {reasoning} END",
    }


def _summed(outputs: dict[str, str | None]) -> str:
    """Rows of a file that counts requests: where any has several, all of them are sums.

    Such rows are known by what they are sums of, as far as they have no id, so that a fuller export
    of the same days replaces this one.
    """
    several = f"max(TRY_CAST({outputs['requests']} AS DOUBLE)) OVER () > 1"
    outputs["grain"] = f"CASE WHEN {several} THEN 'bucket' ELSE 'request' END"
    own = outputs.pop("id") or "NULL::VARCHAR"
    keys = [sql for role, sql in outputs.items() if role in _SUMMED_BY]
    sums = ("requests", "input_tokens", "output_tokens", "cost_reported")
    made = buckets({**outputs, "_own": own}, keys, sums)
    known = "CASE WHEN _own IS NOT NULL OR grain = 'request' THEN CAST(_own AS VARCHAR) ELSE id END"
    return selected(f"* EXCLUDE (_own) REPLACE ({known} AS id)", made)


SOURCE = Source(
    name="generic",
    label="Common column names",
    group="generic",
    grain="request",
    convention="inclusive",
    zone=None,
    namespace="generic",
    kinds=ANY_KIND,
    required=(),
    matches=_matches,
    select=_select,
)
