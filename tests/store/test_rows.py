"""Events and usage items as rows: what is listed, in which order, and how pages meet."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

import pytest

from analytics_core.events import NAMES
from analytics_core.semantics.filters import EVERYTHING, NOTHING, Filters, Pick, Scope
from analytics_core.semantics.period import Calendar, Period
from analytics_core.semantics.query import Query
from analytics_core.store import rows
from analytics_core.store.sql_rows import ITEM_NAMES, Cut, Mark
from analytics_core.store.view import View

pytestmark = pytest.mark.slow

NOW = datetime(2026, 12, 20, tzinfo=UTC)
HERS = Scope(((Pick("user", ("ana",)),),))


def over(store, period: str, *picks: Pick, scope: Scope = EVERYTHING) -> View:
    return View(store, scope, Filters(Period.parse(period, NOW, Calendar("UTC")), picks))


NIGHTS = [
    {"event_id": name, "started_at": at, "user_id": user}
    for name, at, user in [
        ("a", "2026-09-30 23:59", "ana"), ("b", "2026-10-02", "bo"), ("c", "2026-10-02", "ana"),
        ("d", "2026-11-01", "ana"), ("e", "2026-11-01", "ana"), ("f", "2026-11-01", "bo"),
        ("g", "2026-12-01", "ana"),
    ]
]  # fmt: skip
AUTUMN = "2026-09-01..2026-11-30"


def mark(row: dict) -> Mark:
    return Mark(row["started_at"].replace(tzinfo=UTC), row["event_id"], row.get("place", 0))


def ids(frame) -> str:
    return "".join(frame["event_id"])


@pytest.mark.access
def test_events_are_paged_from_the_newest_without_gap_or_repeat(ledger):
    view = over(ledger(NIGHTS), AUTUMN, scope=HERS)
    pages, before = [], None
    while (page := view.rows("events", Cut(2, before))).height:
        pages.append(ids(page))
        before = mark(page.row(-1, named=True))
    assert pages == ["ed", "ca"]
    assert ids(view.rows("events", Cut(3))) == "edc"
    assert view.rows("events", Cut(1)).columns == list(NAMES)


def test_the_rows_newer_than_a_row_are_those_next_to_it(ledger):
    view = over(ledger(NIGHTS), AUTUMN)
    oldest = view.rows("events", Cut()).row(-1, named=True)
    assert ids(view.rows("events", Cut(2, after=mark(oldest)))) == "cb"
    assert ids(view.rows("events", Cut(4, after=mark(oldest)))) == "edcb"
    assert ids(view.rows("events", Cut(9, after=mark(oldest)))) == "fedcb"


def test_a_row_knows_how_many_are_newer(ledger):
    view = over(ledger(NIGHTS), AUTUMN)
    listed = [mark(row) for row in view.rows("events", Cut()).iter_rows(named=True)]
    assert [view.count("events", one) for one in listed] == [0, 1, 2, 3, 4, 5]
    assert view.count("events") == 6


@pytest.mark.access
def test_one_event_is_found_by_its_mark_only_within_the_scope(ledger):
    view = over(ledger(NIGHTS), AUTUMN)
    hers = replace(view, scope=HERS)
    night = datetime(2026, 11, 1, tzinfo=UTC)
    assert ids(view.rows("events", Cut(of=Mark(night, "f")))) == "f"
    assert ids(hers.rows("events", Cut(of=Mark(night, "f")))) == ""
    assert ids(hers.rows("events", Cut(of=Mark(night, "e")))) == "e"


@pytest.mark.parametrize("of", ["events", "items"])
def test_a_mark_outside_the_period_finds_what_lies_beside_it(ledger, of):
    view = over(ledger(PRICED), "2026-11")
    early, late = (Mark(datetime(year, 1, 1, tzinfo=UTC), "x") for year in (2020, 2030))
    everything = view.rows(of, Cut())
    assert view.rows(of, Cut(before=early)).height == view.rows(of, Cut(after=late)).height == 0
    assert view.rows(of, Cut(before=late)).equals(everything)
    assert view.rows(of, Cut(after=early)).equals(everything)
    assert (view.count(of, early), view.count(of, late)) == (everything.height, 0)


@pytest.mark.access
@pytest.mark.parametrize(("of", "columns"), [("events", NAMES), ("items", ITEM_NAMES)])
def test_there_are_no_rows_where_there_is_nothing_to_see(ledger, of, columns):
    nothing = over(ledger(PRICED), "2020-01")
    unseen = over(ledger(PRICED), "2026-11", scope=NOTHING)
    for view in (nothing, unseen):
        assert view.rows(of, Cut(5)).columns == list(columns)
        assert view.rows(of, Cut(5)).height == view.count(of) == len(list(view.pages(of))) == 0


# One event of every kind: split by five rules, with own items, only a total, unpriced, of nothing.
PRICED = [
    {"event_id": "all", "started_at": "2026-11-03 10:00", "project": "p", "user_id": "ana",
     "model": "m", "input_tokens": 100, "cache_read_tokens": 30, "cache_write_tokens": 20,
     "cache_write_1h_tokens": 5, "output_tokens": 7, "cost_nano": 70, "cost_input_nano": 50,
     "cost_cache_read_nano": 3, "cost_cache_write_nano": 6, "cost_cache_write_1h_nano": 4,
     "cost_output_nano": 7},
    {"event_id": "own", "started_at": "2026-11-03 10:00", "project": "q", "user_id": "bo",
     "input_tokens": 90, "output_tokens": 8, "cost_nano": 1000, "cost_input_nano": 400,
     "items": [
         {"rule": "input_audio", "quantity": Decimal(50), "unit": "tokens", "cost_nano": 200},
         {"rule": "web_search", "quantity": Decimal("1.5"), "unit": "search", "cost_nano": 300},
         {"rule": "discount", "quantity": None, "unit": None, "cost_nano": -20}]},
    {"event_id": "total", "started_at": "2026-11-02", "cost_nano": 9, "cost_source": "reported"},
    {"event_id": "unpriced", "started_at": "2026-11-01", "input_tokens": 6},
    {"event_id": "nothing", "started_at": "2026-11-04", "input_tokens": 0, "cost_nano": 0},
]  # fmt: skip
ITEMS = [
    ("own", "input", 40_000_000, 400), ("own", "output", 8_000_000, None),
    ("own", "input_audio", 50_000_000, 200), ("own", "web_search", 1_500_000, 300),
    ("own", "discount", None, -20), ("own", "unsplit", None, 120),
    ("all", "input", 50_000_000, 50), ("all", "cache_read", 30_000_000, 3),
    ("all", "cache_write", 15_000_000, 6), ("all", "cache_write_1h", 5_000_000, 4),
    ("all", "output", 7_000_000, 7), ("total", "unsplit", None, 9),
    ("unpriced", "input", 6_000_000, None),
]  # fmt: skip


def listed(view: View, cut: Cut = Cut()) -> list[tuple]:  # noqa: B008 frozen
    return view.rows("items", cut).select("event_id", "rule", "quantity_micro", "cost_nano").rows()


@pytest.mark.money
def test_an_event_is_listed_as_the_items_its_cost_is_split_into(ledger):
    view = over(ledger(PRICED), "2026-11")
    assert listed(view) == ITEMS
    assert sum(cost or 0 for *_, cost in ITEMS) == view.ask(Query(("cost",)))["cost"][0] == 1079
    assert view.count("items") == len(ITEMS)


@pytest.mark.parametrize(("size", "few"), [(2, 1), (5, 1000)])
def test_pages_of_items_meet_in_both_directions(ledger, monkeypatch, size, few):
    monkeypatch.setattr(rows, "FEW", few)
    view = over(ledger(PRICED), "2026-11")
    pages = [view.rows("items", Cut(size))]
    while pages[-1].height == size:
        pages.append(view.rows("items", Cut(size, mark(pages[-1].row(-1, named=True)))))
    assert sum(page.height for page in pages) == len(ITEMS)
    for newer, older in pairwise(page for page in pages if page.height):
        first = mark(older.row(0, named=True))
        assert view.rows("items", Cut(size, after=first)).equals(newer)
    firsts = [mark(page.row(0, named=True)) for page in pages if page.height]
    assert [view.count("items", first) for first in firsts] == [*range(0, len(ITEMS), size)]


def test_a_pick_on_items_keeps_the_items_and_every_event(ledger):
    store = ledger(PRICED)
    searches = over(store, "2026-11", Pick("pricing_rule", ("web_search", "unsplit")))
    assert listed(searches) == [ITEMS[3], ITEMS[5], ITEMS[11]]
    assert (searches.count("items"), searches.count("events")) == (3, 5)
    assert searches.rows("events", Cut()).height == 5
    without_unit = over(store, "2026-11", Pick("unit", (None,)))
    assert [rule for _, rule, *_ in listed(without_unit)] == ["discount", "unsplit", "unsplit"]


@pytest.mark.access
def test_items_are_those_of_events_within_the_scope(ledger):
    hers = over(ledger(PRICED), "2026-11", scope=HERS)
    assert listed(hers) == ITEMS[6:11]
    assert hers.count("items") == 5
    only_input = Scope(((Pick("user", ("ana",)), Pick("pricing_rule", ("input",))),))
    assert listed(over(ledger(PRICED), "2026-11", scope=only_input)) == ITEMS[6:7]


@pytest.mark.parametrize("of", ["events", "items"])
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_all_rows_come_in_pages_as_they_are_listed(ledger, monkeypatch, of, size):
    monkeypatch.setattr(rows, "PAGE", dict.fromkeys(rows.PAGE, size))
    view = over(ledger([*PRICED, *NIGHTS]), AUTUMN)
    pages = list(view.pages(of))
    assert [row for page in pages for row in page.rows()] == view.rows(of, Cut()).rows()
    assert len(pages) == {1: 6, 3: 3, 1000: 1}[size]


def test_pages_are_of_one_state_of_the_store(ledger, relanded):
    store = ledger(NIGHTS)
    pages = over(store, AUTUMN).pages("events")
    first = next(pages)
    relanded(store.data / "events", NIGHTS[:1])
    assert ids(first) + "".join(map(ids, pages)) == "fedcba"
    assert ids(over(store, AUTUMN).rows("events", Cut())) == "a"
