"""What events cost, and how that divides: METRICS.md 7 and the states of EVENTS.md 5."""

from datetime import datetime

import pytest

from analytics_core.prices.rates import Credit, Rates

pytestmark = pytest.mark.money

LEAVES = (
    "cost_input_nano",
    "cost_cache_read_nano",
    "cost_cache_write_nano",
    "cost_cache_write_1h_nano",
    "cost_output_nano",
)
METRICS_7 = (  # the book of METRICS.md 7
    "self,m-large,input,3,,,,,,,",
    "self,m-large,cache_read,0.30,,,,,,,",
    "self,m-large,cache_write,3.75,,,,,,,",
    "self,m-large,cache_write_1h,6,,,,,,,",
    "self,m-large,output,15,,,,,,,",
    "self,m-large,input,6,,,200000,,,,",
    "self,m-large,cache_read,0.60,,,200000,,,,",
    "self,m-large,cache_write,7.50,,,200000,,,,",
    "self,m-large,cache_write_1h,12,,,200000,,,,",
    "self,m-large,output,22.50,,,200000,,,,",
    "self,m-small,input,0.25,,,,,,,",
    "self,m-small,cache_read,0.025,,,,,,,",
    "self,m-small,output,2,,,,,,,",
    "self,m-dated,input,10,,,,,,2026-06-10,",
    "self,m-dated,output,40,,,,,,2026-06-10,",
    "self,m-dated,input,2,,,,,2026-06-10,,",
    "self,m-dated,output,8,,,,,2026-06-10,,",
    "self,m-free,,0,,,,,,,",
    "self,m-tiny,input,0.0375,,,,,,,",
)
GIVEN = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens",
         "output_tokens")  # fmt: skip


def large(*tokens, **more):
    """An m-large event from (input, read, write, write 1 h, output); None is not given."""
    given = dict(zip(GIVEN, tokens, strict=False))
    return {"provider": "self", "model_raw": "m-large"} | given | more


def costs(events):
    return [event["cost_nano"] for event in events]


def leaves(event):
    return tuple(event[leaf] for leaf in LEAVES)


@pytest.fixture
def metrics_7(book):
    return book(*METRICS_7)


@pytest.mark.parametrize(
    ("model", "tokens", "cost_nano"),
    [  # EVENTS.md 5, on 2026-11-20: input, read, written, output
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
    assert (event["cost_nano"], event["cost_source"]) == (cost_nano, "computed")


def test_the_three_conventions_of_one_request_cost_the_same_once_they_are_canonical(
    priced, metrics_7
):  # METRICS 7.1
    five_minutes, an_hour = priced(
        [large(10_000, 6_000, 1_000, 0, 500), large(10_000, 6_000, 1_000, 1_000, 500)], metrics_7
    )
    assert five_minutes["cost_nano"] == 22_050_000
    assert five_minutes["cache_savings_nano"] == 15_450_000
    assert leaves(five_minutes) == (9_000_000, 1_800_000, 3_750_000, 0, 7_500_000)
    assert an_hour["cost_nano"] == 24_300_000


def test_one_token_over_the_tier_moves_every_token_of_the_request(priced, metrics_7):  # 7.2
    events = [
        large(200_000),
        large(200_001),
        large(200_000, None, None, None, 1_000),
        large(200_001, None, None, None, 1_000),
        large(300_000, grain="bucket", requests=3),
        large(300_000, grain="bucket", requests=3, context_window="0-200k"),
        large(300_000, grain="bucket", requests=3, context_window="200k-1M"),
    ]
    assert costs(priced(events, metrics_7)) == [
        600_000_000,
        1_200_006_000,
        615_000_000,
        1_222_506_000,
        900_000_000,
        900_000_000,
        1_800_000_000,
    ]


def test_a_price_holds_from_its_first_instant_and_changes_nothing_before(priced, metrics_7):  # 7.3
    event = {"provider": "self", "model_raw": "m-dated", "input_tokens": 10**6}
    event["output_tokens"] = 10**6
    before = datetime(2026, 6, 9, 23, 59, 59, 999_999)
    events = [event | {"started_at": at} for at in (before, datetime(2026, 6, 10))]
    assert costs(priced(events, metrics_7)) == [50_000_000_000, 10_000_000_000]


def test_half_a_nano_goes_to_the_even_one(priced, metrics_7):  # 7.3
    events = [
        {"provider": "self", "model_raw": "m-tiny", "input_tokens": n} for n in (1, 2, 3, 4, 5)
    ]
    assert costs(priced(events, metrics_7)) == [38, 75, 112, 150, 188]


def test_unknown_is_never_free_and_free_is_never_unknown(priced, metrics_7):  # 7.8
    million = 10**6
    events = [
        {"model_raw": "m-small", "input_tokens": million, "output_tokens": million // 10},
        {"model_raw": "m-unknown", "input_tokens": 2 * million},
        {"model_raw": "m-free", "input_tokens": million},
        {"model_raw": "m-unknown", "input_tokens": million // 2, "cost_reported_nano": 10**9},
    ]
    events = priced([{"provider": "self"} | event for event in events], metrics_7)
    assert [(e["cost_nano"], e["cost_source"]) for e in events] == [
        (450_000_000, "computed"),
        (None, "unpriced"),
        (0, "free"),
        (1_000_000_000, "reported"),
    ]
    assert [e["_flags"] for e in events] == [[], ["model_unknown"], [], ["model_unknown"]]
    assert leaves(events[1]) == (None,) * 5
    assert leaves(events[3]) == (None,) * 5


ZERO = {"model_raw": "gpt-5", "cost_reported_nano": 0}


@pytest.mark.parametrize(
    ("event", "cost_nano", "cost_source", "flags"),
    [
        ({"input_tokens": 20, "output_tokens": 2}, 45_000, "computed", ["zero_cost_reported"]),
        ({"input_tokens": 0, "output_tokens": 0}, 0, "free", ["zero_cost_reported"]),
        ({"requests": 3, "grain": "bucket"}, None, "unpriced", ["zero_cost_reported"]),
        ({"requests": 3, "grain": "bucket", "status": "error"}, 0, "free", []),
        ({"requests": 0, "event_type": "custom"}, 0, "free", []),
        ({"requests": None, "grain": "bucket"}, 0, "free", []),
        ({"input_tokens": 20, "output_tokens": 2, "cache_hit": True}, 0, "free", []),
    ],
)
def test_a_reported_zero_for_work_done_is_not_a_price(priced, event, cost_nano, cost_source, flags):
    (got,) = priced([ZERO | event])
    assert (got["cost_nano"], got["cost_source"], got["_flags"]) == (cost_nano, cost_source, flags)
    assert got["cost_reported_nano"] == (None if flags else 0)


def test_a_source_whose_zero_means_free_keeps_it(priced):
    (got,) = priced([ZERO | {"input_tokens": 20, "output_tokens": 2}], zero_cost="free")
    assert (got["cost_nano"], got["cost_source"], got["_flags"]) == (0, "free", [])
    assert got["cost_computed_nano"] == 45_000
    assert leaves(got) == (0, 0, 0, 0, 0)


def test_an_answer_from_the_gateways_own_cache_is_free_whatever_the_book_says(priced):
    (got,) = priced(
        [{"model_raw": "gpt-5", "input_tokens": 20, "cache_read_tokens": 5, "output_tokens": 2,
          "cache_hit": True, "items": [{"rule": "web_search", "quantity": 1}]}]
    )  # fmt: skip
    assert (got["cost_nano"], got["cost_source"], got["cost_computed_nano"]) == (0, "free", 0)
    assert (got["cache_savings_nano"], got["price_version"], got["cost_list_nano"]) == (None,) * 3
    assert [item["cost_nano"] for item in got["items"]] == [0]


@pytest.mark.parametrize(
    ("policy", "reported", "cost_nano", "cost_source"),
    [
        ("auto", 7_000, 7_000, "reported"),
        ("auto", None, 45_000, "computed"),
        ("reported", 7_000, 7_000, "reported"),
        ("reported", None, None, "unpriced"),
        ("computed", 7_000, 45_000, "computed"),
        ("computed", None, 45_000, "computed"),
    ],
)
def test_the_policy_decides_which_cost_counts_and_both_are_kept(
    priced, policy, reported, cost_nano, cost_source
):
    event = {"model_raw": "gpt-5", "input_tokens": 20, "output_tokens": 2}
    (got,) = priced([event | {"cost_reported_nano": reported}], policy=policy)
    assert (got["cost_nano"], got["cost_source"]) == (cost_nano, cost_source)
    assert (got["cost_reported_nano"], got["cost_computed_nano"]) == (reported, 45_000)
    if cost_nano is None:
        assert leaves(got) == (None,) * 5
    else:
        assert sum(leaves(got)) == cost_nano


def test_without_a_price_the_computed_policy_prices_nothing_but_an_explicit_zero(priced):
    unknown = {"model_raw": "nobody-knows", "input_tokens": 5, "cost_reported_nano": 5}
    free = {"model_raw": "nobody-knows", "requests": 0, "cost_reported_nano": 0}
    got = priced([unknown, free], policy="computed")
    assert [e["cost_source"] for e in got] == ["unpriced", "free"]


def test_a_reported_cost_is_divided_in_the_proportions_of_the_book(priced, metrics_7):
    # weights 9,000,000 : 1,800,000 : 3,750,000 : 0 : 7,500,000 of 22,050,000
    (got,) = priced([large(10_000, 6_000, 1_000, 0, 500, cost_reported_nano=100)], metrics_7)
    # running shares of 100: 40.8 -> 41, 48.98 -> 49, 65.99 -> 66, 66, 100
    assert leaves(got) == (41, 8, 17, 0, 34)


def test_a_refund_is_divided_too(priced, metrics_7):
    (got,) = priced([large(10_000, 6_000, 1_000, 0, 500, cost_reported_nano=-100)], metrics_7)
    assert leaves(got) == (-41, -8, -17, 0, -34)


def test_shares_that_end_in_a_half_go_to_the_even_one(priced, book):
    by = book("self,even,input,1,,,,,,,", "self,even,output,1,,,,,,,")
    halves = [{"provider": "self", "model_raw": "even", "input_tokens": 1, "output_tokens": 1,
               "cost_reported_nano": total} for total in (1, 3, 5, -1, -3)]  # fmt: skip
    got = [(e["cost_input_nano"], e["cost_output_nano"]) for e in priced(halves, by)]
    assert got == [(0, 1), (2, 1), (2, 3), (0, -1), (-2, -1)]


def test_a_leaf_without_a_price_takes_its_parents(priced, metrics_7):
    # m-small has no price for writing: 4,000 x 0.25 + 2,000 x 0.025 + 4,000 x 0.25
    event = {"provider": "self", "model_raw": "m-small", "input_tokens": 10_000,
             "cache_read_tokens": 2_000, "cache_write_tokens": 4_000,
             "cache_write_1h_tokens": 1_000}  # fmt: skip
    (got,) = priced([event], metrics_7)
    assert leaves(got) == (1_000_000, 50_000, 750_000, 250_000, 0)


def test_a_parent_without_a_price_makes_the_whole_event_unpriced(priced, metrics_7):
    # m-tiny prices input alone
    event = {"provider": "self", "model_raw": "m-tiny", "input_tokens": 10, "output_tokens": 1}
    (got,) = priced([event | {"items": [{"rule": "fee", "cost_nano": 7}]}], metrics_7)
    assert (got["cost_nano"], got["cost_source"]) == (None, "unpriced")
    assert got["items"] == [{"rule": "fee", "quantity": None, "unit": None, "cost_nano": None}]


def test_output_without_known_input_is_not_priced_as_if_there_were_none(priced):
    (got,) = priced([{"model_raw": "gpt-5", "output_tokens": 5}])
    assert got["cost_source"] == "unpriced"


def test_parts_that_exceed_their_total_leave_the_reported_cost_whole(priced):
    event = {"model_raw": "gpt-5", "input_tokens": 10, "output_tokens": 5,
             "_flags": ["parts_exceed_total"]}  # fmt: skip
    reported, computed = priced([event | {"cost_reported_nano": 9}, event])
    assert (reported["cost_nano"], leaves(reported)) == (9, (None,) * 5)
    assert (computed["cost_nano"], computed["cost_source"]) == (None, "unpriced")


def test_an_outlier_is_flagged_and_counts_all_the_same(priced):
    event = {"model_raw": "gpt-5", "input_tokens": 8_000_000}  # 10 USD
    got = priced(
        [event | {"cost_reported_nano": 10**12}, event | {"cost_reported_nano": 10**12 + 1}]
    )
    assert [e["_flags"] for e in got] == [[], ["cost_outlier"]]
    small = {"model_raw": "gpt-5", "input_tokens": 8}  # 0.00001 USD
    (got,) = priced([small | {"cost_reported_nano": 10**9}])
    assert got["_flags"] == []


def test_an_events_own_flags_stay_before_those_of_pricing(priced):
    (got,) = priced([{"model_raw": "nobody-knows", "_flags": ["zone_assumed"], "input_tokens": 1}])
    assert got["_flags"] == ["zone_assumed", "model_unknown"]


def test_an_event_without_a_model_is_unpriced_but_not_an_unknown_model(priced):
    (got,) = priced([{"input_tokens": 1}])
    assert (got["model"], got["cost_source"], got["_flags"]) == (None, "unpriced", [])


# --- items ---


def test_items_are_priced_one_by_one_and_the_leaves_take_the_rest(priced):
    # gpt-5: 1,000 x 1.25 + 100 x 10 micro-USD; a search costs 0.01 USD
    event = {"model_raw": "gpt-5", "input_tokens": 1_000, "output_tokens": 100,
             "items": [{"rule": "web_search", "quantity": "2"}, {"rule": "tool", "quantity": 1}]}  # fmt: skip
    (got,) = priced([event])
    assert [(i["rule"], i["cost_nano"]) for i in got["items"]] == [
        ("web_search", 20_000_000), ("tool", None),
    ]  # fmt: skip
    assert got["cost_nano"] == 22_250_000
    assert leaves(got) == (1_250_000, 0, 0, 0, 1_000_000)
    assert got["_flags"] == ["item_unpriced"]


def test_an_item_that_names_a_leaf_owns_it_and_is_not_kept_twice(priced, metrics_7):
    event = large(1_000, 600, 0, 0, 100, cost_reported_nano=1_000)
    event["items"] = [
        {"rule": "input", "cost_nano": 300},
        {"rule": "output", "cost_nano": 400},
        {"rule": "fee", "cost_nano": 50},
    ]
    (got,) = priced([event], metrics_7)
    assert leaves(got) == (300, 250, 0, 0, 400)
    assert got["items"] == [{"rule": "fee", "quantity": None, "unit": None, "cost_nano": 50}]
    assert got["cost_nano"] == 1_000


def test_what_no_rule_explains_stays_out_of_the_leaves(priced, metrics_7):
    event = large(1_000, 0, 0, 0, 100, cost_reported_nano=1_000)
    event["items"] = [{"rule": "input", "cost_nano": 300}, {"rule": "output", "cost_nano": 400}]
    (got,) = priced([event], metrics_7)
    assert leaves(got) == (300, None, None, None, 400)
    assert got["items"] is None


def test_leaves_of_the_source_count_only_where_its_cost_does(priced, metrics_7):
    event = large(1_000, 0, 0, 0, 100, items=[{"rule": "input", "cost_nano": 300}])
    (got,) = priced([event], metrics_7)
    assert (got["cost_source"], leaves(got)) == ("computed", (3_000_000, 0, 0, 0, 1_500_000))


def test_parts_of_tokens_are_taken_out_of_their_leaf(priced, book):
    by = book(
        "self,voice,input,1,,,,,,,",
        "self,voice,input_audio,10,,,,,,,",
        "self,voice,output,2,,,,,,,",
    )
    event = {"provider": "self", "model_raw": "voice", "input_tokens": 100, "output_tokens": 50}
    event["items"] = [
        {"rule": "input_audio", "quantity": 40, "unit": "tokens"},
        {"rule": "output_audio", "quantity": 30, "unit": "tokens"},
    ]
    (got,) = priced([event], by)
    # 60 x 1 + 40 x 10 in, 20 x 2 + 30 x 2 out: the audio answer folds into output
    assert leaves(got) == (60_000, 0, 0, 0, 40_000)
    assert [i["cost_nano"] for i in got["items"]] == [400_000, 60_000]
    assert got["cost_nano"] == 560_000


def test_more_parts_than_tokens_compute_nothing(priced):
    event = {"model_raw": "gpt-5", "input_tokens": 10, "output_tokens": 1}
    (got,) = priced([event | {"items": [{"rule": "input_audio", "quantity": 11}]}])
    assert (got["cost_source"], got["cost_computed_nano"]) == ("unpriced", None)


def test_items_the_book_prices_never_make_a_reported_total_negative(priced):
    # two searches at list price cost more than the whole request is said to have cost
    event = {"model_raw": "gpt-5", "input_tokens": 1_000, "cost_reported_nano": 5_000_000,
             "items": [{"rule": "web_search", "quantity": 2}]}  # fmt: skip
    (got,) = priced([event])
    assert [i["cost_nano"] for i in got["items"]] == [None]
    assert leaves(got) == (5_000_000, 0, 0, 0, 0)


def test_a_fee_per_request_and_dearer_reasoning_become_items_of_their_own(priced):
    got = priced(
        [
            {"model_raw": "sonar", "provider": "perplexity", "input_tokens": 1_000,
             "output_tokens": 500},
            {"model_raw": "sonar-deep-research", "provider": "perplexity", "input_tokens": 1_000,
             "output_tokens": 500, "reasoning_tokens": 400},
            {"model_raw": "sonar", "provider": "perplexity", "input_tokens": 1_000,
             "items": [{"rule": "request", "quantity": 1, "cost_nano": 9}]},
        ]
    )  # fmt: skip
    assert [[(i["rule"], i["quantity"], i["unit"], i["cost_nano"]) for i in e["items"]] for e in got] == [
        [("request", 1, "requests", 12_000_000)],
        [("output_reasoning", 400, "tokens", 1_200_000)],
        [("request", 1, None, 9)],
    ]  # fmt: skip
    assert leaves(got[1]) == (2_000_000, 0, 0, 0, 800_000)
    assert costs(got) == [13_500_000, 4_000_000, 1_000_009]


def test_prices_per_hour_and_least_quantities_are_exact(priced):
    # whisper-large-v3: 0.111 USD an hour, at least 10 seconds; 7 s cost 10 x 0.111 / 3600
    got = priced(
        [
            {"provider": "groq", "model_raw": "whisper-large-v3", "service_type": "speech_to_text",
             "items": [{"rule": "audio_second", "quantity": seconds, "unit": "seconds"}]}
            for seconds in ("7", "3600", "90.5")
        ]
    )  # fmt: skip
    assert costs(got) == [308_333, 111_000_000, 2_790_417]


def test_cost_items_without_a_total_are_the_cost(priced):
    event = {"model_raw": "house-model", "items": [{"rule": "fee", "cost_nano": 12}]}
    (got,) = priced([event])
    assert (got["cost_nano"], got["cost_source"], leaves(got)) == (12, "computed", (None,) * 5)


# --- list prices, savings, credits, tiers ---


def test_list_cost_is_kept_only_where_a_contract_changed_it(priced, book):
    by = book("openai,gpt-5,,,,20,,,,,", "openai,gpt-5-mini,input,0.25,,,,,,,")
    events = [{"model_raw": m, "input_tokens": 1_000, "output_tokens": 100}
              for m in ("gpt-5", "gpt-5-mini")]  # fmt: skip
    dear, same = priced(events, by)
    assert (dear["cost_nano"], dear["cost_list_nano"]) == (1_800_000, 2_250_000)
    assert (same["cost_nano"], same["cost_list_nano"]) == (450_000, None)
    (said,) = priced([events[0] | {"_cost_list_nano": 5}], by)
    assert said["cost_list_nano"] == 5


def test_savings_are_unknown_where_the_cache_is(priced, metrics_7):
    written_in_vain, unknown, one_side = priced(
        [large(1_000_000, 0, 1_000_000, 1_000_000, 0), large(1_000), large(1_000, 500)], metrics_7
    )
    assert written_in_vain["cache_savings_nano"] == -6_000_000_000  # above 200k: 6 against 12
    assert unknown["cache_savings_nano"] is None
    assert one_side["cache_savings_nano"] == 1_350_000


def test_credits_are_those_reported_else_the_rate_of_the_day(priced):
    worth = Rates(
        credits=(
            Credit("a", datetime(2026, 1, 1), datetime(2026, 2, 1), 2_500_000, None),
            Credit("a", datetime(2026, 2, 1), datetime(2026, 3, 1), 1, None),
        )
    )
    event = {"model_raw": "gpt-5", "cost_reported_nano": 1_000_000}
    got = priced(
        [
            event | {"started_at": datetime(2026, 1, 31), "credits_nano": 7},
            event | {"started_at": datetime(2026, 1, 31)},
            event | {"started_at": datetime(2026, 2, 1), "cost_reported_nano": 2_500_000},
            event | {"started_at": datetime(2026, 3, 1)},
            {"model_raw": "nobody-knows", "started_at": datetime(2026, 1, 31), "input_tokens": 1},
        ],
        worth=worth,
    )
    assert [e["credits_nano"] for e in got] == [7, 2_500_000, 2, None, None]


@pytest.mark.parametrize(
    ("tier", "model", "cost_nano", "flags"),
    [
        (None, "gpt-5", 11_250_000, []),
        ("standard", "gpt-5", 11_250_000, []),
        ("batch", "gpt-5", 5_625_000, []),
        ("flex", "gpt-5", 5_625_000, []),
        ("priority", "gpt-5", 22_500_000, []),
        ("flex", "gpt-4-turbo", 40_000_000, ["tier_assumed"]),
        ("scale", "gpt-5", 11_250_000, ["tier_assumed"]),
    ],
)
def test_a_service_tier_has_its_own_price_or_says_that_one_was_assumed(
    priced, tier, model, cost_nano, flags
):
    event = {"model_raw": model, "provider": "openai", "service_tier": tier,
             "input_tokens": 1_000, "output_tokens": 1_000}  # fmt: skip
    (got,) = priced([event])
    assert (got["cost_nano"], got["_flags"]) == (cost_nano, flags)


def test_batch_without_a_batch_price_is_half_at_a_known_provider_and_says_so(priced, metrics_7):
    batch = {"service_tier": "batch", "input_tokens": 1_000, "output_tokens": 1_000}
    known, own_servers, free = priced(
        [
            batch | {"model_raw": "gpt-5", "started_at": datetime(2026, 10, 13)},
            batch | {"provider": "self", "model_raw": "m-small"},
            batch | {"provider": "self", "model_raw": "m-free"},
        ],
        metrics_7,
    )
    assert (known["cost_nano"], known["_flags"]) == (5_625_000, ["batch_assumed"])
    assert (own_servers["cost_nano"], own_servers["_flags"]) == (2_250_000, ["batch_assumed"])
    assert (free["cost_nano"], free["_flags"]) == (0, [])


def test_tiers_of_a_maker_say_nothing_about_who_sells_its_models_on(priced):
    event = {"provider": "azure.ai.openai", "model_raw": "gpt-5", "input_tokens": 1_000}
    batch, priority = priced([event | {"service_tier": tier} for tier in ("batch", "priority")])
    assert (batch["cost_nano"], batch["_flags"]) == (625_000, ["batch_assumed"])
    assert (priority["cost_nano"], priority["_flags"]) == (1_250_000, ["tier_assumed"])


def test_prices_by_time_of_day_follow_the_utc_clock(priced):
    # deepseek-v4-pro: dearer from 01:00 to 04:00 and from 06:00 to 10:00
    event = {"model_raw": "deepseek-v4-pro", "provider": "deepseek", "input_tokens": 1_000}
    at = [
        datetime(2026, 11, 1, 0, 59, 59, 999_999), datetime(2026, 11, 1, 1),
        datetime(2026, 11, 1, 4), datetime(2026, 11, 1, 9, 59, 59), datetime(2026, 11, 1, 10),
    ]  # fmt: skip
    got = priced([event | {"started_at": moment} for moment in at])
    assert costs(got) == [660_000, 1_320_000, 660_000, 1_320_000, 660_000]


# --- large numbers, names, versions ---


def test_buckets_beyond_64_bit_steps_are_exact(priced, metrics_7):
    big = large(9 * 10**12 + 7, 10**12, None, None, 10**11, grain="bucket", requests=10**6)
    computed, reported, huge = priced(
        [
            big,
            big | {"cost_reported_nano": 10**17 + 1},
            big | {"cost_reported_nano": 9 * 10**18},
        ],
        metrics_7,
    )
    # (8e12 + 7) x 3 + 1e12 x 0.3 + 1e11 x 15 micro-USD
    assert computed["cost_nano"] == 25_800_000_000_021_000
    assert sum(leaves(computed)) == computed["cost_nano"]
    assert sum(leaves(reported)) == 10**17 + 1
    assert abs(reported["cost_input_nano"] - 93_023_255_813_957_700) < 10**11
    assert (huge["cost_nano"], leaves(huge)) == (9 * 10**18, (None,) * 5)


def test_the_model_and_a_missing_provider_come_from_the_book(priced):
    got = priced(
        [
            {"model_raw": "GPT-4o-2024-08-06", "input_tokens": 1},
            {"model_raw": "gemini/gemini-2.5-pro", "input_tokens": 1},
            {"model_raw": "My Model", "provider": "self", "input_tokens": 1},
        ]
    )
    assert [(e["provider"], e["model"], e["model_raw"]) for e in got] == [
        ("openai", "gpt-4o", "GPT-4o-2024-08-06"),
        ("gcp.gemini", "gemini-2.5-pro", "gemini/gemini-2.5-pro"),
        ("self", "my model", "My Model"),
    ]


def test_only_what_the_book_computed_carries_its_version(priced, book):
    by = book()
    known, unknown = priced(
        [{"model_raw": "gpt-5", "input_tokens": 1}, {"model_raw": "nobody", "input_tokens": 1}], by
    )
    assert (known["price_version"], unknown["price_version"]) == (by.version, None)
    assert len(by.version) == 8


def test_pricing_leaves_no_relation_of_its_own_behind(priced, con):
    priced([{"model_raw": "gpt-5", "input_tokens": 1}])
    assert [row[0] for row in con.execute("SHOW TABLES").fetchall()] == ["priced"]


def test_an_empty_file_gives_an_empty_table(priced):
    assert priced([]) == []


def test_what_cannot_be_computed_has_no_list_cost_either(priced):
    (got,) = priced([{"items": [{"rule": "own meter", "quantity": 3, "unit": "Tokens"}]}])
    assert (got["cost_source"], got["cost_computed_nano"], got["cost_list_nano"]) == (
        "unpriced",
        None,
        None,
    )
