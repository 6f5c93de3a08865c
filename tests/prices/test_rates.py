"""What currencies and credits are worth, day by day."""

from datetime import datetime

import pytest

from analytics_core.errors import BadFile
from analytics_core.prices import rates

FX = "date,currency,usd\n2026-11-01,EUR,1.10\n2026-11-03,eur,1.20\n2026-11-03,JPY,0.0065\n"
CREDITS = "name,credits_per_usd,valid_from,valid_to,granted\n"


@pytest.mark.parametrize(
    ("currency", "at", "usd_pico"),
    [
        ("EUR", datetime(2026, 10, 31, 23, 59, 59), None),
        ("EUR", datetime(2026, 11, 1), 1_100_000_000_000),
        ("eur", datetime(2026, 11, 2, 23, 59, 59), 1_100_000_000_000),
        ("EUR", datetime(2026, 11, 3), 1_200_000_000_000),
        ("EUR", datetime(2026, 11, 10, 23, 59, 59), 1_200_000_000_000),
        ("EUR", datetime(2026, 11, 11), None),
        ("JPY", datetime(2026, 11, 3), 6_500_000_000),
        ("GBP", datetime(2026, 11, 3), None),
        ("usd", datetime(1999, 1, 1), 1_000_000_000_000),
    ],
)
def test_a_rate_serves_its_day_and_the_seven_after_it(settings, currency, at, usd_pico):
    assert rates.load(settings(fx=FX)).usd_pico(currency, at) == usd_pico


def test_the_days_of_a_rate_are_those_of_the_reporting_zone(settings):
    worth = rates.load(settings(zone="America/New_York", fx=FX))
    assert worth.usd_pico("EUR", datetime(2026, 11, 1, 3, 59)) is None
    assert worth.usd_pico("EUR", datetime(2026, 11, 1, 4)) == 1_100_000_000_000
    assert worth.usd_pico("EUR", datetime(2026, 11, 3, 4, 59)) == 1_100_000_000_000


def test_both_kinds_of_rates_can_be_joined(con, settings):
    worth = rates.load(settings(fx=FX, credits=CREDITS + "gold,2.5,2026-01-01,,1000\n"))
    worth.register(con)
    assert con.execute("SELECT currency, usd_pico FROM fx_rate ORDER BY ALL").fetchall() == [
        ("EUR", 1_100_000_000_000),
        ("EUR", 1_200_000_000_000),
        ("JPY", 6_500_000_000),
        ("USD", 1_000_000_000_000),
    ]
    assert con.execute("FROM credit_rate").fetchall() == [
        (datetime(2026, 1, 1), datetime(9999, 12, 31), 2_500_000)
    ]
    assert worth.credits[0].granted_nano == 1_000_000_000_000


def test_without_files_only_the_dollar_has_a_rate(con, settings):
    worth = rates.load(settings())
    worth.register(con)
    assert con.execute("SELECT currency FROM fx_rate").fetchall() == [("USD",)]
    assert (worth.credits, con.execute("FROM credit_rate").fetchall()) == ((), [])


def test_credits_may_follow_one_another(settings):
    lines = "gold,2,,2026-06-01,\n,4,2026-06-01,2027-01-01,5\n"
    first, second = rates.load(settings(credits=CREDITS + lines)).credits
    assert (first.name, first.granted_nano, first.end) == ("gold", None, datetime(2026, 6, 1))
    assert (second.name, second.start) == ("credits", datetime(2026, 6, 1))


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("fx", "date,currency,usd\n,EUR,1\n", "key 'date': is blank"),
        ("fx", "date,currency,usd\nsoon,EUR,1\n", "'soon' is no day"),
        ("fx", "date,currency,usd\n2026-01-01,,1\n", "key 'currency': must name a currency"),
        ("fx", "date,currency,usd\n2026-01-01,usd,1\n", "other than USD"),
        ("fx", "date,currency,usd\n2026-01-01,EUR,0\n", "key 'usd': must be the value"),
        ("fx", "date,currency,usd\n2026-01-01,EUR,\n", "key 'usd': must be the value"),
        ("fx", FX + "2026-11-01,Eur,1\n", "line 5, key 'date': a second rate of EUR"),
        ("credits", CREDITS + "a,0,,,\n", "must be a number above 0"),
        ("credits", CREDITS + "a,,,,\n", "must be a number above 0"),
        ("credits", CREDITS + "a,1,,,\nb,2,2026-01-01,,\n", "line 3: overlaps line 2"),
    ],
)
def test_a_rate_that_cannot_be_read_is_refused_with_its_place(settings, name, text, problem):
    with pytest.raises(BadFile, match=problem):
        rates.load(settings(**{name: text}))
