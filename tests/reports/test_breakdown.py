"""What a measure comes from: parts, Others, (unattributed), and a total that is asked."""

from datetime import datetime

import pytest

from analytics_core.reports.breakdown import breakdown
from analytics_core.semantics.filters import Pick, Scope

USD = 1_000_000_000


def _event(project: str | None, cost: int | None, user: str = "ann", day: int = 3) -> dict:
    return {
        "started_at": datetime(2026, 11, day, 12),
        "project": project,
        "user_id": user,
        "cost_nano": None if cost is None else cost * USD,
    }


EVENTS = [  # METRICS.md 3, its example
    _event("A", 150, "ann"), _event("A", 0, "bo"),
    _event("C", 80), _event("B", 80),
    _event("d", 30), _event("E", 20), _event("F", 10, "cy"), _event("G", None),
    _event(None, 25),
]  # fmt: skip


def test_members_others_and_unattributed_stand_in_rank_order_and_add_up(viewed):
    found = breakdown(viewed(EVENTS), "cost", "project", top=3)
    assert [(p.label, p.value) for p in found.parts] == [
        ("A", 150 * USD), ("B", 80 * USD), ("C", 80 * USD), ("Others (4)", 60 * USD),
        ("(unattributed)", 25 * USD),
    ]  # fmt: skip
    assert found.total == 395 * USD


def test_a_distinct_count_has_no_shares_and_its_total_counts_each_user_once(viewed):
    found = breakdown(viewed(EVENTS), "users", "project")
    assert {p.label: p.value for p in found.parts}["A"] == 2
    assert found.total == 3
    assert {p.share for p in found.parts} == {None}


def test_hidden_parts_leave_the_total_and_the_shares_but_not_the_whole(viewed):
    found = breakdown(viewed(EVENTS), "cost", "project", top=3)
    seen = found.without(frozenset({"member:A", "unattributed:", "member:gone"}))
    assert [p.label for p in seen.parts] == ["B", "C", "Others (4)"]
    assert (seen.total, seen.whole, seen.hidden) == (220 * USD, 395 * USD, 2)
    assert [p.share for p in seen.parts] == [80 / 220, 80 / 220, 60 / 220]


def test_hiding_nothing_changes_nothing(viewed):
    found = breakdown(viewed(EVENTS), "cost", "project", top=3)
    assert found.without(frozenset()) is found


def test_what_nobody_priced_is_unknown_and_has_no_share(viewed):
    found = breakdown(viewed([_event("G", None)]), "cost", "project")
    assert [(p.value, p.share) for p in found.parts] == [(None, None)]
    assert found.total is None


def test_service_types_are_said_in_words(viewed):
    events = [_event("A", 1) | {"service_type": "speech_to_text"}]
    assert breakdown(viewed(events), "cost", "service_type").parts[0].label == "Speech to text"


@pytest.mark.parametrize("top", [1, 6])
def test_rows_of_others_are_in_no_part_no_total_and_no_others(viewed, top: int):
    mine = Scope(((Pick("user", ("ann",)),),))
    alone = breakdown(
        viewed([e for e in EVENTS if e["user_id"] == "ann"]), "cost", "project", top=top
    )
    among = breakdown(viewed(EVENTS, scope=mine), "cost", "project", top=top)
    assert among.parts == alone.parts
    assert (among.total, among.whole) == (alone.total, alone.whole)
