"""A figure against the one before, in all its states."""

import pytest

from analytics_core.reports.compare import Change, change


@pytest.mark.parametrize(
    ("current", "previous", "expected"),
    [
        (150, 100, Change(150, 100, 50, 0.5, "ok")),
        (0, 5, Change(0, 5, -5, -1.0, "ok")),
        (5, 0, Change(5, 0, 5, None, "new")),
        (0, 0, Change(0, 0, 0, None, "none")),
        (5, -2, Change(5, -2, 7, None, "no_base")),
        (None, 5, Change(None, 5, None, None, "unknown")),
        (5, None, Change(5, None, None, None, "unknown")),
    ],
)
def test_a_change_has_a_ratio_only_where_there_was_something_before(current, previous, expected):
    assert change(current, previous) == expected


def test_a_period_before_the_first_event_is_no_base_even_for_a_known_zero():
    assert change(5, 0, based=False) == Change(5, 0, None, None, "no_base")
