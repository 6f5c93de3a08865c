"""Measures of reports are asked like any other, where their shape allows it."""

from datetime import datetime

import pytest

from analytics_core.errors import NotAsked
from analytics_core.reports.reported import ask
from analytics_core.reports.summary import summary
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.period import Grain
from analytics_core.semantics.query import Query

USD = 1_000_000_000


def _event(user: str, month: int, day: int, feature: str | None = "F", cost: int = 1) -> dict:
    return {
        "started_at": datetime(2026, month, day, 9), "user_id": user, "feature": feature,
        "cost_nano": cost * USD,
    }  # fmt: skip


EVENTS = [
    _event("a", 9, 1), _event("a", 10, 5), _event("b", 10, 6, "G"),
    _event("a", 11, 2, cost=5), _event("b", 11, 3, cost=2), _event("c", 11, 3, "G", 7),
    _event("c", 11, 20, None),
]  # fmt: skip


def test_figures_of_reports_stand_beside_plain_ones_in_the_order_asked(viewed):
    frame = ask(viewed(EVENTS), Query(("stickiness", "cost", "total_projects")))
    assert frame.columns == ["stickiness", "cost", "total_projects"]
    assert frame.rows() == [(pytest.approx(3 / 19 / 3), 15 * USD, 0)]


def test_adoption_is_by_member_with_what_has_none_last(viewed):
    frame = ask(viewed(EVENTS), Query(("adoption", "new_adopters", "cost"), ("feature",)))
    assert frame.rows() == [
        ("F", "member", 1, 2 / 3, 1, 7 * USD), ("G", "member", 1, 1 / 3, 1, 7 * USD),
        (None, "unattributed", 0, None, None, USD),
    ]  # fmt: skip


def test_adoption_is_asked_by_bucket_too_with_the_others_folded(viewed):
    more = [*EVENTS, _event("d", 11, 3, "H"), _event("e", 11, 12, "I")]
    view = viewed(more, period="2026-11-02..2026-11-15")
    frame = ask(view, Query(("adoption",), ("feature",), grain=Grain.WEEK, top=2))
    assert frame.select("feature", "feature_kind", "adoption").rows() == [
        ("F", "member", 0.5), ("G", "member", 0.25), (None, "others", 0.25), (None, "others", 1.0),
    ]  # fmt: skip


def test_the_first_measure_ranks_also_when_a_report_answers_it(viewed):
    more = [*EVENTS, _event("d", 11, 3, "G"), _event("e", 11, 3, "G")]
    frame = ask(viewed(more), Query(("new_adopters",), ("feature",), limit=1))
    assert frame.rows() == [("G", "member", 1, 3)]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        (Query(("adoption",)), "one dimension"),
        (Query(("adoption",), ("feature", "model")), "one dimension"),
        (Query(("daily_users",), ("team",)), "the whole selection"),
        (Query(("stickiness",), grain=Grain.DAY), "a whole period"),
        (Query(("new_adopters",), ("feature",), top=3), "no figure for Others"),
        (Query(("repeat_adopters",), ("feature",), grain=Grain.WEEK), "a whole period"),
    ],
)
def test_a_shape_without_an_answer_is_refused_in_words(viewed, query: Query, why: str):
    with pytest.raises(NotAsked, match=why):
        ask(viewed(EVENTS), query)


def test_cards_take_figures_changes_and_courses_from_the_report(viewed):
    daily, users = summary(viewed(EVENTS), ["daily_users", "users"]).cards
    assert daily.value == pytest.approx(3 / 19)
    assert daily.course[:4] == (0, 1, 2, 0)
    assert (daily.change.previous, daily.change.state) == (pytest.approx(2 / 19), "ok")
    assert users.value == 3
    (new,) = summary(viewed(EVENTS), ["new_adopters"], by="feature").cards
    assert (new.value, new.change.state, new.course) == (2, "ok", ())


def test_every_measure_of_a_report_is_answered(viewed):
    view = viewed(EVENTS)
    for name, measure in MEASURES.items():
        if measure.report == "adoption" and not name.endswith("users") and name != "stickiness":
            assert ask(view, Query((name,), ("feature",))).height == 3
        elif measure.report:
            assert ask(view, Query((name,))).height == 1
