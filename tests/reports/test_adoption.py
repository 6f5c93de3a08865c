"""Who took to a feature: the worked example, what is unknown, and brute force in plain Python."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics_core.reports.adoption import Adopted, adoption
from analytics_core.reports.breakdown import breakdown
from analytics_core.reports.timeline import timeline
from analytics_core.semantics.filters import Filters, Pick, Scope
from analytics_core.semantics.period import Calendar, Grain, Period
from analytics_core.store.view import View

pytestmark = pytest.mark.slow

END = {"started_at": datetime(2026, 12, 1, 9), "user_id": "z"}


def _event(user: str | None, month: int, day: int, feature: str | None = None, **more) -> dict:
    return {"started_at": datetime(2026, month, day, 9), "user_id": user, "feature": feature} | more


# METRICS.md 4.10: five users, three use F, one for the first time, two of them in two weeks or more
EXAMPLE = [
    _event("a", 9, 1, "F"), _event("c", 10, 5, "F"),
    _event("a", 11, 3, "F"), _event("a", 11, 12, "F"),
    _event("b", 11, 4, "F"), _event("b", 11, 5, "F"),
    _event("c", 11, 6, "F"), _event("c", 11, 20, "F"),
    _event("d", 11, 7, "G"), _event("e", 11, 8), END,
]  # fmt: skip


def test_three_of_five_users_use_it_one_is_new_and_two_came_back(viewed):
    found = adoption(viewed(EXAMPLE), "feature")
    assert found.members["F"] == Adopted(3, 0.6, 1, 2 / 3)
    assert found.members["G"] == Adopted(1, 0.2, 1, 0.0)
    assert found.whole == Adopted(4, 0.8, 2, 0.5)


def test_a_pick_on_it_keeps_its_adoption_among_all(viewed):
    found = adoption(viewed(EXAMPLE, picks=(Pick("feature", ("F",)),)), "feature")
    assert found.members == {"F": Adopted(3, 0.6, 1, 2 / 3)}
    assert found.whole == found.members["F"]


def test_another_pick_narrows_the_users_and_lets_first_use_be_what_it_was(viewed):
    events = [
        _event("a", 9, 1, "F", model="old"), _event("a", 11, 3, "F", model="new"),
        _event("b", 11, 3, "F", model="new"), _event("c", 11, 4, "F", model="old"), END,
    ]  # fmt: skip
    found = adoption(viewed(events, picks=(Pick("model", ("new",)),)), "feature")
    assert found.members["F"] == Adopted(2, 1.0, 1, 0.0)


@pytest.mark.parametrize(("first", "new"), [(4, 1), (5, None)])
def test_who_is_new_is_known_after_four_weeks_of_visible_history(viewed, first: int, new):
    view = viewed([_event("z", 10, first), _event("a", 11, 2, "F"), END],
                  period="2026-11-01..2026-11-30")  # fmt: skip
    assert adoption(view, "feature").members["F"].new == new


@pytest.mark.parametrize(("days", "repeat"), [(13, None), (14, 1.0)])
def test_who_came_back_is_known_in_two_weeks(viewed, days: int, repeat):
    start = datetime(2026, 11, 2, tzinfo=UTC)
    events = [_event("a", 11, 2, "F"), _event("a", 11, 9, "F"), END]
    period = f"2026-11-02..{start + timedelta(days=days - 1):%Y-%m-%d}"
    assert adoption(viewed(events, period=period), "feature").members["F"].repeat == repeat


def test_a_running_month_knows_who_came_back_once_two_weeks_of_it_are_there(viewed):
    events = [_event("a", 11, 2, "F"), _event("a", 11, 9, "F")]
    assert adoption(viewed(events), "feature").members["F"].repeat is None


def test_nothing_is_known_where_nothing_names_a_feature_or_a_user(viewed):
    unknown = Adopted(0, None, None, None)
    assert adoption(viewed([_event("a", 11, 2), END]), "feature").whole == unknown
    assert adoption(viewed([_event(None, 11, 2, "F"), END]), "feature").whole == unknown
    assert adoption(viewed([]), "feature").whole == unknown


def test_adoption_by_week_is_of_the_users_of_that_week(viewed):
    view = viewed(EXAMPLE, period="2026-11-02..2026-11-15")
    line = timeline(view, "adoption", "feature", grain=Grain.WEEK, top=5)
    assert [m.name for m in line.members] == ["F", "G", None]
    assert line.frame.select("rank", "value").rows() == [
        (0, 0.6), (1, 0.2), (2, None), (0, 1.0), (1, None), (2, None),
    ]  # fmt: skip
    assert line.measure.name == "adoption"


def test_adoption_by_member_ranks_by_users_and_its_total_is_whoever_used_any(viewed):
    parts = breakdown(viewed(EXAMPLE), "adoption", "feature")
    assert [(p.label, p.value) for p in parts.parts] == [
        ("F", 0.6), ("G", 0.2), ("(unattributed)", None),
    ]  # fmt: skip
    assert (parts.total, parts.parts[0].share) == (0.8, None)


@pytest.mark.access
def test_history_and_users_are_those_one_may_see(viewed):
    mine = Scope(((Pick("user", ("b", "e")),),))
    found = adoption(viewed(EXAMPLE, scope=mine), "feature")
    assert found.members == {"F": Adopted(1, 0.5, None, 0.0)}


# ---- brute force -------------------------------------------------------------------------------
ZONE = "America/New_York"
PERIOD = Period.parse("2026-10-19..2026-11-15", datetime(2026, 12, 1, tzinfo=UTC), Calendar(ZONE))


def _week(moment: datetime) -> object:
    """The local Monday; New York leaves summer time on 1 November at 06:00 UTC."""
    hours = 4 if moment < datetime(2026, 11, 1, 6) else 5
    day = (moment - timedelta(hours=hours)).date()
    return day - timedelta(days=day.weekday())


def _brute(rows: list[dict], model: str | None) -> dict[str, tuple[int, int, int]]:
    start, end = (t.replace(tzinfo=None) for t in (PERIOD.start, PERIOD.end))
    here = [r for r in rows if start <= r["started_at"] < end and model in (None, r["model"])]
    found = {}
    for feature in {r["feature"] for r in here if r["user_id"]} - {None}:
        users = {r["user_id"] for r in here if r["feature"] == feature} - {None}
        fresh = repeat = 0
        for user in users:
            own = [r for r in rows if (r["user_id"], r["feature"]) == (user, feature)]
            fresh += min(r["started_at"] for r in own) >= start
            weeks = {_week(r["started_at"]) for r in own if r in here}
            repeat += len(weeks) >= 2
        found[feature] = (len(users), fresh, repeat)
    return found


MOMENTS = st.datetimes(datetime(2026, 9, 15), datetime(2026, 11, 20)) | st.sampled_from(
    [datetime(2026, 10, 26, 3, 59), datetime(2026, 10, 26, 4), datetime(2026, 11, 2, 4, 59),
     datetime(2026, 11, 2, 5), datetime(2026, 10, 19, 4), datetime(2026, 11, 16, 5)]
)  # fmt: skip
ROWS = st.lists(
    st.fixed_dictionaries({
        "started_at": MOMENTS,
        "user_id": st.sampled_from(["a", "b", "c", None]),
        "feature": st.sampled_from(["F", "G", None]),
        "model": st.sampled_from(["x", "y"]),
    }),
    max_size=14,
)  # fmt: skip


@given(ROWS, st.sampled_from([None, "x"]))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_counted_by_hand_it_is_the_same(viewed, rows: list[dict], model: str | None):
    oldest = {"started_at": datetime(2026, 9, 1), "user_id": None, "feature": None, "model": "y"}
    newest = {**oldest, "started_at": datetime(2026, 11, 30)}
    picks = (Pick("model", (model,)),) if model else ()
    seen = viewed([oldest, *rows, newest])
    view = View(seen.store, seen.scope, Filters(PERIOD, picks))
    found = adoption(view, "feature").members
    expected = _brute(rows, model)
    assert {f: (a.users, a.new, a.repeat) for f, a in found.items()} == {
        f: (users, fresh, repeat / users) for f, (users, fresh, repeat) in expected.items()
    }
