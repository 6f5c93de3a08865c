from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_core.semantics.zone import day_start, instant, local, offset_changes

ZONES = (
    "UTC", "America/New_York", "Europe/Madrid", "Europe/London", "Australia/Lord_Howe",
    "Pacific/Chatham", "Africa/Cairo", "America/Havana", "America/Santiago", "Asia/Kolkata",
    "Asia/Kathmandu", "Antarctica/Troll",
)  # fmt: skip
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "zone", "first", "second"),
    [
        ("2026-11-01T01:30", "America/New_York", "2026-11-01T05:30", "2026-11-01T06:30"),
        ("2026-03-08T02:30", "America/New_York", "2026-03-08T07:30", "2026-03-08T07:30"),
        ("2026-10-25T02:00", "Europe/Madrid", "2026-10-25T00:00", "2026-10-25T01:00"),
        ("2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-04T14:45", "2026-04-04T15:15"),
        ("2026-11-20T12:00", "Asia/Kathmandu", "2026-11-20T06:15", "2026-11-20T06:15"),
    ],
)
def test_a_time_that_comes_twice_is_read_widest_and_a_missing_one_moves_forward(
    wall, zone, first, second
):
    clock = datetime.fromisoformat(wall)
    assert instant(clock, zone) == utc(first)
    assert instant(clock, zone, widest_end=True) == utc(second)


@given(zone=st.sampled_from(ZONES), moment=MOMENTS)
def test_a_clock_read_back_is_the_moment_or_its_twin(zone, moment):
    wall = local(moment, zone)
    assert moment in (instant(wall, zone), instant(wall, zone, widest_end=True))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("year", [2024, 2026])
def test_a_day_starts_at_the_first_instant_of_its_date(zone, year):
    for number in range(366):
        day = date(year, 1, 1) + timedelta(days=number)
        start = day_start(day, zone)
        assert local(start, zone).date() == day
        assert local(start - timedelta(microseconds=1), zone).date() == day - timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        (date(2026, 11, 1), "America/New_York", "2026-11-01T04:00"),
        (date(2026, 11, 2), "America/New_York", "2026-11-02T05:00"),
        (date(2026, 9, 6), "America/Santiago", "2026-09-06T04:00"),  # midnight does not exist
        (date(2026, 11, 1), "America/Havana", "2026-11-01T04:00"),  # midnight comes twice
    ],
)
def test_a_day_starts_well_where_midnight_is_missing_or_comes_twice(day, zone, expected):
    assert day_start(day, zone) == utc(expected)


def test_offset_changes_are_found_to_the_second():
    assert offset_changes(utc("2026-01-01"), utc("2027-01-01"), "America/New_York") == [
        (utc("2026-01-01"), -18_000),
        (utc("2026-03-08T07:00"), -14_400),
        (utc("2026-11-01T06:00"), -18_000),
    ]
    assert offset_changes(utc("2026-01-01"), utc("2027-01-01"), "Asia/Kolkata") == [
        (utc("2026-01-01"), 19_800)
    ]


@given(
    zone=st.sampled_from(ZONES),
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
)
def test_the_offsets_found_give_the_clock_of_every_moment(zone, moment):
    changes = offset_changes(utc("2026-01-01"), utc("2027-01-02"), zone)
    seconds = next(offset for since, offset in reversed(changes) if since <= moment)
    assert (moment + timedelta(seconds=seconds)).replace(tzinfo=None) == local(moment, zone)
