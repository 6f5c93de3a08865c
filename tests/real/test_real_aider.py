"""Aider's published analytics log: figures of the real/README.md beside it."""

from collections.abc import Callable
from typing import Any

import duckdb
import pytest

pytestmark = pytest.mark.slow

FLAT = "real/aider_analytics/aider_message_send.parquet"
LOG = "real/aider_analytics/sample-analytics.jsonl"
PUBLISHED = "real/aider_analytics/published_faq_totals.parquet"


@pytest.fixture(scope="module")
def messages(take_into, shared, examples, tmp_path_factory):
    """The flattened log, landed once for all that is asked of it."""
    return take_into(tmp_path_factory.mktemp("messages"), shared / FLAT, examples)


def test_the_log_gives_the_published_tokens_of_each_model(taken_in, shared, examples):
    landed = taken_in(shared / LOG, examples)
    assert landed.counts() == (1000, 107, 0, 893, 0)
    assert dict(landed.only.reasons) == {"not_usage": 893}
    assert landed.totals("input_tokens", "output_tokens", "total_tokens", "cost_reported") == (
        2_484_349, 45_772, 2_530_121, 5_305_332_000,
    )  # fmt: skip
    ours = landed.rows(
        "model_raw, sum(input_tokens + output_tokens)::BIGINT AS tokens",
        "GROUP BY 1 ORDER BY tokens DESC",
    )
    published = duckdb.read_parquet(str(shared / PUBLISHED)).filter("commit = '3ec8ec5a7d'")
    theirs = published.order("total_tokens DESC").project("model, total_tokens, percent").fetchall()
    assert ours == [(model, tokens) for model, tokens, _ in theirs]
    assert len(ours) == 12
    assert [round(100 * tokens / 2_530_121, 1) for _, tokens in ours] == [
        share for *_, share in theirs
    ]


def test_every_message_of_all_versions(messages):
    landed = messages
    assert landed.counts() == (5563, 5563, 0, 0, 0)
    assert landed.totals("events", "input_tokens", "output_tokens", "total_tokens") == (
        5563, 73_020_005, 2_956_951, 75_976_956,
    )  # fmt: skip
    reasons = dict(landed.only.reasons)
    assert "total_mismatch" not in reasons
    assert (reasons["zero_cost_reported"], reasons["cost_outlier"]) == (1143, 1)
    assert landed.one(
        "count(*) FILTER (user_id IS NULL), count(DISTINCT coalesce(model_raw, ''))"
    ) == (4, 108)
    assert landed.rows(
        "cost_source, count(*), sum(input_tokens + output_tokens)::BIGINT, sum(cost_nano)::BIGINT",
        "GROUP BY 1 ORDER BY 2 DESC",
    ) == [
        ("reported", 4420, 60_566_224, 10_182_700_381_636),
        ("computed", 775, 14_382_274, 22_928_470_600),
        ("unpriced", 365, 1_005_685, None),
        ("free", 3, 22_773, 0),
    ]


def test_its_outlier_its_months_and_its_models(messages):
    landed = messages
    assert landed.rows(
        "CAST(started_at AS VARCHAR), model_raw, input_tokens, output_tokens, cost_reported_nano, cost_computed_nano",
        "WHERE cost_reported_nano > 1000000000 AND cost_reported_nano > 100 * cost_computed_nano",
    ) == [
        ("2025-05-07 15:29:32", "gemini/gemini-2.5-pro-preview-03-25", 10_023, 10, 9_990_012_528_750, 12_628_750),
    ]  # fmt: skip
    assert landed.rows(
        "strftime(started_at, '%Y-%m'), count(*), sum(input_tokens + output_tokens)::BIGINT,"
        " sum(cost_reported_nano)::BIGINT",
        "GROUP BY 1 HAVING min(started_at)::DATE < '2025-06-01' AND strftime(min(started_at), '%Y-%m')"
        " IN ('2024-11', '2025-03', '2025-05') ORDER BY 1",
    ) == [
        ("2024-11", 844, 7_937_086, 25_420_730_250),
        ("2025-03", 1777, 27_890_257, 80_918_653_050),
        ("2025-05", 364, 6_177_475, 10_009_909_365_250),
    ]
    assert landed.rows(
        "model_raw, count(*), sum(input_tokens + output_tokens)::BIGINT AS tokens",
        "GROUP BY 1 ORDER BY tokens DESC LIMIT 3",
    ) == [
        ("anthropic/claude-3-7-sonnet-20250219", 1184, 20_386_643),
        ("claude-3-5-sonnet-20241022", 1577, 19_266_205),
        ("gemini/gemini-2.5-pro-exp-03-25", 757, 14_349_566),
    ]


def test_what_was_reported_beside_what_the_book_says(messages):
    landed = messages
    assert landed.one(
        # within 0.1 % or a millionth of a dollar
        "count(*) FILTER (abs(cost_reported_nano - cost_computed_nano) <= 0.001 * cost_reported_nano + 1000),"
        " count(*) FILTER (abs(cost_reported_nano - cost_computed_nano) > 0.001 * cost_reported_nano + 1000),"
        " count(*) FILTER (cost_reported_nano > 0 AND cost_computed_nano IS NULL)"
    ) == (3481, 537, 402)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "json"])
def test_other_formats_give_the_same_nano(taken_in, shared, examples, tmp_path, form):
    copy = tmp_path / f"messages.{form}"
    written: dict[str, Callable[..., Any]] = {
        "csv": lambda rows: rows.write_csv(str(copy)),
        "json": lambda rows: rows.query("t", f"COPY (FROM t) TO '{copy}' (FORMAT json)"),
    }
    written[form](duckdb.read_parquet(str(shared / FLAT)))
    landed = taken_in(copy, examples)
    assert landed.counts() == (5563, 5563, 0, 0, 0)
    assert landed.one("sum(cost_reported_nano)::BIGINT, sum(cost_nano)::BIGINT") == (
        10_182_700_381_636, 10_205_628_852_236,
    )  # fmt: skip
