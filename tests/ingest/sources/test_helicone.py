"""Helicone's exported requests."""

import json

import duckdb
import pyarrow as pa

REQUEST = {
    "request_id": "r-1", "request_created_at": "2026-10-01T08:00:00.000Z", "response_status": 200,
    "response_created_at": "2026-10-01T08:00:02.000Z", "request_model": "gpt-5",
    "response_model": "gpt-5-2025-08-07", "provider": "OPENAI", "prompt_tokens": 10,
    "prompt_cache_read_tokens": 90, "prompt_cache_write_tokens": 0, "completion_tokens": 5,
    "prompt_audio_tokens": 3, "cost": 0.00123, "delay_ms": 1999, "time_to_first_token": 100,
    "properties": {"Helicone-Session-Id": "s-1", "app": "search"}, "request_user_id": "ines",
    "cache_reference_id": "00000000-0000-0000-0000-000000000000", "request_body": "private",
}  # fmt: skip


def _lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


def test_a_request_with_its_properties(mapped):
    row, failed = mapped(_lines(REQUEST, REQUEST | {"request_id": "r-2", "response_status": 503}))
    assert row == {
        "source": "helicone", "_row": 1, "id": "r-1", "started_at": "2026-10-01T08:00:00.000Z",
        "ended_at": "2026-10-01T08:00:02.000Z", "latency_ms": "1999", "ttft_ms": "100",
        "provider": "openai", "model_raw": "gpt-5-2025-08-07", "user_id": "ines",
        "session_id": "s-1", "conversation_id": "s-1", "http_status": "200", "status": "ok",
        "cache_hit": "False", "input_tokens": "13", "output_tokens": "5",
        "cache_read_tokens": "90", "cache_write_tokens": "0", "cost_reported": "0.00123",
        "items": [{"rule": "input_audio", "quantity": "3", "unit": "tokens"}],
        "tags": {"app": "search"},
    }  # fmt: skip
    assert (failed["status"], failed["http_status"]) == ("error", "503")


def test_whole_costs_are_billionths_and_others_are_dollars(mapped):
    billionths = mapped(_lines(REQUEST | {"cost": 1230000}, REQUEST | {"cost": 0}))
    assert [row["cost_reported"] for row in billionths] == ["0.00123", "0"]
    dollars = mapped(_lines(REQUEST | {"cost": 2}, REQUEST | {"cost": 0.5}))
    assert [row["cost_reported"] for row in dollars] == ["2", "0.5"]


def test_a_reference_to_another_request_is_a_cache_hit(mapped):
    reference = {"cache_reference_id": "7b0c2f1e-0000-4000-8000-000000000000"}
    assert mapped(_lines(REQUEST | reference, REQUEST))[0]["cache_hit"] == "True"


def test_reasoning_is_part_of_the_output_whether_counted_in_it_or_beside_it(mapped):
    counted = {"completion_tokens": 200, "reasoning_tokens": 64, "prompt_tokens": 10}
    beside, inside, untold = mapped(
        _lines(
            REQUEST | counted | {"total_tokens": 274},
            REQUEST | counted | {"total_tokens": 210},
            REQUEST | counted | {"total_tokens": None},
        )
    )
    assert [row["output_tokens"] for row in (beside, inside, untold)] == ["264", "200", "264"]
    assert beside["reasoning_tokens"] == "64"


def test_properties_of_parquet_are_tags_beside_an_empty_twin(mapped):
    row = REQUEST | {"request_properties": None, "properties": {"app": "search", "step": "2"}}
    table = pa.Table.from_pylist([row])
    (read,) = mapped(duckdb.from_arrow(table))
    assert read["tags"] == {"app": "search", "step": "2"}


def test_costs_that_begin_with_free_requests_are_read_by_all_of_them(mapped):
    free = [REQUEST | {"cost": 0} for _ in range(70)]
    assert mapped(_lines(*free, REQUEST | {"cost": 1230000}))[-1]["cost_reported"] == "0.00123"
    assert mapped(_lines(*free, REQUEST | {"cost": 0.00123}))[-1]["cost_reported"] == "0.00123"
