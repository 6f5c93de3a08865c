"""The event's own words for environments, providers, statuses and service types."""

from collections.abc import Mapping

from analytics_core.events import SERVICE_TYPES
from analytics_core.ingest.literals import literal, one_of

ENVIRONMENTS = {"prod": "production", "prd": "production", "stage": "staging", "dev": "development"}
# What gateways and older conventions call a provider -> its OpenTelemetry name.
PROVIDERS = {
    "bedrock": "aws.bedrock", "aws_bedrock": "aws.bedrock", "amazon_bedrock": "aws.bedrock",
    "amazon-bedrock": "aws.bedrock", "bedrock_converse": "aws.bedrock", "aws-bedrock": "aws.bedrock",
    "azure": "azure.ai.openai", "azure_openai": "azure.ai.openai",
    "azure-openai": "azure.ai.openai", "az.ai.openai": "azure.ai.openai",
    "azure_ai": "azure.ai.inference", "az.ai.inference": "azure.ai.inference",
    "gemini": "gcp.gemini", "google": "gcp.gemini", "google_ai_studio": "gcp.gemini",
    "vertex_ai": "gcp.vertex_ai", "vertexai": "gcp.vertex_ai", "vertex": "gcp.vertex_ai",
    "google_vertex": "gcp.vertex_ai", "vertex_ai_beta": "gcp.vertex_ai",
    "mistral": "mistral_ai", "mistralai": "mistral_ai", "xai": "x_ai", "x-ai": "x_ai",
    "cohere_chat": "cohere", "deepseek-ai": "deepseek", "watsonx": "ibm.watsonx.ai",
    "watsonx_text": "ibm.watsonx.ai", "perplexity-ai": "perplexity",
}  # fmt: skip
STATUSES = {
    "ok": "ok", "success": "ok", "succeeded": "ok", "successful": "ok", "completed": "ok",
    "complete": "ok", "error": "error", "failure": "error", "failed": "error", "fail": "error",
    "timeout": "error", "cancelled": "cancelled", "canceled": "cancelled", "aborted": "cancelled",
}  # fmt: skip
OPERATIONS = {
    "chat": "text_generation", "text_completion": "text_generation",
    "generate_content": "text_generation", "completion": "text_generation",
    "embeddings": "embedding", "embedding": "embedding", "moderation": "moderation",
    "rerank": "rerank", "search": "search", "image_generation": "image_generation",
    "image_edit": "image_generation", "image_variation": "image_generation",
    "speech": "text_to_speech", "transcription": "speech_to_text",
    "video_generation": "video_generation",
}  # fmt: skip
# Where nothing else says what was made, a model that can make only one thing does.
MODELS = {
    "embed": "embedding", "whisper": "speech_to_text", "transcribe": "speech_to_text",
    "dall-e": "image_generation", "gpt-image": "image_generation", "imagen-": "image_generation",
    "rerank": "rerank", "moderation": "moderation", "tts-": "text_to_speech",
    "sora-": "video_generation", "veo-": "video_generation",
}  # fmt: skip


def looked_up(sql: str, table: Mapping[str, str], otherwise: str) -> str:
    """A text expression through a table; `otherwise` is SQL."""
    cases = " ".join(f"WHEN {literal(old)} THEN {literal(new)}" for old, new in table.items())
    return f"CASE {sql} {cases} ELSE {otherwise} END"


def environment(sql: str) -> str:
    """The environment under its long name, lower case."""
    return looked_up(f"lower({sql})", ENVIRONMENTS, f"lower({sql})")


def provider(sql: str) -> str:
    """The provider's OpenTelemetry name, else its own in lower case."""
    return looked_up(f"lower({sql})", PROVIDERS, f"lower({sql})")


def status(sql: str) -> str:
    """ok, error, cancelled, or NULL for a word that is none of these."""
    return looked_up(f"lower({sql})", STATUSES, "NULL")


def service_type(given: str | None, operation: str | None, model: str | None, measured: str) -> str:
    """The service type: as given, else by operation, else by model, else text where `measured`."""
    cases: list[str] = []
    if given:
        known = one_of(given, SERVICE_TYPES, any_case=True)
        cases.append(f"CASE WHEN {known} THEN lower({given}) END")
    if operation:
        cases.append(looked_up(f"lower({operation})", OPERATIONS, "NULL"))
    generated = f"CASE WHEN {measured} THEN 'text_generation' ELSE 'other' END"
    if model:
        hints = "|".join(name.replace(".", "[.]") for name in MODELS)
        named = " ".join(
            f"WHEN contains(lower({model}), {literal(part)}) THEN {literal(kind)}"
            for part, kind in MODELS.items()
        )
        hinted = f"CASE WHEN regexp_matches({model}, {literal('(?i)' + hints)}) THEN CASE {named} END END"
        cases += [hinted, f"CASE WHEN {model} IS NOT NULL THEN 'text_generation' END"]
    return f"coalesce({', '.join([*cases, generated])})"


def lower(sql: str) -> str:
    """Lower case."""
    return f"lower({sql})"
