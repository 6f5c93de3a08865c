"""Which state of the store a page is told of, while files land, leave and break."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from analytics_core.semantics.filters import Filters, Scope
from analytics_core.semantics.period import Calendar, Period
from analytics_core.semantics.query import Query
from analytics_core.store.view import View

ROWS = [
    {"started_at": f"2026-11-0{day}", "cost_nano": cost, "project": "atlas"}
    for day, cost in ((1, 3), (2, 5))
]
COST, BY_PROJECT = Query(("cost",)), Query(("cost",), ("project",))


@pytest.fixture
def view(ledger) -> View:
    store = ledger(ROWS)
    period = Period.parse("2026-11", store.now(), Calendar())
    return View(store, Scope(((),)), Filters(period))


def cost(view: View, query: Query = COST) -> int:
    return view.ask(query)["cost"][0]


def test_a_page_is_of_the_state_it_looked_at_first_and_the_next_one_of_the_new(view, relanded):
    store = view.store
    with store.steady():
        said = cost(view), store.version, store.data_until
        relanded(store.data / "events", [*ROWS, {**ROWS[0], "started_at": "2026-11-03"}])
        assert (cost(view), store.version, store.data_until) == said
        assert cost(view, BY_PROJECT) == 8  # also what nobody has asked before
        assert store.manifest.rows == 2
    assert (cost(view), cost(view, BY_PROJECT), store.manifest.rows) == (11, 11, 3)
    assert store.version != said[1]


def test_it_looks_when_it_asks_not_when_it_begins(view, relanded):
    cost(view)
    with view.store.steady():
        relanded(view.store.data / "events", ROWS[:1])
        assert cost(view) == 3


def test_others_are_told_of_the_new_state_meanwhile(view, relanded):
    with view.store.steady(), ThreadPoolExecutor(1) as elsewhere:
        cost(view)
        relanded(view.store.data / "events", ROWS[:1])
        assert elsewhere.submit(cost, view).result() == 3
        assert cost(view) == 8


def test_a_panel_within_a_page_is_of_the_state_of_the_page(view, relanded):
    with view.store.steady():
        cost(view)
        relanded(view.store.data / "events", ROWS[:1])
        with view.store.steady():
            assert cost(view) == 8
        assert cost(view) == 8


def test_a_page_whose_files_are_taken_away_is_of_the_state_that_came_instead(view, relanded):
    events = view.store.data / "events"
    with view.store.steady():
        cost(view)
        old = list(events.rglob("*.parquet"))
        relanded(events, ROWS[:1])
        for path in old:
            path.unlink()
        assert cost(view, BY_PROJECT) == 3
        assert cost(view) == 3


def test_the_engine_of_a_state_that_is_over_is_closed_when_the_page_ends(
    view, relanded, monkeypatch
):
    closed = []
    with view.store.steady():
        cost(view)
        with view.store.in_use() as generation:
            monkeypatch.setattr(generation.engine, "close", lambda: closed.append(1))
        relanded(view.store.data / "events", ROWS[:1])
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(cost, view).result()
        assert cost(view, BY_PROJECT) == 8
        assert not closed
    assert closed == [1]


def test_after_a_fault_the_next_page_looks_again(view, relanded):
    def page() -> None:
        with view.store.steady():
            cost(view)
            raise LookupError

    with pytest.raises(LookupError):
        page()
    relanded(view.store.data / "events", ROWS[:1])
    assert cost(view) == 3
