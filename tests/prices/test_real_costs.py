"""Prices against real reported costs: the figures of real/README.md and broken/README.md."""

from datetime import datetime

import duckdb
import pytest

from analytics_core.prices.cost import price
from analytics_core.prices.rates import Rates

AIDER = """
    INSERT INTO typed BY NAME
    SELECT 'aider:' || row_number() OVER () AS event_id, 'aider' AS source, '0' AS file_id,
        row_number() OVER () AS row, 'request' AS grain, 1 AS requests, 'ok' AS status,
        make_timestamp(time * 1000000) AS started_at, nullif(main_model, 'None') AS model_raw,
        prompt_tokens AS input_tokens, completion_tokens AS output_tokens,
        round_even(cost::VARCHAR::DECIMAL(38, 18) * 1000000000, 0)::BIGINT AS cost_reported_nano,
        'text_generation' AS service_type, 'token_usage' AS event_type, [] AS _flags
    FROM read_parquet($path)"""


@pytest.fixture
def aider(shared, con, book, typed_table):
    typed_table([])
    path = shared / "real" / "aider_analytics" / "aider_message_send.parquet"
    con.execute(AIDER, {"path": str(path)})
    price(con, "typed", "priced", book(), policy="auto", zero_cost="missing", rates=Rates())
    return con


def rows(con: duckdb.DuckDBPyConnection, text: str):
    return con.execute(text).fetchall()


def test_a_real_logs_zeros_are_computed_free_or_unpriced_but_never_a_price(aider):
    found = rows(
        aider,
        "SELECT cost_source, count(*), sum(cost_nano)::BIGINT, sum(input_tokens + output_tokens)"
        "::BIGINT FROM priced GROUP BY ALL ORDER BY ALL",
    )
    assert [row[:3] for row in found] == [
        ("computed", 775, 22_928_470_600),
        ("free", 3, 0),
        ("reported", 4_420, 10_182_700_381_636),
        ("unpriced", 365, None),
    ]
    assert found[3][3] == 1_005_685


def test_a_real_logs_flags_are_counted(aider):
    codes = "SELECT code, count(*) FROM (SELECT unnest(_flags) AS code FROM priced) GROUP BY ALL"
    found = dict(rows(aider, codes))
    assert (found["zero_cost_reported"], found["cost_outlier"]) == (1_143, 1)
    outlier = "SELECT started_at, cost_nano, cost_computed_nano FROM priced WHERE "
    assert rows(aider, outlier + "list_contains(_flags, 'cost_outlier')") == [
        (datetime(2025, 5, 7, 15, 29, 32), 9_990_012_528_750, 12_628_750)
    ]


def test_most_of_the_real_costs_agree_with_the_book(aider):
    # within 0.1 % or a millionth of a dollar; history before mid 2025 is thin
    near = "abs(cost_reported_nano - cost_computed_nano) <= cost_reported_nano * 0.001 + 1000"
    counts = f"""
        SELECT count(*) FILTER ({near}), count(*) FILTER (NOT ({near})),
            count(*) FILTER (cost_computed_nano IS NULL)
        FROM priced WHERE cost_source = 'reported'"""
    assert rows(aider, counts) == [(3_481, 537, 402)]


def test_a_reported_cost_divides_into_leaves_wherever_the_book_knows_the_model(aider):
    whole = f"{' + '.join(LEAVES)} = cost_nano"
    assert rows(
        aider, f"SELECT count(*) FILTER ({whole}), count(cost_output_nano) FROM priced"
    ) == [(4_793, 4_793)]  # 775 computed, and the 4,018 reported whose model has a price


LEAVES = (
    "cost_input_nano", "cost_cache_read_nano", "cost_cache_write_nano",
    "cost_cache_write_1h_nano", "cost_output_nano",
)  # fmt: skip


def test_rows_whose_cost_is_not_a_number_are_computed(priced):
    tokens = [(10, 1), (20, 2), (30, 3), (40, 4), (50, 5)]
    reported = [100_000_000, None, None, None, 500_000_000]
    got = priced(
        [
            {"model_raw": "gpt-5", "input_tokens": i, "output_tokens": o, "cost_reported_nano": c}
            for (i, o), c in zip(tokens, reported, strict=True)
        ]
    )
    assert [e["cost_nano"] for e in got] == [100_000_000, 45_000, 67_500, 90_000, 500_000_000]
    assert sum(e["cost_nano"] for e in got) == 600_202_500
