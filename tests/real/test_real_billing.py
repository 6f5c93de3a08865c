"""Billing files in FOCUS."""

import pytest

pytestmark = pytest.mark.slow

SAMPLE = "real/focus_1_0_sample/focus_sample.parquet"


def test_the_sample_has_nine_lines_of_ai(taken_in, shared):
    landed = taken_in(shared / SAMPLE)
    assert landed.counts() == (1000, 9, 0, 991, 0)
    assert landed.totals("cost_reported") == (-151_897_562,)
    assert landed.one("count(requests)") == (0,)


def test_the_whole_sample(taken_in, shared):
    landed = taken_in(shared / SAMPLE, {"focus.yaml": "extends: focus\noptions: {keep: all}\n"})
    assert landed.counts() == (1000, 1000, 0, 0, 0)
    assert landed.totals("requests") == (1256,)
    assert landed.one(
        "count(requests), count(*) FILTER (cost_reported_nano < 0), count(DISTINCT project),"
        " CAST(min(started_at) AS VARCHAR), CAST(max(ended_at) AS VARCHAR)"
    ) == (50, 13, 68, "2024-09-01 00:00:00", "2024-10-01 00:00:00")
    assert landed.rows(
        "provider, count(*), coalesce(sum(cost_reported_nano), 0)::BIGINT",
        "GROUP BY 1 ORDER BY 2 DESC",
    ) == [("aws", 942, 13_000_000_000), ("microsoft", 51, 1_976_514_186), ("oracle", 7, 0)]
    assert landed.rows(
        "tags['charge_category'], count(*), (sum(cost_reported_nano) FILTER (tags['charge_category'] = 'credit'))::BIGINT",
        "GROUP BY 1 ORDER BY 2 DESC",
    ) == [("usage", 997, None), ("adjustment", 2, None), ("credit", 1, -3_000_000_000)]


def test_the_sample_by_what_was_billed(taken_in, shared):
    options = "extends: focus\noptions: {keep: all, cost: BilledCost}\n"
    landed = taken_in(shared / SAMPLE, {"focus.yaml": options})
    assert landed.totals("events", "cost_reported") == (1000, 20_520_226_737)


def test_litellms_export_cuts_a_cost_to_zero_and_that_is_no_price(taken_in, shared):
    landed = taken_in(shared / "real/litellm_focus_export/litellm_focus_export.parquet")
    assert landed.counts() == (2, 2, 0, 0, 0)
    assert dict(landed.only.reasons) == {"zero_cost_reported": 1}
    assert landed.totals("requests", "total_tokens", "cost") == (4, None, 25_500_000)
    assert landed.rows("organization, team, user_id, cost_source, cost_nano", "ORDER BY started_at") == [
        ("Org", "Team 1", "u1", "unpriced", None), (None, "Team 1", "u2", "reported", 25_500_000),
    ]  # fmt: skip
