"""Every choice of the mapping screen becomes a line of the file, which the language takes."""

from dataclasses import replace

import pytest
import yaml

from analytics_core.ingest.sources.draft import FIELDS, Draft, of_proposal
from analytics_core.ingest.sources.language import COLUMNS, PARTS
from analytics_core.ingest.sources.mapping import sources_of

WHOLE = Draft(
    name="mine", label="My log", kind="csv", required=("zeit", "in"), grain="bucket",
    convention="exclusive", time="zeit", unit="%d.%m.%Y", zone="Europe/Berlin", ids=("id",),
    columns=(
        ("input_tokens", "in"), ("cache_read_tokens", "cached"), ("team", {"constant": "core"}),
        ("cost_reported", {"column": "cost", "match": "^€ *(.+)$"}),
    ),
    cost_unit="cents", currency="EUR", zero_free=True, delimiter=";", decimal=",", thousands=".",
)  # fmt: skip


def test_a_draft_is_a_mapping_that_the_language_takes():
    (source,) = sources_of(WHOLE.text, "draft")
    assert (source.name, source.grain, source.convention) == ("mine", "bucket", "exclusive")
    assert (source.cost_unit, source.currency, source.zero_cost) == ("cents", "EUR", "free")
    assert source.required == ("zeit", "in")
    assert yaml.safe_load(WHOLE.text)["columns"] == {
        "input_tokens": "in", "cache_read_tokens": "cached", "team": {"constant": "core"},
        "cost_reported": {
            "column": "cost", "match": "^€ *(.+)$", "unit": "cents", "currency": "EUR",
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ""),
        ({"time": None}, "Choose the column with the time."),
        ({"convention": None}, "Say whether the input tokens include the cached ones."),
        ({"required": ()}, "Name at least one column by which your files are recognised."),
    ],
)
def test_a_draft_says_what_it_lacks(change, said: str):
    assert replace(WHOLE, **change).lacks == said


def test_every_field_is_one_of_the_language():
    assert set(FIELDS) <= set(COLUMNS)
    assert set(FIELDS) >= set(PARTS)


def test_a_proposal_is_where_a_draft_starts():
    proposal = {
        "name": "my-source", "match": {"kinds": ["csv"], "all": ["when"]},
        "time": {"column": "when", "unit": "ms", "zone": None},
        "columns": {"model_raw": "llm", "input_tokens": "in", "stream": "s"}, "id": {"columns": ["id"]},
        "csv": {"delimiter": ";", "decimal": ",", "thousands": "."},
    }  # fmt: skip
    draft = of_proposal(proposal, "csv", ",")
    assert draft.columns == (("model", "llm"), ("input_tokens", "in"))
    assert (draft.time, draft.unit, draft.ids, draft.delimiter) == ("when", "ms", ("id",), ";")


def test_without_a_proposal_only_the_shape_of_the_file_is_known():
    assert of_proposal(None, "jsonl", None) == Draft(kind="jsonl")


def test_names_that_yaml_would_read_otherwise_stay_what_they_are():
    draft = replace(WHOLE, columns=(("model", "no"), ("team", {"constant": "2026-11-01"})))
    assert yaml.safe_load(draft.text)["columns"] == {
        "model": "no",
        "team": {"constant": "2026-11-01"},
    }
    sources_of(draft.text, "draft")
