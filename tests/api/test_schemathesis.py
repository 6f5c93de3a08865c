"""Schemathesis calls all that the description has, as it says and not: each answer is described.

It reads the description that is served, so an operation is covered as soon as it is declared.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import product
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi import checks

from analytics_core.access.tokens import PUSH, READ
from analytics_core.api.push import PUSHED
from analytics_core.semantics.dimension import DIMENSIONS
from analytics_core.semantics.measure import MEASURES

pytestmark = [pytest.mark.access, pytest.mark.slow]

load_all_checks()
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
EVENTS = [
    {
        "started_at": datetime(2026, 11, 1 + n), "cost_nano": None if n == 3 else 5 * n,
        "organization": "acme", "project": project, "user_id": "ada", "model": "m",
        "customer": "Globex", "agent": "coder", "session_id": f"s{n % 3}", "latency_ms": n,
        "input_tokens": n, "tags": [("a", "b")], "metadata": '{"x": [1]}',
    }
    for n, project in enumerate(("Search", "Maps", None) * 3)
]  # fmt: skip

# Beside any text: words that mean something, without which nearly every answer would be a 400.
DAYS = ["2026-11-01", "2026-11-07", "2026-11-03T12:00:00Z", "2026-02-30"]
WORDS: dict[str, list[str]] = {
    "period": ["2026-11", "days:30", "hours:6", "2026-11-01..2026-11-03", "9999-12", "month"],
    "startDate": DAYS,
    "endDate": DAYS,
    "measures": [*MEASURES, "cost,requests", "sessions,users"],
    "measure": list(MEASURES),
    "rank": list(MEASURES),
    "by": [*DIMENSIONS, "tag:a", "project,user"],
    "then": [*DIMENSIONS, "tag:a"],
    "dimension": [*DIMENSIONS, "tag:a"],
    "org": ["acme"],
    "project": ["Search", "Maps", ""],
    "user": ["@me", "ada", "zoe"],
    "model": ["m", "n"],
    "session": ["s0"],
    "customerId": ["Globex"],
}


def described(node: Any, key: str) -> Iterator[dict[str, Any]]:
    """Every object of a document that has that key beside a schema."""
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict) and key in node and "schema" in node:
        yield node
    for each in inner:
        yield from described(each, key)


def with_words(document: dict[str, Any]) -> dict[str, Any]:
    """The description, with words and bodies where it says no more than that there is some.

    And without tokens: which one is sent is up to the test.
    """
    del document["security"], document["components"]["securitySchemes"]
    for parameter in described(document, "in"):
        schema = parameter["schema"]
        holder, key = (schema, "items") if schema["type"] == "array" else (parameter, "schema")
        if parameter["in"] == "path":
            holder[key] = {"enum": [*WORDS.get(parameter["name"], ()), parameter["example"]]}
        elif words := WORDS.get(parameter["name"]):
            holder[key] = {"anyOf": [{"enum": words}, holder[key]]}
    for body in described([path.get("post") for path in document["paths"].values()], "example"):
        if "in" not in body:
            body["schema"] = {
                "enum": [body["example"]]
            }  # anything else is sent by the negative mode
    return document


Seen = Counter[tuple[str, str, int]]  # operation, mode, status: how often


def called(here: Any, token: str | None, examples: int) -> Seen:
    """What came of calling each operation so often as described, and so often not."""
    schema = schemathesis.openapi.from_dict(with_words(here.get("/openapi.json", "").json()))
    schema.app = here.client.app
    seen: Seen = Counter()
    for found, mode in product(schema.get_all_operations(), GenerationMode):
        _call(found.ok(), mode, token, examples, seen)
    return seen


def _call(operation: Any, mode: GenerationMode, token: str | None, examples: int, to: Seen) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples, derandomize=True, database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def call(case: Any) -> None:
        answer = case.call(headers={} if token is None else {"Authorization": f"Bearer {token}"})
        to[operation.label, mode.value, answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    call()


@pytest.mark.parametrize("examples", [20, pytest.param(200, marks=pytest.mark.nightly)])
def test_whoever_may_ask_gets_only_answers_that_are_described(world, examples):
    here = world(EVENTS)
    token = here.pusher("ada", READ, PUSH)
    assert here.call(PUSHED, token).status_code == 202, "so that there is a receipt to ask for"
    seen = called(here, token, examples)
    names = {name for name, _, _ in seen}
    answered = {name for name, kind, status in seen if kind == "positive" and status < 300}
    assert len(names) >= 15
    assert answered == names
    assert {status for _, _, status in seen} <= {200, 202, 400, 404}


@pytest.mark.parametrize("token", [None, "wrong"])
def test_whoever_may_not_ask_gets_nothing_but_that(world, token):
    here = world(EVENTS)
    seen = called(here, token, 4)
    closed = {status for name, _, status in seen if name != "GET /health"}
    assert closed <= {401, 404}, "404: a path that was mangled into none of ours"
    assert seen["GET /health", "positive", 200] > 0
    for name in {name for name, _, _ in seen} - {"GET /health"}:
        assert seen[name, "positive", 401] > 0
