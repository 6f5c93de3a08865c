"""What follows from a row's values: grain, amounts, whole token counts, labels, what it was."""

from analytics_core.events import COLUMNS, TOKENS
from analytics_core.ingest import labels, money, words
from analytics_core.ingest.kinds import family
from analytics_core.ingest.literals import literal
from analytics_core.ingest.said import Said
from analytics_core.ingest.usage_items import usage_items

DAY_MS = 86_400_000
_PARTS = ("cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens")
_TYPES = {column.name: column.sql for column in COLUMNS}


def grain(said: Said) -> str:
    """Request or bucket; a row that counts several requests is a sum, whatever it is called."""
    own = literal(said.source.grain)
    given = f"CASE WHEN lower(d_grain) IN ('request', 'bucket') THEN lower(d_grain) ELSE {own} END"
    made = given if said.has("grain") else own
    return (
        f"CASE WHEN n_requests > 1 THEN 'bucket' ELSE {made} END" if said.has("requests") else made
    )


def amounts(said: Said) -> dict[str, str]:
    """Amounts in nano-USD (usd_) and items with theirs."""
    made = {"grain": "w_grain"}
    for name in said.those(("cost_reported", "cost_list")):
        made[f"usd_{name}"] = f"c_{name}"
        if said.converts:
            other = money.converted(f"c_{name}_exact", said.source.cost_unit, "usd_pico")
            made[f"usd_{name}"] = (
                f"CASE WHEN usd_pico = 1000000000000 THEN c_{name}"
                f" WHEN usd_pico IS NOT NULL AND c_{name}_finite THEN {other} END"
            )
    if said.has("credits"):
        made["usd_credits"] = "c_credits"
    if said.has("items"):
        made["items"] = usage_items("g_items", said)
    if said.has("tags"):
        made["tags"] = labels.tags("g_tags", said.types["tags"])
    return made


def measured(said: Said) -> dict[str, str]:
    """Whole token counts before they are compared (v_), requests and durations."""
    bucket = "grain = 'bucket'"
    made = {f"v_{n}": f"TRY_CAST(n_{n} AS BIGINT)" for n in said.those((*TOKENS, "total_tokens"))}
    parts = [f"coalesce(TRY_CAST(n_{n} AS BIGINT), 0)" for n in said.those(_PARTS[:2])]
    if said.source.convention == "exclusive" and said.has("input_tokens") and parts:
        made["v_input_tokens"] = f"TRY_CAST(n_input_tokens AS BIGINT) + {' + '.join(parts)}"
    if said.has("cache_write_1h_tokens"):
        known = [f"TRY_CAST(n_{n} AS BIGINT)" for n in said.those(_PARTS[1:])]
        made["v_cache_write_tokens"] = f"coalesce({', '.join(known)})"
    made["requests"] = _requests(said, bucket)
    for name in said.those(("latency_ms", "ttft_ms")):
        usable = f"n_{name} > 0 AND n_{name} <= {DAY_MS}"
        whole = f"CAST(greatest(round_even(n_{name}, 0), 1) AS INTEGER)"
        made[name] = f"CASE WHEN {bucket} THEN NULL WHEN {usable} THEN {whole} END"
    if said.has("http_status"):
        made["http_status"] = (
            "CASE WHEN n_http_status BETWEEN 100 AND 599 THEN CAST(n_http_status AS SMALLINT) END"
        )
    return made


def _requests(said: Said, bucket: str) -> str:
    given = "CASE WHEN n_requests >= 0 AND n_requests = floor(n_requests) THEN TRY_CAST(n_requests AS BIGINT) END"
    own = given if said.has("requests") else "NULL"
    called = (
        "CASE WHEN w_event_type = 'custom' THEN 0 ELSE 1 END" if said.has("event_type") else "1"
    )
    return f"CAST(CASE WHEN {bucket} THEN {own} ELSE coalesce({own}, {called}) END AS BIGINT)"


def sound(said: Said) -> dict[str, str]:
    """Token parts that fit into their totals, else NULL (`exceeds`)."""
    made: dict[str, str] = {}
    names = set(said.those(TOKENS)) | ({_PARTS[1]} if said.has(_PARTS[2]) else set[str]())
    value = {n: f"v_{n}" if n in names else "NULL::BIGINT" for n in TOKENS}
    read, write, long = (value[n] for n in _PARTS)
    cached = f"coalesce({read}, 0) + coalesce({write}, 0) > {value['input_tokens']}"
    negative = f"least({read}, {write}, {long}) < 0"
    over = f"coalesce({cached} OR {long} > {write} OR {negative}, false)"
    thought = value["reasoning_tokens"]
    over_out = f"coalesce({thought} > {value['output_tokens']} OR {thought} < 0, false)"
    made["over_in"] = over if names & set(_PARTS) else "false"
    made["over_out"] = over_out if "reasoning_tokens" in names else "false"
    for name in names:
        bad = "over_in" if name in _PARTS else "over_out" if name == "reasoning_tokens" else None
        condition = made[bad] if bad else "false"
        made[name] = value[name] if condition == "false" else (
            f"CASE WHEN {condition} THEN NULL ELSE {value[name]} END"
        )  # fmt: skip
    return made


def labels_of(said: Said) -> dict[str, str]:
    """What kind of service and event it was, and safe metadata."""
    given, operation, model = (
        f"w_{name}" if said.has(name) else None
        for name in ("service_type", "operation", "model_raw")
    )
    counted = " OR ".join(f"{n} IS NOT NULL" for n in said.those(TOKENS)) or "false"
    kind = words.service_type(given, operation, model, counted)
    made = {"service_type": kind, "counted": counted}
    if said.has("metadata"):
        made["safe_metadata"] = labels.metadata("g_metadata")
    return made


def threads(said: Said) -> dict[str, str]:
    """session_id and conversation_id: a source that knows one writes it into both; no buckets."""
    known = said.those(("session_id", "conversation_id"))
    if not known:
        return {}
    made: dict[str, str] = {}
    for name in ("session_id", "conversation_id"):
        first = sorted(known, key=lambda other: other != name)
        both = f"coalesce({', '.join(f'w_{n}' for n in first)})"
        made[name] = f"CASE WHEN grain = 'bucket' THEN NULL ELSE {both} END"
    return made


def produced(said: Said) -> tuple[str, ...]:
    """The event columns that the steps make under their own names."""
    names = [
        *said.those(TOKENS),
        *said.those(("latency_ms", "ttft_ms", "http_status", "items", "tags")),
    ]
    if said.has("cache_write_1h_tokens") and "cache_write_tokens" not in names:
        names.append("cache_write_tokens")
    return tuple(names)


def is_text(said: Said, name: str) -> bool:
    """Whether the file holds these numbers as text."""
    return said.has(name) and family(said.types[name]) == "text"
