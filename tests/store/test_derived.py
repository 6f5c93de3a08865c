"""Values worked out of answers: made once per key, never of another scope, the oldest go."""

from datetime import datetime

import pytest

from analytics_core.reports.timeline import timeline
from analytics_core.semantics.filters import Pick, Scope
from analytics_core.store.derived import Derived
from analytics_core.store.view import View

EVENTS = [
    {"started_at": datetime(2026, 11, 3), "cost_nano": 5, "user_id": "ann"},
    {"started_at": datetime(2026, 11, 4), "cost_nano": 7, "user_id": "bo"},
]


def test_a_value_is_made_once_and_the_oldest_goes():
    kept, made = Derived(2), []

    def make(name: str) -> str:
        made.append(name)
        return name

    for name in ("a", "b", "a", "c", "b"):
        kept.value(name, lambda name=name: make(name))
    assert made == ["a", "b", "c", "b"]


def test_what_fails_is_not_kept():
    kept = Derived(2)
    with pytest.raises(ZeroDivisionError):
        kept.value("a", lambda: 1 // 0)
    assert kept.value("a", lambda: 3) == 3


def test_the_same_report_is_the_same_value(viewed):
    view = viewed(EVENTS)
    assert timeline(view, "cost") is timeline(view, "cost")
    assert timeline(view, "cost") is not timeline(view, "requests")


@pytest.mark.access
def test_another_scope_never_gets_what_was_made_for_one(viewed):
    view = viewed(EVENTS)
    mine = View(view.store, Scope(((Pick("user", ("ann",)),),)), view.filters)
    assert timeline(view, "cost").frame["value"].sum() == 12
    assert timeline(mine, "cost").frame["value"].sum() == 5
    nobody = View(view.store, Scope(), view.filters)
    assert timeline(nobody, "cost").frame["value"].sum() == 0
