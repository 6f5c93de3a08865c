"""Answers of OpenAI's APIs as logs, and the results of batches."""

import json

CHAT = {
    "id": "chatcmpl-1", "object": "chat.completion", "created": 1790841600, "model": "gpt-5-2025-08-07",
    "choices": [{"message": {"role": "assistant", "content": "private"}}], "service_tier": "default",
    "usage": {"prompt_tokens": 100, "completion_tokens": 30, "total_tokens": 130,
              "prompt_tokens_details": {"cached_tokens": 60},
              "completion_tokens_details": {"reasoning_tokens": 20}},
}  # fmt: skip
RESPONSE = {
    "id": "resp_1", "object": "response", "created_at": 1790841600, "model": "gpt-5",
    "status": "completed", "output": [{"content": "private"}], "instructions": "private",
    "usage": {"input_tokens": 100, "input_tokens_details": {"cached_tokens": 60},
              "output_tokens": 30, "output_tokens_details": {"reasoning_tokens": 20},
              "total_tokens": 130},
}  # fmt: skip
COUNTS = {
    "input_tokens": "100", "output_tokens": "30", "total_tokens": "130", "cache_read_tokens": "60",
    "reasoning_tokens": "20",
}  # fmt: skip


def _lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


def test_a_chat_completion_is_a_request(mapped):
    (row, _) = mapped(_lines(CHAT, CHAT | {"id": "chatcmpl-2"}))
    assert row == COUNTS | {
        "source": "openai-answers", "_row": 1, "id": "chatcmpl-1", "started_at": "1790841600",
        "model_raw": "gpt-5-2025-08-07", "operation": "chat", "service_tier": "standard",
        "status": "ok",
    }  # fmt: skip


def test_a_response_says_the_same_in_other_words(mapped):
    (row,) = mapped(json.dumps(RESPONSE, indent=1))
    assert {name: row[name] for name in COUNTS} == COUNTS
    assert (row["id"], row["status"]) == ("resp_1", "ok")
    assert "private" not in str(row)
    (failed,) = mapped(json.dumps(RESPONSE | {"status": "failed"}))
    assert failed["status"] == "error"


def test_the_results_of_a_batch_are_requests_at_its_tier(mapped):
    result = {"id": "batch_req_1", "custom_id": "mine-1", "error": None,
              "response": {"status_code": 200, "request_id": "q", "body": CHAT}}  # fmt: skip
    lost = {"id": "batch_req_2", "custom_id": "mine-2", "response": None,
            "error": {"code": "batch_expired", "message": "private"}}  # fmt: skip
    row, failed = mapped(_lines(result, lost))
    assert {name: row[name] for name in COUNTS} == COUNTS
    assert (row["id"], row["service_tier"], row["tags"]) == (
        "chatcmpl-1",
        "batch",
        {"batch": "mine-1"},
    )
    assert failed["skip"] == "not_usage"
    assert "private" not in str((row, failed))
