"""What events cost: golden cases of METRICS.md 7 and EVENTS.md 5, to the nano."""

import pytest


@pytest.mark.parametrize(
    ("model", "tokens", "cost_nano"),
    [
        ("gpt-4o", (10_000, 4_000, 0, 1_000), 30_000_000),
        ("gpt-5", (10_000, 4_000, 0, 1_000), 18_000_000),
        ("gpt-5-mini", (10_000, 0, 0, 1_000), 4_500_000),
        ("claude-opus-4-1", (10_000, 4_000, 2_000, 1_000), 178_500_000),
        ("claude-sonnet-4-5", (250_000, 100_000, 50_000, 1_000), 1_057_500_000),
        ("gemini-2.5-pro", (250_000, 0, 0, 1_000), 640_000_000),
        ("gemini/gemini-2.5-pro", (262_960, 257_955, 0, 1_744), 103_161_250),
    ],
)
def test_published_prices_give_the_golden_costs(priced, model, tokens, cost_nano):
    names = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")
    (event,) = priced([{"model_raw": model, **dict(zip(names, tokens, strict=True))}])
    assert event["cost_nano"] == cost_nano
