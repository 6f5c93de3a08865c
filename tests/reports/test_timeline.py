"""A measure over time: every bucket there is, none that is yet to come."""

from datetime import UTC, date, datetime

from analytics_core.reports.timeline import timeline
from analytics_core.semantics.period import Grain

USD = 1_000_000_000
NOON = datetime(2026, 11, 4, 12, 30, tzinfo=UTC)


def _event(at: datetime, cost: int | None = 1, project: str | None = "A", **more) -> dict:
    nano = None if cost is None else cost * USD
    return {"started_at": at, "project": project, "cost_nano": nano} | more


EVENTS = [
    _event(datetime(2026, 11, 1, 9), 5, "A"),
    _event(datetime(2026, 11, 1, 10), 2, "B"),
    _event(datetime(2026, 11, 3, 9), None, "A"),
    _event(datetime(2026, 11, 4, 12, 30), 1, None),
]


def test_days_without_usage_are_zero_and_days_to_come_have_no_row(viewed):
    found = timeline(viewed(EVENTS, now=NOON), "cost")
    assert found.frame.select("start", "value", "partial").rows() == [
        (datetime(2026, 11, 1), 7 * USD, False),
        (datetime(2026, 11, 2), 0, False),
        (datetime(2026, 11, 3), None, False),
        (datetime(2026, 11, 4), USD, True),
    ]
    assert found.until == NOON


def test_the_bucket_in_which_the_data_end_says_so_far(viewed):
    found = timeline(viewed(EVENTS, now=NOON), "cost")
    assert [found.when(b) for b in found.buckets][-2:] == [
        "Tue 3 Nov 2026", "Wed 4 Nov 2026 (so far)",
    ]  # fmt: skip


def test_a_period_that_is_over_has_all_its_buckets_and_none_in_part(viewed):
    later = [*EVENTS, _event(datetime(2026, 12, 2, 9))]
    found = timeline(viewed(later, now=datetime(2026, 12, 5, tzinfo=UTC)), "cost")
    assert len(found.buckets) == 30
    assert not any(b.partial for b in found.buckets)


def test_the_outer_weeks_of_a_quarter_are_there_in_part(viewed):
    later = [*EVENTS, _event(datetime(2027, 1, 2, 9))]
    found = timeline(
        viewed(later, period="quarter", now=datetime(2026, 12, 31, tzinfo=UTC)),
        "cost",
        grain=Grain.WEEK,
    )
    first, second, *_, last = found.buckets
    assert (first.wall.date(), first.partial, first.so_far) == (date(2026, 9, 28), True, False)
    assert not second.partial
    assert last.wall.date() == date(2026, 12, 28)
    assert last.partial


def test_members_keep_the_rank_of_their_totals_in_every_bucket(viewed):
    found = timeline(viewed(EVENTS, now=NOON), "cost", "project")
    assert found.labels == ("A", "B", "(unattributed)")
    day = found.frame.filter(found.frame["start"] == datetime(2026, 11, 1))
    assert day.select("rank", "value").rows() == [(0, 5 * USD), (1, 2 * USD), (2, 0)]


def test_a_cell_of_unpriced_events_is_unknown_and_an_empty_one_is_zero(viewed):
    found = timeline(viewed(EVENTS, now=NOON), "cost", "project")
    day = found.frame.filter(found.frame["start"] == datetime(2026, 11, 3))
    assert day["value"].to_list() == [None, 0, 0]


def test_a_ratio_without_requests_is_a_gap(viewed):
    found = timeline(viewed(EVENTS, now=NOON), "cost_per_request")
    assert found.frame["value"].to_list() == [3.5 * USD, None, None, float(USD)]


def test_hidden_members_leave_the_frame_and_the_others_keep_their_rank(viewed):
    found = timeline(viewed(EVENTS, now=NOON), "cost", "project").without(frozenset({"member:A"}))
    assert found.frame["rank"].unique().sort().to_list() == [1, 2]
    assert found.labels == ("A", "B", "(unattributed)")


def test_both_hours_of_a_clock_change_stand_apart(viewed):
    events = [
        _event(datetime(2026, 11, 1, 5, 30), 1),
        _event(datetime(2026, 11, 1, 6, 30), 2),
    ]
    view = viewed(
        events, period="2026-11-01..2026-11-01", zone="America/New_York",
        now=datetime(2026, 11, 1, 7, tzinfo=UTC),
    )  # fmt: skip
    found = timeline(view, "cost")
    assert found.grain is Grain.HOUR
    assert [
        (found.when(b), v) for b, v in zip(found.buckets, found.frame["value"], strict=True)
    ] == [
        ("Sun 1 Nov 2026, 00:00", 0),
        ("Sun 1 Nov 2026, 01:00", USD),
        ("Sun 1 Nov 2026, 01:00 (2nd) (so far)", 2 * USD),
    ]


def test_an_empty_store_has_no_bucket_that_claims_to_be_known(viewed):
    found = timeline(viewed([]), "cost")
    assert [b.so_far for b in found.buckets] == [True]


def test_the_total_of_a_bucket_is_unknown_where_nothing_in_it_has_a_price(viewed):
    found = timeline(viewed(EVENTS, now=NOON), "cost", "project")
    assert found.totals()["total"].to_list() == [7 * USD, 0, None, USD]
    assert found.without(frozenset({"member:A"})).totals()["total"].to_list() == [
        2 * USD, 0, 0, USD,
    ]  # fmt: skip


def test_a_cumulative_timeline_adds_what_came_before_and_is_unknown_until_something_is(viewed):
    events = [
        _event(datetime(2026, 11, 1, 9), None, "A"),
        _event(datetime(2026, 11, 2, 9), 5, "A"),
        _event(datetime(2026, 11, 4, 9), 2, "A"),
    ]
    found = timeline(viewed(events, now=NOON), "cost").cumulative()
    assert found.frame["value"].to_list() == [None, 5 * USD, 5 * USD, 7 * USD]
