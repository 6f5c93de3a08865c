"""What is known of the usage, column by column and source by source."""

from datetime import datetime

from analytics_core.reports.coverage import FIELDS, Line, coverage
from analytics_core.semantics.filters import Pick, Scope

DAY = datetime(2026, 11, 3, 9)
EVENTS = [
    {"started_at": DAY, "source": "gateway", "user_id": "ann", "latency_ms": 9, "cost_nano": 1},
    {"started_at": DAY, "source": "gateway", "user_id": "bo", "status": None, "cost_nano": None},
    {"started_at": DAY, "source": "console", "project": "Search", "status": None, "cost_nano": 0},
    {"started_at": datetime(2026, 10, 1), "source": "old", "user_id": "ann", "cost_nano": 1},
]


def _known(line: Line) -> dict[str, int]:
    return {f.column: n for f, n in zip(FIELDS, line.known, strict=True) if n}


def test_each_source_says_how_many_of_its_events_know_each_column(viewed):
    found = coverage(viewed(EVENTS))
    assert [(line.source, line.events, _known(line)) for line in found.sources] == [
        ("gateway", 2, {"user_id": 2, "status": 1, "latency_ms": 1, "cost_nano": 1}),
        ("console", 1, {"project": 1, "cost_nano": 1}),
    ]


def test_the_whole_is_the_sum_of_the_sources_of_the_period(viewed):
    whole = coverage(viewed(EVENTS)).whole
    assert (whole.source, whole.events) == (None, 3)
    assert whole.shares[0] == 2 / 3


def test_what_nobody_may_see_has_no_share_at_all(viewed):
    found = coverage(viewed(EVENTS, scope=Scope(((Pick("user", ("cy",)),),))))
    assert found.sources == ()
    assert set(found.whole.shares) == {None}
