"""Where the usage of somebody is, step by step."""

from datetime import datetime

import pytest

from analytics_core.errors import UnknownName
from analytics_core.reports.whereabouts import whereabouts
from analytics_core.semantics.filters import Pick, Scope

EVENTS = [
    {"started_at": datetime(2026, 11, 3), "user_id": "ann@x.example", "project": "Search"},
    {"started_at": datetime(2026, 10, 3), "user_id": "ann@x.example", "project": "Voice"},
    {"started_at": datetime(2026, 10, 4), "user_id": "bo@x.example", "project": "Search"},
]


def _counts(view, typed: str) -> tuple[str | None, int, int, int]:
    found = whereabouts(view, "user", typed)
    return found.name, found.ever, found.in_period, found.in_selection


def test_each_step_counts_what_is_left(viewed):
    assert _counts(viewed(EVENTS), "Ann@X.example") == ("ann@x.example", 2, 1, 1)
    picks = (Pick("project", ("Voice",)),)
    assert _counts(viewed(EVENTS, picks=picks), "ann@x.example") == ("ann@x.example", 2, 1, 0)
    others = (Pick("user", ("bo@x.example",)),)
    assert _counts(viewed(EVENTS, picks=others), "ann@x.example") == ("ann@x.example", 2, 1, 0)


def test_a_part_of_a_name_offers_those_that_contain_it(viewed):
    found = whereabouts(viewed(EVENTS), "user", "x.example")
    assert (found.name, found.like) == (None, ("ann@x.example", "bo@x.example"))


def test_a_display_name_is_found_as_well(viewed):
    names = {"names.csv": "dimension,value,name\nuser,ann@x.example,Ann Novak\n"}
    assert whereabouts(viewed(EVENTS, files=names), "user", "ann novak").name == "ann@x.example"


@pytest.mark.access
def test_someone_outside_the_scope_is_as_unknown_as_someone_who_is_not(viewed):
    view = viewed(EVENTS, scope=Scope(((Pick("user", ("ann@x.example",)),),)))
    assert whereabouts(view, "user", "bo@x.example") == whereabouts(view, "user", "zz")


def test_only_dimensions_can_be_looked_for(viewed):
    with pytest.raises(UnknownName):
        whereabouts(viewed(EVENTS), "colour", "red")
