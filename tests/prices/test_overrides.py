"""prices.csv: which line wins, when, and which lines are refused."""

from datetime import datetime

import pytest

from analytics_core.errors import BadFile

pytestmark = pytest.mark.money
EVENT = {"model_raw": "gpt-5", "input_tokens": 1_000_000}  # 1.25 USD at list price


def cost(priced, by, **more):
    (event,) = priced([EVENT | more], by)
    return event["cost_nano"]


@pytest.mark.parametrize(
    ("weaker", "stronger", "cost_nano"),
    [
        ("openai,gpt-*,input,3,,,,,,,", "openai,gpt-5,input,4,,,,,,,", 4),
        ("openai,gpt-*,input,3,,,,,,,", "openai,gpt-5*,input,4,,,,,,,", 4),
        ("*,gpt-5,input,3,,,,,,,", "openai,gpt-5,input,4,,,,,,,", 4),
        ("openai,gpt-5,,3,,,,,,,", "openai,gpt-5,input,4,,,,,,,", 4),
        ("openai,gpt-5,input,3,,,,,,,", "openai,gpt-5,input,4,,,0,,,,", 4),
        ("openai,gpt-5,input,,,20,,,,,", "openai,gpt-5,input,4,,,,,,,", 4),
        ("openai,gpt-5*,input,3,,,,,,,", "openai,gpt-5,input,,,20,,,,,", 1),
        ("openai,gpt-5*,input,3,,,,,,,", "openai,gpt-6,input,4,,,,,,,", 3),
        ("anthropic,gpt-5,input,3,,,,,,,", "*,*,input,4,,,,,,,", 4),
    ],
)
def test_the_more_exact_line_wins_in_either_order(priced, book, weaker, stronger, cost_nano):
    got = [cost(priced, book(*lines)) for lines in ((weaker, stronger), (stronger, weaker))]
    assert got == [cost_nano * 10**9] * 2


def test_a_line_speaks_of_the_name_as_given_and_of_the_canonical_one(priced, book):
    by = book("openai,gpt-5-2025*,input,3,,,,,,,")
    assert cost(priced, by, model_raw="openai/gpt-5-2025-08-07") == 3_000_000_000
    assert cost(priced, by) == 1_250_000_000
    assert (
        cost(priced, book("openai,gpt-5,input,3,,,,,,,"), model_raw="gpt-5-2025-08-07") == 3 * 10**9
    )


def test_a_line_knows_both_names_of_a_provider(priced, book):
    vertex = {"provider": "gcp.vertex_ai", "model_raw": "gemini-2.5-flash"}
    assert cost(priced, book("google,gemini-2.5-flash,input,3,,,,,,,"), **vertex) == 3 * 10**9
    assert cost(priced, book("gcp.vertex_ai,gemini-*,input,3,,,,,,,"), **vertex) == 3 * 10**9
    assert cost(priced, book("gcp.gemini,gemini-*,input,3,,,,,,,"), **vertex) == 300_000_000


def test_a_discount_applies_to_every_rule_tier_and_variant(priced, book):
    by = book("openai,gpt-5*,,,,12.5,,,,,contract")
    event = {"cache_read_tokens": 400_000, "output_tokens": 1_000}
    # 600,000 x 1.09375 + 400,000 x 0.109375 + 1,000 x 8.75 micro-USD
    assert cost(priced, by, **event) == 708_750_000
    assert cost(priced, by, service_tier="batch") == 546_875_000
    long = book("anthropic,claude-sonnet-4-5,,,,50,,,,,")
    assert cost(priced, long, model_raw="claude-sonnet-4-5") == 3_000_000_000  # above 200k: 6 / 2


def test_a_discount_on_a_price_nobody_knows_leaves_the_model_unpriced(priced, book):
    assert cost(priced, book("self,llama,,,,20,,,,,"), provider="self", model_raw="llama") is None


def test_free_is_free_in_every_tier_and_for_every_item(priced, book):
    by = book("gcp.gemini,gemini-*-exp-*,,0,,,,,,,free experiments")
    (event,) = priced(
        [EVENT | {"model_raw": "gemini/gemini-2.5-pro-exp-03-25", "output_tokens": 7,
                  "items": [{"rule": "web_search", "quantity": 4}]}], by,
    )  # fmt: skip
    assert (event["cost_nano"], event["cost_source"]) == (0, "free")
    assert (
        event["cost_list_nano"] == 2_500_105_000 + event["items"][0]["cost_nano"] + 4 * 35_000_000
    )


def test_a_price_without_a_rule_is_a_price_of_tokens(priced, book):
    by = book("self,llama-*,,0.20,,,,,,,")
    (event,) = priced(
        [{"provider": "self", "model_raw": "llama-3", "input_tokens": 10, "output_tokens": 10,
          "items": [{"rule": "web_search", "quantity": 1}]}], by,
    )  # fmt: skip
    assert event["cost_nano"] == 4_000
    assert event["_flags"] == ["item_unpriced"]


def test_other_units_are_priced_each_unless_per_says_otherwise(priced, book):
    by = book("self,eyes,image,0.04,,,,,,,", "self,eyes,page,1.5,1000,,,,,,")
    (event,) = priced(
        [{"provider": "self", "model_raw": "eyes",
          "items": [{"rule": "image", "quantity": 2}, {"rule": "page", "quantity": 3}]}], by,
    )  # fmt: skip
    assert [item["cost_nano"] for item in event["items"]] == [80_000_000, 4_500_000]


def test_a_contract_for_seconds_beats_a_list_price_per_hour(priced, book):
    by = book("groq,whisper-large-v3,audio_second,0.0001,,,,,,,")
    (event,) = priced(
        [{"provider": "groq", "model_raw": "whisper-large-v3",
          "items": [{"rule": "audio_second", "quantity": 3}]}], by,
    )  # fmt: skip
    assert event["cost_nano"] == 1_000_000  # at least ten seconds
    assert event["cost_list_nano"] == 308_333


def test_a_tier_of_ones_own_begins_above_its_size(priced, book):
    by = book("openai,gpt-5,input,2,,,128000,,,,")
    assert cost(priced, by, input_tokens=128_000) == 160_000_000
    assert cost(priced, by, input_tokens=128_001) == 256_002_000


def test_a_blank_tier_replaces_all_list_tiers(priced, book):
    by = book("anthropic,claude-sonnet-4-5,input,1,,,,,,,")
    event = {"model_raw": "claude-sonnet-4-5"}
    assert cost(priced, by, **event) == 1_000_000_000
    assert cost(priced, by, input_tokens=1_000, **event) == 1_000_000


def test_a_contract_price_serves_batch_at_half_until_a_line_names_batch(priced, book):
    contract, batch = "openai,gpt-5,input,1,,,,,,,", "openai,gpt-5,input,0.3,,,,batch,,,"
    (assumed,) = priced([EVENT | {"service_tier": "batch"}], book(contract))
    assert (assumed["cost_nano"], assumed["_flags"]) == (500_000_000, ["batch_assumed"])
    (named,) = priced([EVENT | {"service_tier": "batch"}], book(contract, batch))
    assert (named["cost_nano"], named["_flags"]) == (300_000_000, [])
    assert cost(priced, book(contract, batch)) == 1_000_000_000


def test_a_line_is_valid_for_whole_days_of_the_reporting_zone(priced, book):
    by = book("openai,gpt-5,input,3,,,,,2026-11-01,2026-11-02,", zone="Europe/Madrid")
    moments = [
        datetime(2026, 10, 31, 22, 59, 59, 999_999), datetime(2026, 10, 31, 23),
        datetime(2026, 11, 1, 22, 59, 59, 999_999), datetime(2026, 11, 1, 23),
    ]  # fmt: skip
    events = priced([EVENT | {"started_at": at} for at in moments], by)
    assert [e["cost_nano"] for e in events] == [1_250_000_000, 3 * 10**9, 3 * 10**9, 1_250_000_000]


def test_a_price_added_from_a_day_on_changes_nothing_before_it(priced, book):
    moments = [datetime(2026, month, day) for month in (6, 7) for day in (1, 15, 28)]
    events = [EVENT | {"started_at": at, "output_tokens": 10} for at in moments]
    before = priced(events)
    after = priced(events, book("openai,gpt-5,,,,30,,,2026-07-01,,"))
    for old, new in zip(before, after, strict=True):
        same = {n for n in old if n != "price_version" and old[n] == new[n]}
        assert (len(same) == len(old) - 1) == (old["started_at"] < datetime(2026, 7, 1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("openai,gpt-5,input,1,,,,,,,", "OpenAI,GPT-5,input,2,,,,,,,"),
        (
            "openai,gpt-5,input,,,5,,,2026-01-01,2026-03-01,",
            "openai,gpt-5,input,,,6,,,2026-02-01,,",
        ),
        ("*,gpt-5,,1,,,,,,,", "*,gpt-5,,2,,,,,,,"),
        ("openai,gpt-5,input,1,,,0,batch,,,", "openai,gpt-5,input,1,,,0,batch,,,"),
    ],
)
def test_two_lines_of_one_rank_at_one_time_are_refused_naming_both(book, one, other):
    with pytest.raises(BadFile, match=r"prices\.csv, line 3: contradicts line 2") as wrong:
        book(one, other)
    assert wrong.value.line == 3


def test_globs_that_meet_only_in_one_model_are_refused_when_it_comes(priced, book):
    by = book("openai,gpt-5*,input,1,,,,,,,", "openai,*gpt-5,input,2,,,,,,,")
    with pytest.raises(BadFile, match="line 3: contradicts line 2"):
        priced([EVENT], by)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("openai,gpt-5,input,1,,,,,,2026-02-01,", "openai,gpt-5,input,2,,,,,2026-02-01,,"),
        ("openai,gpt-5,input,1,,,,,,,", "openai,gpt-5,output,2,,,,,,,"),
        ("openai,gpt-5,input,1,,,,,,,", "openai,gpt-5,input,,,2,,,,,"),
        ("openai,gpt-5,input,1,,,,,,,", "azure,gpt-5,input,2,,,,,,,"),
    ],
)
def test_lines_that_do_not_meet_stand_side_by_side(book, one, other):
    assert len(book(one, other).overrides) == 2


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (",gpt-5,input,1,,,,,,,", "key 'provider': is blank"),
        ("openai,,input,1,,,,,,,", "key 'model': is blank"),
        ("openai,gpt-5,inptu,1,,,,,,,", "Did you mean 'input'"),
        ("openai,gpt-5,input,1,,,,zzz,,,", "Known: batch, flex, priority, fast"),
        ("openai,gpt-5,input,,,,,,,,", "give either usd or discount_pct"),
        ("openai,gpt-5,input,1,,5,,,,,", "give either usd or discount_pct"),
        ("openai,gpt-5,input,one,,,,,,,", "'one' is no number"),
        ("openai,gpt-5,input,NaN,,,,,,,", "'NaN' is no number"),
        ("openai,gpt-5,input,?,,,,,,,", r"'\?' is no number"),
        ("openai,gpt-5,input,-1,,,,,,,", "'-1' is negative"),
        ("openai,gpt-5,input,,,101,,,,,", "not between -100 and 100"),
        ("openai,gpt-5,input,1,0,,,,,,", "'0' is no whole number from 1"),
        ("openai,gpt-5,input,1,,,1.5,,,,", "'1.5' is no whole number from 0"),
        ("openai,gpt-5,input,1,,,,,01.02.2026,,", "'01.02.2026' is no day"),
        ("openai,gpt-5,input,1,,,,,2026-02-02,2026-02-02,", "must be after valid_from"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_with_its_place(book, line, text):
    with pytest.raises(BadFile, match=text) as wrong:
        book(line)
    assert wrong.value.line == 2


def test_comments_and_blank_lines_are_passed_over(book):
    assert book("# ours", "", "openai,gpt-5,input,1,,,,,,,").overrides[0].line == 4
