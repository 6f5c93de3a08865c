"""An answer as plain rows, with what has to be known of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from analytics_core.export.answer import about, answered, rows
from analytics_core.semantics.filters import Pick
from analytics_core.semantics.period import Grain
from analytics_core.semantics.query import Query
from analytics_core.store.view import View

EVENTS = [
    {"started_at": datetime(2026, 11, 2, 9), "project": "Search", "cost_nano": 1_000_000_001},
    {"started_at": datetime(2026, 11, 2, 9), "project": "Atlas", "cost_nano": None},
    {"started_at": datetime(2026, 11, 3, 9), "project": None, "cost_nano": 2},
]
BY_PROJECT = Query(("cost", "requests"), ("project",))


@pytest.fixture
def view(viewed: Callable[..., View]) -> View:
    return viewed(EVENTS)


def test_a_row_says_of_each_dimension_which_kind_of_member_it_is(view: View) -> None:
    assert list(rows(answered(view, BY_PROJECT))) == [
        {"project": "Search", "project_kind": "member", "project_members": 1,
         "cost": "1.000000001", "requests": 1},
        {"project": "Atlas", "project_kind": "member", "project_members": 1,
         "cost": None, "requests": 1},
        {"project": None, "project_kind": "unattributed", "project_members": 0,
         "cost": "0.000000002", "requests": 1},
    ]  # fmt: skip


def test_a_day_is_a_date_and_an_hour_an_instant_in_utc(view: View) -> None:
    for grain, first in ((Grain.DAY, "2026-11-02"), (Grain.HOUR, "2026-11-02T09:00:00+00:00")):
        answer = answered(view, Query(("requests",), grain=grain))
        assert next(rows(answer)) == {"bucket": first, "requests": 2}


def test_what_stands_beside_the_rows_decides_them(viewed: Callable[..., View]) -> None:
    picked = (Pick("project", (None, "Search")),)
    view = viewed(EVENTS, picks=picked, zone="Europe/Madrid")
    said = about(answered(view, replace(BY_PROJECT, limit=1)))
    assert said == {
        "period": {
            "name": "2026-11",
            "start": "2026-10-31T23:00:00+00:00",
            "end": "2026-11-30T23:00:00+00:00",
            "zone": "Europe/Madrid",
        },
        "filters": {"project": ["", "Search"]},
        "data_version": view.store.version,
        "data_until": "2026-11-03T09:00:00+00:00",
        "measures": {"cost": "usd", "requests": "count"},
        "row_count": 1,
        "row_total": 2,
    }


def test_a_comparison_names_both_periods_and_the_units_of_its_columns(view: View) -> None:
    said = about(answered(view, Query(("cost",)), compare=True))
    assert said["previous"]["start"] == "2026-10-01T00:00:00+00:00"
    assert said["measures"] == {"cost": "usd", "cost_previous": "usd", "cost_change": "ratio"}
    (row,) = rows(answered(view, Query(("cost",)), compare=True))
    assert row == {"cost": "1.000000003", "cost_previous": "0", "cost_change": None}


def test_an_answer_is_empty_without_rows_or_with_nothing_but_zero_and_unknown(
    view: View, viewed: Callable[..., View]
) -> None:
    total = Query(("cost", "requests"))
    nothing = viewed(EVENTS, period="2025-01")
    assert not answered(view, total).empty
    assert answered(nothing, total).empty
    assert answered(nothing, BY_PROJECT).empty
