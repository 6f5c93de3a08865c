"""Pages of rows and where they stand; one event whole."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from analytics_core.reports.activity import event, page, unit_price
from analytics_core.semantics.filters import Pick, Scope
from analytics_core.store.sql_rows import Cut, Mark

START = datetime(2026, 11, 1, 9)
MANY = [
    {"event_id": f"e{n:03}", "started_at": START + timedelta(minutes=n), "input_tokens": 1}
    for n in range(120)
]
ONE = {
    "event_id": "one", "started_at": START, "user_id": "ana", "input_tokens": 10, "cost_nano": 7,
    "cost_input_nano": 5,
}  # fmt: skip


def _numbers(shown) -> tuple[int, int, int, int]:
    return shown.first, shown.last, shown.frame.height, shown.total


@pytest.mark.parametrize("of", ["events", "items"])
def test_a_page_knows_which_rows_it_holds(viewed, of):
    view = viewed(MANY)
    newest = page(view, of)
    assert _numbers(newest) == (1, 50, 50, 120)
    older = page(view, of, Cut(before=newest.mark(-1)))
    assert _numbers(older) == (51, 100, 50, 120)
    oldest = page(view, of, Cut(before=older.mark(-1)))
    assert _numbers(oldest) == (101, 120, 20, 120)
    assert _numbers(page(view, of, Cut(after=oldest.mark(0)))) == (51, 100, 50, 120)


def test_before_less_than_a_page_the_newest_rows_are_shown(viewed):
    view = viewed(MANY)
    shown = page(view, "events", Cut(after=page(view, "events").mark(20)))
    assert _numbers(shown) == (1, 50, 50, 120)


@pytest.mark.parametrize("cut", [None, Cut(before=Mark(START.replace(tzinfo=UTC), "x"))])
def test_without_rows_there_is_no_first_row(viewed, cut):
    assert _numbers(page(viewed([ONE], period="2020-01"), "events", cut)) == (0, 0, 0, 0)


def test_an_event_is_found_whatever_is_picked(viewed):
    view = viewed([ONE], period="2020-01", picks=(Pick("user", ("bo",)),))
    found = event(view, Mark(START.replace(tzinfo=UTC), "one"))
    assert found is not None
    assert found.fields["user_id"] == "ana"
    assert found.items.select("rule", "cost_nano").rows() == [("input", 5), ("unsplit", 2)]
    assert found.file == "literal.jsonl"


@pytest.mark.access
def test_an_event_outside_the_scope_is_not_found_and_its_file_is_no_ones_but_the_admins(viewed):
    view, mark = viewed([ONE]), Mark(START.replace(tzinfo=UTC), "one")
    bo, ana = (replace(view, scope=Scope(((Pick("user", (who,)),),))) for who in ("bo", "ana"))
    assert event(bo, mark) is None
    assert (found := event(ana, mark)) is not None
    assert found.file is None


@pytest.mark.money
def test_a_unit_price_is_the_exact_quotient_or_unknown():
    assert unit_price(3_000, 1_000 * 1_000_000) == 3
    assert unit_price(1, 3_000_000) == Decimal(1) / 3
    assert unit_price(160_000_000, 4_000_000) == 40_000_000
    assert unit_price(0, 5_000_000) == 0
    assert [unit_price(*pair) for pair in ((None, 1), (1, None), (1, 0))] == [None, None, None]
