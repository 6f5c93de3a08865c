from dataclasses import replace
from datetime import UTC, datetime

import pytest

from analytics_core.errors import NotAsked
from analytics_core.reports.compared import compared
from analytics_core.semantics.period import Grain
from analytics_core.semantics.query import Query


def event(month: int, project: str | None, nano: int | None, user: str = "ann") -> dict:
    return {
        "started_at": datetime(2026, month, 20 if month == 11 else 3), "project": project, "cost_nano": nano,
        "user_id": user,
    }  # fmt: skip


EVENTS = [
    event(9, "A", 1),
    event(10, "A", 100), event(10, "B", 360), event(10, "C", 100), event(10, None, 20),
    event(10, "E", None), event(10, "F", 7, "bo"),
    event(11, "A", 150), event(11, "B", 270), event(11, "D", 40), event(11, None, 25),
    event(11, "E", 5), event(11, "F", 9),
]  # fmt: skip
COST = Query(("cost",), ("project",))


def rows(view, query):
    return compared(view, query).frame.rows()


def test_a_total_stands_beside_that_of_the_period_before(viewed):
    view = viewed(EVENTS)
    done = compared(view, Query(("cost", "requests", "cost_per_request")))
    assert done.frame.columns == [
        "cost", "requests", "cost_per_request", "cost_previous", "cost_change",
        "requests_previous", "requests_change", "cost_per_request_previous",
        "cost_per_request_change",
    ]  # fmt: skip
    (row,) = done.frame.rows()
    assert row[:2] == (499, 6)
    assert row[3:7] == (587, -88 / 587, 6, 0.0)
    assert (done.previous.end, done.based) == (datetime(2026, 10, 20, tzinfo=UTC), True)


def test_members_gone_and_new_are_rows_and_unknown_is_not_zero(viewed):
    assert rows(viewed(EVENTS), COST) == [
        ("B", "member", 1, 270, 360, -0.25),
        ("A", "member", 1, 150, 100, 0.5),
        ("D", "member", 1, 40, 0, None),
        ("F", "member", 1, 9, 7, 2 / 7),
        ("E", "member", 1, 5, None, None),
        ("C", "member", 1, 0, 100, -1.0),
        (None, "unattributed", 0, 25, 20, 0.25),
    ]


def test_others_before_are_those_who_are_others_now(viewed):
    assert rows(viewed(EVENTS), replace(COST, top=2)) == [
        ("B", "member", 1, 270, 360, -0.25),
        ("A", "member", 1, 150, 100, 0.5),
        (None, "others", 3, 54, 107, -53 / 107),
        (None, "unattributed", 0, 25, 20, 0.25),
    ]


def test_what_does_not_add_up_is_unknown_of_others_before(viewed):
    query = Query(("users",), ("project",), top=2)
    got = {row[1]: row[3:] for row in rows(viewed(EVENTS), query) if row[1] != "member"}
    assert got == {"others": (1, None, None), "unattributed": (1, 1, 0.0)}


def test_two_dimensions_keep_the_order_of_the_plain_answer(viewed):
    view = viewed(EVENTS)
    query = Query(("cost",), ("user", "project"))
    keys = [row[:6] for row in view.ask(query).rows()]
    assert [row[:6] for row in rows(view, query) if row[6]] == keys
    by_name = replace(query, order="name")
    assert [row[3] for row in rows(view, by_name)] == ["A", "B", "C", "D", "E", "F", None, "F"]


def test_a_limit_cuts_last_and_an_empty_store_has_no_rows(viewed):
    assert [row[0] for row in rows(viewed(EVENTS), replace(COST, limit=2))] == ["B", "A"]
    assert rows(viewed([]), COST) == []
    nothing = compared(viewed([]), Query(("cost", "cost_per_request")))
    assert nothing.frame.rows() == [(0, None, 0, None, None, None)]
    assert not nothing.based


def test_a_period_before_all_events_is_said_to_be_one(viewed):
    assert not compared(viewed(EVENTS, period="2026-09"), COST).based


def test_buckets_are_not_compared(viewed):
    with pytest.raises(NotAsked, match="leave the grain out"):
        compared(viewed(EVENTS), Query(("cost",), grain=Grain.DAY))
