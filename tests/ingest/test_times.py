"""Times of files as naive UTC."""

from datetime import datetime
from typing import Any

import duckdb
import pytest

from analytics_core.ingest.times import instant

NOON = datetime(2026, 11, 1, 12)


@pytest.fixture(scope="module")
def con() -> Any:
    with duckdb.connect() as con:
        con.execute("SET GLOBAL TimeZone = 'UTC'")
        yield con


def read(con: Any, value: str, kind: str, zone: str | None = None) -> tuple[Any, ...]:
    """(time, naive, date only, ambiguous, unit) of a SQL value of that type."""
    found = instant("x", kind, zone)
    shown = ", ".join((found.at, found.naive, found.date_only, found.ambiguous, found.unit))
    return con.execute(f"SELECT {shown} FROM (SELECT CAST({value} AS {kind}) AS x)").fetchall()[0]


@pytest.mark.parametrize(
    ("text", "time", "naive"),
    [
        ("2026-11-01T12:00:00Z", NOON, False),
        ("2026-11-01 12:00:00", NOON, True),
        (" 2026-11-01T12:00 ", NOON, True),
        ("2026-11-01T12:00:00.123456789Z", NOON.replace(microsecond=123456), False),
        ("2026-11-01T13:00:00+01:00", NOON, False),
        ("2026-11-01T13:00:00+01", NOON, False),
        ("2026-11-01 13:00:00 +0100", NOON, False),
        ("2026-11-01T07:00:00-05:00", NOON, False),
        ("2026-11-01 12:00:00 UTC", NOON, False),
        ("2026-11-01 12:00:00.000 Z", NOON, False),
        ("2026-11-01 12:00:00,250", NOON.replace(microsecond=250_000), True),
        ("2026-11-01T13:00:00,250+01:00", NOON.replace(microsecond=250_000), False),
        ("2026-11-01 13:00:00 Europe/Berlin", NOON, False),
        ("20261101T120000Z", NOON, False),
        ("20261101T120000", NOON, True),
        ("1793534400", NOON, False),
        ("1793534400.5", NOON.replace(microsecond=500000), False),
        ("1793534400000", NOON, False),
        ("01.11.2026 12:00", None, False),
        ("11/01/2026", None, False),
        ("yesterday", None, False),
        ("", None, False),
    ],
)
def test_text_is_iso_or_a_number_since_1970(
    con: Any, text: str, time: datetime | None, naive: object
) -> None:
    assert read(con, f"'{text}'", "VARCHAR")[:2] == (time, naive)


@pytest.mark.parametrize(
    ("number", "unit"),
    [(1_793_534_400, 1), (1_793_534_400_000, 2), (1_793_534_400_000_000, 3),
     (1_793_534_400_000_000_999, 4)],
)  # fmt: skip
def test_the_unit_of_an_integer_is_its_magnitude(con: Any, number: int, unit: int) -> None:
    assert read(con, str(number), "BIGINT") == (NOON, False, False, False, unit)
    assert read(con, str(number), "UBIGINT")[0] == NOON


def test_fractions_of_seconds_are_kept_and_what_is_no_time_is_unknown(con: Any) -> None:
    assert read(con, "1793534400.25", "DOUBLE")[0] == NOON.replace(microsecond=250000)
    for value, kind in (("'nan'", "DOUBLE"), ("'infinity'", "DOUBLE"), ("NULL", "VARCHAR")):
        assert read(con, value, kind)[0] is None


@pytest.mark.parametrize(
    ("value", "kind", "naive"),
    [
        ("'2026-11-01 13:00:00+01'", "TIMESTAMP WITH TIME ZONE", False),
        ("'2026-11-01 12:00:00'", "TIMESTAMP", True),
        ("'2026-11-01 12:00:00.000000999'", "TIMESTAMP_NS", True),
        ("'2026-11-01 12:00:00'", "TIMESTAMP_S", True),
    ],
)
def test_timestamps_keep_their_instant(con: Any, value: str, kind: str, naive: object) -> None:
    assert read(con, value, kind)[:2] == (NOON, naive)


def test_a_date_is_its_midnight(con: Any) -> None:
    midnight = datetime(2026, 11, 1)
    assert read(con, "'2026-11-01'", "DATE")[:3] == (midnight, True, True)
    assert read(con, "'2026-11-01'", "VARCHAR")[:3] == (midnight, True, True)
    assert read(con, "'20261101'", "VARCHAR")[:3] == (midnight, True, True)


def test_a_naive_time_is_local_time_of_the_stated_zone(con: Any) -> None:
    assert read(con, "'2026-11-01 13:00:00'", "TIMESTAMP", "Europe/Berlin")[:2] == (NOON, False)
    assert read(con, "'2026-11-01 13:00:00'", "VARCHAR", "Europe/Berlin")[:2] == (NOON, False)
    assert read(con, "'2026-11-01 12:00:00'", "TIMESTAMP", "UTC")[:2] == (NOON, False)
    assert read(con, "'2026-11-01 12:00:00Z'", "VARCHAR", "Europe/Berlin")[0] == NOON


@pytest.mark.parametrize(
    ("local", "time", "ambiguous"),
    [
        ("2026-10-25 01:59:59", datetime(2026, 10, 24, 23, 59, 59), False),
        ("2026-10-25 02:30:00", datetime(2026, 10, 25, 0, 30), True),
        ("2026-10-25 03:00:00", datetime(2026, 10, 25, 2), False),
    ],
)
def test_the_repeated_hour_is_its_first_occurrence_and_noted(
    con: Any, local: str, time: datetime, ambiguous: object
) -> None:
    for kind in ("TIMESTAMP", "VARCHAR"):
        found = read(con, f"'{local}'", kind, "Europe/Berlin")
        assert (found[0], found[3]) == (time, ambiguous)
