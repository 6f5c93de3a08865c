"""How far each source reaches, and the days on which it says nothing."""

from datetime import date, datetime

from analytics_core.reports.gaps import Gap, gaps, reaches


def _event(source: str, month: int, day: int, hour: int = 9) -> dict:
    return {"started_at": datetime(2026, month, day, hour), "source": source, "cost_nano": 1}


EVENTS = [
    *(_event("gateway", 11, day) for day in (2, 3, 6, 9)),  # Mon 2; 7 and 8 are a weekend
    _event("gateway", 10, 20),
    _event("console", 11, 1),
]


def _found(view) -> list[tuple[str, date, date]]:
    return [(gap.source, gap.first, gap.last) for gap in gaps(view, reaches(view))]


def test_sources_stand_by_how_long_they_have_been_silent(viewed):
    first, last = reaches(viewed(EVENTS, period="2026-01"))
    assert (first.source, first.last.date()) == ("console", date(2026, 11, 1))
    assert (last.source, last.events, last.first.date()) == ("gateway", 5, date(2026, 10, 20))


def test_days_without_an_event_inside_the_range_of_a_source_are_gaps(viewed):
    assert _found(viewed(EVENTS)) == [
        ("gateway", date(2026, 11, 7), date(2026, 11, 8)),
        ("gateway", date(2026, 11, 4), date(2026, 11, 5)),
        ("gateway", date(2026, 11, 1), date(2026, 11, 1)),
    ]


def test_a_source_has_no_gap_before_its_first_and_after_its_last_event(viewed):
    assert _found(viewed([_event("console", 11, 5), _event("console", 11, 6)])) == []
    assert _found(viewed(EVENTS, period="2026-12")) == []


def test_a_whole_month_without_an_event_is_one_gap(viewed):
    events = [_event("a", 9, 30), _event("a", 11, 1)]
    assert _found(viewed(events, period="2026-10")) == [
        ("a", date(2026, 10, 1), date(2026, 10, 31))
    ]


def test_days_are_those_of_the_reporting_zone(viewed):
    events = [_event("a", 11, 2, hour=23), _event("a", 11, 4, hour=1)]
    assert _found(viewed(events)) == [("a", date(2026, 11, 3), date(2026, 11, 3))]
    assert _found(viewed(events, zone="Asia/Tokyo")) == []  # the 3rd and the 4th there


def test_a_gap_of_a_weekend_says_so():
    assert Gap("a", date(2026, 11, 7), date(2026, 11, 8)).weekend
    assert Gap("a", date(2026, 11, 8), date(2026, 11, 8)).weekend
    assert not Gap("a", date(2026, 11, 6), date(2026, 11, 7)).weekend
    assert not Gap("a", date(2026, 11, 7), date(2026, 11, 15)).weekend


def test_an_empty_store_reaches_nowhere(viewed):
    assert reaches(viewed([])) == ()
