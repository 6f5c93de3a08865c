"""OpenTelemetry GenAI spans: OTLP JSON documents and lines, and flat span tables."""

from collections.abc import Callable, Mapping

from analytics_core.ingest.literals import literal
from analytics_core.ingest.raw import Head, Raw, RawColumns
from analytics_core.ingest.sources import reading, words
from analytics_core.ingest.sources.elements import elements
from analytics_core.ingest.sources.otel_tree import innermost
from analytics_core.ingest.sources.reading import Reading, between, instant, nested
from analytics_core.ingest.sources.source import ANY_KIND, JSON_KINDS, Kind, Source

KEPT = ("chat", "text_completion", "completion", "generate_content", "embeddings")
_USAGE = "gen_ai.usage."
ATTRIBUTES: dict[str, tuple[str, ...]] = {  # best first: names changed from release to release
    "provider": ("gen_ai.provider.name", "gen_ai.system"),
    "model": ("gen_ai.response.model", "gen_ai.request.model", "llm.request.model"),
    "operation": ("gen_ai.operation.name",),
    "input": (_USAGE + "input_tokens", _USAGE + "prompt_tokens", "llm.usage.prompt_tokens"),
    "output": (_USAGE + "output_tokens", _USAGE + "completion_tokens", "llm.usage.completion_tokens"),
    "total": (_USAGE + "total_tokens", "llm.usage.total_tokens"),
    "cache_read": (_USAGE + "cache_read.input_tokens", _USAGE + "cache_read_input_tokens"),
    "cache_write": (_USAGE + "cache_creation.input_tokens", _USAGE + "cache_creation_input_tokens"),
    "reasoning": (_USAGE + "reasoning.output_tokens", _USAGE + "reasoning_tokens"),
    "conversation": ("gen_ai.conversation.id", "session.id",
                     "traceloop.association.properties.session_id"),
    "agent": ("gen_ai.agent.name", "gen_ai.agent.id", "traceloop.entity.name"),
    "workflow": ("gen_ai.workflow.name", "traceloop.workflow.name"),
    "user": ("user.id", "enduser.id", "gen_ai.user", "llm.user",
             "traceloop.association.properties.user_id"),
    "ttft": ("gen_ai.response.time_to_first_chunk",),
    "error": ("error.type",),
    "cost": (_USAGE + "cost",),
    "finish": ("gen_ai.response.finish_reasons", "llm.response.finish_reason"),
    "tier": ("openai.response.service_tier", "gen_ai.openai.response.service_tier"),
    "stream": ("gen_ai.request.stream", "llm.is_streaming"),
    "http": ("http.response.status_code",),
    "output_type": ("gen_ai.output.type",),
    "tool": ("gen_ai.tool.name",),
    "team": ("team", "team.name"),
    "project": ("project", "project.name"),
    "customer": ("customer.id",),
    "feature": ("feature",),
}  # fmt: skip
RESOURCES = {
    "environment": ("deployment.environment.name", "deployment.environment"),
    "service": ("service.name",),
    "repository": ("vcs.repository.name",),
}
Attribute = Callable[[tuple[str, ...]], str | None]


def _events(
    attribute: Attribute, resource: Attribute, span: Mapping[str, str | None]
) -> dict[str, str | None]:
    """What a span says; `span` has id, parent, trace, start, end (TIMESTAMPs), failed (BOOLEAN)."""
    of = {name: attribute(names) for name, names in ATTRIBUTES.items()}
    operation = f"lower({of['operation']})" if of["operation"] else "NULL::VARCHAR"
    measured = [sql for name in ("input", "output") if (sql := of[name])]
    used = f"coalesce({', '.join(measured)}) IS NOT NULL" if measured else "false"
    kept = f"{operation} IN ({', '.join(map(literal, KEPT))}) OR ({operation} IS NULL AND {used})"
    failed = " OR ".join(
        part
        for part in (span["failed"], f"{of['error']} IS NOT NULL" if of["error"] else None)
        if part
    )
    first = of["ttft"]
    return {
        "skip": f"CASE WHEN coalesce({kept}, false) THEN NULL ELSE 'not_usage' END",
        "id": span["id"],
        "trace_id": span["trace"],
        "started_at": span["start"],
        "ended_at": span["end"],
        "latency_ms": between(span["start"], span["end"]),
        "ttft_ms": f"TRY_CAST({first} AS DECIMAL(38,9)) * 1000" if first else None,
        "provider": of["provider"],
        "model_raw": of["model"],
        "operation": operation,
        "service_type": _service_type(operation, of["output_type"]),
        "user_id": of["user"],
        "team": of["team"],
        "project": of["project"],
        "customer": of["customer"],
        "feature": of["feature"],
        "agent": of["agent"],
        "session_id": of["conversation"],
        "environment": resource(RESOURCES["environment"]),
        "repository": resource(RESOURCES["repository"]),
        "status": f"CASE WHEN {failed or 'false'} THEN 'error' ELSE 'ok' END",
        "error_type": of["error"],
        "http_status": words.error_code(of["http"]),
        "finish_reason": _first(of["finish"]),
        "service_tier": words.tier(f"lower({of['tier']})") if of["tier"] else None,
        "stream": of["stream"],
        "input_tokens": of["input"],
        "output_tokens": of["output"],
        "total_tokens": of["total"],
        "cache_read_tokens": of["cache_read"],
        "cache_write_tokens": of["cache_write"],
        "reasoning_tokens": of["reasoning"],
        "cost_reported": of["cost"],
        "tags": reading.tags(
            {
                "workflow": of["workflow"],
                "tool": of["tool"],
                "service": resource(RESOURCES["service"]),
            }
        ),
    }


def _service_type(operation: str, output: str | None) -> str:
    images = f" WHEN {output} = 'image' THEN 'image_generation' WHEN {output} = 'speech' THEN 'text_to_speech'"
    return (
        f"CASE WHEN {operation} = 'embeddings' THEN 'embedding'{images if output else ''}"
        " ELSE 'text_generation' END"
    )


def _first(text: str | None) -> str | None:
    """The first of a JSON list of reasons, or the text itself."""
    if text is None:
        return None
    return f"coalesce(json_extract_string(TRY_CAST({text} AS JSON), '$[0]'), {text})"


_VALUE = (
    '{"stringValue":"VARCHAR","intValue":"VARCHAR","doubleValue":"VARCHAR","boolValue":"VARCHAR",'
    '"arrayValue":{"values":[{"stringValue":"VARCHAR"}]}}'
)
_TEXTS = ("stringValue", "intValue", "doubleValue", "boolValue")


def _entries(attributes: str, *, plain: bool = False) -> str:
    """Attributes in JSON (a list of key and value, or an object) as a list of k and v.

    OTLP wraps each value in an object that names its type; `plain` lists do not. One parse of the
    whole list: extracting each attribute by itself took eight times as long.
    """
    shape = '[{"key":"VARCHAR","value":' + ('"VARCHAR"' if plain else _VALUE) + "}]"
    parsed = f"from_json({attributes}, {literal(shape)})"
    texts = ", ".join(f"e.value.{name}" for name in _TEXTS)
    told = "e.value" if plain else f"coalesce({texts}, e.value.arrayValue.values[1].stringValue)"
    of_list = f"list_transform({parsed}, lambda e: struct_pack(k := e.key, v := {told}))"
    of_object = (
        f"list_transform(map_entries(TRY_CAST({attributes} AS MAP(VARCHAR, VARCHAR))),"
        " lambda e: struct_pack(k := e.key, v := e.value))"
    )
    return f"CASE WHEN json_type({attributes}) = 'OBJECT' THEN {of_object} ELSE {of_list} END"


def _looked_up(entries: Mapping[str, str], origin: str) -> str:
    """The FROM clause with the keys and values of each list of entries apart: name_k and name_v."""
    made = ", ".join(f"{sql} AS {name}" for name, sql in entries.items())
    split = ", ".join(
        f"list_transform({name}, lambda e: e.{part}) AS {name}_{part}"
        for name in entries
        for part in ("k", "v")
    )
    return nested(f"*, {split}", nested(f"*, {made}", origin))


def _of_entries(name: str) -> Attribute:
    """Attributes out of name_k and name_v; of a repeated key the first."""

    def attribute(names: tuple[str, ...]) -> str:
        found = [f"nullif({name}_v[list_position({name}_k, {literal(key)})], '')" for key in names]
        return found[0] if len(found) == 1 else f"coalesce({', '.join(found)})"

    return attribute


def _otlp(columns: RawColumns, head: Head) -> str:
    """Spans inside scopeSpans inside resourceSpans of a document, or of each line."""
    scopes = "resourcespans.scopespans"
    if scopes not in head.columns:  # before OTLP 0.15
        scopes = "resourcespans.instrumentationlibraryspans"
    inner = "scopeSpans" if scopes.endswith("scopespans") else "instrumentationLibrarySpans"
    levels = ("resourceSpans", f"resourceSpans.{inner}", f"resourceSpans.{inner}.spans")
    rows = elements(columns, head, levels)
    time = "json_extract_string(e3, '/{}')".format
    code = "json_extract_string(e3, '/status/code')"
    span = {
        "id": "nullif(json_extract_string(e3, '/spanId'), '')",
        "parent": "nullif(json_extract_string(e3, '/parentSpanId'), '')",
        "trace": "json_extract_string(e3, '/traceId')",
        "start": instant(Raw(time("startTimeUnixNano"), "VARCHAR")),
        "end": instant(Raw(time("endTimeUnixNano"), "VARCHAR")),
        "failed": f"{code} IN ('2', 'STATUS_CODE_ERROR')",
    }
    entries = {
        "own": _entries("json_extract(e3, '/attributes')"),
        "around": _entries("json_extract(e1, '/resource/attributes')"),
    }
    outputs = _events(_of_entries("own"), _of_entries("around"), span)
    return innermost(outputs, span["parent"], _looked_up(entries, rows.origin()))


_PLACES = ("attributes", "span_attributes", "spanattributes")
_AROUND = ("resource.attributes", "resource_attributes", "resourceattributes", "resource")


def _listed(head: Head) -> tuple[str, bool] | None:
    """The column whose attributes are lists of key and value, and whether the values are plain."""
    for record in head.sample:
        for name, value in record.items():
            if (
                name.lower() in _PLACES
                and isinstance(value, list)
                and value
                and isinstance(value[0], dict)
            ):
                return name, not isinstance(value[0].get("value"), dict)
    return None


def _flat(columns: RawColumns, head: Head) -> str:
    """One span a row: attributes as columns, as a map, as JSON, or as a list of key and value."""
    at = Reading(columns, head)
    listed = _listed(head)

    def places(folders: tuple[str, ...]) -> Attribute:
        def attribute(names: tuple[str, ...]) -> str | None:
            tops = tuple(key for key in names if columns.has(key))
            inside = tuple(
                f"{folder}.{key}" for key in names for folder in folders if _there(head, folder)
            )
            return at.text(*tops, *inside) if tops or inside else None

        return attribute

    start = at.instant(*_some(head, "start_time_unix_nano", "startTimeUnixNano", "start_time",
                              "startTime", "timestamp"))  # fmt: skip
    end = at.instant(*_some(head, "end_time_unix_nano", "endTimeUnixNano", "end_time", "endTime"))
    lasted = at.number("Duration") if columns.has("duration") and end is None else None
    if start and lasted:
        end = f"{start} + to_microseconds(CAST({lasted} / 1000 AS BIGINT))"
    code = at.text(*_some(head, "status.code", "status.status_code", "status_code", "statuscode"))
    span = {
        "id": at.text(*_some(head, "span_id", "spanId", "context.span_id", "spancontext.spanid")),
        "parent": at.text(*_some(head, "parent_id", "parent_span_id", "parentSpanId")),
        "trace": at.text(
            *_some(head, "trace_id", "traceId", "context.trace_id", "spancontext.traceid")
        ),
        "start": start,
        "end": end,
        "failed": f"upper({code}) IN ('2', 'ERROR', 'STATUS_CODE_ERROR')" if code else None,
    }
    at.ignored("attributes", "events", "links", "resource", "scope", "status", "span_attributes",
               "spanattributes", "resource_attributes", "resourceattributes")  # fmt: skip
    if listed is None:
        return innermost(_events(places(_PLACES), places(_AROUND), span), span["parent"])
    name, plain = listed
    entries = {"own": _entries(at.json(name) or "NULL::JSON", plain=plain)}
    outputs = _events(_of_entries("own"), places(_AROUND), span)
    return innermost(outputs, span["parent"], _looked_up(entries, "raw"))


def _some(head: Head, *names: str) -> tuple[str, ...]:
    """The names the file has; paths into text that holds JSON are tried anyway."""
    present = set(head.columns)
    return tuple(name for name in names if name.lower() in present)


def _there(head: Head, folder: str) -> bool:
    return any(name == folder or name.startswith(folder + ".") for name in head.columns)


def _matches(head: Head) -> bool:
    """Whether there is a span id and a GenAI attribute, as column, key or in a list."""
    spans = {"span_id", "spanid", "context.span_id", "spancontext.spanid"}
    if spans.isdisjoint(head.columns):
        return False
    marks = ("gen_ai.", "llm.usage.")
    if any(mark in column for column in head.columns for mark in marks):
        return True
    return any(mark in str(record) for record in head.sample for mark in marks)


def _source(
    required: tuple[str, ...],
    select: Callable[[RawColumns, Head], str],
    kinds: tuple[Kind, ...],
    matches: Callable[[Head], bool] | None = None,
) -> Source:
    return Source(
        name="otel",
        label="OpenTelemetry GenAI spans",
        group="otel",
        grain="request",
        convention="inclusive",
        zone="UTC",
        namespace="otel",
        kinds=kinds,
        required=required,
        matches=matches,
        select=select,
    )


OTLP = _source(("resourcespans",), _otlp, JSON_KINDS)
SOURCES = (OTLP, _source((), _flat, ANY_KIND, _matches))
