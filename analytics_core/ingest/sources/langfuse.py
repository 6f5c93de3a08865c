"""Langfuse: exported observations (old and enriched), API pages, and traces beside them."""

from collections.abc import Callable, Mapping

from analytics_core.ingest.literals import literal
from analytics_core.ingest.raw import Head, RawColumns
from analytics_core.ingest.sources import reading
from analytics_core.ingest.sources.elements import elements
from analytics_core.ingest.sources.reading import Reading, between, nested, statement
from analytics_core.ingest.sources.source import ANY_KIND, JSON_KINDS, Kind, Source

# Keys of usage_details and cost_details, by the part they are. Whatever starts with input or
# cache_ is part of the input, whatever starts with output part of the output.
_READ = r"^(input_cached(_tokens)?|input_cache_read\w*|cache_read\w*|cached_tokens)$"
_WRITE = r"^(input_)?cache_(creation|write)\w*$"
_WRITE_1H = r"^(input_)?cache_(creation|write)\w*_1h\w*$"
_REASONING = r"^output_reasoning\w*$"
_PARTS = {  # pricing rule -> keys
    "input_audio": r"^input_audio\w*$",
    "input_image": r"^input_image\w*$",
    "output_audio": r"^output_audio\w*$",
    "output_image": r"^output_image\w*$",
}
_COSTS = {  # pricing rule -> keys whose cost is its own; what is left of input and output is theirs
    "cache_read": (_READ, None),
    "cache_write_1h": (_WRITE_1H, None),
    "cache_write": (_WRITE, _WRITE_1H),
    **{rule: (keys, None) for rule, keys in _PARTS.items()},
}
_INPUT = r"^(input|cache_)"
_OUTPUT = r"^output"
_TOTAL = r"^total(_tokens)?$"


def _amounts(json: str) -> str:
    """The entries of a details object that are exact numbers: STRUCT(key, value)[]."""
    entries = f"map_entries(coalesce(TRY_CAST({json} AS MAP(VARCHAR, VARCHAR)), MAP {{}}))"
    made = "struct_pack(key := lower(e.key), value := TRY_CAST(e.value AS DECIMAL(38,18)))"
    return (
        f"list_filter(list_transform({entries}, lambda e: {made}), lambda e: e.value IS NOT NULL)"
    )


def _sum(amounts: str, keys: str, but: str | None = None) -> str:
    """The sum of the entries whose key matches; NULL where none does."""
    kept = f"regexp_matches(e.key, {literal(keys)})"
    if but:
        kept += f" AND NOT regexp_matches(e.key, {literal(but)})"
    return f"list_sum(list_transform(list_filter({amounts}, lambda e: {kept}), lambda e: e.value))"


def _counted(usage: str) -> dict[str, str]:
    """Token counts of a usage object: u_all_in and u_all_out add up its keys, the rest are parts."""
    read, write, thought = (f"coalesce({_sum(usage, k)}, 0)" for k in (_READ, _WRITE, _REASONING))
    return {
        "u_all_in": _sum(usage, _INPUT), "u_all_out": _sum(usage, _OUTPUT),
        "u_read": read, "u_write": write, "u_thought": thought, "u_total": _sum(usage, _TOTAL),
    }  # fmt: skip


def _without(part: str) -> str:
    """How much of a sum of keys stands in it twice (SQL); `part` is in or out.

    Some programs send counts that include their parts, which Langfuse keeps beside them as they
    are. The total that was sent with them tells: it is larger than the truth by no part.
    """
    cached = {"in": ("u_write", "u_read", "u_read + u_write", "0"), "out": ("u_thought",)}
    over = "u_all_in + u_all_out - u_total"
    told = {
        inside + (" + u_thought" if thought else ""): (inside, thought)
        for thought in (False, True)
        for inside in cached["in"]
    }
    cases = [
        f"WHEN {over} = {sum_} AND u_all_in - u_read - u_write >= {inside}"
        + (" AND u_all_out - u_thought >= u_thought" if thought else "")
        + f" THEN {inside if part == 'in' else 'u_thought' if thought else '0'}"
        for sum_, (inside, thought) in told.items()
    ]
    return f"CASE WHEN {over} > 0 THEN CASE {' '.join(cases)} ELSE 0 END ELSE 0 END"


def _items(usage: str, costs: str) -> str | None:
    """Token parts with their own price, and the costs Langfuse gives the other parts."""
    parts = "|".join(keys for keys in _PARTS.values())
    own = {rule: _sum(costs, keys, but) for rule, (keys, but) in _COSTS.items()}
    own["input"] = _sum(costs, _INPUT, f"{_READ}|{_WRITE}|{parts}")
    own["output"] = _sum(costs, _OUTPUT, parts)
    made = [
        reading.item(literal(rule), _sum(usage, keys), "'tokens'", own.pop(rule))
        for rule, keys in _PARTS.items()
    ]
    made += [reading.item(literal(rule), None, "NULL", cost) for rule, cost in own.items()]
    return reading.items(made)


def _observations(
    columns: RawColumns, head: Head, names: Mapping[str, tuple[str, ...]], levels: tuple[str, ...]
) -> str:
    rows = elements(columns, head, levels) if levels else None
    at = Reading(columns, head, rows)

    def text(name: str) -> str | None:
        return at.text(*names[name])

    start, end = at.instant(*names["start_time"]), at.instant(*names["end_time"])
    kind = at.text(*names["type"])
    usage, costs = "usage_map", "cost_map"
    outputs = {
        "skip": f"CASE WHEN {kind} IN ('GENERATION', 'EMBEDDING') THEN NULL ELSE 'not_usage' END",
        "id": at.value(*names["id"]),
        "updated_at": at.instant(*names["updated_at"]),
        "started_at": at.value(*names["start_time"]),
        "ended_at": at.value(*names["end_time"]),
        "latency_ms": between(start, end),
        "ttft_ms": between(start, at.instant(*names["completion_start_time"])),
        "model_raw": text("model"),
        "project": text("project_id"),
        "environment": text("environment"),
        "feature": text("trace_name"),
        "user_id": text("user_id"),
        "session_id": text("session_id"),
        "trace_id": text("trace_id"),
        "operation": f"CASE WHEN {kind} = 'EMBEDDING' THEN 'embeddings' END",
        "service_type": f"CASE WHEN {kind} = 'EMBEDDING' THEN 'embedding' ELSE 'text_generation' END",
        "status": _status(text("level")),
        "cost_reported": _cost(at, names, costs),
        "input_tokens": f"u_all_in - {_without('in')}",
        "output_tokens": f"u_all_out - {_without('out')}",
        "cache_read_tokens": _sum(usage, _READ),
        "cache_write_tokens": _sum(usage, _WRITE),
        "cache_write_1h_tokens": _sum(usage, _WRITE_1H),
        "reasoning_tokens": _sum(usage, _REASONING),
        "total_tokens": "u_total",
        "items": _items(usage, costs),
        "tags": reading.tags(
            {name: text(name) for name in ("version", "release", "prompt_name")},
            lists=[at.json(*names["tags"])],
        ),
    }
    maps = {
        usage: _amounts(_usage(at, names)),
        costs: _amounts(at.json(*names["cost_details"]) or "NULL::JSON"),
    }
    at.ignored(
        "input", "output", "latency", "time_to_first_token", "timeToFirstToken", "data", "meta"
    )
    if not levels:
        outputs["metadata"] = at.rest()
    origin = rows.origin() if rows else "raw"
    for made in (maps, _counted(usage)):
        origin = nested("*, " + ", ".join(f"{sql} AS {name}" for name, sql in made.items()), origin)
    return statement(outputs, origin)


def _usage(at: Reading, names: Mapping[str, tuple[str, ...]]) -> str:
    """The usage object; of servers before version 3 the three counts they had."""
    details = at.json(*names["usage_details"])
    older = [
        f"{literal(key)}, {sql}"
        for key in ("input", "output", "total")
        if (sql := at.number(*names[f"{key}_count"]))
    ]
    if not older:
        return details or "NULL::JSON"
    made = f"json_object({', '.join(older)})"
    return f"coalesce({details}, {made})" if details else made


def _status(level: str | None) -> str | None:
    if level is None:
        return None
    return f"CASE WHEN upper({level}) = 'ERROR' THEN 'error' WHEN {level} IS NOT NULL THEN 'ok' END"


def _cost(at: Reading, names: Mapping[str, tuple[str, ...]], costs: str) -> str:
    """The total, of whichever place; else what the costs of the parts add up to."""
    total = f"coalesce({_sum(costs, '^total$')}, {_sum(costs, f'{_INPUT}|{_OUTPUT}')})"
    given = at.number(*names["total_cost"])
    return f"coalesce({given}, {total})" if given else total


_SNAKE: dict[str, tuple[str, ...]] = {
    name: (name,)
    for name in (
        "id", "type", "start_time", "end_time", "updated_at", "completion_start_time",
        "project_id", "environment", "trace_name", "user_id", "session_id", "trace_id", "level",
        "total_cost", "tags", "version", "release", "prompt_name", "usage_details", "cost_details",
    )
}  # fmt: skip
_SNAKE |= {
    "input_count": ("prompt_tokens",), "output_count": ("completion_tokens",),
    "total_count": ("total_tokens",),
}  # fmt: skip
_SNAKE["model"] = ("provided_model_name", "internal_model_id")


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


_CAMEL: dict[str, tuple[str, ...]] = {name: (_camel(name),) for name in _SNAKE}
_CAMEL["model"] = ("providedModelName", "model", "internalModelId")
_CAMEL["total_cost"] = ("totalCost", "calculatedTotalCost")
_CAMEL |= {
    f"{key}_count": (f"{kind}Tokens", f"usage.{key}")
    for key, kind in (("input", "prompt"), ("output", "completion"), ("total", "total"))
}
_PAGE = {name: tuple(f"data.{path}" for path in paths) for name, paths in _CAMEL.items()}


def _exported(columns: RawColumns, head: Head) -> str:
    return _observations(columns, head, _SNAKE, ())


def _listed(columns: RawColumns, head: Head) -> str:
    return _observations(columns, head, _CAMEL, ())


def _paged(columns: RawColumns, head: Head) -> str:
    return _observations(columns, head, _PAGE, ("data",))


def _source(
    kinds: tuple[Kind, ...], required: tuple[str, ...], select: Callable[[RawColumns, Head], str]
) -> Source:
    return Source(
        name="langfuse",
        label="Langfuse observations",
        group="langfuse",
        grain="request",
        convention="disjoint",
        zone="UTC",
        namespace="langfuse",
        kinds=kinds,
        required=required,
        select=select,
    )


def _traces(columns: RawColumns, head: Head) -> str:
    at = Reading(columns, head)
    outputs = {
        "id": at.value("id"),
        "started_at": at.value("timestamp"),
        "updated_at": at.value("updated_at", "updatedAt"),
        "trace_id": at.value("id"),
        "user_id": at.text("user_id", "userId"),
        "session_id": at.text("session_id", "sessionId"),
        "feature": at.text("name"),
        "environment": at.text("environment"),
        "project": at.text("project_id", "projectId"),
        "tags": reading.tags(
            {name: at.text(name) for name in ("version", "release")}, lists=[at.json("tags")]
        ),
    }
    return statement(outputs)


TRACES = Source(
    name="langfuse-traces",
    label="Langfuse traces",
    group="langfuse",
    grain="request",
    convention="disjoint",
    role="side",
    zone="UTC",
    namespace="langfuse",
    kinds=ANY_KIND,
    required=("id", "timestamp", "user_id", "session_id", "tags"),
    forbidden=("usage_details", "start_time"),
    select=_traces,
)
_OLDER = ("traceid", "starttime", "type", "prompttokens", "completiontokens")  # before version 3
SOURCES = (
    _source(
        ANY_KIND,
        ("trace_id", "start_time", "type", "usage_details", "provided_model_name"),
        _exported,
    ),
    _source(ANY_KIND, ("traceid", "starttime", "type", "usagedetails"), _listed),
    _source(ANY_KIND, _OLDER, _listed),
    _source(
        JSON_KINDS,
        ("data", "data.traceid", "data.starttime", "data.type", "data.usagedetails"),
        _paged,
    ),
    _source(JSON_KINDS, ("data", *(f"data.{name}" for name in _OLDER)), _paged),
    TRACES,
)
