"""Who comes back, and how cost is spread over users."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics_core.reports.power_curve import power_curve
from analytics_core.reports.retention import retention
from analytics_core.semantics.filters import Pick, Scope

USD = 1_000_000_000
FIRST = datetime(2026, 11, 2, 9)  # a Monday
LATER = datetime(2026, 12, 1, tzinfo=UTC)


def _in(week: int, *users: str | None) -> list[dict]:
    """An event of each of those users in that week; week 1 is that of 2 November."""
    at = FIRST + timedelta(days=7 * (week - 1))
    return [{"started_at": at, "user_id": user} for user in users]


# METRICS.md 4.10; y makes the history, z lets the four weeks be over
EXAMPLE = [
    *_in(-3, "y"), *_in(1, "a", "b"), *_in(2, "a", "c"), *_in(3, "c"), *_in(4, "a"), *_in(5, "z"),
]  # fmt: skip


def test_two_cohorts_and_what_remains_of_them_week_by_week(viewed):
    found = retention(viewed(EXAMPLE, now=LATER), most=4)
    assert [(c.bucket.wall.date(), c.retained) for c in found.cohorts] == [
        (date(2026, 11, 2), (1.0, 0.5, 0.0, 0.5)), (date(2026, 11, 9), (1.0, 1.0, 0.0)),
        (date(2026, 11, 16), (None, None)), (date(2026, 11, 23), (None,)),
    ]  # fmt: skip


def test_every_week_says_who_is_new_stayed_came_back_and_went(viewed):
    found = retention(viewed(EXAMPLE, now=LATER), most=4)
    assert [(w.users, w.new, w.returning, w.back, w.lost) for w in found.weeks] == [
        (2, 2, 0, 0, 0), (2, 1, 1, 0, 1), (1, 0, 1, 0, 1), (1, 0, 0, 1, 1),
    ]  # fmt: skip


def test_weeks_are_complete_and_end_with_the_period(viewed):
    found = retention(viewed(EXAMPLE, now=LATER, period="2026-11-01..2026-11-20"), most=2)
    assert [w.bucket.wall.date() for w in found.weeks] == [date(2026, 11, 2), date(2026, 11, 9)]
    running = retention(viewed(EXAMPLE[:-1], now=datetime(2026, 11, 25, tzinfo=UTC)))
    assert running.weeks[-1].bucket.wall.date() == date(2026, 11, 16)


def test_nobody_is_called_new_in_the_first_four_weeks_of_the_data(viewed):
    found = retention(viewed(EXAMPLE, now=LATER))
    assert [w.new for w in found.weeks] == [None, None, None, None, 2, 1, 0, 0]
    assert found.weeks[0].back is None
    assert found.cohorts[0].bucket.wall.date() == date(2026, 11, 2)


@pytest.mark.access
def test_others_make_neither_history_nor_users(viewed):
    mine = Scope(((Pick("user", ("a",)),),))
    found = retention(viewed(EXAMPLE, now=LATER, scope=mine))
    assert [(w.users, w.new) for w in found.weeks] == [(1, None), (1, None), (0, None), (1, None)]
    assert found.cohorts == ()


def test_an_empty_store_and_a_week_that_is_not_over_have_no_weeks(viewed):
    assert retention(viewed([])).weeks == ()
    assert retention(viewed(_in(3, "a"))).weeks == ()
    assert retention(viewed(_in(4, "a"), period="2026-10")).weeks == ()


def _costs(*dollars: int | None) -> list[dict]:
    return [
        {"started_at": FIRST, "user_id": f"u{n}", "cost_nano": None if d is None else d * USD}
        for n, d in enumerate(dollars)
    ]


def test_each_tenth_has_its_share_the_first_ones_a_user_more(viewed):
    found = power_curve(viewed(_costs(50, 30, 5, 5, 2, 2, 2, 1, 1, 1, 1, None)))
    assert [(p.label, p.value // USD) for p in found.parts] == [
        ("Top 10%", 80), ("10–20%", 5), ("20–30%", 5), ("30–40%", 2), ("40–50%", 2),
        ("50–60%", 2), ("60–70%", 1), ("70–80%", 1), ("80–90%", 1), ("90–100%", 1),
    ]  # fmt: skip
    assert (found.total, found.parts[0].share) == (100 * USD, 0.8)


def test_fewer_than_ten_users_with_a_cost_have_no_tenths(viewed):
    assert power_curve(viewed(_costs(*range(1, 10), None))).parts == ()
