"""Other people's payloads at the same door: LiteLLM's callback and OTLP, to the nano-dollar."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from analytics_core.access.tokens import PUSH
from analytics_core.ingest.door import ingest
from analytics_core.ingest.folders import Folders
from analytics_core.semantics.filters import Pick

pytestmark = [pytest.mark.access, pytest.mark.slow]

SECRET = "CANARY-5c1d"
# Keys as litellm.types.utils.StandardLoggingPayload has them (1.109), values invented.
PAYLOAD: dict[str, Any] = {
    "id": "chatcmpl-9a1", "trace_id": "t-1", "call_type": "acompletion", "stream": False,
    "cache_hit": None, "status": "success", "custom_llm_provider": "anthropic",
    "saved_cache_cost": 0.0, "startTime": 1795190400.25, "endTime": 1795190402.25,
    "completionStartTime": 1795190401.0, "response_time": 2.0, "model": "claude-sonnet-4-5",
    "model_id": "m-1", "model_group": "sonnet", "api_base": "https://api.anthropic.example",
    "response_cost": 0.012345678, "cost_breakdown": None, "prompt_tokens": 1300,
    "completion_tokens": 10, "total_tokens": 1310, "request_tags": ["blue", "env:prod"],
    "end_user": "shop", "requester_ip_address": SECRET, "messages": [{"content": SECRET}],
    "response": {"choices": [{"message": {"content": SECRET}}]}, "error_str": None,
    "model_parameters": {"temperature": 0.2, "tools": [SECRET], "stream": False},
    "hidden_params": {"additional_headers": SECRET}, "guardrail_information": None,
    "model_map_information": {"model_map_key": "x", "model_map_value": {}},
    "metadata": {
        "user_api_key_hash": "h-1", "user_api_key_alias": "web", "user_api_key_team_id": "t-1",
        "user_api_key_team_alias": "search", "user_api_key_org_id": "acme",
        "user_api_key_user_id": "ines", "requester_ip_address": SECRET,
        "usage_object": {"prompt_tokens_details": {"cached_tokens": 900},
                         "cache_creation_input_tokens": 100},
    },
}  # fmt: skip
FAILED = PAYLOAD | {
    "id": "chatcmpl-9a2", "status": "failure", "response_cost": 0, "prompt_tokens": 0,
    "completion_tokens": 0, "total_tokens": 0, "error_str": SECRET,
    "error_information": {"error_class": "RateLimitError", "error_code": "429"},
}  # fmt: skip
LATE = PAYLOAD | {"id": "chatcmpl-9a3", "response_cost": 3.2e-05, "metadata": {}}


@pytest.fixture
def here(world: Any) -> Any:
    return world()


def land(here: Any) -> list[Any]:
    folders = Folders(here.gate.file.path.parent / "data")
    return ingest(None, folders, here.gate.settings, now=datetime.now(UTC))


def post(here: Any, body: bytes, token: str, path: str = "/events") -> Any:
    answer = here.get(path, token, "POST", body, Content_Type="application/json")
    assert answer.status_code in (200, 202), answer.text
    return answer


def shown(here: Any, *columns: str) -> list[tuple[Any, ...]]:
    rows = here.rows("/events?period=2026-11")
    return sorted(tuple(row[c] for c in ("event_id", *columns)) for row in rows)


@pytest.mark.parametrize("log_format", ["json_array", "ndjson", "single"])
def test_what_litellms_generic_api_callback_sends_becomes_events(here, log_format):
    payloads = [PAYLOAD, FAILED, LATE]
    bodies = {
        "json_array": [json.dumps([PAYLOAD, None, FAILED, LATE])],
        "ndjson": ["\n".join(map(json.dumps, payloads))],
        "single": list(map(json.dumps, payloads)),
    }[log_format]
    push = here.pusher(source="litellm")
    for body in bodies:
        post(here, body.encode(), push)
    (entry,) = land(here)
    assert (entry.source, entry.accepted, entry.rejected, entry.skipped) == ("litellm", 3, 0, 0)
    assert shown(
        here, "source", "cost_reported", "input_tokens", "cache_read_tokens", "status"
    ) == [
        ("litellm:chatcmpl-9a1", "litellm", "0.012345678", 1300, 900, "ok"),
        ("litellm:chatcmpl-9a2", "litellm", "0", 0, None, "error"),
        ("litellm:chatcmpl-9a3", "litellm", "0.000032", 1300, None, "ok"),
    ]
    assert shown(here, "team", "user_id", "api_key", "customer", "organization", "latency_ms")[0] == (
        "litellm:chatcmpl-9a1", "search", "ines", "web", "shop", "acme", 2000,
    )  # fmt: skip
    assert here.rows("/query?period=2026-11&measures=cost")[0]["cost"] == "0.012377678"


def test_what_a_token_fixes_holds_for_payloads_too_and_nothing_private_is_kept(here, tmp_path):
    push = here.pusher(source="proxy", picks=(Pick("team", ("web",)), Pick("user", ("ana",))))
    post(here, json.dumps([PAYLOAD, FAILED]).encode(), push)
    land(here)
    assert shown(here, "team", "user_id", "source") == [
        ("proxy:chatcmpl-9a1", "web", "ana", "proxy"), ("proxy:chatcmpl-9a2", "web", "ana", "proxy"),
    ]  # fmt: skip
    kept = [p for p in (tmp_path / "data").rglob("*") if p.is_file()]
    assert [p.name for p in kept if SECRET.encode() in p.read_bytes()] == []


def test_a_pushed_call_and_the_same_call_in_dropped_spend_logs_count_once(here, tmp_path):
    post(here, json.dumps([PAYLOAD]).encode(), here.pusher(source="litellm"))
    log = {
        "request_id": "chatcmpl-9a1", "call_type": "acompletion", "spend": 0.012345678,
        "prompt_tokens": 1300, "completion_tokens": 10, "model": "claude-sonnet-4-5",
        "startTime": "2026-11-20T16:00:00.25Z", "endTime": "2026-11-20T16:00:02.25Z",
    }  # fmt: skip
    (tmp_path / "data" / "inbox" / "spend.jsonl").write_text(
        json.dumps(log) + "\n" + json.dumps(log)
    )
    assert sorted((i.source, i.accepted) for i in land(here))[0][0] == "litellm"
    assert [row[0] for row in shown(here)] == ["litellm:chatcmpl-9a1"]


def test_a_payload_without_an_id_or_a_time_is_refused_with_its_row_and_key(here):
    push = here.pusher(source="litellm")
    for key, wrong in (("id", None), ("startTime", "soon"), ("response_cost", "much")):
        body = json.dumps([PAYLOAD, PAYLOAD | {key: wrong}]).encode()
        answer = here.get("/events", push, "POST", body, Content_Type="application/json")
        assert (answer.status_code, answer.json()["row"], answer.json()["key"]) == (400, 2, key)


def test_spans_land_through_the_same_door_under_the_name_of_the_token(here):
    push = here.token(abilities=(PUSH,), source="shop", picks=(Pick("project", ("Maps",)),))
    attributes = {
        "gen_ai.operation.name": {"stringValue": "chat"},
        "gen_ai.provider.name": {"stringValue": "openai"},
        "gen_ai.request.model": {"stringValue": "gpt-5-mini"},
        "gen_ai.usage.input_tokens": {"intValue": "1200"},
        "gen_ai.usage.output_tokens": {"intValue": "300"},
        "gen_ai.input.messages": {"stringValue": SECRET},
        "user.id": {"stringValue": "ana"},
        "project": {"stringValue": "Other"},
    }
    span = {
        "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174",
        "startTimeUnixNano": "1795190400000000000", "endTimeUnixNano": "1795190401500000000",
        "attributes": [{"key": key, "value": value} for key, value in attributes.items()],
    }  # fmt: skip
    plain = {"spanId": "00f067aa0ba902b7", "startTimeUnixNano": "1", "attributes": []}
    body = {"resourceSpans": [{"scopeSpans": [{"spans": [plain, span]}]}]}
    answer = post(here, json.dumps(body).encode(), push, "/otlp/v1/traces")
    assert answer.json()["partialSuccess"]["rejectedSpans"] == "1"
    receipt = here.get(answer.headers["location"].removeprefix("/api/v1"), push).json()
    assert (receipt["state"], receipt["events"]) == ("received", 1)
    land(here)
    # 1,200 x 0.25 + 300 x 2.00 USD per million
    assert shown(here, "source", "project", "user_id", "cost", "latency_ms") == [
        ("shop:eee19b7ec3c1b174", "shop", "Maps", "ana", "0.0009", 1500)
    ]
    again = post(here, json.dumps(body).encode(), push, "/otlp/v1/traces")
    assert again.headers["location"] == answer.headers["location"]
    assert land(here) == []


def test_what_is_no_export_is_a_problem_and_no_answer_of_otlp(here):
    push = here.pusher()
    for body in (b"[]", b'[{"resourceSpans": []}]', b'{"resourceSpans":5}'):
        answer = here.get("/otlp/v1/traces", push, "POST", body, Content_Type="application/json")
        assert (answer.status_code, answer.json()["type"]) == (400, "/api/v1/docs#unreadable-body")
        assert answer.headers["content-type"] == "application/problem+json"


def test_an_export_without_model_calls_is_answered_and_leaves_nothing(here):
    push = here.pusher()
    answer = post(here, b'{"resourceSpans": []}', push, "/otlp/v1/traces")
    assert (answer.json(), "location" in answer.headers) == ({}, False)
    assert land(here) == []
