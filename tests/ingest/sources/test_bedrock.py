"""Bedrock's model invocation logs."""

import json

from analytics_core.ingest.sources.mapping import sources_of

LOG = {
    "schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "timestamp": "2026-10-01T08:00:00Z",
    "accountId": "123456789012", "region": "us-east-1", "requestId": "q-1", "operation": "Converse",
    "identity": {"arn": "arn:aws:sts::123456789012:assumed-role/Apps/ines"},
    "modelId": "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-4-5-v1:0",
    "input": {"inputBodyJson": {"messages": [{"content": "private"}]}, "inputTokenCount": 35,
              "cacheReadInputTokenCount": 100, "cacheWriteInputTokenCount": 7},
    "output": {"outputTokenCount": 446, "outputBodyJson": {"output": {"message": "private"},
               "stopReason": "end_turn", "metrics": {"latencyMs": 3640}}},
    "requestMetadata": {"app": "atlas"},
}  # fmt: skip


def _lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


def test_an_invocation(mapped):
    row, failed = mapped(
        _lines(LOG, LOG | {"requestId": "q-2", "errorCode": "ThrottlingException"})
    )
    assert row == {
        "source": "bedrock-log", "_row": 1, "id": "q-1", "started_at": "2026-10-01T08:00:00Z",
        "latency_ms": "3640", "provider": "aws.bedrock",
        "model_raw": "us.anthropic.claude-haiku-4-5-v1:0", "organization": "123456789012",
        "user_id": "ines", "operation": "chat", "service_type": "text_generation", "status": "ok",
        "finish_reason": "end_turn", "input_tokens": "35", "output_tokens": "446",
        "cache_read_tokens": "100", "cache_write_tokens": "7",
        "tags": {"region": "us-east-1", "call": "Converse", "app": "atlas"},
    }  # fmt: skip
    assert (failed["status"], failed["error_type"]) == ("error", "ThrottlingException")


def test_a_setting_says_which_metadata_is_the_project(mapped):
    configured = sources_of("extends: bedrock-log\noptions: {project: app}\n", "bedrock-log.yaml")
    assert mapped(_lines(LOG, LOG), saved=configured)[0]["project"] == "atlas"
