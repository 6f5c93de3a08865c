"""Other looks at a View: another period by the store's clock, fewer members."""

from datetime import UTC, datetime

import pytest

from analytics_core.reports.span import among, during
from analytics_core.semantics.filters import Pick
from analytics_core.semantics.query import Query

EVENTS = [
    {"started_at": datetime(2026, 11, 20, 4), "project": "Search", "cost_nano": 5},
    {"started_at": datetime(2026, 11, 20, 6), "project": "Voice", "cost_nano": 7},
    {"started_at": datetime(2026, 11, 3), "project": None, "cost_nano": 11},
]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("UTC", 12), ("America/New_York", 7)],  # there the 20th begins at 05:00 UTC
)
def test_today_is_the_day_of_the_reporting_zone_whatever_is_picked(viewed, zone, expected):
    view = viewed(EVENTS, period="2026-10", zone=zone)
    assert during(view, "today").ask(Query(("cost",)))["cost"][0] == expected


def test_a_period_keeps_the_picks(viewed):
    view = viewed(EVENTS, picks=(Pick("project", ("Voice",)),))
    assert during(view, "today").ask(Query(("cost",)))["cost"][0] == 7


@pytest.mark.parametrize(
    ("picked", "names", "expected"),
    [
        ((), [None], 11), ((), ["Search", None], 16), (("Voice",), [None], 0),
        (("Voice", None), [None], 11), (("Search",), ["Search"], 5),
    ],
)  # fmt: skip
def test_members_picked_away_do_not_come_back(viewed, picked, names, expected):
    view = viewed(EVENTS, picks=(Pick("project", picked),) if picked else ())
    assert among(view, "project", names).ask(Query(("cost",)))["cost"][0] == expected


def test_the_clock_of_a_store_is_what_it_was_given(viewed):
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert viewed(EVENTS, now=now).store.now() == now
