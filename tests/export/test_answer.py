"""An answer as rows, JSON, CSV, Parquet and text, with nothing rounded."""

import io
import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import polars as pl
import pytest

from analytics_core.errors import UnknownName
from analytics_core.export import answer
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
    assert list(answer.rows(view.ask(BY_PROJECT), BY_PROJECT)) == [
        {"project": "Search", "project_kind": "member", "project_members": 1,
         "cost": "1.000000001", "requests": 1},
        {"project": "Atlas", "project_kind": "member", "project_members": 1,
         "cost": None, "requests": 1},
        {"project": None, "project_kind": "unattributed", "project_members": 0,
         "cost": "0.000000002", "requests": 1},
    ]  # fmt: skip


def test_a_day_is_a_date_and_an_hour_an_instant_in_utc(view: View) -> None:
    for grain, first in ((Grain.DAY, "2026-11-02"), (Grain.HOUR, "2026-11-02T09:00:00+00:00")):
        query = Query(("requests",), grain=grain)
        assert next(answer.rows(view.ask(query), query)) == {"bucket": first, "requests": 2}


@pytest.mark.parametrize("kind", answer.FORMATS)
def test_every_format_has_the_same_cost(view: View, kind: str) -> None:
    query = Query(("cost",))
    made = answer.written(view.ask(query), view, query, kind)
    assert made == answer.written(view.ask(query), view, query, kind)
    if kind == "table":
        assert made.decode() == "November 2026 · UTC\n cost\n$1.00\n"
    elif kind == "csv":
        assert made.decode("utf-8-sig") == "cost\r\n1.000000003\r\n"
    elif kind == "json":
        assert json.loads(made)["rows"] == [{"cost": "1.000000003"}]
    else:
        assert pl.read_parquet(io.BytesIO(made)).rows() == [(Decimal("1.000000003"), 1_000_000_003)]


def test_a_price_per_request_is_a_number_of_dollars_in_parquet(view: View) -> None:
    query = Query(("cost_per_request",))
    (row,) = pl.read_parquet(io.BytesIO(answer.as_parquet(view.ask(query), query))).rows()
    assert row == (pytest.approx(0.5000000015),)


def test_an_answer_is_empty_without_rows_or_with_nothing_but_zero_and_unknown(
    view: View, viewed: Callable[..., View]
) -> None:
    total = Query(("cost", "requests"))
    nothing = viewed(EVENTS, period="2025-01")
    assert not answer.empty(view.ask(total), total)
    assert answer.empty(nothing.ask(total), total)
    assert answer.empty(nothing.ask(BY_PROJECT), BY_PROJECT)


def test_another_format_is_named_with_the_nearest_one() -> None:
    assert answer.check_format("csv") == "csv"
    with pytest.raises(UnknownName, match="Did you mean 'csv'"):
        answer.check_format("cvs")
