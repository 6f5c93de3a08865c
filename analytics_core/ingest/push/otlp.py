"""OTLP/HTTP: spans in protobuf or JSON as one document a line, and the answer in the same words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from analytics_core.ingest.push.bodies import Record, records
from analytics_core.ingest.push.not_taken import NotTaken
from analytics_core.ingest.push.row import is_replaced
from analytics_core.ingest.sources.otel import ATTRIBUTES, KEPT

Encoding = Literal["protobuf", "json"]
MIMES: Mapping[str, Encoding] = {
    "application/x-protobuf": "protobuf",
    "application/json": "json",
}
_OPERATION = ATTRIBUTES["operation"]
_USED = (*ATTRIBUTES["input"], *ATTRIBUTES["output"])
_NO_ARRAY = "An export is one JSON object with resourceSpans, as OTLP/HTTP says, and no array."
_SPAN = (
    "traceId", "spanId", "name", "startTimeUnixNano", "endTimeUnixNano", "status", "attributes",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spans:
    """The spans of model calls, each in an OTLP document of its own, and how many others came."""

    kept: tuple[Record, ...]
    others: int


def spans(body: bytes, encoding: Encoding) -> Spans:
    """The spans of a body. Raises NotTaken."""
    kept: list[Record] = []
    others = 0
    for number, (resource, span) in enumerate(_each(body, encoding), 1):
        if not _model_call(span):
            others += 1
            continue
        for key in ("spanId", "startTimeUnixNano"):
            if not span.get(key):
                raise NotTaken(
                    "bad-events", f"Span {number} has no {key}.", {"row": number, "key": key}
                )
        known = span["spanId"]
        if not isinstance(known, str) or is_replaced(known):
            raise NotTaken(
                "bad-events",
                f"Span {number}: spanId is no hexadecimal text.",
                {"row": number, "key": "spanId"},
            )
        around = {"attributes": resource}
        kept.append({"resourceSpans": [{"resource": around, "scopeSpans": [{"spans": [span]}]}]})
    return Spans(tuple(kept), others)


def answer(encoding: Encoding, others: int) -> bytes:
    """ExportTraceServiceResponse: partial where spans were left out."""
    said = "left out: no model calls" if others else ""
    if encoding == "protobuf":
        made = ExportTraceServiceResponse()
        if others:
            made.partial_success.rejected_spans = others
            made.partial_success.error_message = f"{others} spans {said}"
        return made.SerializeToString()
    partial = {"rejectedSpans": str(others), "errorMessage": f"{others} spans {said}"}
    return json.dumps({"partialSuccess": partial} if others else {}).encode()


def _each(body: bytes, encoding: Encoding) -> Iterator[tuple[list[Record], Record]]:
    """(attributes of the resource, span) of each span, in the words of OTLP JSON."""
    if encoding == "protobuf":
        yield from _protobuf(body)
        return
    for _, document in records(body, no_array=_NO_ARRAY) if body.strip() else ():
        for group in _objects(document, "resourceSpans"):
            resource = _listed(group.get("resource"), "attributes")
            for scope in _objects(group, "scopeSpans"):
                for span in _objects(scope, "spans"):
                    yield resource, {key: span[key] for key in _SPAN if key in span}


def _objects(holder: Record, key: str) -> list[Record]:
    """The objects of a list that an export has; none where it has no list. Raises NotTaken."""
    found = holder.get(key)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise NotTaken(
            "unreadable-body",
            f"{key} is no array of objects, as OTLP/HTTP says in JSON.",
            {"key": key},
        )
    return found


def _listed(value: Any, key: str) -> list[Record]:
    """The objects of a list in an object; what is no such list holds none."""
    found = value.get(key) if isinstance(value, Mapping) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _protobuf(body: bytes) -> Iterator[tuple[list[Record], Record]]:
    try:
        request = ExportTraceServiceRequest.FromString(body)
    except DecodeError:
        raise NotTaken(
            "unreadable-body", "The body is no ExportTraceServiceRequest in protobuf."
        ) from None
    for group in request.resource_spans:
        resource = _attributes(group.resource.attributes)
        for scope in group.scope_spans:
            for span in scope.spans:
                yield (
                    resource,
                    {
                        "traceId": span.trace_id.hex(),
                        "spanId": span.span_id.hex(),
                        "name": span.name,
                        "startTimeUnixNano": str(span.start_time_unix_nano or ""),
                        "endTimeUnixNano": str(span.end_time_unix_nano or ""),
                        "status": {"code": span.status.code},
                        "attributes": _attributes(span.attributes),
                    },
                )


def _attributes(given: Any) -> list[Record]:
    values = ((one.key, _value(one.value)) for one in given)
    return [{"key": key, "value": value} for key, value in values if value is not None]


def _value(value: AnyValue) -> Record | None:
    """An attribute's value as OTLP JSON has it; bytes and nested objects are not kept."""
    match value.WhichOneof("value"):
        case "string_value":
            return {"stringValue": value.string_value}
        case "int_value":
            return {"intValue": str(value.int_value)}
        case "double_value":
            return {"doubleValue": value.double_value}
        case "bool_value":
            return {"boolValue": value.bool_value}
        case "array_value":
            made = [_value(inner) for inner in value.array_value.values]
            return {"arrayValue": {"values": [inner for inner in made if inner is not None]}}
        case _:
            return None


def _model_call(span: Record) -> bool:
    """Whether the source keeps it: a call of a model, or tokens without an operation."""
    told = {one.get("key"): one.get("value") for one in _listed(span, "attributes")}
    operation = next((_text(told[name]) for name in _OPERATION if name in told), "")
    if operation:
        return operation.lower() in KEPT
    return any(name in told for name in _USED)


def _text(value: Any) -> str:
    return str(value.get("stringValue", "")) if isinstance(value, Mapping) else ""
