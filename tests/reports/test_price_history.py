"""What the price book says of one model."""

from datetime import UTC, datetime

import pytest

from analytics_core.prices.price import Price
from analytics_core.reports.price_history import (
    listed,
    price_history,
    providers,
    quantity,
    quoted,
)

OWN = (
    "provider,model,rule,usd,per,valid_from,valid_to,variant,tier_above\n"
    "self,house,input,0.50,,,2026-05-01,,\n"
    "self,house,output,1.50,,,,,\n"
    "self,house,input,0.40,,2026-05-01,,,\n"
    "self,house,input,9,,,,batch,\n"
    "self,house,input,8,,,,,100000\n"
)
EVENTS = [
    {"started_at": datetime(2026, 3, 1), "provider": "self", "model": "house"},
    {"started_at": datetime(2026, 11, 3), "provider": "self", "model": "house"},
    {"started_at": datetime(2026, 11, 3), "provider": "self", "model": "house"},
    {"started_at": datetime(2026, 11, 4), "provider": None, "model": "house"},
]
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def test_the_standard_prices_of_plain_tokens_are_steps(viewed):
    view = viewed(EVENTS, files={"prices.csv": OWN}, now=NOW)
    found = price_history(view, "self", "house")
    first, change = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
    assert [(s.rule, s.nano, s.start, s.end, s.first) for s in found.steps] == [
        ("input", 500_000_000, first, change, True),
        ("input", 400_000_000, change, NOW, False),
        ("output", 1_500_000_000, first, NOW, True),
    ]
    assert (found.start, found.end) == (first, NOW)
    assert [s.origin for s in found.steps] == [
        "prices.csv line 2", "prices.csv line 4", "prices.csv line 3",
    ]  # fmt: skip


def test_a_price_to_come_is_drawn_too(viewed):
    own = OWN.replace("input,0.40,,2026-05-01", "input,0.40,,2027-05-01").replace(
        ",,,2026-05-01", ",,,2027-05-01"
    )
    found = price_history(viewed(EVENTS, files={"prices.csv": own}, now=NOW), "self", "house")
    change = datetime(2027, 5, 1, tzinfo=UTC)
    assert found.steps[1].start == change
    assert found.end > change


def test_every_price_is_in_the_list_also_of_tiers_and_long_inputs(viewed):
    found = price_history(viewed(EVENTS, files={"prices.csv": OWN}, now=NOW), "self", "house")
    said = {(p.variant, p.tier_above, quoted(p)) for p in found.prices if p.rule == "input"}
    assert {("", 0, 500_000_000), ("batch", 0, 9_000_000_000), ("", 100_000, 8_000_000_000)} <= said
    assert found.origin.endswith("5 lines of prices.csv above it")


def test_a_model_that_the_book_does_not_know_has_no_prices(viewed):
    found = price_history(viewed(EVENTS, now=NOW), "nobody", "never-heard-of")
    assert (found.prices, found.steps) == ((), ())


def test_providers_stand_in_the_order_of_their_requests(viewed):
    assert providers(viewed(EVENTS)) == ("self", "")


@pytest.mark.parametrize(
    ("price", "nano", "per"),
    [
        (Price(provider="p", model="m", rule="input", price_pico=3_000_000), 3_000_000_000,
         "1M tokens"),
        (Price(provider="p", model="m", rule="character", price_pico=15_000_000), 15_000_000_000,
         "1M characters"),
        (Price(provider="p", model="m", rule="audio_second", price_pico=360_000_000_000, per=3600),
         360_000_000, "hour"),
        (Price(provider="p", model="m", rule="image", price_pico=40_000_000_000), 40_000_000,
         "image"),
        (Price(provider="p", model="m", rule="web_search", price_pico=10_000_000_000), 10_000_000,
         "search"),
    ],
)  # fmt: skip
def test_a_price_is_quoted_for_as_many_units_as_people_do(price, nano, per):
    assert (quoted(price), quantity(price), listed(price)) == (nano, per, None)
