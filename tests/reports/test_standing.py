"""Where every member stands: figures, share, change; found by name."""

from datetime import datetime

from analytics_core.reports.standing import courses, standing
from analytics_core.semantics.filters import Pick, Scope

USD = 1_000_000_000


def _event(project: str | None, cost: int | None, month: int = 11, user: str = "ann") -> dict:
    nano = None if cost is None else cost * USD
    return {"started_at": datetime(2026, month, month - 8), "project": project, "cost_nano": nano,
            "user_id": user}  # fmt: skip


EVENTS = [
    _event("Atlas", 50), _event("Atlas", 25, user="bo"), _event("Borealis", 20), _event(None, 5),
    _event("Atlas", 100, 10), _event("Cygnus", 30, 10),
    _event("Dorado", None),
    {"started_at": datetime(2026, 9, 1), "project": "Atlas", "cost_nano": 0},
]  # fmt: skip


def test_members_have_their_share_and_their_change_against_the_period_before(viewed):
    found = standing(viewed(EVENTS), ("cost", "requests", "users"), "project")
    assert [(r.label, r.values, r.share, r.change.state) for r in found.rows] == [
        ("Atlas", (75 * USD, 2, 2), 0.75, "ok"),
        ("Borealis", (20 * USD, 1, 1), 0.2, "new"),
        ("Dorado", (None, 1, 1), None, "unknown"),
        ("(unattributed)", (5 * USD, 1, 1), 0.05, "new"),
    ]
    assert found.rows[0].change.ratio == -0.25
    assert found.totals == (100 * USD, 5, 2)  # ann counts once


def test_without_an_earlier_period_nothing_is_said_to_have_changed(viewed):
    found = standing(viewed([_event("Atlas", 1)]), ("cost",), "project")
    assert [r.change.state for r in found.rows] == ["no_base"]


def test_a_figure_that_does_not_add_up_has_no_share(viewed):
    found = standing(viewed(EVENTS), ("users",), "project")
    assert {r.share for r in found.rows} == {None}


def test_members_are_found_by_a_part_of_their_name_whatever_the_case(viewed):
    found = standing(viewed(EVENTS), ("cost",), "project").found("OREA")
    assert [r.label for r in found.rows] == ["Borealis"]


def test_what_is_out_of_scope_stands_nowhere(viewed):
    mine = Scope(((Pick("user", ("bo",)),),))
    found = standing(viewed(EVENTS, scope=mine), ("cost",), "project")
    assert [(r.label, r.share) for r in found.rows] == [("Atlas", 1.0)]


def test_those_known_without_an_event_stand_by_name_before_what_has_no_member(viewed):
    known = ("Atlas", "idle", "Cygnus")
    found = standing(viewed(EVENTS), ("cost", "latency_mean"), "project", known)
    assert [(r.label, r.values, r.share, r.change.ratio, r.idle) for r in found.rows[2:]] == [
        ("Dorado", (None, None), None, None, False),
        ("Cygnus", (0, None), 0.0, -1.0, True),
        ("idle", (0, None), 0.0, None, True),
        ("(unattributed)", (5 * USD, None), 0.05, None, False),
    ]


def test_courses_are_asked_of_the_named_members_alone(viewed):
    found = courses(viewed(EVENTS), "cost", "project", ["Borealis", None])
    assert set(found) == {"Borealis", None}
    assert len(found["Borealis"]) == len(found[None])
    assert sum(value or 0 for value in found["Borealis"]) == 20 * USD
