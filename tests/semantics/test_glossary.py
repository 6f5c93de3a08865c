"""Every word on the screen is in the glossary, and words from elsewhere lead to ours."""

import pytest

from analytics_core.semantics.dimension import DIMENSIONS
from analytics_core.semantics.glossary import found, terms
from analytics_core.semantics.measure import MEASURES


def test_every_measure_and_dimension_has_its_entry():
    entries = {term.name: term for term in terms()}
    assert {*MEASURES, *DIMENSIONS} <= set(entries)
    cost = entries["cost"]
    assert (cost.label, cost.unit, cost.formula) == ("Cost", "US dollars", "sum of cost")
    assert all(term.description for term in terms())


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("assistant", "agent"), ("Prompt Tokens", "input_tokens"), ("spend", "cost"),
        ("client", "customer"), (" app ", "project"), ("workflow", "tag:KEY"),
        ("cost", "cost"), ("p95", "latency_p95"), ("so far", "partial"),
    ],
)  # fmt: skip
def test_what_is_searched_is_found_under_our_word(asked: str, first: str):
    assert found(asked)[0].name == first


def test_nothing_is_found_for_what_is_no_word_here():
    assert found("zebra") == []
