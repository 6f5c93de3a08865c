"""OpenTelemetry GenAI spans: OTLP documents and lines, and one span a row."""

import json

import duckdb


def _attributes(**values):
    def wrapped(value):
        if isinstance(value, int):
            return {"intValue": str(value)}
        if isinstance(value, list):
            return {"arrayValue": {"values": [{"stringValue": one} for one in value]}}
        return {"stringValue": value}

    return [{"key": key.replace("__", "."), "value": wrapped(v)} for key, v in values.items()]


def _span(span_id, **attributes):
    return {
        "traceId": "t-1", "spanId": span_id, "name": "chat", "kind": 3, "status": {"code": 1},
        "startTimeUnixNano": "1790841600123456789", "endTimeUnixNano": "1790841602500000000",
        "attributes": _attributes(**attributes),
    }  # fmt: skip


CHAT = _span(
    "s-1", gen_ai__operation__name="chat", gen_ai__provider__name="openai",
    gen_ai__request__model="gpt-5", gen_ai__response__model="gpt-5-2025-08-07",
    gen_ai__usage__input_tokens=100, gen_ai__usage__output_tokens=20,
    gen_ai__usage__cache_read__input_tokens=60, gen_ai__response__finish_reasons=["stop"],
    gen_ai__conversation__id="c-1", gen_ai__prompt="private",
)  # fmt: skip
AGENT = _span("s-2", gen_ai__operation__name="invoke_agent", gen_ai__usage__input_tokens=100)
OLD = _span(
    "s-3", gen_ai__system="openai", llm__usage__prompt_tokens=7, llm__usage__completion_tokens=3
)


def _document(*spans):
    around = {
        "attributes": _attributes(service__name="search", deployment__environment__name="prod")
    }
    return {
        "resourceSpans": [{"resource": around, "scopeSpans": [{"scope": {}, "spans": list(spans)}]}]
    }


def test_model_calls_are_events_and_agent_spans_are_not(mapped):
    rows = mapped(json.dumps(_document(CHAT, AGENT, OLD), indent=1))
    assert [(row["id"], row.get("skip")) for row in rows] == [
        ("s-1", None),
        ("s-3", None),
        ("s-2", "not_usage"),
    ]
    assert rows[0] == {
        "source": "otel", "_row": 1, "id": "s-1", "trace_id": "t-1",
        "started_at": "2026-10-01 08:00:00.123456", "ended_at": "2026-10-01 08:00:02.500000",
        "latency_ms": "2376.544", "provider": "openai", "model_raw": "gpt-5-2025-08-07",
        "operation": "chat", "service_type": "text_generation", "status": "ok",
        "finish_reason": "stop", "session_id": "c-1", "conversation_id": "c-1",
        "environment": "prod", "input_tokens": "100", "output_tokens": "20",
        "cache_read_tokens": "60", "tags": {"service": "search"},
    }  # fmt: skip
    assert (rows[1]["provider"], rows[1]["input_tokens"], rows[1]["output_tokens"]) == (
        "openai",
        "7",
        "3",
    )


def test_a_collectors_file_has_a_document_a_line(mapped):
    rows = mapped(json.dumps(_document(CHAT)) + "\n" + json.dumps(_document(OLD, AGENT)) + "\n")
    assert [(row["_row"], row["id"]) for row in rows] == [(1, "s-1"), (2, "s-3"), (2, "s-2")]


def test_spans_a_line_with_attributes_as_an_object_or_as_a_list(mapped):
    flat = {"trace_id": "t", "span_id": "f-1", "start_time": "2026-10-01T08:00:00Z",
            "end_time": "2026-10-01T08:00:01Z", "status": {"code": "ERROR"},
            "attributes": {"gen_ai.system": "openai", "gen_ai.request.model": "gpt-5",
                           "gen_ai.usage.prompt_tokens": 7, "gen_ai.usage.completion_tokens": 3}}  # fmt: skip
    shown = ("id", "model_raw", "input_tokens", "status", "latency_ms")
    (row, _) = mapped(json.dumps(flat) + "\n" + json.dumps(flat) + "\n")
    assert tuple(row[name] for name in shown) == ("f-1", "gpt-5", "7", "error", "1000")
    (row, _) = mapped(json.dumps(CHAT) + "\n" + json.dumps(CHAT) + "\n")
    assert tuple(row[name] for name in shown) == (
        "s-1",
        "gpt-5-2025-08-07",
        "100",
        "ok",
        "2376.544",
    )


def test_a_table_of_spans_with_a_map_of_attributes(mapped):
    table = duckdb.sql("""
        SELECT 't' AS TraceId, 'f-2' AS SpanId, TIMESTAMP '2026-10-01 08:00:00' AS "Timestamp",
            1500000000::BIGINT AS Duration, 'STATUS_CODE_OK' AS StatusCode,
            MAP {'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': '4',
                'gen_ai.usage.output_tokens': '2', 'gen_ai.request.model': 'gpt-5'} AS SpanAttributes,
            MAP {'deployment.environment': 'prod'} AS ResourceAttributes""")
    (row,) = mapped(table)
    shown = (
        "id",
        "trace_id",
        "started_at",
        "latency_ms",
        "model_raw",
        "input_tokens",
        "environment",
    )
    assert tuple(row[name] for name in shown) == (
        "f-2", "t", "2026-10-01 08:00:00", "1500", "gpt-5", "4", "prod",
    )  # fmt: skip


def test_a_list_of_finish_reasons_in_a_struct_gives_its_first(mapped):
    table = duckdb.sql("""
        SELECT 't' AS trace_id, 'f-3' AS span_id, TIMESTAMP '2026-10-01 08:00:00' AS start_time,
            {'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 4,
                'gen_ai.response.finish_reasons': ['stop', 'length']} AS attributes""")
    (row,) = mapped(table)
    assert (row["finish_reason"], row["input_tokens"]) == ("stop", "4")


def test_an_agents_run_without_an_operation_is_not_counted_beside_its_calls(mapped):
    run = _span("s-9", gen_ai__usage__input_tokens=200, gen_ai__usage__output_tokens=40)
    step = _span("s-8") | {"parentSpanId": "s-9"}
    calls = [CHAT | {"spanId": name, "parentSpanId": "s-8"} for name in ("s-6", "s-7")]
    rows = mapped(json.dumps(_document(run, step, *calls)))
    assert {row["id"]: row.get("skip") for row in rows} == {
        "s-9": "not_usage", "s-8": "not_usage", "s-6": None, "s-7": None,
    }  # fmt: skip
    assert "skip" not in mapped(json.dumps(_document(run)))[0]  # alone it is all that is known


def test_a_call_told_by_a_framework_and_by_its_client_counts_once(mapped):
    around = CHAT | {"spanId": "s-9"}
    inside = CHAT | {"spanId": "s-7", "parentSpanId": "s-9"}
    other = _span("s-5", gen_ai__operation__name="embeddings", gen_ai__usage__input_tokens=3)
    spans = _document(around, inside, OLD, other | {"parentSpanId": "s-3"})
    skipped = {row["id"]: row.get("skip") for row in mapped(json.dumps(spans))}
    assert skipped == {"s-9": "not_usage", "s-7": None, "s-3": "not_usage", "s-5": None}
