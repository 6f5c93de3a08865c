"""Costs divide over the five leaves exactly, whatever their size, sign and origin."""

import random
from fractions import Fraction

import pytest

pytestmark = pytest.mark.money

LEAVES = (
    "cost_input_nano",
    "cost_cache_read_nano",
    "cost_cache_write_nano",
    "cost_cache_write_1h_nano",
    "cost_output_nano",
)
PRICES = (3, 1, 7, 11, 13)  # pico-USD a token, small so that ties happen
LINES = tuple(
    f"self,m,{rule},{price},1000000000000,,,,,,"
    for rule, price in zip(
        ("input", "cache_read", "cache_write", "cache_write_1h", "output"), PRICES, strict=True
    )
)


def events(rng, count, size, reported):
    for _ in range(count):
        parts = [rng.randrange(size) if rng.random() < 0.8 else 0 for _ in range(5)]
        plain, read, short, kept, output = parts
        items = [{"rule": "fee", "cost_nano": rng.randrange(-9, 99)}] * rng.randrange(3)
        yield {
            "grain": "bucket",
            "provider": "self",
            "model_raw": "m",
            "input_tokens": plain + read + short + kept,
            "cache_read_tokens": read,
            "cache_write_tokens": short + kept,
            "cache_write_1h_tokens": kept,
            "output_tokens": output,
            "cost_reported_nano": reported(rng),
            "items": items or None,
        }


def shares(total, weights):
    """`total` over `weights` by running totals, each rounded half even (EVENTS.md 2)."""
    sums = [sum(weights[: k + 1]) for k in range(len(weights))]
    ends = [round(Fraction(total * s, sums[-1])) for s in sums]
    return [end - before for end, before in zip(ends, [0, *ends[:-1]], strict=True)]


@pytest.mark.parametrize(
    ("size", "reported"),
    [
        (50, lambda rng: None),
        (10**6, lambda rng: None),
        (10**6, lambda rng: rng.choice([1, 2, 3, 10**6 + 1, rng.randrange(1, 10**15)])),
        (50, lambda rng: rng.randrange(1, 40)),
        (10**6, lambda rng: -rng.randrange(1, 10**12)),
        (10**12, lambda rng: rng.randrange(1, 10**17)),
        (10**12, lambda rng: None),
    ],
)
def test_leaves_and_items_add_up_to_the_cost_and_each_leaf_is_its_exact_share(
    priced, book, size, reported
):
    rows = list(events(random.Random(size), 60, size, reported))
    for event in priced(rows, book(*LINES)):
        leaves = [event[leaf] for leaf in LEAVES]
        items = sum(item["cost_nano"] for item in event["items"] or ())
        read, written, kept = (
            event[f"cache_{part}_tokens"] for part in ("read", "write", "write_1h")
        )
        plain = event["input_tokens"] - read - written
        quantities = (plain, read, written - kept, kept, event["output_tokens"])
        weights = [q * price for q, price in zip(quantities, PRICES, strict=True)]
        if sum(weights) == 0:
            assert leaves == [None] * 5
            continue
        assert event["cost_nano"] == sum(leaves) + items
        assert leaves == shares(event["cost_nano"] - items, weights)
        computed = round(Fraction(sum(weights), 1000)) + items
        assert event["cost_computed_nano"] == computed
        all_plain = PRICES[0] * event["input_tokens"] + weights[4]
        assert event["cache_savings_nano"] + computed == round(Fraction(all_plain, 1000)) + items
