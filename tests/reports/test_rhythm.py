"""When usage happens: hours of a week, on the clock of the reporting zone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from analytics_core.errors import NotAdditive
from analytics_core.export.sheet import of_rhythm
from analytics_core.reports.rhythm import rhythm

NOW = datetime(2026, 11, 20, 16, 45, tzinfo=UTC)
MON, SUN = 0, 6


def _event(*at: int, requests: int | None = 1) -> dict:
    return {"started_at": datetime(2026, *at), "requests": requests, "cost_nano": None}


def _known(found) -> dict:
    pairs = zip(found.days, found.cells, strict=True)
    return {(day, hour): v for day, row in pairs for hour, v in enumerate(row) if v}


def test_the_same_hour_of_the_same_weekday_is_one_cell_over_all_weeks(viewed):
    events = [_event(11, 2, 9), _event(11, 9, 9, 59), _event(11, 9, 10), _event(11, 8, 9)]
    found = rhythm(viewed(events, now=NOW), "requests")
    assert _known(found) == {(MON, 9): 2, (MON, 10): 1, (SUN, 9): 1}
    assert found.total == 4
    assert sum(value or 0 for row in found.cells for value in row) == 4


def test_hours_are_those_of_the_zone_with_halves_and_across_midnight(viewed):
    events = [_event(11, 1, 18, 29), _event(11, 1, 18, 30)]  # Sunday 23:59 and Monday 00:00 there
    found = rhythm(viewed(events, now=NOW, zone="Asia/Kolkata"), "requests")
    assert _known(found) == {(SUN, 23): 1, (MON, 0): 1}


def test_both_hours_of_a_clock_change_are_the_same_hour(viewed):
    events = [_event(11, 1, 5, 30), _event(11, 1, 6, 30), _event(11, 1, 7, 30)]
    found = rhythm(viewed(events, now=NOW, zone="America/New_York"), "requests")
    assert _known(found) == {(SUN, 1): 2, (SUN, 2): 1}


def test_hours_the_period_has_not_had_are_unknown_and_idle_ones_are_zero(viewed):
    events = [_event(11, 2, 9), _event(11, 2, 11)]
    view = viewed(
        events, period="2026-11-02..2026-11-02", now=datetime(2026, 11, 2, 11, tzinfo=UTC)
    )
    found = rhythm(view, "requests")
    monday, tuesday = found.cells[0], found.cells[1]
    assert monday[:13] == (0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, None)
    assert set(tuesday) == {None}


def test_hours_of_unknown_cost_are_unknown(viewed):
    found = rhythm(viewed([_event(11, 2, 9)], now=NOW), "cost")
    assert found.cells[0][9] is None
    assert found.cells[0][8] == 0
    assert found.total is None


def test_buckets_that_a_source_has_summed_have_no_hour_and_are_counted_apart(viewed):
    buckets = [_event(11, 2, 0, requests=40) | {"grain": "bucket"} for _ in range(2)]
    found = rhythm(viewed([_event(11, 2, 9), *buckets], now=NOW), "requests")
    assert _known(found) == {(MON, 9): 1}
    assert (found.total, found.apart) == (1, 80)
    alone = rhythm(viewed(buckets, now=NOW), "requests")
    assert (_known(alone), alone.total, alone.apart) == ({}, 0, 80)


def test_a_week_that_starts_on_sunday_is_drawn_from_sunday(viewed):
    view = viewed([_event(11, 2, 9)], now=NOW)
    assert rhythm(view, "requests").days == (0, 1, 2, 3, 4, 5, 6)
    calendar = replace(view.filters.period.calendar, week_start="sunday")
    period = replace(view.filters.period, calendar=calendar)
    sunday = replace(view, filters=replace(view.filters, period=period))
    assert rhythm(sunday, "requests").days == (6, 0, 1, 2, 3, 4, 5)


def test_a_count_of_different_users_has_no_rhythm(viewed):
    with pytest.raises(NotAdditive):
        rhythm(viewed([_event(11, 2, 9)], now=NOW), "users")


def test_the_download_has_a_row_per_hour_of_the_week_and_names_the_zone(viewed):
    sheet = of_rhythm(rhythm(viewed([_event(11, 2, 9)], now=NOW, zone="Asia/Kolkata"), "cost"))
    assert [column.heading for column in sheet.columns] == [
        "weekday", "hour (Asia/Kolkata)", "sum of cost (USD)",
    ]  # fmt: skip
    assert len(sheet.rows) == 168
    assert sheet.rows[14] == ("Mon", "14:00", None)
