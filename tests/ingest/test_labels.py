"""Tags and metadata within their bounds."""

import json
from typing import Any

import duckdb
import pytest

from analytics_core.ingest import labels


@pytest.fixture(scope="module")
def con() -> Any:
    with duckdb.connect() as con:
        yield con


def read(con: Any, value: str, kind: str) -> Any:
    sql = labels.tags("x", kind)
    return con.execute(f"SELECT {sql} FROM (SELECT CAST({value} AS {kind}) AS x)").fetchall()[0][0]


MAP = "MAP(VARCHAR, VARCHAR)"


@pytest.mark.parametrize(
    ("value", "kind", "tags"),
    [
        ("['a', 'k:v', 'x=y=z', ':odd']", "VARCHAR[]",
         {"a": "true", "k": "v", "x": "y=z", ":odd": "true"}),
        ("""'["a", "k:v"]'""", "VARCHAR", {"a": "true", "k": "v"}),
        ("""'{"a": 1, "b": null, "c": ""}'""", "VARCHAR", {"a": "1"}),
        ("'{prod,team:core}'", "VARCHAR", {"prod": "true", "team": "core"}),
        ("'one; two'", "VARCHAR", {"one": "true", "two": "true"}),
        ("MAP {'a': 'b', 'c': NULL, '': 'd'}", MAP, {"a": "b"}),
        ("MAP {'a': 1}", "MAP(VARCHAR, INTEGER)", {"a": "1"}),
        ("{'a': 1, 'b': 'x'}", "STRUCT(a INTEGER, b VARCHAR)", {"a": "1", "b": "x"}),
        ("['a:1', 'a:2']", "VARCHAR[]", {"a": "2"}),
        ("MAP {'Messages': 'x', 'gen_ai.prompt.0': 'y', 'kept': 'z'}", MAP, {"kept": "z"}),
        ("MAP {'a' || chr(0): 'b' || chr(8238)}", MAP, {"a\ufffd": "b\ufffd"}),
        ("'{}'", "VARCHAR", None), ("'[]'", "VARCHAR", None), ("''", "VARCHAR", None),
        ("NULL", "VARCHAR", None), ("MAP {}", MAP, None), ("[]", "VARCHAR[]", None),
        ("'{broken'", "VARCHAR", {"broken": "true"}),
    ],
)  # fmt: skip
def test_tags_are_a_map_of_texts(con: Any, value: str, kind: str, tags: Any) -> None:
    assert read(con, value, kind) == tags


def test_tags_have_at_most_32_keys_of_64_characters_and_values_of_256(con: Any) -> None:
    many = read(con, "list_transform(range(40), lambda n: 'k' || n || ':' || repeat('v', 300))",
                "VARCHAR[]")  # fmt: skip
    assert len(many) == 32
    assert {len(value) for value in many.values()} == {256}
    assert list(read(con, "MAP {repeat('k', 100): 'v'}", MAP)) == ["k" * 64]


def metadata(con: Any, text: str) -> Any:
    steps = f"SELECT {labels.metadata('x')} AS y FROM (SELECT $text AS x)"
    found = con.execute(f"SELECT {labels.bounded_metadata('y')} FROM ({steps})", {"text": text})
    (made,) = found.fetchall()[0]
    return json.loads(made) if made else made


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"a": 1, "b": {"c": [1]}}, {"a": 1, "b": {"c": [1]}}),
        ({"a": 1, "messages": [{"content": "x"}]}, {"a": 1}),
        ({"a": 1, "deep": {"er": [{"Prompt": "x"}]}}, {"a": 1}),
        ({"a": 1, "gen_ai.completion.0.content": "x"}, {"a": 1}),
        ({"usage": {"input": 1, "output": 2}}, {"usage": {"input": 1, "output": 2}}),
        ({"messages": "x"}, None),
        ({"note": "Bearer sk-abcdefghijklmnopqrst!"}, {"note": "Bearer key-removed!"}),
        ({"small": 1, "large": "x" * 9000}, {"small": 1}),
        ({str(n): "x" * 500 for n in range(20)}, {"truncated": True}),
    ],
)
def test_metadata_is_small_and_holds_neither_prompts_nor_secrets(
    con: Any, given: Any, kept: Any
) -> None:
    assert metadata(con, json.dumps(given)) == kept
