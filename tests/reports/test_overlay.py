"""The period before laid over a timeline: the same weekdays, nothing where no data reach."""

from datetime import UTC, datetime

import pytest

from analytics_core.reports.overlay import overlay
from analytics_core.semantics.period import Grain

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _event(at: datetime, cost: int = 1) -> dict:
    return {"started_at": at, "cost_nano": cost}


def test_a_month_of_30_days_is_laid_over_by_35_days_earlier(viewed):
    events = [
        _event(datetime(2026, 9, 1)), _event(datetime(2026, 9, 28, 9), 7),
        _event(datetime(2026, 11, 3, 9), 5),
    ]  # fmt: skip
    found = overlay(viewed(events, period="2026-11", now=NOW), "cost", Grain.DAY)
    assert found.shift == "same weekdays, 35 days earlier"
    assert len(found.laid) == 30  # also the days to come
    second = found.laid[1]
    assert (second.under.wall.date().isoformat(), second.when, second.value) == (
        "2026-11-02", "Mon 28 Sep 2026", 7,
    )  # fmt: skip
    assert [one.value for one in found.laid if one is not second] == [0] * 29


@pytest.mark.parametrize(
    ("period", "grain", "shift"),
    [
        ("2026-11-20", None, "a day earlier"),
        ("2026-11-18..2026-11-20", Grain.HOUR, "same weekdays, 7 days earlier"),
        ("2026-02", Grain.DAY, "same weekdays, 28 days earlier"),
        ("2026-10", Grain.DAY, "same weekdays, 35 days earlier"),
        ("2026-08-20..2026-11-17", Grain.WEEK, "same weekdays, 91 days earlier"),
        ("2025-01-01..2026-12-31", Grain.MONTH, "24 months earlier"),
        ("2026-11", Grain.MONTH, "a month earlier"),
    ],
)
def test_like_stands_over_like(viewed, period: str, grain: Grain | None, shift: str):
    spelled = period if ".." in period or grain else f"{period}..{period}"
    view = viewed([_event(datetime(2024, 1, 1))], period=spelled, now=NOW)
    assert overlay(view, "cost", grain or Grain.HOUR).shift == shift


def test_before_the_first_visible_event_nothing_is_known(viewed):
    view = viewed([_event(datetime(2026, 11, 3, 9), 5)], period="2026-11", now=NOW)
    found = overlay(view, "cost", Grain.DAY)
    assert {one.value for one in found.laid} == {None}
    assert not found.known


def test_hours_meet_the_same_hour_of_the_wall_clock_over_a_clock_change(viewed):
    # New York: clocks go back on 1 Nov 2026; 2 Nov 09:00 local is 14:00Z, a day before 14:00Z too
    events = [_event(datetime(2026, 10, 1)), _event(datetime(2026, 10, 31, 13, 30), 9)]
    view = viewed(events, period="2026-11-01..2026-11-01", now=NOW, zone="America/New_York")
    found = overlay(view, "cost", Grain.HOUR)
    assert len(found.laid) == 25
    nine = [one for one in found.laid if one.under.wall.hour == 9]
    assert [one.value for one in nine] == [9]


def test_months_of_a_year_meet_those_of_the_year_before(viewed):
    events = [_event(datetime(2024, 1, 1)), _event(datetime(2025, 3, 31, 23), 4)]
    view = viewed(events, period="2026-01-01..2026-12-31", now=NOW)
    found = overlay(view, "cost", Grain.MONTH)
    assert found.shift == "12 months earlier"
    assert [one.value for one in found.laid][:4] == [0, 0, 4, 0]
    assert found.laid[2].when == "March 2025"
