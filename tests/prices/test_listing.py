"""The price book for reading: histories as steps, and lines for what lacks a price."""

from datetime import datetime

import pytest

from analytics_core.errors import BadFile
from analytics_core.prices.listing import history, unpriced


def steps(book, provider, model, rule, variant=""):
    return [
        (p.tier_above, p.price_pico, p.valid_from, p.valid_to)
        for p in history(book, provider, model)
        if (p.rule, p.variant) == (rule, variant)
    ]


def test_a_history_shows_each_change_once(book):
    june = datetime(2025, 6, 10)
    assert steps(book(), "openai", "o3", "input") == [
        (0, 10_000_000, None, june), (0, 2_000_000, june, None),
    ]  # fmt: skip


def test_a_history_has_a_row_per_tier_where_the_price_differs(book):
    assert steps(book(), "google", "gemini-2.5-pro", "input") == [
        (0, 1_250_000, None, None), (200_000, 2_500_000, None, None),
    ]  # fmt: skip
    assert steps(book(), "openai", "gpt-5", "web_search") == [(0, 10_000_000_000, None, None)]


def test_a_history_shows_contract_prices_beside_list_prices(book):
    by = book("openai,gpt-5,input,1,,,,,2026-02-01,,")
    since = datetime(2026, 2, 1)
    rows = [p for p in history(by, "openai", "gpt-5") if (p.rule, p.variant) == ("input", "")]
    assert [(p.price_pico, p.list_price_pico, p.valid_from, p.origin, p.unit) for p in rows] == [
        (1_250_000, 1_250_000, None, "genai-prices 0.2.3", "tokens"),
        (1_000_000, 1_250_000, since, "prices.csv line 2", "tokens"),
    ]


def test_a_variant_is_listed_only_while_it_differs_from_the_standard_price(book):
    since = datetime(2026, 10, 12)
    assert steps(book(), "openai", "gpt-5", "output", "priority") == [(0, 20_000_000, since, None)]
    assert steps(book(), "openai", "gpt-5", "web_search", "priority") == []


def test_a_borrowed_price_says_so(book):
    rows = {p.rule: p for p in history(book(), "openai", "gpt-5") if p.variant == ""}
    assert (rows["cache_write"].folded, rows["input"].folded) == (True, False)
    assert rows["cache_write"].price_pico == 1_250_000


def test_prices_by_the_hour_name_their_hours(book):
    rows = [p for p in history(book(), "deepseek", "deepseek-reasoner") if p.rule == "input"]
    assert [(p.tod_from, p.tod_to, p.price_pico) for p in rows] == [
        (0, 1_800, 135_000), (1_800, 59_400, 550_000), (59_400, 86_400, 135_000),
    ]  # fmt: skip


def test_a_model_nobody_prices_has_no_history(book):
    assert history(book(), "self", "llama") == ()
    own = history(book("self,llama,input,1,,,,,,,"), "self", "llama")
    assert {(p.provider, p.model, p.rule) for p in own} >= {("self", "llama", "input")}


def test_unpriced_models_come_with_the_tokens_at_stake_and_lines_to_fill_in():
    rows = [
        ("ollama", "llama3", 5),
        (None, "x,[y]", 7),
        ("ollama", "llama3", 6),
        (None, None, None),
    ]
    got = unpriced(rows)
    assert [(u.provider, u.model, u.tokens) for u in got] == [
        ("ollama", "llama3", 11), (None, "x,[y]", 7), (None, None, 0),
    ]  # fmt: skip
    assert got[0].lines == ("ollama,llama3,input,?,,,,,,,", "ollama,llama3,output,?,,,,,,,")
    assert got[1].lines[0] == '*,"x,[[]y]",input,?,,,,,,,'
    assert got[2].lines == ()


def test_a_line_to_fill_in_is_refused_until_it_is_and_then_prices_that_model(priced, book):
    event = {"model_raw": "x,[y]", "input_tokens": 1_000_000}
    line = unpriced([(None, "x,[y]", 7)])[0].lines[0]
    with pytest.raises(BadFile, match=r"'\?' is no number"):
        book(line)
    (got,) = priced([event], book(line.replace("?", "2")))
    assert got["cost_nano"] == 2_000_000_000
