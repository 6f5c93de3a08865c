"""Amazon Bedrock: model invocation logs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from analytics_core.ingest.raw import Head, RawColumns
from analytics_core.ingest.sources import reading
from analytics_core.ingest.sources.document import Node
from analytics_core.ingest.sources.reading import Reading, statement
from analytics_core.ingest.sources.source import JSON_KINDS, Source

_BODY = "output.outputBodyJson."
_DIMENSIONS = ("project", "feature", "team", "customer", "environment", "agent", "session", "user")


def _matches(head: Head) -> bool:
    return any(record.get("schemaType") == "ModelInvocationLog" for record in head.sample)


@dataclass(frozen=True, slots=True)
class _Logs:
    """The select; `keys` are (dimension, key of requestMetadata) a person has set."""

    keys: tuple[tuple[str, str], ...] = ()

    def __call__(self, columns: RawColumns, head: Head) -> str:
        at = Reading(columns, head)
        error, arn, model = at.text("errorCode"), at.text("identity.arn"), at.text("modelId")
        asked = {name: at.text(f"requestMetadata.{key}") for name, key in self.keys}
        written = at.value("input.cacheWriteInputTokenCount", _BODY + "usage.cacheWriteInputTokens")
        outputs = {
            "id": at.value("requestId"),
            "started_at": at.value("timestamp"),
            "latency_ms": at.value(_BODY + "metrics.latencyMs"),
            "provider": "'aws.bedrock'",
            "model_raw": f"regexp_extract({model}, '[^/]+$', 0)",
            "organization": at.text("accountId"),
            "operation": "'chat'",
            "service_type": (
                f"CASE WHEN {model} LIKE '%embed%' THEN 'embedding'"
                f" WHEN {model} LIKE '%rerank%' THEN 'rerank'"
                f" WHEN regexp_matches({model}, 'image|canvas|stable') THEN 'image_generation'"
                " ELSE 'text_generation' END"
            ),
            "status": f"CASE WHEN {error} IS NOT NULL THEN 'error' ELSE 'ok' END",
            "error_type": error,
            "finish_reason": at.text(_BODY + "stopReason", _BODY + "stop_reason"),
            "input_tokens": at.value("input.inputTokenCount", _BODY + "usage.inputTokens"),
            "output_tokens": at.value("output.outputTokenCount", _BODY + "usage.outputTokens"),
            "cache_read_tokens": at.value(
                "input.cacheReadInputTokenCount", _BODY + "usage.cacheReadInputTokens"
            ),
            "cache_write_tokens": written,
            "tags": reading.tags(
                {
                    "region": at.text("region"),
                    "inference_region": at.text("inferenceRegion"),
                    "call": at.text("operation"),
                },
                objects=[at.json("requestMetadata")],
            ),
            **{
                _column(name): sql
                for name, sql in ({"user": f"regexp_extract({arn}, '[^/:]+$', 0)"} | asked).items()
            },
        }
        at.ignored("input", "output", "schemaType", "schemaVersion", "identity")
        return statement({**outputs, "metadata": at.rest()})


def _column(dimension: str) -> str:
    return {"user": "user_id", "session": "session_id"}.get(dimension, dimension)


def _configured(source: Source, options: Mapping[str, Node]) -> Source:
    keys = tuple((name, node.text()) for name, node in options.items())
    return replace(source, select=_Logs(keys))


SOURCE = Source(
    name="bedrock-log",
    label="Bedrock invocation logs",
    group="bedrock",
    grain="request",
    convention="exclusive",
    zone="UTC",
    namespace="bedrock",
    kinds=JSON_KINDS,
    required=("schematype", "modelid", "requestid"),
    matches=_matches,
    select=_Logs(),
    configure=_configured,
    options=_DIMENSIONS,
)
