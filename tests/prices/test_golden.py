"""Bills reckoned by hand from published prices come out to the nano (tests/golden)."""

import tomllib
from pathlib import Path

import pytest

BILLS = Path(__file__).parent.parent / "golden"
SAID = ("cost_nano", "cost_source", "cache_savings_nano")

pytestmark = pytest.mark.money


@pytest.mark.parametrize("bill", ["openai", "anthropic", "google"])
def test_a_bill_reckoned_by_hand_comes_out_to_the_nano(priced, bill):
    document = tomllib.loads((BILLS / f"{bill}.toml").read_text("utf-8"))
    expected, rows = [], []
    for event in document["event"]:
        leaves = [n for n in event if n.startswith("cost_") and n != "cost_reported_nano"]
        expected.append({"cost_nano": None} | {n: event[n] for n in (*leaves, *SAID) if n in event})
        rows.append({n: v for n, v in event.items() if n not in expected[-1]})
    got = priced(rows)
    assert [
        {name: event[name] for name in said} for event, said in zip(got, expected, strict=True)
    ] == expected
    assert sum(event["cost_nano"] or 0 for event in got) == document["total_nano"]
