"""LiteLLM: spend logs, payloads, callback rows and daily tables."""

import json

from analytics_core.ingest.sources.litellm import DAILY_TAGS

SPEND_LOGS = """request_id,call_type,api_key,spend,total_tokens,prompt_tokens,completion_tokens,startTime,endTime,completionStartTime,model,model_group,custom_llm_provider,user,metadata,cache_hit,request_tags,team_id,end_user,requester_ip_address,messages,session_id,status
r-1,acompletion,hash-1,0.0125,1310,1300,10,2026-10-01 08:00:00.25,2026-10-01 08:00:02.25,2026-10-01 08:00:01.00,claude-sonnet-4-5,sonnet,anthropic,ines,"{""user_api_key_alias"": ""web"", ""user_api_key_team_alias"": ""search"", ""additional_usage_values"": {""cache_read_input_tokens"": 900, ""cache_creation_input_tokens"": 100}, ""usage_object"": {""completion_tokens_details"": {""reasoning_tokens"": 4}}, ""spend_logs_metadata"": {""cost_center"": ""7""}}",False,"[""blue"", ""env:prod""]",t-1,shop,10.0.0.1,[],s-1,success
r-2,aembedding,hash-1,0,0,0,0,2026-10-01 08:00:05,2026-10-01 08:00:06,2026-10-01 08:00:06,text-embedding-3-small,emb,openai,,"{""error_information"": {""error_class"": ""RateLimitError"", ""error_code"": ""429""}, ""user_api_key_user_id"": ""omar""}",None,[],t-1,,,,s-2,failure
"""


def test_spend_logs_give_names_before_ids_and_the_parts_of_their_metadata(mapped):
    first, _ = mapped(SPEND_LOGS)
    assert first == {
        "source": "litellm", "_row": 1, "id": "r-1",
        "started_at": "2026-10-01 08:00:00.25", "ended_at": "2026-10-01 08:00:02.25",
        "latency_ms": "2000", "ttft_ms": "750",
        "model_raw": "claude-sonnet-4-5", "provider": "anthropic", "team": "search",
        "user_id": "ines", "customer": "shop", "api_key": "web", "session_id": "s-1",
        "conversation_id": "s-1", "cache_hit": "False", "cost_reported": "0.0125",
        "operation": "chat", "service_type": "text_generation", "status": "ok",
        "input_tokens": "1300", "output_tokens": "10", "total_tokens": "1310",
        "cache_read_tokens": "900", "cache_write_tokens": "100", "reasoning_tokens": "4",
        "tags": {"model_group": "sonnet", "blue": "true", "env": "prod", "cost_center": "7"},
    }  # fmt: skip


def test_a_failed_call_says_its_error_and_has_no_first_token(mapped):
    second = mapped(SPEND_LOGS)[1]
    assert {k: second.get(k) for k in ("status", "error_type", "http_status", "ttft_ms")} == {
        "status": "error", "error_type": "RateLimitError", "http_status": "429", "ttft_ms": None,
    }  # fmt: skip
    assert (second["operation"], second["service_type"]) == ("embeddings", "embedding")
    assert (second["user_id"], second["api_key"]) == ("omar", "hash-1")


def test_spend_logs_as_json_lines_are_the_same_source(mapped):
    line = {
        "request_id": "r-3", "call_type": "anthropic_messages", "spend": 0.5, "prompt_tokens": 7,
        "completion_tokens": 3, "startTime": "2026-10-01T08:00:00Z",
        "endTime": "2026-10-01T08:00:01Z", "model": "m", "metadata": {"user_api_key_alias": "k"},
        "request_tags": ["a"],
    }  # fmt: skip
    (row,) = mapped(json.dumps(line) + "\n" + json.dumps(line) + "\n")[:1]
    assert (row["source"], row["operation"], row["api_key"]) == ("litellm", "chat", "k")
    assert (row["cost_reported"], row["latency_ms"], row["tags"]) == ("0.5", "1000", {"a": "true"})


def test_metadata_dumped_as_text_inside_json_is_read_all_the_same(mapped):
    line = {
        "request_id": "r-3", "call_type": "completion", "spend": 0.5, "prompt_tokens": 7,
        "completion_tokens": 3, "startTime": "2026-10-01T08:00:00Z",
        "endTime": "2026-10-01T08:00:01Z",
        "metadata": json.dumps({"user_api_key_alias": "k", "usage_object": {"cache_read_input_tokens": 4}}),
    }  # fmt: skip
    row = mapped(_lines(line, line))[0]
    assert (row["api_key"], row["cache_read_tokens"]) == ("k", "4")


def _payload(**more):
    return {
        "id": "p-1", "trace_id": "t-1", "call_type": "acompletion", "status": "success",
        "response_cost": 0.0105, "startTime": 1790841600.123456, "endTime": 1790841602.5,
        "completionStartTime": 1790841601.0, "response_time": 2.376544, "model": "gpt-5",
        "model_group": "big", "custom_llm_provider": "openai", "total_tokens": 30,
        "prompt_tokens": 20, "completion_tokens": 10, "cache_hit": False,
        "request_tags": ["env:prod"], "messages": [{"role": "user", "content": "private"}],
        "metadata": {
            "user_api_key_alias": "web", "user_api_key_team_id": "t-9",
            "user_api_key_user_id": "ines", "requester_ip_address": "10.0.0.1",
            "usage_object": {"prompt_tokens_details": {"cached_tokens": 5}},
        },
    } | more  # fmt: skip


def _lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


def test_a_payload_has_times_to_the_microsecond_and_never_a_message(mapped):
    row, _ = mapped(_lines(_payload(), _payload(id="p-2")))
    assert (row["source"], row["id"]) == ("litellm-payload", "p-1")
    assert row["started_at"] == "2026-10-01 08:00:00.123456"
    assert (row["latency_ms"], row["ttft_ms"]) == ("2376.544", "876.544")
    assert (row["team"], row["user_id"], row["api_key"]) == ("t-9", "ines", "web")
    assert (row["cache_read_tokens"], row["cost_reported"]) == ("5", "0.0105")
    assert "private" not in str(row)
    assert "10.0.0.1" not in str(row)


def _items(mapped, **breakdown):
    first, _ = mapped(_lines(_payload(cost_breakdown=breakdown), _payload(id="p-2")))
    return {item["rule"]: item["cost"] for item in first["items"]}


def test_an_input_cost_that_includes_the_cache_is_split(mapped):
    assert _items(
        mapped, input_cost=0.006, cache_read_cost=0.001, cache_creation_cost=0.002,
        output_cost=0.004, tool_usage_cost=0.001, total_cost=0.0105, discount_amount=0.0005,
    ) == {
        "input": "0.003", "cache_read": "0.001", "cache_write": "0.002", "output": "0.004",
        "tool": "0.001", "discount": "-0.0005",
    }  # fmt: skip


def test_an_input_cost_without_the_cache_stays_as_it_is(mapped):
    assert _items(
        mapped, input_cost=0.003, cache_read_cost=0.001, output_cost=0.0055, margin_total_amount=0.001,
        total_cost=0.0105,
    ) == {"input": "0.003", "cache_read": "0.001", "output": "0.0055", "margin": "0.001"}  # fmt: skip


def test_a_diagnosed_zero_is_no_price(mapped):
    diagnosed = _payload(response_cost=0, zero_cost_diagnostic="missing_pricing_key")
    rows = mapped(_lines(diagnosed, _payload(id="p-2", response_cost=0)))
    assert [row.get("cost_reported") for row in rows] == [None, "0"]


def test_the_finalised_copy_of_a_payload_is_the_later_one(mapped):
    first, second = mapped(_lines(_payload(cost_finalized=False), _payload(cost_finalized=True)))
    assert (first["updated_at"], second["updated_at"]) == (
        "2026-10-01 08:00:02.500000", "2026-10-01 08:00:03.500000",
    )  # fmt: skip


def test_callback_rows_count_milliseconds(mapped):
    row = {
        "request_id": "c-1", "start_time": 1790841600123, "end_time": 1790841602500,
        "completion_start_time": 1790841601000, "spend": 0.01, "key_alias": "web",
        "prompt_tokens": 20, "completion_tokens": 10, "cache_read_tokens": 5,
        "cache_write_tokens": 2, "model": "gpt-5", "call_type": "completion",
    }  # fmt: skip
    first, _ = mapped(_lines(row, row))
    assert first["started_at"] == "2026-10-01 08:00:00.123000"
    assert (first["latency_ms"], first["ttft_ms"], first["api_key"]) == ("2377", "877", "web")
    assert (first["cache_read_tokens"], first["cache_write_tokens"]) == ("5", "2")


DAILY = """id,{entity},date,api_key,model,custom_llm_provider,endpoint,prompt_tokens,completion_tokens,cache_read_input_tokens,cache_creation_input_tokens,spend,api_requests,successful_requests,failed_requests
d-1,e-1,2026-10-01,hash,gpt-5,openai,/chat/completions,1000,200,300,0,0.5,12,10,2
d-2,e-1,2026-10-02,hash,gpt-5,openai,/chat/completions,10,2,0,0,0.005,1,1,0
"""


def test_a_day_with_failures_is_two_buckets(mapped):
    rows = mapped(DAILY.format(entity="team_id"))
    shown = (
        "_row",
        "started_at",
        "ended_at",
        "team",
        "requests",
        "status",
        "input_tokens",
        "cost_reported",
    )
    assert [tuple(row.get(name) for name in shown) for row in rows] == [
        (1, "2026-10-01 00:00:00", "2026-10-02 00:00:00", "e-1", "10", "ok", "1000", "0.5"),
        (1, "2026-10-01 00:00:00", "2026-10-02 00:00:00", "e-1", "2", "error", None, "0"),
        (2, "2026-10-02 00:00:00", "2026-10-03 00:00:00", "e-1", "1", "ok", "10", "0.005"),
    ]


def test_a_table_per_tag_is_known_to_repeat_the_cost(mapped):
    row = mapped(DAILY.format(entity="tag"))[0]
    assert (row["source"], row["tags"]["tag"]) == ("litellm-daily", "e-1")
    assert "per-tag" in DAILY_TAGS.repeats


def test_cache_columns_beside_a_spend_log_are_read(mapped):
    head, first, second = SPEND_LOGS.splitlines()
    more = "cache_read_input_tokens,cache_creation_input_tokens"
    told, alone = mapped(f"{head},{more}\n{first},7,8\n{second},40,10\n")
    assert (told["cache_read_tokens"], told["cache_write_tokens"]) == ("900", "100")
    assert (alone["cache_read_tokens"], alone["cache_write_tokens"]) == ("40", "10")


def test_metadata_that_python_wrote_is_read_like_json(mapped):
    metadata = (
        "{'user_api_key_alias': None, 'user_api_key_team_alias': 'search', 'streamed': True,"
        " 'usage_object': {'prompt_tokens_details': {'cached_tokens': 900}, 'audio': [None, 1]}}"
    )
    head, _, second = SPEND_LOGS.splitlines()
    names, values = head.split(","), second.split(",")
    at = names.index("metadata")
    row = [*values[:at], f'"{metadata}"', *["None", "[]", "t-1", "", "", "", "s-2", "success"]]
    (made,) = mapped(f"{head}\n{','.join(row)}\n")
    assert (made["team"], made["cache_read_tokens"], made["api_key"]) == ("search", "900", "hash-1")
