"""The rules a row must keep (EVENTS.md 3.3): what rejects it, skips it, or is worth a remark."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from analytics_core.events import TOKENS
from analytics_core.ingest import identity
from analytics_core.ingest.counts import BUCKET_LIMIT, REQUEST_LIMIT, Count
from analytics_core.ingest.derive import DAY_MS, is_text
from analytics_core.ingest.kinds import family
from analytics_core.ingest.labels import METADATA_BYTES
from analytics_core.ingest.literals import literal
from analytics_core.ingest.said import Said

EARLIEST = datetime.fromisoformat("2020-01-01")
AHEAD = timedelta(hours=24)
_REQUEST_NANO, _BUCKET_NANO = 1_000_000 * 10**9, 10**9 * 10**9
_BUCKET = "grain = 'bucket'"


def outcome(said: Said) -> dict[str, str]:
    """The last step: id, event type, `skipped`, `rejected` (code, column, value) and `flags`."""
    image = "service_type = 'image_generation'"
    return {
        "event_id": identity.event_id(said),
        "event_type": f"CASE WHEN {image} THEN 'image_generation' WHEN counted THEN 'token_usage'"
        " ELSE 'custom' END",
        "skipped": f"CASE WHEN skip IS NOT NULL THEN skip WHEN {_BUCKET} AND {_empty(said)}"
        " THEN 'empty_bucket' END",
        "rejected": f"CASE WHEN skip IS NULL AND NOT ({_BUCKET} AND {_empty(said)}) THEN"
        f" {_rejection(said)} END",
        "flags": _flags(said),
    }


def _rejection(said: Said) -> str:
    cases = [
        ("reject IS NOT NULL", _reject("reject", None, "NULL")),
        ("at_start IS NULL", _reject("'no_time'", "started_at", "at_given")),
        (
            f"at_start < {_stamp(EARLIEST)} OR at_start > {_stamp(said.now + AHEAD)}",
            _reject("'time_out_of_range'", "started_at", "at_given"),
        ),
        *_token_cases(said),
        *_cost_cases(said),
    ]
    if said.source.role != "side":
        cases.append((f"NOT ({_measured(said)})", _reject("'nothing_measured'", None, "NULL")))
    return "CASE " + " ".join(f"WHEN {when} THEN {then}" for when, then in cases) + " END"


def _stamp(at: datetime) -> str:
    return f"TIMESTAMP {literal(at.isoformat(sep=' '))}"


def _reject(code: str, column: str | None, value: str) -> str:
    shown = f"coalesce(left(CAST({value} AS VARCHAR), 200), '')"
    return f"{code} || chr(31) || {literal(column or '')} || chr(31) || {shown}"


def _token_cases(said: Said) -> list[tuple[str, str]]:
    limit = f"CASE WHEN {_BUCKET} THEN {BUCKET_LIMIT} ELSE {REQUEST_LIMIT} END"
    if said.source.grain == "request" and not said.has("grain", "requests"):
        limit = str(REQUEST_LIMIT)
    names = said.those(TOKENS)
    if not names:
        return []
    judged = [(name, _number(said, name)) for name in names]
    faults = " ".join(
        f"WHEN NOT {number.fine(limit)} THEN {_reject(number.fault(limit), name, number.sql)}"
        for name, number in judged
    )
    return [("NOT (" + " AND ".join(n.fine(limit) for _, n in judged) + ")", f"CASE {faults} END")]


def _number(said: Said, name: str) -> Count:
    """The number of an earlier step, judged by what type it came from."""
    return Count(f"n_{name}", whole=family(said.types[name]) == "integer")


def _cost_cases(said: Said) -> list[tuple[str, str]]:
    if not said.has("cost_reported"):
        return []
    nano = "usd_cost_reported"
    limit = f"CASE WHEN {_BUCKET} THEN {_BUCKET_NANO} ELSE {_REQUEST_NANO} END"
    read = "c_cost_reported_given AND c_cost_reported_finite AND c_cost_reported_readable"
    lost = f"{read} AND c_cost_reported IS NULL"
    beyond = f"{nano} > {limit} OR {nano} < -({limit}) OR ({lost})"
    cases = [] if said.source.negative_cost else [
        ("c_cost_reported < 0", _reject("'negative_cost'", "cost_reported", "c_cost_reported"))
    ]  # fmt: skip
    return [*cases, (beyond, _reject("'cost_out_of_range'", "cost_reported", "c_cost_reported"))]


def _measured(said: Said) -> str:
    """Whether a request row says anything: tokens, a cost, items, credits, or that it happened."""
    found = ["counted"] if said.has(*TOKENS) else []
    if said.has("cost_reported"):
        found.append("c_cost_reported_given")
    if said.has("credits"):
        found.append("usd_credits IS NOT NULL")
    if said.has("items"):
        found.append("coalesce(len(items), 0) > 0")
    if said.has("requests"):
        found.append("n_requests IS NOT NULL")
    if said.has("http_status"):
        found.append("http_status IS NOT NULL")
    found += [f"w_{name} IS NOT NULL" for name in said.those(("error_type",))]
    if said.has("status"):
        found.append("coalesce(w_status IN ('error', 'cancelled'), false)")
    return " OR ".join(found) or "false"


def _empty(said: Said) -> str:
    """Whether a bucket sums nothing: consoles write one for every idle day."""
    zero = [f"coalesce({name}, 0) = 0" for name in said.those(TOKENS)]
    if said.has("requests"):
        zero.append("coalesce(requests, 0) = 0")
    if said.has("items"):
        zero.append("coalesce(len(items), 0) = 0")
    if said.has("credits"):
        zero.append("coalesce(usd_credits, 0) = 0")
    if said.has("cost_reported"):
        nothing = "NOT c_cost_reported_given"
        idle = " OR (usd_cost_reported = 0 AND requests = 0)" if said.has("requests") else ""
        zero.append(f"({nothing}{idle})")
    return f"({' AND '.join(zero) or 'true'})"


def _flags(said: Said) -> str:
    """Codes worth a remark, an empty list on most rows."""
    conditions = [(code, when) for code, when in _remarks(said) if when != "false"]
    always = [code for code, when in conditions if when == "true"]
    some = [(code, f"coalesce({when}, false)") for code, when in conditions if when != "true"]
    if said.has("flags"):
        some.append(("", "len(given_flags) > 0"))
    base = f"[{', '.join(map(literal, always))}]::VARCHAR[]"
    if not some:
        return base
    listed = ", ".join(f"CASE WHEN {when} THEN {literal(code)} END" for code, when in some if code)
    found = f"list_filter([{listed}]::VARCHAR[], lambda code: code IS NOT NULL)"
    every = f"list_concat({base}, {found}, coalesce(given_flags, []::VARCHAR[]))"
    return f"CASE WHEN {' OR '.join(when for _, when in some)} THEN {every} ELSE {base} END"


def _remarks(said: Said) -> Iterable[tuple[str, str]]:
    yield "zone_assumed", _noted(said, "naive")
    yield "local_time_ambiguous", _noted(said, "ambiguous")
    yield "date_only", "grain = 'request' AND date_only" if _dated(said) else "false"
    yield "future_time", f"at_start > {_stamp(said.now)}"
    numbers = ("input_tokens", "output_tokens", "cost_reported")
    as_text = said.typed_file and any(is_text(said, name) for name in numbers)
    yield "cast_from_text", "true" if as_text else "false"
    whole = all(family(said.types[n]) == "integer" for n in said.those(TOKENS))
    yield "tokens_nan", "false" if whole else "tokens_nan"
    yield "tokens_unreadable", "false" if whole else "tokens_unreadable"
    yield "parts_exceed_total", "over_in OR over_out"
    yield "text_truncated", _truncated(said)
    yield "control_characters", "controlled"
    yield from _cost_remarks(said)
    yield from _latency_remarks(said)
    if said.has("total_tokens") and said.has("input_tokens") and said.has("output_tokens"):
        yield "total_mismatch", "v_total_tokens <> input_tokens + output_tokens"


def _noted(said: Said, name: str) -> str:
    """A remark on the time, constant where the type of the column decides it."""
    if not said.has("started_at"):
        return "false"
    kind = family(said.types["started_at"])
    if kind in ("integer", "float", "decimal", "zoned", "other"):
        return "false"
    if name == "naive":
        if said.source.zone is not None:
            return "false"
        return "true" if kind in ("naive", "date") else "naive"
    return "false" if said.source.zone is None else "ambiguous"


def _dated(said: Said) -> bool:
    return said.has("started_at") and family(said.types["started_at"]) in ("date", "text")


def _truncated(said: Said) -> str:
    return (
        f"too_long OR strlen(full_metadata) > {METADATA_BYTES}"
        if said.has("metadata")
        else "too_long"
    )


def _cost_remarks(said: Said) -> Iterable[tuple[str, str]]:
    if not said.has("cost_reported"):
        return
    given = "c_cost_reported_given"
    yield "cost_not_finite", f"{given} AND NOT c_cost_reported_finite"
    yield "cost_unreadable", f"{given} AND NOT c_cost_reported_readable"
    if said.converts:
        yield "no_rate", "c_cost_reported IS NOT NULL AND usd_pico IS NULL"


def _latency_remarks(said: Said) -> Iterable[tuple[str, str]]:
    names = said.those(("latency_ms", "ttft_ms"))
    if names:
        unusable = " OR ".join(f"n_{n} <= 0 OR n_{n} > {DAY_MS}" for n in names)
        yield "latency_unusable", f"NOT {_BUCKET} AND ({unusable})"
