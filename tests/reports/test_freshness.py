"""How far the data reach, and how their cost is known."""

from datetime import UTC, datetime

import pytest

from analytics_core.reports.freshness import freshness

EVENTS = [
    {"started_at": datetime(2026, 11, 3, 9), "cost_nano": 300, "cost_source": "reported",
     "input_tokens": 90, "output_tokens": 10},
    {"started_at": datetime(2026, 11, 4, 9), "cost_nano": 100, "input_tokens": 200,
     "output_tokens": 0},
    {"started_at": datetime(2026, 11, 5, 9), "cost_nano": None, "input_tokens": 95,
     "output_tokens": 5},
]  # fmt: skip


def test_shares_of_cost_and_tokens_are_of_the_selection(viewed):
    now = datetime(2026, 11, 5, 10, tzinfo=UTC)
    found = freshness(viewed(EVENTS, now=now), now)
    assert found.events == 3
    assert (found.reported, found.computed, found.unpriced) == (0.75, 0.25, 0.25)
    assert found.until == datetime(2026, 11, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(("hours", "stale"), [(26, False), (27, True)])
def test_data_are_stale_after_the_hours_of_the_setting(viewed, hours: int, stale: bool):  # noqa: FBT001
    now = datetime(2026, 11, 5, 9, tzinfo=UTC).replace(day=6, hour=9 + hours - 24)
    assert freshness(viewed(EVENTS, now=now), now).stale is stale


def test_an_empty_store_reaches_nowhere_and_is_not_stale(viewed):
    now = datetime(2026, 11, 5, tzinfo=UTC)
    found = freshness(viewed([], now=now), now)
    assert (found.events, found.until, found.stale) == (0, None, False)
    assert (found.reported, found.unpriced) == (None, None)
