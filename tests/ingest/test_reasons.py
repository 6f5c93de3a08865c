"""Every code a ledger line can count has words, and so has every verdict."""

import re
from pathlib import Path

from analytics_core.ingest.reasons import EFFECTS, REASONS, reason_of
from analytics_core.ingest.verdict import MAPPABLE, REFUSALS, REMEDIES, words_of

RULES = Path(__file__).resolve().parents[2] / "analytics_core" / "ingest" / "rules.py"
NAMED = re.compile(r"""_reject\("'(\w+)'|yield "(\w+)", """)  # how it names what it counts
PRICING = {  # as prices/cost.py says
    "model_unknown", "zero_cost_reported", "cost_outlier", "batch_assumed", "tier_assumed",
    "item_unpriced",
}  # fmt: skip


def test_every_code_that_is_counted_has_a_reason():
    named = {one or other for one, other in NAMED.findall(RULES.read_text("utf-8"))}
    assert {"no_time", "negative_cost", "zone_assumed"} <= named
    assert named | PRICING <= set(REASONS)


def test_a_reason_says_what_became_of_its_rows():
    assert {reason.effect for reason in REASONS.values()} == set(EFFECTS)
    assert all(reason.words.endswith(".") for reason in REASONS.values())


def test_a_code_nobody_knows_speaks_for_itself():
    assert reason_of("odd_row").words == "Odd row."


def test_every_refusal_says_what_to_do():
    assert set(REMEDIES) == set(REFUSALS)
    assert set(REFUSALS) >= MAPPABLE
    assert words_of("landed") == "Taken in."
    assert words_of("encrypted") == REFUSALS["encrypted"]
