"""OTLP in both encodings: the same spans, the same events, and an answer in the same words."""

import json
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from analytics_core.ingest.push import otlp
from analytics_core.ingest.push.not_taken import NotTaken

CHAT = {
    "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-5-mini",
    "gen_ai.usage.input_tokens": 1200, "gen_ai.request.temperature": 0.5, "gen_ai.stream": True,
    "gen_ai.response.finish_reasons": ["stop", "length"],
}  # fmt: skip


def value(given: Any) -> dict[str, Any]:
    if isinstance(given, list):
        return {"arrayValue": {"values": [value(each) for each in given]}}
    if isinstance(given, bool):
        return {"boolValue": given}
    if isinstance(given, int):
        return {"intValue": str(given)}
    return {"doubleValue": given} if isinstance(given, float) else {"stringValue": given}


def attributes(given: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value(each)} for key, each in given.items()]


def span(number: int = 1, **said: Any) -> dict[str, Any]:
    return {
        "traceId": f"{number:032x}", "spanId": f"{number:016x}", "name": "chat",
        "startTimeUnixNano": "1795190400000000000", "endTimeUnixNano": "1795190401500000000",
        "status": {"code": 2}, "attributes": attributes(CHAT | said),
    }  # fmt: skip


def document(*spans: dict[str, Any]) -> dict[str, Any]:
    resource = {"attributes": attributes({"service.name": "shop"})}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": list(spans)}]}]}


def protobuf(said: dict[str, Any]) -> bytes:
    """The same in protobuf; there ids are bytes, which its own JSON writes in base64."""
    made = ExportTraceServiceRequest()
    copied = json.loads(json.dumps(said))
    listed = [s for g in copied["resourceSpans"] for s in g["scopeSpans"][0]["spans"]]
    ids = [(one.pop("traceId"), one.pop("spanId")) for one in listed]
    ParseDict(copied, made)
    spans = [s for g in made.resource_spans for s in g.scope_spans[0].spans]
    for one, (trace, own) in zip(spans, ids, strict=True):
        one.trace_id, one.span_id = bytes.fromhex(trace), bytes.fromhex(own)
    return made.SerializeToString()


def test_protobuf_and_json_are_the_same_spans():
    said = document(span(1), span(2, **{"gen_ai.operation.name": "embeddings"}))
    of_json = otlp.spans(json.dumps(said).encode(), "json")
    assert otlp.spans(protobuf(said), "protobuf") == of_json
    assert (of_json.others, len(of_json.kept)) == (0, 2)
    assert of_json.kept[0] == document(span(1)), "each in a document of its own"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({}, True),
        ({"gen_ai.operation.name": "generate_content"}, True),
        ({"gen_ai.operation.name": "invoke_agent"}, False),  # repeats the tokens of its children
        ({"gen_ai.operation.name": "execute_tool"}, False),
        ({"gen_ai.operation.name": ""}, True),  # tokens, and no operation
    ],
)
def test_spans_of_model_calls_are_kept_and_others_counted(said, kept):
    found = otlp.spans(json.dumps(document(span(**said))).encode(), "json")
    assert (len(found.kept), found.others) == ((1, 0) if kept else (0, 1))


def test_a_span_without_tokens_and_operation_is_left_out():
    plain = span() | {"attributes": attributes({"http.response.status_code": 200})}
    assert otlp.spans(protobuf(document(plain)), "protobuf") == otlp.Spans((), 1)


def test_an_empty_export_is_no_fault():
    assert otlp.spans(b"", "protobuf") == otlp.spans(b"{}", "json") == otlp.Spans((), 0)


@pytest.mark.parametrize("key", ["spanId", "startTimeUnixNano"])
def test_a_call_that_cannot_be_counted_is_refused_with_its_key(key):
    broken = {k: v for k, v in span(2).items() if k != key}
    with pytest.raises(NotTaken) as refused:
        otlp.spans(json.dumps(document(span(1), broken)).encode(), "json")
    assert refused.value.where == {"row": 2, "key": key}


@pytest.mark.parametrize("of_spans", [[], [span()], [document(span(1)), document(span(2))]])
def test_an_array_is_no_export(of_spans):
    for mark in (b"", b"\n ", b"\xef\xbb\xbf"):
        with pytest.raises(NotTaken, match="no array") as refused:
            otlp.spans(mark + json.dumps(of_spans).encode(), "json")
        assert refused.value.why == "unreadable-body"


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"resourceSpans": 5}, "resourceSpans"),
        ({"resourceSpans": {"scopeSpans": []}}, "resourceSpans"),
        ({"resourceSpans": [None]}, "resourceSpans"),
        ({"resourceSpans": [{"scopeSpans": "x"}]}, "scopeSpans"),
        ({"resourceSpans": [{"scopeSpans": [{"spans": [7]}]}]}, "spans"),
    ],
)
def test_what_is_no_list_of_spans_is_refused_with_its_key(said, key):
    with pytest.raises(NotTaken, match="no array of objects") as refused:
        otlp.spans(json.dumps(said).encode(), "json")
    assert (refused.value.why, refused.value.where) == ("unreadable-body", {"key": key})


@pytest.mark.parametrize("known", ["a\0b", "\ud800", 17, ["a"]])
def test_an_id_that_could_become_another_is_refused(known):
    with pytest.raises(NotTaken, match="no hexadecimal text") as refused:
        otlp.spans(json.dumps(document(span(1), span(2) | {"spanId": known})).encode(), "json")
    assert refused.value.where == {"row": 2, "key": "spanId"}


def test_bytes_that_are_no_export_are_refused():
    with pytest.raises(NotTaken, match="no ExportTraceServiceRequest"):
        otlp.spans(b"\xff\xff\xff", "protobuf")


def test_the_answer_says_what_was_left_out_in_the_words_of_the_request():
    assert otlp.answer("json", 0) == b"{}"
    assert json.loads(otlp.answer("json", 3)) == {
        "partialSuccess": {
            "rejectedSpans": "3",
            "errorMessage": "3 spans left out: no model calls",
        }
    }
    assert otlp.answer("protobuf", 0) == b""
    partial = ExportTraceServiceResponse.FromString(otlp.answer("protobuf", 3)).partial_success
    assert (partial.rejected_spans, partial.error_message) == (
        3,
        "3 spans left out: no model calls",
    )
