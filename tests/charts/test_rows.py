from datetime import UTC, datetime

import polars as pl
import pytest

from analytics_core.charts.rows import (
    axis_rows,
    check_size,
    largest_stack,
    largest_value,
    named_series,
    part_rows,
    timeline_rows,
)
from analytics_core.charts.theme import colours
from analytics_core.errors import BadValue
from analytics_core.semantics.member import Member
from analytics_core.semantics.period import Grain

DOLLAR = 1_000_000_000
OTHERS, UNATTRIBUTED = Member(None, "others", 12), Member(None, "unattributed")


def test_a_timeline_becomes_sorted_formatted_rows_in_dollars(timeline_of):
    timeline = timeline_of(
        [(3 * DOLLAR, 1 * DOLLAR), (0, 5_000_000), (None, 2 * DOLLAR), (5 * DOLLAR, 0)]
    )
    rows = timeline_rows(timeline, colours(timeline.members))
    assert rows.select("bucket", "member", "rank", "slot", "value", "text", "total").rows() == [
        ("2026-11-01", "atlas", 0, "0", 3.0, "$3.00", "$4.00"),
        ("2026-11-01", "borealis", 1, "1", 1.0, "$1.00", "$4.00"),
        ("2026-11-02", "atlas", 0, "0", 0.0, "$0.00", "$0.005"),
        ("2026-11-02", "borealis", 1, "1", 0.005, "$0.005", "$0.005"),
        ("2026-11-03", "atlas", 0, "0", None, "–", "$2.00"),
        ("2026-11-03", "borealis", 1, "1", 2.0, "$2.00", "$2.00"),
        ("2026-11-04", "atlas", 0, "0", 5.0, "$5.00", "$5.00"),
        ("2026-11-04", "borealis", 1, "1", 0.0, "$0.00", "$5.00"),
    ]
    assert rows["when"].unique(maintain_order=True).to_list() == [
        "Sun 1 Nov 2026",
        "Mon 2 Nov 2026",
        "Tue 3 Nov 2026",
        "Wed 4 Nov 2026 (so far)",
    ]
    assert rows["partial"].to_list() == [False] * 6 + [True] * 2
    assert rows["start"][2] == datetime(2026, 11, 2)
    assert rows["value"].dtype == pl.Float64


def test_a_bucket_of_which_nothing_is_known_has_no_total(timeline_of):
    rows = timeline_rows(timeline_of([(None, None)] * 4), colours([]))
    assert set(rows["total"]) == {"–"}


def test_the_axis_runs_to_the_end_of_the_period(timeline_of):
    assert axis_rows(timeline_of([(0, 0)] * 4))["tick"].to_list() == [
        "2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04", "2026-11-05", "2026-11-06",
    ]  # fmt: skip


def test_the_two_hours_of_a_clock_change_are_two_buckets(timeline_of):
    timeline = timeline_of(
        [(DOLLAR,)] * 4,
        by=None,
        period="2026-11-01T00:00..2026-11-01T03:00",
        zone="America/New_York",
        until=datetime(2026, 11, 2, tzinfo=UTC),
    )
    rows = timeline_rows(timeline, colours(timeline.members))
    assert rows.select("bucket", "tick", "when").rows()[1:3] == [
        ("2026-11-01T05:00Z", "2026-11-01 01:00", "Sun 1 Nov 2026, 01:00"),
        ("2026-11-01T06:00Z", "2026-11-01 01:00 (2nd)", "Sun 1 Nov 2026, 01:00 (2nd)"),
    ]
    assert axis_rows(timeline)["tick"].n_unique() == 4


def test_others_and_unattributed_are_named_here_and_keep_their_slots(timeline_of):
    timeline = timeline_of([(1, 1, 1, 1)] * 4, ["Others", "b", OTHERS, UNATTRIBUTED])
    rows = timeline_rows(timeline, colours(timeline.members))
    assert rows.select("member", "slot").rows()[:4] == [
        ("Others", "0"),
        ("b", "1"),
        ("Others (12)", "8"),
        ("(unattributed)", "9"),
    ]


def test_hiding_a_series_keeps_the_colours_and_ranks_of_the_others(timeline_of):
    timeline = timeline_of([(1, 2)] * 4)
    hues = colours(timeline.members)
    seen = timeline.without(frozenset({Member("atlas").id}))
    assert timeline_rows(seen, hues).select("member", "rank", "slot").unique().rows() == [
        ("borealis", 1, "1")
    ]


@pytest.mark.parametrize("rows", [0, 1000])
def test_up_to_a_thousand_rows_are_drawn(rows):
    check_size(rows)


def test_more_than_a_thousand_rows_are_refused_with_what_to_do(timeline_of):
    with pytest.raises(BadValue, match=r"1,001 rows.*a longer bucket or fewer members"):
        check_size(1001)
    many = timeline_of([(0,) * 251] * 4, [f"p{n}" for n in range(251)])
    with pytest.raises(BadValue, match="1,004 rows"):
        timeline_rows(many, colours(many.members))


@pytest.mark.parametrize(
    ("buckets", "expected"), [(1, 8), (92, 8), (100, 8), (106, 7), (333, 1), (900, 1), (0, 8)]
)
def test_the_series_that_may_be_named_leave_room_for_others_and_unattributed(buckets, expected):
    assert named_series(buckets) == expected


def test_stacks_reach_as_far_as_their_members_together(timeline_of):
    up_and_down = [(3 * DOLLAR, 2 * DOLLAR), (-4 * DOLLAR, -3 * DOLLAR), (DOLLAR, None), (0, 0)]
    assert largest_stack(timeline_of(up_and_down)) == 7.0
    assert largest_value(timeline_of(up_and_down)) == 4.0
    assert largest_stack(timeline_of([(None, None)] * 4)) == 0.0


def test_weeks_and_months_are_named_by_their_first_day(timeline_of):
    weeks = timeline_of([(1,)] * 2, by=None, period="2026-10-28..2026-11-08", grain=Grain.WEEK)
    assert timeline_rows(weeks, colours(weeks.members)).select("tick", "when").rows() == [
        ("2026-10-26", "26 Oct – 1 Nov 2026 (in part)"),
        ("2026-11-02", "2–8 Nov 2026 (so far)"),
    ]


def test_parts_are_rows_by_rank_with_amount_and_share(breakdown_of):
    parts = breakdown_of(
        [("atlas", 3 * DOLLAR, 0.75), (OTHERS, DOLLAR, 0.25), (UNATTRIBUTED, None, None)],
        4 * DOLLAR,
    )
    hues = colours([part.member for part in parts.parts])
    columns = ("row", "member", "slot", "value", "text", "share")
    assert part_rows(parts, hues).select(columns).rows() == [
        ("0000 atlas", "atlas", "0", 3.0, "$3.00", "75%"),
        ("0001 Others (12)", "Others (12)", "8", 1.0, "$1.00", "25%"),
        ("0002 (unattributed)", "(unattributed)", "9", None, "–", "–"),
    ]
