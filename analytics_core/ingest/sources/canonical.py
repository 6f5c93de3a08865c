"""Our own column names: exports of this product, pushed events, demo data."""

from analytics_core import events
from analytics_core.ingest.raw import Head, Raw, RawColumns
from analytics_core.ingest.sources import expression
from analytics_core.ingest.sources.reading import Reading, filled, statement
from analytics_core.ingest.sources.source import ANY_KIND, Source

SAME = (
    "source", "grain", "requests", "started_at", "ended_at", "updated_at",
    "organization", "team", "project", "repository", "customer", "feature", "agent",
    "environment", "api_key", "provider", "service_type", "operation", "event_type",
    "service_tier", "context_window", "status", "error_type", "finish_reason", "http_status",
    "latency_ms", "ttft_ms", "stream", "cache_hit", "input_tokens", "output_tokens",
    "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens", "reasoning_tokens",
    "total_tokens", "currency", "trace_id", "tags",
)  # fmt: skip
RENAMED = {
    "id": ("event_id",),
    "user_id": ("user_id", "user"),
    "session_id": ("session_id", "session"),
    "conversation_id": ("conversation_id", "conversation"),
    "model_raw": ("model_raw", "model"),
}
MEASURES = ("input_tokens", "output_tokens", "cost_usd", "cost_reported_nano", "credits",
            "credits_nano", "requests", "items")  # fmt: skip
NANO = "0.000000001"
_ITEM = ('[{"rule":"VARCHAR","quantity":"VARCHAR","unit":"VARCHAR","cost_nano":"VARCHAR",'
         '"cost_usd":"VARCHAR"}]')  # fmt: skip


def _matches(head: Head) -> bool:
    return any(name in head.columns for name in MEASURES)


def _select(columns: RawColumns, head: Head) -> str:
    at = Reading(columns, head)
    at.ignored(*events.NAMES)  # what is made again here is not kept beside it
    outputs = {name: at.value(name) if columns.has(name) else None for name in SAME}
    for name, paths in RENAMED.items():
        outputs[name] = at.value(*(path for path in paths if columns.has(path)))
    outputs["cost_reported"] = _amount(at, "cost_usd", "cost_reported_nano")
    outputs["credits"] = _amount(at, "credits", "credits_nano")
    if columns.has("items"):
        raw = at.raw("items")
        outputs["items"] = _items(raw) if raw else None
    outputs["metadata"] = _metadata(at)
    return statement(outputs)


def _amount(at: Reading, plain: str, nano: str) -> str | None:
    """The decimal amount, else the whole number of nano units, exactly."""
    given = at.number(plain) if at.columns.has(plain) else None
    counted = at.number(nano) if at.columns.has(nano) else None
    exact = f"TRY(CAST({counted} AS DECIMAL(38,0)) * {NANO})" if counted else None
    if given and exact:
        return f"coalesce({given}, {exact})"
    return at.value(plain) if given else exact


def _items(raw: Raw) -> str:
    """Items with their costs in USD, from a list of structs or from JSON."""
    cost = f"TRY(CAST(TRY_CAST(e.cost_nano AS DECIMAL(38,0)) * {NANO} AS VARCHAR))"
    if "STRUCT" in raw.type and "cost_nano" in raw.type:
        listed = raw.sql
    else:
        listed = f"from_json({expression.json(raw)}, {_quoted(_ITEM)})"
        cost = f"coalesce(e.cost_usd, {cost})"
    made = (
        f"list_transform({listed}, lambda e: struct_pack(rule := e.rule,"
        f" quantity := CAST(e.quantity AS VARCHAR), unit := e.unit, cost := {cost}))"
    )
    return filled(made)


def _quoted(text: str) -> str:
    return f"'{text}'"


def _metadata(at: Reading) -> str:
    """The file's own metadata and its unknown columns, in one object."""
    rest = at.rest()
    if not at.columns.has("metadata"):
        return rest
    own = at.json("metadata")
    merged = f"json_merge_patch(TRY_CAST({rest} AS JSON), coalesce({own}, '{{}}'))"
    # Merging holds several copies of large objects in memory; mostly there is nothing to merge.
    either = f"CASE WHEN {rest} IS NULL THEN json({own}) ELSE {merged} END"
    return f"nullif(CAST({either} AS VARCHAR), '{{}}')"


SOURCE = Source(
    name="canonical",
    label="Tokentally events",
    group="own",
    grain="request",
    convention="inclusive",
    zone="UTC",
    namespace="",  # ids are namespaced where the event was first made
    kinds=ANY_KIND,
    required=("event_id", "started_at"),
    matches=_matches,
    select=_select,
)
