"""The API's description (OpenAPI 3.1), made of its declarations."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from analytics_core.api.call import Reply
from analytics_core.api.operation import Operation
from analytics_core.api.parameter import TEXT, Parameter
from analytics_core.api.problem import KINDS
from analytics_core.api.problem import MIME as PROBLEM_MIME
from analytics_core.api.schemas import TEXT_OR_NULL, WHOLE
from analytics_core.api.selection import PERIOD, PICKS, TAGS
from analytics_core.api.version import VERSION
from analytics_core.export.document import MIME
from analytics_core.export.formats import FORMATS

Json = dict[str, Any]
BASE = "/api/v1"
ABOUT = (
    "The same questions, answers and rights as the pages of the app. Parameters are those of the"
    " app's addresses: an address of a page becomes a call by changing its path to `/api/v1/query`."
)
_SHARED: Mapping[str, Parameter] = {p.name.replace(":", "."): p for p in (PERIOD, *PICKS, TAGS)}
_PROBLEM: Json = {
    "type": "object",
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": WHOLE,
        "detail": TEXT,
        "instance": {**TEXT, "description": "Of a fault of ours: its id in the log."},
        "parameter": {**TEXT, "description": "Which parameter is meant."},
        "nearest": {**TEXT_OR_NULL, "description": "The valid name nearest to the one given."},
    },
    "required": ["type", "title", "status", "detail"],
}
HEADERS = {
    "Tokentally-Rows": "Rows of this answer.",
    "Tokentally-Rows-Total": "Rows there are.",
    "Tokentally-Period": "The period's half-open bounds, start/end.",
    "Tokentally-Zone": "The reporting time zone.",
    "Tokentally-Filters": "The picks in force, as URL parameters.",
    "Tokentally-Data-Version": "Changes exactly when the events do.",
    "Tokentally-Data-Until": "The newest event of all.",
}


def description(operations: Sequence[Operation]) -> Json:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tokentally", "version": VERSION, "description": ABOUT},
        "servers": [{"url": BASE}],
        "security": [{"token": []}],
        "paths": _paths(operations),
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token with the ability `read`, to push one with `push`; see"
                    " docs/cli.md, token.",
                }
            },
            "parameters": {key: _parameter(p, {}) for key, p in _SHARED.items()},
            "schemas": {"Problem": _PROBLEM},
            "headers": {
                name: {"description": text, "schema": TEXT} for name, text in HEADERS.items()
            },
            "responses": {"Problem": _problem_response()},
        },
    }


def _paths(operations: Sequence[Operation]) -> Json:
    paths: Json = {}
    for op in operations:
        paths.setdefault(address(op), {})[op.method.lower()] = _operation(op)
    return paths


def address(operation: Operation) -> str:
    """The path as people write it: parameters in braces, without Starlette's converters."""
    return re.sub(r"{(\w+):\w+}", r"{\1}", operation.path)


def examples(operation: Operation) -> dict[str, list[str]]:
    """The values of the operation's example, by parameter; those of its path too."""
    parts = urlsplit(operation.example)
    pattern = re.sub(r"{(\w+)}", r"(?P<\1>.+)", address(operation))
    found = re.fullmatch(pattern, parts.path)
    path = {name: [value] for name, value in (found.groupdict() if found else {}).items()}
    return parse_qs(parts.query) | path


def _operation(op: Operation) -> Json:
    given = examples(op)
    public: Json = {"security": []} if op.open else {}
    return {
        "operationId": op.name,
        "summary": op.summary,
        "description": f"{op.about}\n\nExample: `{op.method} {BASE}{op.example}`",
        "parameters": [_listed(p, given) for p in op.accepted],
        **_body(op),
        "responses": {str(op.status): _answer(op), **_problems(op)},
        **public,
    }


def _body(op: Operation) -> Json:
    """The body it takes; other media types than the first are text or bytes to JSON Schema."""
    if op.takes is None:
        return {}
    first, *others = op.takes.mimes
    content: Json = {first: {"schema": op.takes.schema, "example": op.takes.example}}
    content |= {mime: {"schema": {"contentMediaType": mime}} for mime in others}
    return {"requestBody": {"required": True, "content": content}}


def curl(op: Operation) -> str:
    """Its example as a command of a shell."""
    token = "" if op.open else ' -H "Authorization: Bearer $TOKENTALLY_TOKEN"'
    body = ""
    if op.takes:
        text = op.body.decode().replace("'", "'\\''")
        body = f" -H 'Content-Type: {op.takes.mimes[0]}' -d '{text}'"
    return f'curl{token}{body} "$TOKENTALLY{BASE}{op.example}"'


def _listed(parameter: Parameter, given: Mapping[str, Sequence[str]]) -> Json:
    key = parameter.name.replace(":", ".")
    if _SHARED.get(key) is parameter and parameter.name not in given:
        return {"$ref": f"#/components/parameters/{key}"}
    return _parameter(parameter, given)


def _parameter(parameter: Parameter, given: Mapping[str, Sequence[str]]) -> Json:
    schema = parameter.schema
    values = given.get(parameter.name)
    example: Json = {}
    if values:
        whole = schema.get("type") == "integer"
        typed = [int(value) if whole else value for value in values]
        example = {"example": typed if parameter.many else typed[0]}
    return {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.description,
        "required": parameter.place == "path",
        "schema": {"type": "array", "items": schema} if parameter.many else schema,
        **example,
    }


def _answer(op: Operation) -> Json:
    binary = {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
    content = {
        FORMATS[name].mime: {"schema": op.schema} if name == "json" else binary
        for name in op.formats
    }
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}
    said: Json = {"headers": headers} if len(op.formats) > 1 else {}
    return {"description": op.summary, "content": content, **said}


def _problems(op: Operation) -> Json:
    statuses = sorted({kind.status for kind in KINDS.values() if op.takes or not kind.of_body})
    open_to_all = (401, 403)
    return {
        str(status): {"$ref": "#/components/responses/Problem"}
        for status in statuses
        if not (op.open and status in open_to_all)
    }


def _problem_response() -> Json:
    return {
        "description": "; ".join(f"{kind.status} {kind.title}" for kind in KINDS.values()),
        "content": {PROBLEM_MIME: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def described(operations: Sequence[Operation]) -> Operation:
    """The operation that answers with the description of the others."""
    body = json.dumps(description(operations), ensure_ascii=False, indent=1).encode() + b"\n"
    return Operation(
        name="openapi",
        path="/openapi.json",
        summary="This description",
        about="OpenAPI 3.1.",
        example="/openapi.json",
        run=lambda _: Reply(body=body, mime=MIME),
        open=True,
    )
