"""Looking into a file: columns, samples, who reads it, and a mapping to begin with."""

import json
from pathlib import Path

import pytest

from analytics_core.ingest.inspection import Inspection, inspection
from analytics_core.ingest.sources.draft import of_proposal
from analytics_core.ingest.verdict import Refused
from analytics_core.settings import Settings

GERMAN = (
    "Zeit;Modell;Prompt Tokens;Completion Tokens;Kosten;Prompt\n"
    "31.11.2026 12:00;gpt-5;1.234;100;1.234,56;secret\n"
    "02.11.2026 12:00;gpt-5;200;100;;secret\n"
)


@pytest.fixture
def look(tmp_path: Path):
    def inspect(content: str, name: str = "drop.csv") -> Inspection:
        path = tmp_path / "drop"
        path.write_text(content, "utf-8")
        return inspection(path, name, Settings(tmp_path / "settings"), (), tmp_path / "desk")

    return inspect


def test_columns_come_with_samples_and_how_often_they_are_empty(look):
    found = look(GERMAN)
    assert (found.kind, found.delimiter, found.source) == ("csv", ";", None)
    assert "No source reads these columns" in found.problem
    costs = next(c for c in found.columns if c.name == "kosten")
    assert (costs.type, costs.empty, costs.samples) == ("text", 0.5, ("1.234,56",))
    assert found.records[1] == ("02.11.2026 12:00", "gpt-5", "200", "100", "")


def test_columns_that_may_hold_a_prompt_are_never_shown(look):
    found = look(GERMAN)
    assert [c.name for c in found.columns] == [
        "zeit", "modell", "prompt_tokens", "completion_tokens", "kosten",
    ]  # fmt: skip
    assert "secret" not in repr(found)


def test_a_time_is_known_by_its_values_where_its_name_says_nothing(look):
    draft = of_proposal(look(GERMAN).proposal, "csv", ";")
    assert (draft.time, draft.unit) == ("zeit", "%d.%m.%Y %H:%M")
    assert (draft.decimal, draft.thousands) == (",", ".")
    assert dict(draft.columns)["input_tokens"] == "prompt_tokens"


def test_places_inside_others_are_guessed_too(look):
    record = {"ts": 1793534400000, "usage": {"prompt_tokens": 9, "completion_tokens": 1}}
    draft = of_proposal(
        look(json.dumps(record) + "\n" + json.dumps(record)).proposal, "jsonl", None
    )
    assert (draft.time, draft.unit) == ("ts", "ms")
    assert dict(draft.columns) == {
        "input_tokens": "usage.prompt_tokens", "output_tokens": "usage.completion_tokens",
    }  # fmt: skip


def test_nested_places_and_arrays_of_records_are_named(look):
    page = {"data": [{"at": "2026-11-01T00:00:00Z", "usage": {"in": 3, "out": True}}], "more": []}
    found = look(json.dumps(page), "page.json")
    assert found.arrays == ("data",)
    shown = {c.name: (c.type, c.samples) for c in found.columns}
    assert shown["data.usage.in"] == ("number", ("3",))
    assert shown["data.usage.out"] == ("yes or no", ("True",))


def test_samples_are_cut_and_hold_nothing_that_moves_a_cursor(look):
    found = look(json.dumps({"a": "x" * 99}) + "\n" + json.dumps({"a": "b\u202ec\x00"}))
    (column,) = found.columns
    assert column.samples == ("x" * 59 + "…", "b\ufffdc\ufffd")


def test_a_file_that_some_source_reads_says_which(look):
    assert look("timestamp,cost\n2026-11-01T00:00:00Z,1\n").source == "generic"


def test_a_file_that_is_no_table_is_refused(look):
    with pytest.raises(Refused, match="a web page"):
        look("<html></html>")
