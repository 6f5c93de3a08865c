"""How many projects were used, of how many there are."""

from datetime import datetime

import pytest

from analytics_core.reports.active_projects import ActiveProjects, active_projects, listed
from analytics_core.semantics.filters import Pick, Scope

LISTED = (
    "name,created,archived\n"
    "Search,,\n"
    "Idle,2026-01-01,\n"
    "Gone,2025-01-01,2026-06-01\n"
    "Later,2026-12-01,\n"
    "Left mid-month,2026-01-01,2026-11-10\n"
)


def _event(project: str | None, month: int = 11, **more) -> dict:
    return {"started_at": datetime(2026, month, 3, 9), "project": project, "cost_nano": 1} | more


EVENTS = [
    _event("Search"), _event("Voice Bot"), _event("Search", 10), _event("Old one", 9),
    _event("Gone", 5), _event(None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "picks", "expected"),
    [
        ({}, (), ActiveProjects(2, 4)),
        # Search, Idle and Left mid-month are listed and alive; Voice Bot, Old one and Gone were seen
        ({"projects.csv": LISTED}, (), ActiveProjects(2, 6)),
        ({"projects.csv": LISTED}, (Pick("project", ("Search", "Idle")),), ActiveProjects(1, 2)),
        ({"projects.csv": LISTED}, (Pick("team", ("core",)),), ActiveProjects(0, 6)),
    ],
)
def test_projects_that_are_listed_and_alive_or_were_ever_seen_count(viewed, files, picks, expected):
    assert active_projects(viewed(EVENTS, files=files, picks=picks)) == expected


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        (((Pick("user", ("ann",)),),), ActiveProjects(1, 1)),  # no name of a listed project leaks
        (((Pick("project", ("Idle", "Search")),),), ActiveProjects(1, 2)),
        (((Pick("user", ("ann",)),), (Pick("project", ("Idle",)),)), ActiveProjects(1, 2)),
        ((), ActiveProjects(0, 0)),
    ],
)
def test_a_listed_project_counts_only_where_a_grant_admits_it_by_name(viewed, grants, expected):
    events = [*EVENTS, _event("Search", user_id="ann")]
    view = viewed(events, files={"projects.csv": LISTED}, scope=Scope(grants))
    assert active_projects(view) == expected


def test_usage_of_an_archived_project_keeps_it_in_the_total(viewed):
    found = active_projects(viewed([_event("Gone")], files={"projects.csv": LISTED}))
    assert found == ActiveProjects(1, 4)


def test_projects_that_no_event_names_are_unknown_and_not_none(viewed):
    assert active_projects(viewed([_event(None)])).active is None


@pytest.mark.parametrize(
    ("picks", "alive", "archived"),
    [
        ((), ["Idle", "Left mid-month", "Old one", "Search", "Voice Bot"], ["Gone"]),
        ((Pick("project", ("Idle", "Search", "Gone")),), ["Idle", "Search"], ["Gone"]),
        ((Pick("team", ("core",)),), ["Idle", "Left mid-month", "Old one", "Search", "Voice Bot"],
         ["Gone"]),
    ],
)  # fmt: skip
def test_archived_projects_are_listed_apart_and_later_ones_not_at_all(
    viewed, picks, alive, archived
):
    view = viewed(EVENTS, files={"projects.csv": LISTED}, picks=picks)
    assert list(listed(view)) == alive
    assert list(listed(view, archived=True)) == archived


@pytest.mark.access
@pytest.mark.parametrize(
    ("grants", "alive", "archived"),
    [
        (((Pick("user", ("ann",)),),), ["Search"], []),  # no name of a listed project leaks
        (((Pick("user", ("ann",)),), (Pick("project", ("Idle", "Gone")),)), ["Idle", "Search"],
         ["Gone"]),
        ((), [], []),
    ],
)  # fmt: skip
def test_a_project_is_listed_only_for_whom_a_grant_admits_or_who_has_used_it(
    viewed, grants, alive, archived
):
    events = [*EVENTS, _event("Search", user_id="ann")]
    view = viewed(events, files={"projects.csv": LISTED}, scope=Scope(grants))
    assert list(listed(view)) == alive
    assert list(listed(view, archived=True)) == archived
