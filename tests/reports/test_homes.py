"""An entity's place, and so its colour, is the same on every page."""

from datetime import datetime

from analytics_core.reports.homes import configured, homes
from analytics_core.semantics.filters import Pick, Scope


def _event(project: str, month: int, user: str = "ann") -> dict:
    return {
        "started_at": datetime(2026, month, 3, 9), "project": project, "user_id": user,
        "cost_nano": 1,
    }  # fmt: skip


EVENTS = [_event("new", 11), _event("beta", 9), _event("Alpha", 9), _event("hers", 8, "bo")]


def test_places_follow_the_first_visible_month_then_the_name(viewed):
    assert homes(viewed(EVENTS), "project") == {"hers": 0, "Alpha": 1, "beta": 2, "new": 3}


def test_filters_and_period_do_not_move_a_place(viewed):
    narrowed = viewed(EVENTS, period="2026-09", picks=(Pick("project", ("beta",)),))
    assert homes(narrowed, "project") == {"hers": 0, "Alpha": 1, "beta": 2, "new": 3}


def test_rows_out_of_scope_do_not_move_a_place(viewed):
    mine = Scope(((Pick("user", ("ann",)),),))
    assert homes(viewed(EVENTS, scope=mine), "project") == {"Alpha": 0, "beta": 1, "new": 2}


def test_service_types_have_the_place_of_their_declaration(viewed):
    found = homes(viewed([]), "service_type")
    assert (found["text_generation"], found["embedding"], found["agent"]) == (0, 1, 2)


def test_users_are_too_many_to_have_a_place(viewed):
    assert homes(viewed(EVENTS), "user") == {}


def test_colours_of_projects_come_from_the_file(viewed):
    files = {"projects.csv": "name,colour\nAlpha,#029be6\nbeta,\n"}
    view = viewed(EVENTS, files=files)
    assert configured(view, "project") == {"Alpha": "#029be6"}
    assert configured(view, "model") == {}
