"""Langfuse: disjoint parts, costs by part, three shapes of file, traces."""

import json

import pytest

OBSERVATION = {
    "id": "o-1", "trace_id": "t-1", "project_id": "p", "environment": "prod", "type": "GENERATION",
    "start_time": "2026-10-01 08:00:00.000000", "end_time": "2026-10-01 08:00:02.500000",
    "completion_start_time": "2026-10-01 08:00:01.000000", "level": "DEFAULT",
    "provided_model_name": "claude-sonnet-4-5", "latency": 2500, "time_to_first_token": 1,
    "usage_details": {"input": 5, "cache_read_input_tokens": 128955,
                      "cache_creation_input_tokens": 40, "input_cache_creation_1h": 2,
                      "output": 1000, "output_reasoning_tokens": 253, "total": 130255},
    "cost_details": {"input": 0.0001, "cache_read_input_tokens": 0.01,
                     "cache_creation_input_tokens": 0.002, "input_cache_creation_1h": 0.0003,
                     "output": 0.02, "output_reasoning_tokens": 0.005, "total": 0.0374},
    "total_cost": 0.0374, "input": "private", "output": "private", "tags": ["blue", "k:v"],
    "version": "3", "updated_at": "2026-10-01 08:00:03.000000", "user_id": "ines",
    "session_id": "s-1", "trace_name": "search",
}  # fmt: skip


def _lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


def test_input_and_output_are_sums_of_their_parts(mapped):
    row, span = mapped(_lines(OBSERVATION, OBSERVATION | {"id": "o-2", "type": "SPAN"}))
    assert row == {
        "source": "langfuse", "_row": 1, "id": "o-1", "updated_at": "2026-10-01 08:00:03",
        "started_at": "2026-10-01 08:00:00.000000", "ended_at": "2026-10-01 08:00:02.500000",
        "latency_ms": "2500", "ttft_ms": "1000", "model_raw": "claude-sonnet-4-5", "project": "p",
        "environment": "prod", "feature": "search", "user_id": "ines", "session_id": "s-1",
        "conversation_id": "s-1", "trace_id": "t-1", "service_type": "text_generation",
        "status": "ok", "cost_reported": "0.0374", "input_tokens": "129002",
        "output_tokens": "1253", "cache_read_tokens": "128955", "cache_write_tokens": "42",
        "cache_write_1h_tokens": "2", "reasoning_tokens": "253", "total_tokens": "130255",
        "items": [
            {"rule": "cache_read", "cost": "0.01"}, {"rule": "cache_write_1h", "cost": "0.0003"},
            {"rule": "cache_write", "cost": "0.002"}, {"rule": "input", "cost": "0.0001"},
            {"rule": "output", "cost": "0.025"},
        ],
        "tags": {"version": "3", "blue": "true", "k": "v"},
    }  # fmt: skip
    assert span["skip"] == "not_usage"


def test_17903_input_tokens_of_which_17817_cached(mapped):
    usage = {"input": 86, "input_cached_tokens": 17817, "output": 30, "total": 17933}
    row, _ = mapped(_lines(OBSERVATION | {"usage_details": usage}, OBSERVATION))
    assert (row["input_tokens"], row["cache_read_tokens"], row["output_tokens"]) == (
        "17903",
        "17817",
        "30",
    )


def test_a_csv_holds_its_maps_as_json_text(mapped):
    (row,) = mapped(
        "id,trace_id,type,start_time,end_time,level,provided_model_name,usage_details,cost_details,total_cost\n"
        "o-1,t-1,EMBEDDING,2026-10-01 08:00:00,2026-10-01 08:00:01,ERROR,text-embedding-3-small,"
        '"{""input"":7,""total"":7}","{""total"":1e-05}",\n'
    )
    assert (row["status"], row["operation"], row["service_type"]) == (
        "error",
        "embeddings",
        "embedding",
    )
    assert (row["input_tokens"], row.get("output_tokens"), row["cost_reported"]) == (
        "7",
        None,
        "0.00001",
    )


def test_a_page_of_the_api_is_one_row_per_observation(mapped):
    one = {"id": "o-1", "traceId": "t-1", "type": "GENERATION", "level": "DEFAULT", "model": "gpt-5",
           "startTime": "2026-10-01T08:00:00.000Z", "endTime": "2026-10-01T08:00:02.500Z",
           "usageDetails": {"input": 4, "output": 3}, "costDetails": {"total": 0.5}}  # fmt: skip
    rows = mapped(
        json.dumps({"data": [one, one | {"id": "o-2", "type": "SPAN"}], "meta": {"page": 1}})
    )
    assert [(row["id"], row.get("skip")) for row in rows] == [("o-1", None), ("o-2", "not_usage")]
    shown = ("model_raw", "input_tokens", "cost_reported", "latency_ms", "trace_id")
    assert tuple(rows[0][name] for name in shown) == ("gpt-5", "4", "0.5", "2500", "t-1")
    assert mapped(_lines(one, one))[0]["model_raw"] == "gpt-5"


def test_traces_stand_beside_the_events(mapped):
    trace = {"id": "t-1", "timestamp": "2026-10-01 08:00:00.000000", "name": "search",
             "user_id": "ines", "session_id": "s-1", "tags": ["blue"], "environment": "prod"}  # fmt: skip
    assert mapped(_lines(trace, trace))[0] == {
        "source": "langfuse-traces", "_row": 1, "id": "t-1", "trace_id": "t-1",
        "started_at": "2026-10-01 08:00:00.000000", "user_id": "ines", "session_id": "s-1",
        "conversation_id": "s-1", "feature": "search", "environment": "prod",
        "tags": {"blue": "true"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("usage", "figures"),
    [
        # Sent with counts that include their parts; the total they were sent with tells.
        ({"input": 117231, "cache_read_input_tokens": 115584, "output": 225, "total": 117456},
         ("117231", "225")),
        ({"input": 1100, "cache_read_input_tokens": 500, "cache_creation_input_tokens": 100,
          "output": 10, "total": 1610}, ("1600", "10")),
        ({"input": 1600, "cache_read_input_tokens": 500, "cache_creation_input_tokens": 100,
          "output": 10, "total": 1610}, ("1600", "10")),
        ({"input": 100, "output": 50, "output_reasoning": 30, "total": 150}, ("100", "50")),
        ({"input": 100, "cache_read_input_tokens": 60, "output": 50, "output_reasoning": 30,
          "total": 150}, ("100", "50")),
        # Parts beside each other, as they should be, and totals that explain nothing.
        ({"input": 100, "cache_read_input_tokens": 60, "output": 50, "total": 210}, ("160", "50")),
        ({"input": 100, "cache_read_input_tokens": 60, "output": 50}, ("160", "50")),
        ({"input": 100, "cache_read_input_tokens": 60, "output": 50, "total": 199}, ("160", "50")),
        ({"input": 10, "cache_read_input_tokens": 60, "output": 50, "total": 60}, ("70", "50")),
    ],
)  # fmt: skip
def test_a_total_tells_whether_counts_hold_their_parts(usage, figures, mapped):
    row = mapped(_lines(OBSERVATION | {"usage_details": usage}, OBSERVATION))[0]
    assert (row["input_tokens"], row["output_tokens"]) == figures


OLDER = {
    "id": "o-1", "traceId": "t-1", "type": "GENERATION", "startTime": "2026-10-01T08:00:00.000Z",
    "endTime": "2026-10-01T08:00:02.000Z", "model": "gpt-4o", "level": "DEFAULT",
    "promptTokens": 100, "completionTokens": 20, "totalTokens": 120, "calculatedTotalCost": 0.001,
    "usage": {"input": 100, "output": 20, "total": 120, "unit": "TOKENS"},
}  # fmt: skip


def test_observations_of_servers_before_version_3(mapped):
    span = OLDER | {"id": "o-2", "type": "SPAN", "promptTokens": 0, "usage": None}
    for rows in (mapped(_lines(OLDER, span)), mapped(json.dumps({"data": [OLDER, span]}))):
        assert [row.get("skip") for row in rows] == [None, "not_usage"]
        first = rows[0]
        assert (first["input_tokens"], first["output_tokens"]) == ("100", "20")
        assert (first["cost_reported"], first["model_raw"]) == ("0.001", "gpt-4o")
    newer = OLDER | {"usageDetails": {"input": 60, "input_cached_tokens": 40, "output": 20}}
    row = mapped(_lines(newer, span))[0]
    assert (row["input_tokens"], row["cache_read_tokens"]) == ("100", "40")


def test_usage_that_python_wrote_is_read_like_json(mapped):
    usage = "{'input': 86, 'input_cached_tokens': 17817, 'output': 30, 'note': None}"
    head = "id,trace_id,type,start_time,provided_model_name,usage_details,cost_details,total_cost"
    row = f'o-1,t-1,GENERATION,2026-10-01 08:00:00,gpt-5,"{usage}","{{\'total\': 0.5}}",'
    (made,) = mapped(f"{head}\n{row}\n")
    figures = [made[name] for name in ("input_tokens", "cache_read_tokens", "cost_reported")]
    assert figures == ["17903", "17817", "0.5"]


def test_a_cost_without_a_total_is_the_sum_of_its_parts(mapped):
    costs = {"input": 0.1, "cache_read_input_tokens": 0.02, "output": 0.2}
    row = mapped(_lines(OBSERVATION | {"total_cost": None, "cost_details": costs}, OBSERVATION))[0]
    assert row["cost_reported"] == "0.32"
