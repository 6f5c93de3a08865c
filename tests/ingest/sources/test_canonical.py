"""Our own columns, and the common names of the generic source."""

import json

import duckdb


def _lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


def test_a_pushed_event_may_say_usd_and_short_names(mapped):
    event = {
        "event_id": "app:1", "started_at": "2026-10-01T08:00:00Z", "user": "ines", "session": "s-1",
        "model": "gpt-5", "input_tokens": 10, "output_tokens": 2, "cost_usd": "0.25", "credits": "1.5",
        "items": [{"rule": "web_search", "quantity": 2, "unit": "searches", "cost_usd": "0.02"}],
        "tags": {"workflow": "nightly"}, "color": "blue",
    }  # fmt: skip
    first, second = mapped(_lines(event, {"event_id": "app:2", "started_at": "2026-10-01T08:00:01Z",
                                          "cost_reported_nano": 1234567890}))  # fmt: skip
    assert first == {
        "source": "canonical", "_row": 1, "id": "app:1", "started_at": "2026-10-01T08:00:00Z",
        "user_id": "ines", "session_id": "s-1", "conversation_id": "s-1", "model_raw": "gpt-5",
        "input_tokens": "10", "output_tokens": "2", "cost_reported": "0.25", "credits": "1.5",
        "items": [{"rule": "web_search", "quantity": "2", "unit": "searches", "cost": "0.02"}],
        "tags": '{"workflow":"nightly"}', "metadata": '{"color":"blue"}',
    }  # fmt: skip
    assert second["cost_reported"] == "1.23456789"


def test_what_is_made_again_is_not_read(mapped):
    table = duckdb.sql("""
        SELECT 'a:1' AS event_id, TIMESTAMP '2026-10-01 08:00:00' AS started_at, 5::BIGINT AS input_tokens,
            7::BIGINT AS cost_nano, 'reported' AS cost_source, 9::BIGINT AS cost_reported_nano,
            'bucket' AS grain, 'gateway' AS source, 3::BIGINT AS requests, '{"a": 1}' AS metadata,
            [{'rule': 'fee', 'quantity': 1.5::DECIMAL(18,6), 'unit': 'calls', 'cost_nano': 20::BIGINT}] AS items""")
    (row,) = mapped(table)
    assert row == {
        "source": "gateway", "_row": 1, "id": "a:1", "started_at": "2026-10-01 08:00:00",
        "input_tokens": "5", "cost_reported": "0.000000009", "grain": "bucket", "requests": "3",
        "items": [{"rule": "fee", "quantity": "1.5", "unit": "calls", "cost": "0.00000002"}],
        "metadata": '{"a":1}',
    }  # fmt: skip


def test_generic_names_are_found_whatever_their_case(mapped):
    (row,) = mapped(
        "Request ID,Created At,Model Name,Prompt Tokens,Completion Tokens,Total Spend,Email,Team Name,Duration ms,Status,Colour\n"
        "a,2026-10-01 08:00:00,gpt-5,10,2,0.1,Ines@Example.com,core,120,Success,blue\n"
    )
    assert row == {
        "source": "generic", "_row": 1, "id": "a", "started_at": "2026-10-01 08:00:00",
        "model_raw": "gpt-5", "input_tokens": "10", "output_tokens": "2", "cost_reported": "0.1",
        "user_id": "Ines@Example.com", "team": "core", "latency_ms": "120", "status": "ok",
        "metadata": '{"colour":"blue"}',
    }  # fmt: skip
