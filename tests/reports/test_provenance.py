"""How cost is known, and what has no price at all."""

from datetime import datetime

from analytics_core.reports.provenance import Unpriced, provenance

USD = 1_000_000_000


def _event(model: str, cost: int | None, source: str, tokens: int | None = 1000) -> dict:
    nano = None if cost is None else cost * USD
    return {
        "started_at": datetime(2026, 11, 3, 9), "model": model, "cost_nano": nano,
        "cost_source": source, "input_tokens": tokens,
    }  # fmt: skip


EVENTS = [
    _event("m-large", 7, "reported"), _event("m-large", 2, "computed"), _event("m-free", 0, "free"),
    _event("m-new", None, "unpriced", 500), _event("m-new", None, "unpriced", 600),
    _event("m-image", None, "unpriced", None),
]  # fmt: skip


def test_cost_stands_by_its_source_and_what_has_none_is_unknown_not_zero(viewed):
    parts = provenance(viewed(EVENTS)).parts
    assert [(part.label, part.value) for part in parts.parts] == [
        ("Reported", 7 * USD), ("Computed", 2 * USD), ("Free", 0), ("Unpriced", None),
    ]  # fmt: skip
    assert parts.total == 9 * USD


def test_models_without_a_price_are_listed_by_tokens_also_those_that_count_none(viewed):
    assert provenance(viewed(EVENTS)).unpriced == (
        Unpriced("m-new", 1100, 2), Unpriced("m-image", None, 1),
    )  # fmt: skip
    assert provenance(viewed(EVENTS[:3])).unpriced == ()
