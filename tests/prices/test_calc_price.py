"""The statement prices like the library it takes its prices from, over random cases."""

import random
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from genai_prices import Usage
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import StartDateConstraint, TieredPrices

pytestmark = pytest.mark.money

EDGES = (0, 1, 9_999, 199_999, 200_000, 200_001, 272_000, 272_001, 400_000)
START = datetime(2025, 1, 1, tzinfo=UTC)
CONTEXTS = {
    "batch": {"processing": "batch"},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
}
NOT_BY_TOKENS = ("requests_kcount", "input_mchars", "audio_hours", "input_audio_hours")


def sellable():
    """(provider, model) priced by the token alone, in whole pico-USD, found under its own id."""
    snapshot = get_snapshot()
    for provider in snapshot.providers:
        for model in provider.models:
            lists = model.prices if isinstance(model.prices, list) else []
            every = [entry.prices for entry in lists] or [model.prices]
            every += [variant.prices for variant in model.price_variants or ()]
            held = [vars(prices) for prices in every]
            found = provider.find_model(model.id, all_providers=snapshot.providers)
            if (
                found is model
                and None not in (held[0].get("input_mtok"), held[0].get("output_mtok"))
                and not any(prices.get(key) for prices in held for key in NOT_BY_TOKENS)
                and all(whole(price) for prices in held for price in prices.values())
            ):
                yield provider, model


def whole(price):
    if isinstance(price, TieredPrices):
        return all(whole(p) for p in (price.base, *(t.price for t in price.tiers)))
    return price is None or price * 10**6 % 1 == 0


def tier_of(rng, model, at):
    """A tier the model has a price of at that time, else the standard one."""
    active = [
        name
        for name, context in CONTEXTS.items()
        for variant in model.price_variants or ()
        if variant.when == context
        and (not isinstance(variant.constraint, StartDateConstraint)
             or variant.constraint.active(at))
    ]  # fmt: skip
    return rng.choice([None, *active])


def cases(count, seed):
    """(event, exact cost in nano-USD as the library has it)."""
    rng = random.Random(seed)
    models = list(sellable())
    for _ in range(count):
        provider, model = rng.choice(models)
        at = START + timedelta(seconds=rng.randrange(700 * 86_400))
        tier = tier_of(rng, model, at)
        total = rng.choice(EDGES) if rng.random() < 0.5 else rng.randrange(500_000)
        read = rng.randint(0, total)
        written = rng.randint(0, total - read)
        kept = rng.randint(0, written)
        output = rng.randrange(20_000)
        usage = Usage(
            input_tokens=total, cache_read_tokens=read, cache_write_tokens=written,
            cache_write_1h_tokens=kept, output_tokens=output,
        )  # fmt: skip
        cost = model.calc_price(
            usage, provider, genai_request_timestamp=at, price_context=CONTEXTS.get(tier or "")
        ).total_price
        yield (
            {
                "provider": provider.id, "model_raw": model.id, "service_tier": tier,
                "started_at": at.replace(tzinfo=None), "input_tokens": total,
                "cache_read_tokens": read, "cache_write_tokens": written,
                "cache_write_1h_tokens": kept, "output_tokens": output,
            },
            int((cost * 10**9).to_integral_value(ROUND_HALF_EVEN)),
            model.id,
        )  # fmt: skip


def check(priced, count, seed):
    wanted = list(cases(count, seed))
    got = priced([event for event, _, _ in wanted])
    wrong = [
        (event, cost, found["cost_computed_nano"], found["model"])
        for (event, cost, model), found in zip(wanted, got, strict=True)
        if (found["cost_computed_nano"], found["model"]) != (cost, model)
    ]
    assert wrong == []
    assert all(found["_flags"] == [] for found in got)
    assert Decimal(sum(cost for _, cost, _ in wanted)) > 0


def test_three_hundred_random_events_cost_what_the_library_says(priced):
    check(priced, 300, 11)


@pytest.mark.slow
def test_five_thousand_random_events_cost_what_the_library_says(priced):
    check(priced, 5_000, 12)


@pytest.mark.slow
def test_every_model_of_the_library_is_matched_to_itself(book):
    by = book()
    pairs = [(p.id, m.id) for p, m in sellable()]
    assert len(pairs) > 1_900
    assert [pair for pair in pairs if by.match(*pair).book_id != pair[1]] == []
