"""The event: its columns, types, units and meaning, once. Source: EVENTS.md 1 (docs/events.md)."""

from dataclasses import dataclass

import pyarrow as pa

SCHEMA_NUMBER = 1  # raised when a column is added; the manifest says which number a file has


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the event table. `required` columns are never NULL.

    NULL means "the source does not say", 0 means "it says zero".
    """

    name: str
    sql: str  # DuckDB type
    meaning: str
    otel: str = ""  # OpenTelemetry GenAI or FOCUS name
    required: bool = False


ITEMS_SQL = "STRUCT(rule VARCHAR, quantity DECIMAL(18,6), unit VARCHAR, cost_nano BIGINT)[]"
TAGS_SQL = "MAP(VARCHAR, VARCHAR)"


def _c(name: str, sql: str, meaning: str, otel: str = "", *, required: bool = False) -> Column:
    return Column(name, sql, meaning, otel, required)


COLUMNS: tuple[Column, ...] = (
    _c(
        "event_id",
        "VARCHAR",
        "namespace:id-in-source, or a hash; unique in the store.",
        "gen_ai.response.id",
        required=True,
    ),
    _c("source", "VARCHAR", "Name of the source definition that read it.", required=True),
    _c(
        "file_id",
        "VARCHAR",
        "First 16 hex of the SHA-256 of the dropped file; of pushed events, the id of their hour.",
        required=True,
    ),
    _c(
        "row",
        "BIGINT",
        "1-based row, record or line of the kept row in that file or hour.",
        required=True,
    ),
    _c("grain", "VARCHAR", "request, or bucket (already summed by the source).", required=True),
    _c(
        "requests",
        "BIGINT",
        "1 per API call, n for a bucket, 0 for an event that is no call.",
        "ConsumedQuantity if unit is requests",
    ),
    _c(
        "started_at",
        "TIMESTAMP",
        "Naive UTC, microseconds: start of the call.",
        "span start; ChargePeriodStart",
        required=True,
    ),
    _c(
        "ended_at",
        "TIMESTAMP",
        "Naive UTC: end of the call or of the bucket (exclusive).",
        "span end; ChargePeriodEnd",
    ),
    _c(
        "organization",
        "VARCHAR",
        "The company or account that is billed.",
        "FOCUS BillingAccountName",
    ),
    _c("team", "VARCHAR", "The team as the source names it.", "FOCUS SubAccountName"),
    _c("user_id", "VARCHAR", "Who caused it; lower case if it contains @.", "user.id, enduser.id"),
    _c("project", "VARCHAR", "The project or application.", "SubAccountId"),
    _c(
        "repository",
        "VARCHAR",
        "owner/name, or last folder of the git root.",
        "vcs.repository.name",
    ),
    _c("customer", "VARCHAR", "The paying customer of the caller."),
    _c("feature", "VARCHAR", "The product feature."),
    _c("agent", "VARCHAR", "Agent or assistant name, else its id.", "gen_ai.agent.name / .id"),
    _c("session_id", "VARCHAR", "One working session; NULL in buckets."),
    _c("conversation_id", "VARCHAR", "One dialogue thread.", "gen_ai.conversation.id"),
    _c(
        "environment",
        "VARCHAR",
        "production, staging, development, others lower case.",
        "deployment.environment.name",
    ),
    _c("api_key", "VARCHAR", "Alias or hash; what looks like a live secret is hashed first."),
    _c(
        "provider",
        "VARCHAR",
        "OpenTelemetry provider name.",
        "gen_ai.provider.name; ServiceProviderName",
    ),
    _c(
        "model",
        "VARCHAR",
        "The price book's id where one matches, else model_raw cleaned.",
        "gen_ai.response.model, else .request.model",
    ),
    _c("model_raw", "VARCHAR", "Exactly as given.", "same"),
    _c(
        "service_type",
        "VARCHAR",
        "text_generation, embedding, speech_to_text, text_to_speech,"
        " image_generation, video_generation, moderation, rerank, search, agent or other.",
        "from gen_ai.operation.name and output type",
        required=True,
    ),
    _c("operation", "VARCHAR", "chat, embeddings, invoke_agent …", "gen_ai.operation.name"),
    _c("event_type", "VARCHAR", "image_generation, token_usage or custom.", required=True),
    _c(
        "service_tier",
        "VARCHAR",
        "As served: standard, batch, flex, priority, fast, scale.",
        "openai.response.service_tier",
    ),
    _c("context_window", "VARCHAR", "0-200k or 200k-1M, only if the source groups by it."),
    _c("status", "VARCHAR", "ok, error, cancelled; NULL is unknown.", "span status / error.type"),
    _c("error_type", "VARCHAR", "Class of the error.", "error.type"),
    _c("finish_reason", "VARCHAR", "Why the answer ended.", "gen_ai.response.finish_reasons"),
    _c("http_status", "SMALLINT", "HTTP status code.", "http.response.status_code"),
    _c(
        "latency_ms",
        "INTEGER",
        "Whole milliseconds; NULL in buckets.",
        "gen_ai.client.operation.duration",
    ),
    _c(
        "ttft_ms",
        "INTEGER",
        "Time to first token, whole milliseconds.",
        "gen_ai.response.time_to_first_chunk",
    ),
    _c("stream", "BOOLEAN", "Whether the answer was streamed.", "gen_ai.request.stream"),
    _c("cache_hit", "BOOLEAN", "Answered by a local gateway cache, not by the provider's."),
    _c(
        "input_tokens",
        "BIGINT",
        "All input, cached and cache-written included.",
        "gen_ai.usage.input_tokens",
    ),
    _c("output_tokens", "BIGINT", "All output, reasoning included.", "gen_ai.usage.output_tokens"),
    _c("cache_read_tokens", "BIGINT", "Subset of input.", "gen_ai.usage.cache_read.input_tokens"),
    _c(
        "cache_write_tokens",
        "BIGINT",
        "Subset of input, every time-to-live.",
        "gen_ai.usage.cache_creation.input_tokens",
    ),
    _c("cache_write_1h_tokens", "BIGINT", "Subset of cache_write: kept one hour or longer."),
    _c("reasoning_tokens", "BIGINT", "Subset of output.", "gen_ai.usage.reasoning.output_tokens"),
    _c("cost_nano", "BIGINT", "The chosen cost, nano-USD; NULL is unpriced.", "EffectiveCost"),
    _c(
        "cost_reported_nano", "BIGINT", "What the file says, in USD.", "EffectiveCost or BilledCost"
    ),
    _c("cost_computed_nano", "BIGINT", "From the price book at contract prices.", "ContractedCost"),
    _c(
        "cost_list_nano",
        "BIGINT",
        "From the price book at list prices; NULL is the same as computed.",
        "ListCost",
    ),
    _c("cost_source", "VARCHAR", "reported, computed, free or unpriced.", required=True),
    _c("cost_input_nano", "BIGINT", "Part of cost_nano: uncached input."),
    _c("cost_cache_read_nano", "BIGINT", "Part of cost_nano: input read from cache."),
    _c(
        "cost_cache_write_nano",
        "BIGINT",
        "Part of cost_nano: input written to cache for less than an hour.",
    ),
    _c("cost_cache_write_1h_nano", "BIGINT", "Part of cost_nano: written to cache for an hour."),
    _c("cost_output_nano", "BIGINT", "Part of cost_nano: output."),
    _c("cache_savings_nano", "BIGINT", "Cost had all input been uncached, minus cost_computed."),
    _c(
        "credits_nano",
        "BIGINT",
        "Credits x 1e9, reported or by the rate valid then.",
        "PricingCurrencyEffectiveCost",
    ),
    _c(
        "items",
        ITEMS_SQL,
        "Priced quantities beyond the five leaves.",
        "SkuMeter, ConsumedQuantity",
    ),
    _c("price_version", "VARCHAR", "First 8 hex of the price book that computed it."),
    _c("trace_id", "VARCHAR", "Link back to a tracing tool.", "trace id"),
    _c("tags", TAGS_SQL, "At most 32 keys of 64 characters, values of 256.", "Tags"),
    _c("metadata", "VARCHAR", "JSON text of at most 8 KiB: every other column by name."),
)

NAMES: tuple[str, ...] = tuple(c.name for c in COLUMNS)
TOKENS: tuple[str, ...] = tuple(n for n in NAMES if n.endswith("_tokens"))
LEAVES: tuple[tuple[str, str], ...] = (  # (pricing rule, column), in the order of the split
    ("input", "cost_input_nano"),
    ("cache_read", "cost_cache_read_nano"),
    ("cache_write", "cost_cache_write_nano"),
    ("cache_write_1h", "cost_cache_write_1h_nano"),
    ("output", "cost_output_nano"),
)
SERVICE_TYPES: tuple[str, ...] = (
    "text_generation", "embedding", "agent", "speech_to_text", "text_to_speech",
    "image_generation", "video_generation", "moderation", "rerank", "search", "other",
)  # fmt: skip

# Prompts, answers and addresses are never staged: neither as columns nor as attribute keys.
NEVER_STAGED: frozenset[str] = frozenset(
    {
        "messages", "response", "input", "output", "prompt", "completion",
        "proxy_server_request", "request_body", "response_body", "inputbodyjson",
        "requester_ip_address", "gen_ai.input.messages", "gen_ai.output.messages",
        "gen_ai.system_instructions",
    }
)  # fmt: skip
NEVER_STAGED_PREFIXES: tuple[str, ...] = ("gen_ai.prompt", "gen_ai.completion")

_ARROW = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "SMALLINT": pa.int16(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMP": pa.timestamp("us"),
    TAGS_SQL: pa.map_(pa.string(), pa.string()),
    ITEMS_SQL: pa.list_(
        pa.struct(
            [
                ("rule", pa.string()),
                ("quantity", pa.decimal128(18, 6)),
                ("unit", pa.string()),
                ("cost_nano", pa.int64()),
            ]
        )
    ),
}


def schema() -> pa.Schema:
    """The Arrow schema of a landed file: every column, in order."""
    return pa.schema([pa.field(c.name, _ARROW[c.sql], nullable=not c.required) for c in COLUMNS])
