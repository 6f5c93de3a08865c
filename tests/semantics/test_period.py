from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_core.errors import BadValue, UnknownName
from analytics_core.semantics.period import Calendar, Grain, Period, months_after

NOW = datetime(2026, 11, 20, 16, 45, 30, tzinfo=UTC)
MADRID = Calendar("Europe/Madrid")
NEW_YORK = Calendar("America/New_York")
UTC_CALENDAR = Calendar()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def bounds(period: Period) -> tuple[datetime, datetime]:
    return period.start, period.end


@pytest.mark.parametrize(
    ("kind", "start", "end"),
    [
        ("hour", "2026-11-20T15:45", "2026-11-20T16:45"),
        ("hours:6", "2026-11-20T10:45", "2026-11-20T16:45"),
        ("today", "2026-11-19T23:00", "2026-11-20T23:00"),
        ("yesterday", "2026-11-18T23:00", "2026-11-19T23:00"),
        ("days:7", "2026-11-13T23:00", "2026-11-20T23:00"),
        ("days:30", "2026-10-21T22:00", "2026-11-20T23:00"),
        ("week", "2026-11-15T23:00", "2026-11-22T23:00"),
        ("last-week", "2026-11-08T23:00", "2026-11-15T23:00"),
        ("month", "2026-10-31T23:00", "2026-11-30T23:00"),
        ("2026-11", "2026-10-31T23:00", "2026-11-30T23:00"),
        ("last-month", "2026-09-30T22:00", "2026-10-31T23:00"),
        ("quarter", "2026-09-30T22:00", "2026-12-31T23:00"),
        ("year", "2025-12-31T23:00", "2026-12-31T23:00"),
        ("2026-10-22..2026-10-28", "2026-10-21T22:00", "2026-10-28T23:00"),
        ("2026-11-20T08:00..2026-11-20T12:30", "2026-11-20T07:00", "2026-11-20T11:30"),
        ("2026-11-20T08:00Z..2026-11-20T12:30+02:00", "2026-11-20T08:00", "2026-11-20T10:30"),
    ],
)
def test_a_preset_has_the_bounds_of_the_table(kind, start, end):
    assert bounds(Period.parse(kind, NOW, MADRID)) == (utc(start), utc(end))


@pytest.mark.parametrize(
    ("kind", "start", "end"),
    [
        ("hour", "2026-11-20T14:45", "2026-11-20T15:45"),
        ("hours:6", "2026-11-20T04:45", "2026-11-20T10:45"),
        ("today", "2026-11-18T23:00", "2026-11-19T23:00"),
        ("days:7", "2026-11-06T23:00", "2026-11-13T23:00"),
        ("days:30", "2026-09-21T22:00", "2026-10-21T22:00"),
        ("week", "2026-11-08T23:00", "2026-11-15T23:00"),
        ("month", "2026-09-30T22:00", "2026-10-31T23:00"),
        ("last-month", "2026-08-31T22:00", "2026-09-30T22:00"),
        ("quarter", "2026-06-30T22:00", "2026-09-30T22:00"),
        ("year", "2024-12-31T23:00", "2025-12-31T23:00"),
        ("2026-10-22..2026-10-28", "2026-10-14T22:00", "2026-10-21T22:00"),
        ("2026-11-20T08:00..2026-11-20T12:30", "2026-11-20T02:30", "2026-11-20T07:00"),
    ],
)
def test_the_previous_period_is_the_calendar_unit_before_or_the_same_length_before(
    kind, start, end
):
    assert bounds(Period.parse(kind, NOW, MADRID).previous()) == (utc(start), utc(end))


def test_days_compare_with_days_though_one_of_them_has_25_hours():
    week = Period.parse("2026-10-22..2026-10-28", NOW, MADRID)
    assert (week.hours, week.previous().hours, week.days) == (169, 168, 7)


@pytest.mark.parametrize(
    ("zone", "kind", "until", "start", "end"),
    [
        ("UTC", "2026-03", "2026-03-31T15:00", "2026-02-01T00:00", "2026-03-01T00:00"),
        ("UTC", "2026-03", "2026-03-15T10:00", "2026-02-01T00:00", "2026-02-15T10:00"),
        ("America/New_York", "2026-03", "2026-03-15T14:00", "2026-02-01T05:00", "2026-02-15T15:00"),
        ("UTC", "2028-03", "2028-03-29T12:00", "2028-02-01T00:00", "2028-02-29T12:00"),
        ("UTC", "2028-03", "2028-03-30T12:00", "2028-02-01T00:00", "2028-03-01T00:00"),
    ],
)
def test_a_month_so_far_is_compared_with_the_same_stretch_of_the_month_before(
    zone, kind, until, start, end
):
    period = Period.parse(kind, NOW, Calendar(zone))
    assert bounds(period.previous_until(utc(until))) == (utc(start), utc(end))


def test_a_day_of_25_hours_has_25_buckets_and_two_of_one_o_clock():
    day = Period.parse("2026-11-01..2026-11-01", NOW, NEW_YORK)
    hours = [start for start, _ in day.buckets(Grain.HOUR)]
    assert bounds(day) == (utc("2026-11-01T04:00"), utc("2026-11-02T05:00"))
    assert (day.hours, len(hours)) == (25, 25)
    assert hours[:4] == [utc(f"2026-11-01T0{hour}:00") for hour in (4, 5, 6, 7)]


CHANGES = {
    "UTC": (),
    "Asia/Kolkata": (),
    "Asia/Kathmandu": (),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "Europe/Madrid": ("2026-03-29", "2026-10-25"),
    "Europe/London": ("2026-03-29", "2026-10-25"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
    "Pacific/Chatham": ("2026-04-05", "2026-09-27"),
    "Africa/Cairo": ("2026-04-24", "2026-10-30"),
    "America/Havana": ("2026-03-08", "2026-11-01"),
    "America/Santiago": ("2026-04-05", "2026-09-06"),
    "Antarctica/Troll": ("2026-03-29", "2026-10-25"),
}


def hours_minute_by_minute(period: Period, zone: str) -> list[tuple[datetime, int]]:
    """(key, minutes) of each hour: every minute goes back to the full hour on its own clock."""
    minutes: dict[datetime, int] = {}
    moment = period.start
    while moment < period.end:
        key = moment - timedelta(minutes=moment.astimezone(ZoneInfo(zone)).minute)
        minutes[key] = minutes.get(key, 0) + 1
        moment += timedelta(minutes=1)
    return list(minutes.items())


@pytest.mark.parametrize(
    ("zone", "day"),
    [(zone, day) for zone, days in CHANGES.items() for day in (*days, "2026-06-15")],
)
def test_hours_are_those_that_each_minute_of_the_day_falls_into(zone, day):
    period = Period.parse(f"{day}..{day}", NOW, Calendar(zone))
    found = [
        (start, (end - start) / timedelta(minutes=1)) for start, end in period.buckets(Grain.HOUR)
    ]
    assert found == hours_minute_by_minute(period, zone)


@pytest.mark.parametrize("zone", CHANGES)
@pytest.mark.parametrize("grain", [Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR])
def test_buckets_follow_on_each_other_and_cover_the_period(zone, grain):
    period = Period.parse("2026-01-15..2026-12-10", NOW, Calendar(zone))
    buckets = list(period.buckets(grain))
    assert buckets[0][0] <= period.start < buckets[0][1]
    assert buckets[-1][0] < period.end <= buckets[-1][1]
    assert all(left[1] == right[0] for left, right in pairwise(buckets))


def test_buckets_of_an_age_of_odd_offsets_come_to_an_end():
    period = Period.parse("1900-12-31..1901-01-01", NOW, Calendar("Europe/Amsterdam"))
    assert 48 <= len(list(period.buckets(Grain.HOUR))) <= 50


@pytest.mark.parametrize(
    ("calendar", "day", "grain", "first"),
    [
        (Calendar(), date(2026, 11, 20), Grain.WEEK, date(2026, 11, 16)),
        (Calendar(week_start="sunday"), date(2026, 11, 20), Grain.WEEK, date(2026, 11, 15)),
        (Calendar(week_start="sunday"), date(2026, 11, 15), Grain.WEEK, date(2026, 11, 15)),
        (Calendar(), date(2026, 11, 20), Grain.QUARTER, date(2026, 10, 1)),
        (Calendar(fiscal_year_start=2), date(2026, 11, 20), Grain.QUARTER, date(2026, 11, 1)),
        (Calendar(fiscal_year_start=2), date(2026, 1, 31), Grain.YEAR, date(2025, 2, 1)),
        (Calendar(), date(2026, 11, 20), Grain.DAY, date(2026, 11, 20)),
    ],
)
def test_the_calendar_decides_where_weeks_quarters_and_years_begin(calendar, day, grain, first):
    assert calendar.bucket_of(day, grain) == first


@pytest.mark.parametrize(
    ("days", "grain", "buckets"),
    [(3, "hour", 72), (4, "day", 4), (92, "day", 92), (93, "week", 14), (732, "month", 25)],
)
def test_the_bucket_grows_with_the_length(days, grain, buckets):
    period = Period.parse(f"days:{days}", NOW, UTC_CALENDAR)
    assert period.grain() == grain
    assert len(list(period.buckets(period.grain()))) == buckets


def test_a_day_by_itself_is_the_range_of_that_day():
    day = Period.parse("2026-11-27", NOW, UTC_CALENDAR)
    assert day == Period.parse("2026-11-27..2026-11-27", NOW, UTC_CALENDAR)
    with pytest.raises(BadValue):
        Period.parse("2026-11-31", NOW, UTC_CALENDAR)


def test_a_range_of_one_whole_month_is_that_month():
    typed = Period.parse("2026-11-01..2026-11-30", NOW, MADRID)
    assert typed == Period.parse("2026-11", NOW, MADRID)
    assert typed.unit is Grain.MONTH


@pytest.mark.parametrize("end", ["2026-11-01T01:30", "2026-11-01T01:30:00"])
def test_a_time_that_comes_twice_is_the_first_as_start_and_the_second_as_end(end):
    period = Period.parse(f"2026-11-01T01:30..{end}", NOW, NEW_YORK)
    assert bounds(period) == (utc("2026-11-01T05:30"), utc("2026-11-01T06:30"))


@pytest.mark.parametrize(
    "kind",
    [
        "days:0", "days:3661", "days:x", "days:", "hours:2161", "hours:-1", "2026-13", "0000-01",
        "9999-12", "2026-11-20..2026-11-19", "2026-11-20T08:00..2026-11-20T08:00", "..", "a..b",
        "2026-02-30..2026-03-01", "custom", "days:²", "hours:٣",
    ],
)  # fmt: skip
def test_a_period_that_cannot_be_read_says_what_was_expected(kind):
    with pytest.raises(BadValue, match="Expected"):
        Period.parse(kind, NOW, MADRID)


def test_an_unknown_preset_names_the_nearest():
    with pytest.raises(UnknownName, match="Did you mean 'last-month'"):
        Period.parse("last_month", NOW, MADRID)


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
KINDS = st.one_of(
    st.sampled_from(["month", "last-month", "today", "yesterday", "hour", "week", "last-week",
                     "quarter", "year", "2026-02"]),
    st.integers(1, 3660).map(lambda n: f"days:{n}"),
    st.integers(1, 2160).map(lambda n: f"hours:{n}"),
)  # fmt: skip


@given(zone=st.sampled_from(sorted(CHANGES)), kind=KINDS, now=MOMENTS, share=st.floats(0, 1))
def test_the_previous_period_ends_where_this_one_starts_and_is_never_cut_longer(
    zone, kind, now, share
):
    period = Period.parse(kind, now, Calendar(zone))
    before = period.previous()
    assert before.end == period.start
    until = period.start + (period.end - period.start) * share
    cut, current = period.previous_until(until), period.until(until)
    assert before.start == cut.start < cut.end <= before.end
    if current.end < period.end:
        elapsed = current.local_end - current.local_start
        assert cut.local_end - cut.local_start <= max(elapsed, timedelta(hours=1))


@given(
    zone=st.sampled_from(sorted(CHANGES)),
    start=MOMENTS,
    length=st.timedeltas(timedelta(minutes=1), timedelta(days=40)),
)
def test_a_custom_period_is_read_back_from_its_name(zone, start, length):
    calendar = Calendar(zone)
    period = Period.between(start, start + length, calendar)
    assert Period.parse(period.kind, NOW, calendar) == period


@given(first=st.dates(date(1990, 1, 1), date(2100, 1, 1)), months=st.integers(-600, 600))
def test_months_after_and_before_undo_each_other(first, months):
    start = first.replace(day=1)
    assert months_after(months_after(start, months), -months) == start
