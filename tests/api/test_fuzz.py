"""Whatever stands in an address, the answer is one of those that are described."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from analytics_core.access.tokens import PUSH, READ
from analytics_core.api.openapi import address, description
from analytics_core.api.operation import Operation
from analytics_core.api.operations import OPERATIONS
from analytics_core.semantics.dimension import DIMENSIONS
from analytics_core.semantics.measure import MEASURES

PROBLEM = Draft202012Validator(description(OPERATIONS)["components"]["schemas"]["Problem"])
EVENTS = [{"started_at": datetime(2026, 11, 1), "cost_nano": 5, "project": "Search"}]
TEXTS = st.text(max_size=12) | st.sampled_from((
    "", "0", "-1", "1e9", "NaN", "month", "days:7", "hours:0", "2026-11", "0001-01", "9999-12",
    "2026-11-01..2026-11-02", "..", "9999-12-31..9999-12-31", "0001-01-01..0001-01-02", "@me",
    "2026-11-01T00:00:00+14:00..2026-11-01T00:00:00-12:00", "day", "hour", "year", "auto", "csv",
    "json", "previous", "project", "project,user", "tag:a", "tag:", "cost", "cost,requests",
    "pricing_rule", "quantity", "sessions_started", "latency_p95", "adoption", "total_projects",
    "events", "items", "'; DROP TABLE x; --", "\x00", "\n", "%", "W10", "A" * 3000,
    *MEASURES, *DIMENSIONS,
))  # fmt: skip


KEYS = st.sampled_from((
    "event_id", "started_at", "input_tokens", "cost_usd", "tags", "metadata", "items", "_pushed",
    "resourceSpans", "scopeSpans", "spans", "attributes", "key", "value", "stringValue",
))  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS | KEYS, inner, max_size=4),
    max_leaves=12,
)


@st.composite
def bodies(draw: st.DrawFn, op: Operation) -> bytes:
    """Any bytes, any JSON, or the operation's example with something else in its place."""
    if op.takes is None:
        return b""
    if draw(st.booleans()):
        return draw(st.binary(max_size=40) | JSON.map(lambda said: json.dumps(said).encode()))
    example = json.loads(op.body)
    node = example
    while True:
        key = draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
        if not isinstance(node[key], dict | list) or not node[key] or draw(st.booleans()):
            node[key] = draw(JSON)
            return json.dumps(example).encode()
        node = node[key]


@st.composite
def addresses(draw: st.DrawFn) -> tuple[str, str, bytes]:
    """The name of an operation, an address of it and a body; dots alone would name another path."""
    op = draw(st.sampled_from([op for op in OPERATIONS if not op.open]))
    path = address(op)
    for parameter in op.parameters:
        if parameter.place == "path":
            value = draw(TEXTS.filter(lambda text: text.strip(".")))
            path = path.replace(f"{{{parameter.name}}}", quote(value, safe=""))
    names = [parameter.name for parameter in op.accepted if parameter.place == "query"]
    pairs = draw(st.lists(st.tuples(st.sampled_from([*names, "tag:x"]), TEXTS), max_size=4))
    return op.name, f"{path}?{urlencode(pairs)}", draw(bodies(op))


def answered_as_described(
    here: Any, token: str, op: Operation, asked: str, body: bytes = b""
) -> None:
    answer = here.get(asked, token, op.method, body, Content_Type="application/json")
    kind = answer.headers["content-type"].partition(";")[0]
    assert answer.status_code in (op.status, 400, 404), (asked, answer.text)
    if answer.status_code != op.status:
        assert kind == "application/problem+json", asked
        PROBLEM.validate(answer.json())
    elif kind == "application/json":
        document = json.loads(answer.text, parse_constant=lambda name: pytest.fail(name))
        Draft202012Validator(op.schema).validate(document)


SOME = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
NAMED = {op.name: op for op in OPERATIONS}


@pytest.mark.parametrize("examples", [40, pytest.param(1500, marks=pytest.mark.slow)])
def test_no_address_leads_to_a_fault_or_to_an_answer_that_is_not_described(world, examples):
    here = world(EVENTS)
    token = here.pusher("ada", READ, PUSH)

    @given(asked=addresses())
    @settings(SOME, max_examples=examples)
    def anything(asked: tuple[str, str, bytes]) -> None:
        name, path, body = asked
        answered_as_described(here, token, NAMED[name], path, body)

    anything()
