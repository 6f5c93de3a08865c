"""Models without a price, with the lines that would give them one."""

from datetime import date, datetime

from analytics_core.prices.listing import Unpriced
from analytics_core.reports.unpriced import first_seen, unpriced
from analytics_core.semantics.filters import Pick, Scope

PRICED = {"started_at": datetime(2026, 11, 3, 9), "provider": "openai", "model": "gpt-5",
          "cost_nano": 1}  # fmt: skip
LACKING = PRICED | {"provider": "self", "model": "house", "cost_nano": None, "input_tokens": 70,
                    "output_tokens": 5, "user_id": "ann"}  # fmt: skip
HOUSE = Unpriced("self", "house", 145, ("self,house,input,?,,,,,,,", "self,house,output,?,,,,,,,"))


def test_each_model_without_a_price_comes_with_its_tokens_and_ready_lines(viewed):
    view = viewed([PRICED, LACKING, LACKING | {"output_tokens": None}])
    assert unpriced(view) == (HOUSE,)


def test_models_are_found_whatever_the_period_and_the_picks(viewed):
    events = [PRICED, LACKING, LACKING | {"output_tokens": None}]
    view = viewed(events, period="2026-01", picks=(Pick("model", ("gpt-5",)),))
    assert unpriced(view) == (HOUSE,)


def test_a_model_is_first_seen_on_the_day_of_its_first_event_without_a_price(viewed):
    priced_before = LACKING | {"started_at": datetime(2026, 10, 1), "cost_nano": 7}
    later = LACKING | {"started_at": datetime(2026, 11, 9)}
    view = viewed([PRICED, LACKING, priced_before, later])
    assert first_seen(view, unpriced(view)) == {("self", "house"): date(2026, 11, 3)}


def test_a_model_outside_the_scope_is_not_at_stake(viewed):
    view = viewed([PRICED, LACKING], scope=Scope(((Pick("user", ("bo",)),),)))
    assert unpriced(view) == ()
    assert first_seen(view, ()) == {}
