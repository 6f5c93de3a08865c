"""Users of an average day, week and month, and how often they come."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics_core.reports.active_users import course, figure
from analytics_core.semantics.filters import Pick, Scope

FIRST = datetime(2026, 11, 1, 9)


def _days(*users_of_day: str, start: datetime = FIRST) -> list[dict]:
    """One event per letter: the users of each day, one day after another."""
    return [
        {"started_at": start + timedelta(days=day), "user_id": user}
        for day, users in enumerate(users_of_day)
        for user in users
    ]


def test_forty_five_user_days_in_thirty_days_are_one_and_a_half_daily_users(viewed):
    # METRICS.md 4.10: five users, 45 user-days, stickiness 30%
    turns = ["ab", "c", "de", "a", "bc", "d"] * 5
    view = viewed([*_days(*turns), *_days("z", start=datetime(2026, 12, 1, 9))],
                  now=datetime(2026, 12, 2, tzinfo=UTC))  # fmt: skip
    assert figure(view, "daily_users") == 1.5
    assert figure(view, "stickiness") == pytest.approx(0.3)


def test_days_without_anybody_are_zero_and_the_running_day_is_not_there_yet(viewed):
    view = viewed(_days("abc", "", "ab", "z"), now=datetime(2026, 11, 4, 12, tzinfo=UTC))
    assert course(view, "daily_users") == (3, 0, 2)
    assert figure(view, "daily_users") == pytest.approx(5 / 3)


def test_stickiness_needs_seven_complete_days(viewed):
    six = viewed(
        _days("ab", "a", "a", "a", "a", "a", "z"), now=datetime(2026, 11, 7, 9, tzinfo=UTC)
    )
    assert figure(six, "stickiness") is None
    seven = viewed(_days("ab", "a", "a", "a", "a", "a", "a", "z"),
                   now=datetime(2026, 11, 8, 9, tzinfo=UTC))  # fmt: skip
    assert figure(seven, "stickiness") == pytest.approx((8 / 7) / 2)  # z of the running day is out


def test_only_weeks_and_months_that_lie_wholly_in_the_period_count(viewed):
    # 1 November 2026 is a Sunday; its week and that of 30 November are cut off by the month
    view = viewed(_days("q", "ab", "", "c", *[""] * 26, "q"), now=datetime(2026, 12, 9, tzinfo=UTC))
    assert course(view, "weekly_users") == (3, 0, 0, 0)
    assert figure(view, "weekly_users") == 0.75
    assert course(view, "monthly_users") == (4,)
    short = viewed(_days("ab"), period="2026-11-03..2026-11-06")
    assert figure(short, "weekly_users") is None
    assert course(short, "monthly_users") == ()


def test_a_day_of_which_nobody_is_named_is_left_out_and_nobody_at_all_is_unknown(viewed):
    nobody = {"started_at": FIRST + timedelta(days=1), "user_id": None}
    later = {"started_at": FIRST + timedelta(days=2), "user_id": None}
    view = viewed([*_days("ab"), nobody, later], period="2026-11-01..2026-11-02")
    assert course(view, "daily_users") == (2, None)
    assert figure(view, "daily_users") == 2.0
    assert figure(viewed([nobody, later], period="2026-11-02..2026-11-02"), "daily_users") is None


def test_days_are_those_of_the_reporting_zone(viewed):
    late = {"started_at": datetime(2026, 11, 3, 23, 30), "user_id": "a"}  # the 4th in Madrid
    end = {"started_at": datetime(2026, 11, 6), "user_id": "b"}
    view = viewed([late, end], period="2026-11-03..2026-11-04", zone="Europe/Madrid")
    assert course(view, "daily_users") == (0, 1)


@pytest.mark.access
def test_only_visible_users_count(viewed):
    view = viewed([*_days("abc", "ab"), *_days("a", start=datetime(2026, 12, 1))],
                  period="2026-11-01..2026-11-02", scope=Scope(((Pick("user", ("a", "b")),),)))  # fmt: skip
    assert figure(view, "daily_users") == 2.0
