from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_core.errors import BadValue, UnknownName
from analytics_core.semantics.dimension import DIMENSIONS
from analytics_core.semantics.filters import (
    EVERYTHING,
    ME,
    MOST_VALUES,
    NOTHING,
    Filters,
    Pick,
    Scope,
    is_dimension,
)
from analytics_core.semantics.period import Calendar, Period

NOW = datetime(2026, 11, 20, 16, 45, 30, tzinfo=UTC)
MADRID = Calendar("Europe/Madrid")
MONTH = Period.parse("month", NOW, MADRID)


def read(params: dict[str, list[str]]) -> Filters:
    return Filters.from_params(params, NOW, MADRID)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, Filters(MONTH)),
        ({"period": [""]}, Filters(MONTH)),
        ({"period": ["days:7"]}, Filters(Period.parse("days:7", NOW, MADRID))),
        ({"user": ["bo", "ana"]}, Filters(MONTH, (Pick("user", ("ana", "bo")),))),
        ({"team": [""]}, Filters(MONTH, (Pick("team", (None,)),))),
        ({"tag:env": ["prod"]}, Filters(MONTH, (Pick("tag:env", ("prod",)),))),
        ({"view": ["table"], "utm": ["x"]}, Filters(MONTH)),
        ({"user": []}, Filters(MONTH)),
    ],
)
def test_url_parameters_are_filters(params, expected):
    assert read(params) == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(MONTH), {}),
        (Filters(Period.parse("2026-10", NOW, MADRID)), {"period": ["2026-10"]}),
        (Filters(MONTH, (Pick("user", ("bo", None, "ana")),)), {"user": ["", "ana", "bo"]}),
        (
            Filters(Period.parse("2026-11-20T08:00..2026-11-20T12:30", NOW, MADRID)),
            {"period": ["2026-11-20T08:00..2026-11-20T12:30"]},
        ),
    ],
)
def test_filters_are_url_parameters_without_the_defaults(filters, expected):
    assert filters.to_params() == expected


NAMES = st.one_of(
    st.sampled_from(sorted(DIMENSIONS)),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=64).map(lambda key: f"tag:{key}"),
)
VALUES = st.lists(
    st.one_of(st.none(), st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)),
    min_size=1,
    max_size=4,
)
PERIODS = st.one_of(
    st.sampled_from(["month", "last-month", "today", "hour", "hours:6", "week", "quarter", "year",
                     "2026-02", "days:90"]).map(lambda kind: Period.parse(kind, NOW, MADRID)),
    st.builds(
        lambda start, length: Period.between(start, start + length, MADRID),
        st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
        st.timedeltas(min_value=timedelta(minutes=1),
                      max_value=timedelta(days=800)),
    ),
)  # fmt: skip


@given(period=PERIODS, picks=st.dictionaries(NAMES, VALUES, max_size=4))
def test_filters_survive_the_url(period, picks):
    filters = Filters(period, tuple(Pick(name, tuple(values)) for name, values in picks.items()))
    assert read(filters.to_params()) == filters


def test_the_order_of_picks_and_values_makes_no_difference():
    one = Filters(MONTH, (Pick("user", ("a", "b", "a")), Pick("team", ("x",))))
    other = Filters(MONTH, (Pick("team", ("x",)), Pick("user", ("b", "a"))))
    assert one == other
    assert hash(one) == hash(other)


@pytest.mark.parametrize(
    "params",
    [
        {"period": ["days:0"]},
        {"period": ["month", "today"]},
        {"user": [f"u{number}" for number in range(MOST_VALUES + 1)]},
        {"user": ["x" * 9000]},
    ],
)
def test_a_url_that_cannot_be_read_or_is_too_long_is_refused(params):
    with pytest.raises(BadValue):
        read(params)


def test_a_pick_on_an_unknown_dimension_names_the_nearest():
    with pytest.raises(UnknownName, match="Did you mean 'project'"):
        Pick("projet", ("atlas",))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("user", True), ("tag:env", True), ("tag:", False), ("tag:" + "k" * 65, False),
     ("period", False), ("users", False)],
)  # fmt: skip
def test_only_dimensions_and_tags_are_picks(name, expected):
    assert is_dimension(name) is expected


def test_picking_nothing_takes_the_pick_away():
    filters = Filters(MONTH).pick("user", ("ana",))
    assert filters.values("user") == ("ana",)
    assert filters.pick("user", ("bo",)).picks == (Pick("user", ("bo",)),)
    assert filters.pick("user", ()) == Filters(MONTH)
    assert filters.values("team") == ()


@pytest.mark.parametrize(
    ("picked", "me", "expected"),
    [
        ((ME,), "ana", ("ana",)),
        ((ME, "bo"), "ana", ("ana", "bo")),
        ((ME, "bo"), None, ("bo",)),
        ((ME,), None, ()),
        ((ME, "ana"), "ana", ("ana",)),
    ],
)
def test_me_is_whoever_reads_and_nobody_without_an_id(picked, me, expected):
    filters = Filters(MONTH, (Pick("user", picked), Pick("team", (ME,))))
    resolved = filters.resolved(me)
    assert resolved.values("user") == expected
    assert resolved.values("team") == (ME,)
    assert Pick("user", expected) in resolved.picks  # a pick without values keeps no rows


@pytest.mark.access
def test_a_pick_narrows_each_grant_of_a_scope_and_adds_none():
    atlas, hers, team = (
        Pick("project", ("atlas",)), Pick("user", ("ana",)), Pick("team", ("core",)),
    )  # fmt: skip
    assert Scope(((atlas,), (hers,))).narrowed((team,)) == Scope(((atlas, team), (hers, team)))
    assert NOTHING.narrowed((team,)) == NOTHING
    assert EVERYTHING.narrowed((team,)) == Scope(((team,),))


@pytest.mark.access
@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (EVERYTHING, True),
        (NOTHING, False),
        (Scope(((Pick("user", ("ana",)),),)), False),
        (Scope(((Pick("user", ("ana",)),), ())), True),
    ],
)
def test_only_a_scope_with_an_empty_grant_sees_everything(scope, expected):
    assert scope.everything is expected


@pytest.mark.access
@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(((Pick("user", ("ann",)),),)), True),
        (Scope(((Pick("user", ("ann",)),), (Pick("team", ("core",)),))), False),
        (EVERYTHING, False), (NOTHING, True),
    ],
)  # fmt: skip
def test_whoever_has_only_grants_on_users_has_nobody_to_compare_with(scope, expected):
    assert scope.own_rows_only is expected
