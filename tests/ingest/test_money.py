"""Amounts as integer nano-USD."""

from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_core.ingest import money

pytestmark = pytest.mark.money


@pytest.fixture(scope="module")
def con() -> Any:
    with duckdb.connect() as con:
        con.execute(money.ROUNDING)
        yield con


def read(con: Any, value: str, kind: str, unit: str = "usd") -> tuple[Any, ...]:
    """(nano, given, finite, readable) of a SQL value of that type."""
    found = money.amount("x", kind, unit)
    shown = ", ".join((found.nano, found.given, found.finite, found.readable))
    return con.execute(f"SELECT {shown} FROM (SELECT CAST({value} AS {kind}) AS x)").fetchall()[0]


@pytest.mark.parametrize(
    ("value", "kind", "nano"),
    [
        ("0.1", "DOUBLE", 100_000_000),
        ("'0.1'", "VARCHAR", 100_000_000),
        ("0.1", "DECIMAL(38,25)", 100_000_000),
        ("0.1", "FLOAT", 100_000_000),
        ("3", "INTEGER", 3_000_000_000),
        ("'1.5e-05'", "VARCHAR", 15_000),
        ("0.0000000005", "DOUBLE", 0),
        ("0.0000000015", "DOUBLE", 2),
        ("'0.0000000015'", "VARCHAR", 2),
        ("0.0000000025", "DECIMAL(18,10)", 2),
        ("-0.0000000015", "DECIMAL(18,10)", -2),
        ("-0.0000000015", "DOUBLE", -2),
        ("0.1234567890123456789012345", "DECIMAL(38,25)", 123_456_789),
        ("1000000.123456789", "DOUBLE", 1_000_000_123_456_789),
        ("9990.01252875", "DOUBLE", 9_990_012_528_750),
        ("524288.4757488375", "DOUBLE", 524_288_475_748_838),
    ],
)
def test_an_amount_is_rounded_once_half_even(con: Any, value: str, kind: str, nano: int) -> None:
    assert read(con, value, kind) == (nano, True, True, True)


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        ("NULL", "DOUBLE", (None, False, True, True)),
        ("'nan'", "DOUBLE", (None, True, False, True)),
        ("'-infinity'", "DOUBLE", (None, True, False, True)),
        ("'NaN'", "VARCHAR", (None, True, False, True)),
        ("'N/A'", "VARCHAR", (None, False, True, True)),
        ("''", "VARCHAR", (None, False, True, True)),
        ("'$1.25'", "VARCHAR", (None, True, True, False)),
        ("'1,25'", "VARCHAR", (None, True, True, False)),
        ("1e12", "DOUBLE", (None, True, True, True)),
        ("'99999999999'", "VARCHAR", (None, True, True, True)),
    ],
)
def test_what_is_no_amount_says_why(con: Any, value: str, kind: str, said: Any) -> None:
    assert read(con, value, kind) == said


def test_cents_and_nano_units(con: Any) -> None:
    assert read(con, "'12.345'", "VARCHAR", "cents")[0] == 123_450_000
    assert read(con, "12.345", "DOUBLE", "cents")[0] == 123_450_000
    assert read(con, "1234", "BIGINT", "nano")[0] == 1234


@pytest.mark.parametrize(
    ("amount", "unit", "usd_pico", "nano"),
    [
        ("0.2", "usd", 1_160_000_000_000, 232_000_000),
        ("20", "cents", 1_160_000_000_000, 232_000_000),
        ("-0.2", "usd", 1_160_000_000_000, -232_000_000),
        ("0.000000001", "usd", 500_000_000_000, 0),
        ("0.000000003", "usd", 500_000_000_000, 2),
        ("100000000", "usd", 6_700_000_000, 670_000_000_000_000),
    ],
)
def test_another_currency_is_rounded_after_its_rate(
    con: Any, amount: str, unit: str, usd_pico: int, nano: int
) -> None:
    sql = money.converted(f"CAST('{amount}' AS DECIMAL(38,18))", unit, str(usd_pico))
    assert con.execute(f"SELECT {sql}").fetchall() == [(nano,)]


@settings(max_examples=200, deadline=None)
@given(st.floats(-2e6, 2e6, allow_nan=False))
def test_a_double_and_its_text_are_the_same_amount(con: Any, value: float) -> None:
    text = read(con, f"'{value!r}'", "VARCHAR")[0]
    assert read(con, f"'{value!r}'", "DOUBLE")[0] == text
