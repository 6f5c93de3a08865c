"""The description of the API says what it does: every example runs and keeps to its schema."""

import base64
import hashlib
import itertools
import json
import re
import shlex
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from analytics_core.access.tokens import PUSH, READ
from analytics_core.api.handbook import STYLE
from analytics_core.api.openapi import address, description, examples
from analytics_core.api.operations import EVERY, OPERATIONS
from analytics_core.api.problem import KINDS
from analytics_core.ingest.demo import cast
from analytics_core.semantics.period import Calendar, Period

JSON_ONES = [op for op in OPERATIONS if "json" in op.formats]


def pointed(document: dict[str, Any], node: Any) -> Any:
    """The node, or what its $ref leads to."""
    while isinstance(node, dict) and "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def nodes(node: Any) -> list[Any]:
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [node, *(found for each in inner for found in nodes(each))]


@pytest.fixture
def last_month(world):
    """Usage of now and of the month before, of the organization that the examples name."""
    now = datetime.now(UTC)
    before = Period.parse("last-month", now, Calendar()).start.replace(tzinfo=None)
    events = [
        {
            "event_id": f"e{n}", "started_at": at, "cost_nano": 5 if n else None,
            "organization": "Acme", "customer": "Alder Foods", "project": "Maps", "agent": "coder",
            "user_id": "ana", "model": "m", "session_id": "s", "feature": "chat",
            "input_tokens": 3, "cost_input_nano": 5 if n else None, "tags": [("a", "b")],
            "metadata": '{"x": 1}', "latency_ms": 12, "stream": True,
        }
        for n, at in enumerate((before, before, datetime(2026, 11, 2), datetime(2026, 11, 3)))
    ]  # fmt: skip
    return world(events)


def test_the_description_describes_every_operation_and_all_it_refers_to_is_there():
    document = description(OPERATIONS)
    assert json.loads(json.dumps(document)) == document
    assert set(document["paths"]) == {address(op) for op in OPERATIONS}
    operations = [op for path in document["paths"].values() for op in path.values()]
    ids = [op["operationId"] for op in operations]
    assert len(set(ids)) == len(ids) == len(OPERATIONS)
    for node in nodes(document):
        if isinstance(node, dict) and "$ref" in node:
            assert pointed(document, node)
    every = [(path, op) for path, item in document["paths"].items() for op in item.values()]
    for path, item in every:
        parameters = [pointed(document, p) for p in item["parameters"]]
        in_path = {p["name"] for p in parameters if p["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", path))
        assert len({p["name"] for p in parameters}) == len(parameters)
        for parameter in parameters:
            Draft202012Validator.check_schema(parameter["schema"])
            if "example" in parameter:
                Draft202012Validator(parameter["schema"]).validate(parameter["example"])


def test_a_status_that_can_come_back_is_described():
    paths = description(OPERATIONS)["paths"]
    for op in OPERATIONS:
        described = paths[address(op)][op.method.lower()]
        kinds = [kind for kind in KINDS.values() if op.takes or not kind.of_body]
        expected = {str(kind.status) for kind in kinds} | {str(op.status)}
        assert set(described["responses"]) == expected - ({"401", "403"} if op.open else set())
        assert ("413" in expected) == ("requestBody" in described)


def test_every_example_answers_as_its_schema_says(last_month):
    token = last_month.pusher("ada", READ, PUSH)
    seen: dict[str, bool] = {}
    for op in JSON_ONES:
        Draft202012Validator.check_schema(op.schema)
        if op.takes:
            Draft202012Validator(op.takes.schema).validate(op.takes.example)
        answer = last_month.call(op, token)
        assert answer.status_code == op.status, (op.name, answer.text)
        checker = Draft202012Validator(op.schema, format_checker=FormatChecker())
        assert [e.message for e in checker.iter_errors(answer.json())] == [], op.name
        seen[op.name] = bool(answer.json().get("rows", True))
    assert seen["events"], "an example without rows shows nothing"
    assert seen["items"]
    assert seen["query"]
    assert seen["usage"]


def test_every_value_that_the_description_lists_is_taken(last_month):
    token = last_month.token()
    taken = 0
    for op in (op for op in OPERATIONS if op.method == "GET" and READ in op.abilities):
        path = op.example.partition("?")[0]
        for parameter in op.accepted:
            for value in parameter.schema.get("enum", ()):
                answer = last_month.get(f"{path}?{parameter.name}={value}", token)
                kind = answer.json()["type"].partition("#")[2] if answer.status_code == 400 else ""
                assert kind in ("", "not-asked"), (op.name, parameter.name, value)
                taken += answer.status_code == 200
    assert taken > 50


def test_problems_are_as_they_are_described(last_month):
    document = description(OPERATIONS)
    schema = document["components"]["schemas"]["Problem"]
    for path, token in (("/query?measures=cots", None), ("/query", "x"), ("/nowhere", None)):
        Draft202012Validator(schema).validate(last_month.get(path, token).json())


def test_anybody_may_read_the_description_and_the_documentation(world):
    here = world()
    assert here.get("/openapi.json", "").json() == description(OPERATIONS)
    page = here.get("/docs", "")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "set-cookie" not in page.headers


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_documentation_page_needs_nothing_but_itself(world):
    answer = world().get("/docs", "")
    page = Page()
    page.feed(answer.text)
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "link", "img", "iframe", "form", "object", "base"}
    assert not [a for _, a in page.tags if "src" in a or "style" in a or "onclick" in a]
    ids = {a["id"] for _, a in page.tags if "id" in a}
    assert ids >= {op.name for op in OPERATIONS} | set(KINDS)
    links = [str(a["href"]) for tag, a in page.tags if tag == "a"]
    assert all(link.removeprefix("#") in ids or link == "/api/v1/openapi.json" for link in links)

    policy = answer.headers["content-security-policy"]
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert answer.headers["x-frame-options"] == "DENY"
    assert f"<style>{STYLE}</style>" in answer.text


def test_every_curl_line_of_the_docs_answers(last_month, root):
    text = (root / "docs" / "api.md").read_text("utf-8")
    lines = re.findall(r"^curl .*$", text, re.MULTILINE)
    assert len(lines) == len(OPERATIONS)
    token = last_month.pusher("ada", READ, PUSH)
    for line in lines:
        _, *words = shlex.split(line)
        headers = dict(w.split(": ") for a, w in itertools.pairwise(words) if a == "-H")
        body = next((w for a, w in itertools.pairwise(words) if a == "-d"), None)
        headers = {k: v.replace("$TOKENTALLY_TOKEN", token) for k, v in headers.items()}
        answer = last_month.client.request(
            "GET" if body is None else "POST",
            words[-1].removeprefix("$TOKENTALLY"),
            headers=headers,
            content=body,
        )
        assert answer.status_code in (200, 202), line


def test_no_operation_is_forgotten():
    assert {op.name for op in EVERY} == {op.name for op in OPERATIONS} | {"openapi", "docs"}
    assert len({(op.method, op.path) for op in EVERY}) == len(EVERY)


def test_the_examples_ask_for_what_the_demo_has():
    given = [examples(op) for op in OPERATIONS]
    customers = {name for values in given for name in values.get("customerId", ())}
    organizations = {name for values in given for name in values.get("org", ())}
    assert customers == {cast.CUSTOMERS[0]}, "the one with the most usage"
    assert organizations == {cast.ORGANIZATIONS[0]}
