import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import polars as pl
import pytest

from analytics_core.errors import TooSlow
from analytics_core.semantics.filters import EVERYTHING, Filters, Pick, Scope
from analytics_core.semantics.period import Calendar, Grain, Period
from analytics_core.semantics.query import Query
from analytics_core.store.results import Results
from analytics_core.store.view import View

ANA = Scope(((Pick("user", ("ana",)),),))
BO = Scope(((Pick("user", ("bo",)),),))
NOVEMBER = Filters(Period.parse("2026-11", datetime(2026, 12, 1, tzinfo=UTC), Calendar()))


def frame(number: int) -> pl.DataFrame:
    return pl.DataFrame({"n": [number]})


def test_a_question_is_computed_once_and_handed_out_as_a_copy():
    results, asked = Results(1 << 20), []
    first = results.fetch(["a"], lambda places: asked.append(places) or [frame(1)])[0]
    first[0, "n"] = 99
    again = results.fetch(["a", "b", "b"], lambda places: asked.append(places) or [frame(2)])
    assert [f.item() for f in again] == [1, 2, 2]
    assert asked == [[0], [1]]


def test_those_who_ask_the_same_at_once_wait_for_one_computation():
    results, started, go, asked = Results(1 << 20), threading.Event(), threading.Event(), []

    def slow(places):
        asked.append(places)
        started.set()
        assert go.wait(10)
        return [frame(7)]

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(results.fetch, ["a"], slow)
        assert started.wait(10)
        others = [pool.submit(results.fetch, ["a"], slow) for _ in range(3)]
        go.set()
        assert [f.result()[0].item() for f in (first, *others)] == [7] * 4
    assert asked == [[0]]


def test_a_failure_is_told_and_not_kept():
    results = Results(1 << 20)

    def fails(places):
        raise TooSlow.after(30)

    with pytest.raises(TooSlow):
        results.fetch(["a"], fails)
    assert results.fetch(["a"], lambda places: [frame(1)])[0].item() == 1


def test_what_was_asked_longest_ago_makes_room():
    results, asked = Results(3 * 600), []

    def make(name):
        results.fetch([name], lambda places: asked.append(name) or [frame(1)])

    for name in "abcabdacb":  # b is the oldest when d comes, then c when b comes back
        make(name)
    assert "".join(asked) == "abcdcb"


def test_an_answer_larger_than_the_cache_is_given_but_not_kept():
    results, asked = Results(100), []
    for _ in range(2):
        results.fetch(["a"], lambda places: asked.append(1) or [frame(1)])
    assert len(asked) == 2


@pytest.mark.access
def test_twenty_threads_of_two_people_never_see_each_others_rows(ledger):
    rows = [
        {
            "started_at": f"2026-11-0{day}",
            "user_id": user,
            "project": f"of {user}",
            "cost_nano": cost,
        }
        for day in range(1, 8)
        for user, cost in (("ana", 1), ("bo", 100))
    ]
    store = ledger(rows)
    queries = [
        Query(("cost", "users")), Query(("cost",), ("project",), top=1),
        Query(("cost",), grain=Grain.DAY), Query(("users",), ("user",)),
    ]  # fmt: skip

    def everything(scope: Scope) -> list[object]:
        view = View(store, scope, NOVEMBER)
        return [
            *(answer.rows() for answer in view.ask_all(queries)),
            *(view.ask(query).rows() for query in queries),
            view.options("user")["member"].to_list(),
            view.options("project", search="of")["member"].to_list(),
            view.facts().rows,
            view.first_event(),
        ]

    expected = {scope: everything(scope) for scope in (ANA, BO)}
    assert "bo" not in str(expected[ANA])
    assert "ana" not in str(expected[BO])
    store.results = Results(4096)  # entries come and go while they ask
    with ThreadPoolExecutor(20) as pool:
        asked = [(s, pool.submit(everything, s)) for _ in range(10) for s in (ANA, BO)]
        for scope, future in asked:
            assert future.result() == expected[scope]


@pytest.mark.access
def test_an_equal_scope_shares_an_answer_and_another_does_not(ledger):
    store = ledger([{"started_at": "2026-11-01", "user_id": "ana", "cost_nano": 5}])
    question = Query(("cost",))
    assert View(store, EVERYTHING, NOVEMBER).ask(question).item() == 5
    assert View(store, BO, NOVEMBER).ask(question).item() == 0
    assert View(store, Scope(), NOVEMBER).ask(question).item() == 0
    assert View(store, Scope(((Pick("user", ("ana",)),),)), NOVEMBER).ask(question).item() == 5
