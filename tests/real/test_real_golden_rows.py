"""Rows of public bug reports that other tools counted wrongly, through the whole door."""

import json

import pytest


def _drop(tmp_path, *records):
    path = tmp_path / "drop.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def _observation(usage):
    return {
        "id": "o-1", "trace_id": "t-1", "type": "GENERATION", "level": "DEFAULT",
        "start_time": "2026-10-01 08:00:00.000000", "end_time": "2026-10-01 08:00:02.500000",
        "provided_model_name": "claude-sonnet-4-5", "usage_details": usage, "cost_details": {},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        # langfuse/langfuse#10592: 17,903 input of which 17,817 cached
        ({"input": 86, "input_cached_tokens": 17_817, "output": 12}, (17_903, 17_817, 86, 12)),
        # langfuse/langfuse#12306: 5 + 128,955 + 1,253 = 130,213
        (
            {"input": 5, "cache_read_input_tokens": 128_955, "output": 1_253, "total": 130_213},
            (128_960, 128_955, 5, 1_253),
        ),
    ],
)
def test_cached_tokens_of_langfuse_count_once(taken_in, tmp_path, usage, tokens):
    landed = taken_in(
        _drop(tmp_path, _observation(usage), _observation(usage) | {"type": "SPAN", "id": "x"})
    )
    assert (
        landed.totals("input_tokens", "cache_read_tokens", "uncached_input_tokens", "output_tokens")
        == tokens
    )
    assert dict(landed.only.reasons) == {"not_usage": 1}  # no total_mismatch


def _assistant(second, usage):
    return {
        "type": "assistant", "sessionId": "s-1", "requestId": "q-1",
        "timestamp": f"2026-10-01T08:00:0{second}Z",
        "message": {"id": "m-1", "model": "claude-sonnet-4-5", "usage": usage},
    }  # fmt: skip


def test_a_streamed_answer_counts_its_last_tokens(taken_in, tmp_path):
    # ryoppippi/ccusage#901: 9, 9, 159
    lines = [
        _assistant(n, {"input_tokens": 3, "output_tokens": o})
        for n, o in ((1, 9), (2, 9), (3, 159))
    ]
    landed = taken_in(_drop(tmp_path, *lines))
    assert landed.counts() == (3, 1, 0, 0, 2)
    assert landed.totals("output_tokens", "input_tokens") == (159, 3)


def test_writes_for_an_hour_have_the_price_of_an_hour(taken_in, tmp_path):
    # ryoppippi/ccusage#899; 3.75 and 6 USD per million for 5 minutes and for an hour
    usage = {
        "input_tokens": 0, "output_tokens": 0, "cache_creation_input_tokens": 3000,
        "cache_creation": {"ephemeral_5m_input_tokens": 1000, "ephemeral_1h_input_tokens": 2000},
    }  # fmt: skip
    landed = taken_in(_drop(tmp_path, _assistant(1, usage), {"type": "user", "message": {}}))
    assert landed.one("cost_cache_write_nano, cost_cache_write_1h_nano, cost_nano") == (
        3_750_000, 12_000_000, 15_750_000,
    )  # fmt: skip


def test_a_cached_prompt_above_200k_is_priced_once(taken_in, tmp_path):
    # BerriAI/litellm#14849: 0.10316125, double counted 0.74805
    log = {
        "request_id": "r-1", "call_type": "acompletion", "spend": 0.74805,
        "prompt_tokens": 262_960, "completion_tokens": 1_744, "model": "gemini-2.5-pro",
        "custom_llm_provider": "gemini", "startTime": "2025-10-01T08:00:00Z",
        "endTime": "2025-10-01T08:00:05Z",
        "metadata": {"usage_object": {"prompt_tokens_details": {"cached_tokens": 257_955}}},
    }  # fmt: skip
    landed = taken_in(
        _drop(
            tmp_path,
            log,
            log | {"request_id": "r-2", "spend": 0, "startTime": "2025-10-01T09:00:00Z"},
        )
    )
    assert landed.rows("cost_reported_nano, cost_computed_nano, cost_nano", "ORDER BY started_at") == [
        (748_050_000, 103_161_250, 748_050_000), (None, 103_161_250, 103_161_250),
    ]  # fmt: skip
