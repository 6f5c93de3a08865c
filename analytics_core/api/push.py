"""/events (POST), its receipts, and /otlp/v1/traces: events that programs push."""

import json
from typing import Any

from analytics_core.access.roles import scope_of
from analytics_core.access.tokens import PUSH, READ
from analytics_core.api.call import Call, Reply
from analytics_core.api.operation import Operation, Takes
from analytics_core.api.parameter import TEXT, Parameter
from analytics_core.api.problem import Refused
from analytics_core.api.schemas import MOMENT, TEXT_OR_NULL, WHOLE, many, record
from analytics_core.export.document import MIME
from analytics_core.ingest.push import otlp
from analytics_core.ingest.push.bodies import MOST_BYTES, MOST_EVENTS
from analytics_core.ingest.push.fate import Fate
from analytics_core.ingest.push.intake import Pusher, receipt_id
from analytics_core.ingest.push.receipts import Receipt
from analytics_core.ingest.reasons import reason_of

_ADDRESS = "/api/v1/events/receipts/"
_LIMITS = f"At most {MOST_BYTES // 1_000_000} MB, unpacked, and {MOST_EVENTS:,} events"
_EVENT: dict[str, Any] = {
    "event_id": "req-81f2", "started_at": "2026-11-20T16:00:00Z", "provider": "openai",
    "model": "gpt-5-mini", "input_tokens": 1200, "output_tokens": 300, "project": "Maps",
    "user": "ana@example.com",
}  # fmt: skip
_SPAN: dict[str, Any] = {
    "resourceSpans": [{
        "resource": {"attributes": [
            {"key": "service.name", "value": {"stringValue": "shop"}},
        ]},
        "scopeSpans": [{"spans": [{
            "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174",
            "name": "chat gpt-5-mini", "startTimeUnixNano": "1795190400000000000",
            "endTimeUnixNano": "1795190401500000000",
            "attributes": [
                {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
                {"key": "gen_ai.provider.name", "value": {"stringValue": "openai"}},
                {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-5-mini"}},
                {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "1200"}},
                {"key": "gen_ai.usage.output_tokens", "value": {"intValue": "300"}},
            ],
        }]}],
    }]
}  # fmt: skip
EXAMPLE_SOURCE = "proxy"  # under which the examples are pushed


def _pusher(call: Call) -> Pusher:
    token = call.caller.token
    everything = scope_of(call.caller.principal).everything
    return Pusher(token.id, token.source or "", token.fixed, everything)


def _json(said: object) -> bytes:
    return json.dumps(said, ensure_ascii=False, indent=1).encode() + b"\n"


def _receipt(receipt: Receipt) -> dict[str, object]:
    return {
        "id": receipt.id,
        "url": _ADDRESS + receipt.id,
        "events": receipt.events,
        "sha256": receipt.sha256,
        "received_at": receipt.received.isoformat(timespec="milliseconds"),
    }


def _push(call: Call) -> Reply:
    sent = call.sent
    receipt = call.intake.events(sent.body, sent.encoding, _pusher(call), call.now)
    return Reply(
        body=_json(_receipt(receipt)),
        mime=MIME,
        rows=receipt.events,
        headers={"Location": _ADDRESS + receipt.id},
        asked=f"receipt={receipt.id}",
    )


def _traces(call: Call) -> Reply:
    sent = call.sent
    words = otlp.MIMES[sent.mime or "application/json"]
    receipt, others = call.intake.spans(sent.body, sent.encoding, words, _pusher(call), call.now)
    return Reply(
        body=otlp.answer(words, others),
        mime=sent.mime or MIME,
        rows=receipt.events if receipt else 0,
        headers={"Location": _ADDRESS + receipt.id} if receipt else {},
        asked=f"receipt={receipt.id}" if receipt else "",
    )


def _fate(call: Call) -> Reply:
    """Of the token's own; those who see every row may read all of them."""
    caller, known = call.caller, call.path["id"]
    everything = caller.token.may(READ) and caller.scope.everything
    found = call.intake.fate(known, None if everything else caller.token.id)
    if found is None:
        raise Refused("not-found", "This token has no receipt of that id.")
    receipt, became = found
    return Reply(body=_json(_receipt(receipt) | _became(became)), mime=MIME, asked=f"id={known}")


def _became(fate: Fate) -> dict[str, object]:
    return {
        "state": fate.state,
        "accepted": fate.accepted,
        "rejected": fate.rejected,
        "duplicate": fate.duplicate,
        "reasons": [
            {"code": code, "rows": rows, "meaning": reason_of(code).words}
            for code, rows in sorted(fate.reasons.items())
        ],
        "rejected_rows": [
            {"row": r.row, "code": r.code, "key": r.column, "value": r.value} for r in fate.rows
        ],
        "file_id": fate.file_id,
        "reason": fate.reason or None,
        "remedy": fate.remedy or None,
    }


_RECEIPT = {"id": TEXT, "url": TEXT, "events": WHOLE, "sha256": TEXT, "received_at": MOMENT}
PUSHED = Operation(
    name="push",
    path="/events",
    summary="Push events",
    about=f"One event, an array of them, or one a line, in the columns of docs/events.md: `event_id`,"
    " `started_at` and at least one measure; or LiteLLM's logging payloads, which are recognised."
    f" {_LIMITS}; gzip is taken. The answer is 202 as soon as the body is safe on disk: a receipt,"
    " whose `url` says what became of it. The same body again gets the same receipt, and an event id"
    " counts once however often it comes, so any request may simply be sent again. What a token"
    " fixes (`--where`) is said in place of the events. Needs a token that may `push`.",
    example="/events",
    schema=record(_RECEIPT),
    run=_push,
    abilities=(PUSH,),
    takes=Takes(
        mimes=(
            "application/json", "application/x-ndjson", "application/jsonl", "text/plain",
            "application/x-www-form-urlencoded",  # what curl says unless told otherwise
        ),
        schema={
            "type": ["object", "array"],
            "minItems": 1,
            "items": {"type": ["object", "null"]},  # LiteLLM sends null for calls it does not know
            "contains": {"type": "object"},
        },
        example=[_EVENT],
    ),
    status=202,
)  # fmt: skip
TRACES = Operation(
    name="traces",
    path="/otlp/v1/traces",
    summary="Push OpenTelemetry spans",
    about="OTLP/HTTP, in protobuf or JSON: what an OpenTelemetry SDK or collector exports. Spans of"
    " model calls become events; others are left out and counted in `partialSuccess`. The answer is"
    f" ExportTraceServiceResponse in the words of the request. {_LIMITS}; gzip is taken. Needs a token"
    " that may `push`.",
    example="/otlp/v1/traces",
    schema={
        "type": "object",
        "properties": {
            "partialSuccess": record({"rejectedSpans": TEXT, "errorMessage": TEXT}),
        },
        "additionalProperties": False,
    },
    run=_traces,
    abilities=(PUSH,),
    takes=Takes(
        mimes=("application/json", "application/x-protobuf"),
        schema={"type": "object"},
        example=_SPAN,
    ),
)
RECEIPT = Operation(
    name="receipt",
    path="/events/receipts/{id}",
    summary="What became of pushed events",
    about="`state` is `received`, `landed`, `refused` (with `reason` and `remedy`), `forgotten` (taken"
    " out again) or `lost` (nobody knows: send it again). Of landed events, `duplicate` are repeats"
    " of ones that stand, or were replaced by a later copy since. `reasons` are of rejected rows; what"
    " else was remarked is counted for the whole file (`file_id`, /files). For the token that pushed them and"
    " for those who see every row.",
    example=_ADDRESS.removeprefix("/api/v1")
    + receipt_id(PUSHED.body, "canonical", Pusher("", EXAMPLE_SOURCE, {})),
    schema=record(
        {
            **_RECEIPT,
            "state": {"enum": ["received", "landed", "refused", "forgotten", "lost"]},
            **dict.fromkeys(("accepted", "rejected", "duplicate"), WHOLE),
            "reasons": many(record({"code": TEXT, "rows": WHOLE, "meaning": TEXT})),
            "rejected_rows": many(
                record({"row": WHOLE, "code": TEXT, "key": TEXT_OR_NULL, "value": TEXT_OR_NULL})
            ),
            "file_id": TEXT_OR_NULL,
            "reason": TEXT_OR_NULL,
            "remedy": TEXT_OR_NULL,
        }
    ),
    parameters=(Parameter(name="id", description="Of the receipt.", schema=TEXT, place="path"),),
    run=_fate,
    abilities=(PUSH, READ),
)
