"""Models without a price, with the lines that would give them one."""

from datetime import UTC, datetime

from analytics_core.prices.listing import Unpriced
from analytics_core.reports.unpriced import unpriced
from analytics_core.semantics.period import Calendar


def test_each_model_without_a_price_comes_with_its_tokens_and_ready_lines(viewed):
    start = datetime(2026, 11, 3, 9)
    priced = {"started_at": start, "provider": "openai", "model": "gpt-5", "cost_nano": 1}
    lacking = {"started_at": start, "provider": "self", "model": "house", "cost_nano": None,
               "input_tokens": 70, "output_tokens": 5}  # fmt: skip
    store = viewed([priced, lacking, lacking | {"output_tokens": None}]).store
    assert unpriced(store, Calendar(), datetime(2026, 11, 20, tzinfo=UTC)) == (
        Unpriced("self", "house", 145, ("self,house,input,?,,,,,,,", "self,house,output,?,,,,,,,")),
    )
