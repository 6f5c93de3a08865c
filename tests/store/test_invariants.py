"""What must hold between answers, whatever the events (METRICS.md 6; the numbers are its)."""

import itertools
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics_core.semantics.filters import EVERYTHING, Filters, Pick, Scope
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.period import Calendar, Grain, Period
from analytics_core.semantics.query import Query
from analytics_core.store.view import View

pytestmark = pytest.mark.slow

SOME = settings(
    deadline=None,
    max_examples=6,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ASKED = tuple(n for n, m in MEASURES.items() if not m.report and m.relation != "items")
ADDITIVE = tuple(n for n in ASKED if MEASURES[n].additive)
DISTINCT = tuple(n for n in ASKED if "DISTINCT" in MEASURES[n].sql and not MEASURES[n].denominator)
BY = ("user", "project", "model", "status", "tag:flow")


@st.composite
def events(draw: st.DrawFn) -> dict:
    cost = draw(st.none() | st.integers(-5, 50))
    started = datetime(2026, 10, 24) + timedelta(minutes=7 * draw(st.integers(0, 3000)))
    tokens = st.none() | st.integers(0, 50)
    return {
        "started_at": started, "ended_at": started + timedelta(seconds=draw(st.integers(0, 900))),
        "requests": draw(st.sampled_from((1, 1, 2, None))), "cost_nano": cost,
        "cost_reported_nano": cost, "cost_input_nano": cost and cost // 2,
        "user_id": draw(st.sampled_from(("ana", "bo", "cy", None))),
        "project": draw(st.sampled_from(("p", "q", "r", "s", None))),
        "model": draw(st.sampled_from(("m1", "m2", None))),
        "status": draw(st.sampled_from(("ok", "error", None))),
        "session_id": draw(st.sampled_from(("s1", "s2", "s3", None))),
        "conversation_id": draw(st.sampled_from(("c1", "c2", None))),
        "input_tokens": draw(tokens), "output_tokens": draw(tokens),
        "latency_ms": draw(st.sampled_from((None, 1, 40, 5000))),
        "tags": draw(st.sampled_from((None, [("flow", "v")], [("flow", "w")]))),
    }  # fmt: skip


LEDGERS = st.lists(events(), min_size=1, max_size=25)
PERIOD = Period(datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 11, 8, tzinfo=UTC), "custom")
ALL = Filters(PERIOD)
HERS = Scope(((Pick("user", ("ana",)),), (Pick("project", ("p",)),)))


def total(column: pl.Series) -> int | None:
    known = [value for value in column if value is not None]
    return sum(known) if known else None


@pytest.mark.money
@given(LEDGERS, st.sampled_from(BY), st.sampled_from((None, 1, 2, 3)))
@SOME
def test_1_members_others_and_unattributed_add_up_to_the_total(ledger, rows, by, top):
    view = View(ledger(rows), EVERYTHING, ALL)
    parts, whole = view.ask_all([Query(ADDITIVE, (by,), top=top), Query(ADDITIVE)])
    assert {n: total(parts[n]) for n in ADDITIVE} == whole.row(0, named=True)


@pytest.mark.money
@given(LEDGERS, st.permutations(BY), st.sampled_from((None, 1, 2)))
@SOME
def test_2_cells_add_up_to_rows_and_to_columns(ledger, rows, order, top):
    one, other, *_ = order
    view = View(ledger(rows), EVERYTHING, ALL)
    cells, by_one, by_other = view.ask_all(
        [Query(("cost",), by, top=top) for by in ((one, other), (one,), (other,))]
    )
    for by, single in ((one, by_one), (other, by_other)):
        found = [
            (name, kind, total(of["cost"]))
            for (name, kind), of in cells.group_by(by, f"{by}_kind", maintain_order=True)
        ]
        assert set(found) == set(single.select(by, f"{by}_kind", "cost").rows())


@pytest.mark.money
@given(
    LEDGERS,
    st.sampled_from(("UTC", "America/New_York", "Europe/Madrid", "Asia/Kolkata", "Asia/Kathmandu",
                     "Australia/Lord_Howe")),
    st.sampled_from(("monday", "sunday")),
)  # fmt: skip
@SOME
def test_3_hours_days_weeks_and_months_add_up_to_the_range(ledger, rows, zone, first):
    period = replace(PERIOD, calendar=Calendar(zone, first, 4))
    view = View(ledger(rows), EVERYTHING, Filters(period))
    whole, *series = view.ask_all(
        [Query(("cost", "events")), *(Query(("cost", "events"), grain=g) for g in Grain)]
    )
    assert [(total(s["cost"]), sum(s["events"])) for s in series] == [whole.row(0)] * len(Grain)
    starts = {b.replace(tzinfo=None) for b, _ in period.buckets(Grain.HOUR)}
    assert set(series[0]["bucket"]) <= starts


@pytest.mark.money
@given(LEDGERS, st.integers(1, 359), st.sampled_from(((), ("project",))))
@SOME
def test_4_two_halves_of_a_period_add_up_to_the_whole(ledger, rows, hours, by):
    names = (*ADDITIVE, "sessions_started")
    middle = PERIOD.start + timedelta(hours=hours)
    store = ledger(rows)
    halves = [replace(PERIOD, end=middle), replace(PERIOD, start=middle)]
    whole, first, second = (
        View(store, EVERYTHING, Filters(p)).ask(Query(names, by)) for p in (PERIOD, *halves)
    )
    if not by:
        for name in names:
            known = [v for v in (first[name][0], second[name][0]) if v is not None]
            assert (sum(known) if known else None) == whole[name][0] or whole[name][0] is None
        return
    sums: dict[str | None, int] = {}
    for half in (first, second):
        for project, cost in half.select("project", "cost").rows():
            sums[project] = sums.get(project, 0) + (cost or 0)
    assert sums == {p: c or 0 for p, c in whole.select("project", "cost").rows()}


@pytest.mark.access
@given(LEDGERS)
@SOME
def test_7_a_union_of_grants_sees_each_row_once(ledger, rows):
    seen = [r for r in rows if r["user_id"] == "ana" or r["project"] == "p"]
    query = Query(("events", "cost", "users"), ("project",))
    assert (
        View(ledger(rows), HERS, ALL)
        .ask(query)
        .equals(View(ledger(seen), EVERYTHING, ALL).ask(query))
    )


@pytest.mark.access
@given(LEDGERS, st.sampled_from(("user", "project", "model")), st.sets(st.sampled_from("apq")))
@SOME
def test_8_a_filter_never_widens(ledger, rows, by, values):
    store = ledger(rows)
    scoped = View(store, HERS, ALL).ask(Query(("events",))).item()
    picked = Filters(PERIOD, (Pick(by, tuple(values)),))
    assert View(store, HERS, picked).ask(Query(("events",))).item() <= scoped
    assert View(store, HERS, Filters(PERIOD, (Pick(by, ()),))).ask(Query(("events",))).item() == 0
    assert View(store, Scope(), picked).ask(Query(("events",))).item() == 0


@pytest.mark.access
@given(LEDGERS, LEDGERS, st.sampled_from(BY), st.sampled_from((None, 1, 2)),
       st.sampled_from((None, Grain.DAY)),
       st.sampled_from(("cost", "users", "latency_p50", "sessions_started")))  # fmt: skip
@SOME
def test_9_what_lies_out_of_scope_changes_nothing(ledger, rows, others, by, top, grain, first):
    hidden = [
        {**r, "user_id": "zed", "project": "hidden", "tags": [("secret", "s")]} for r in others
    ]
    question = Query((first, *(n for n in ASKED if n != first)), (by,), grain, top)
    now = datetime(2026, 11, 1, tzinfo=UTC)  # one data_until for both
    late = {"started_at": "2026-11-20", "user_id": "ana", "cost_nano": 1}
    seen: list[object] = []
    for more in ([], hidden):
        view = View(ledger([*rows, late, *more], now=now), HERS, ALL)
        facts = view.facts()
        lists = [
            view.options(d, limit=2).rows()
            for d in ("user", "project", "model", "session", "tag:flow")
        ]
        lists.append(view.tag_keys().rows())
        seen.append((view.ask(question).rows(), lists, facts, view.first_event()))
    assert seen[0] == seen[1]


@pytest.mark.money
@given(LEDGERS)
@SOME
def test_14_usage_items_cost_what_events_cost(ledger, rows):
    view = View(ledger(rows), EVERYTHING, ALL)
    items, events_ = view.ask_all([Query(("cost", "quantity"), ("pricing_rule",)),
                                   Query(("cost", "total_tokens"))])  # fmt: skip
    assert (total(items["cost"]) or 0) == (events_["cost"][0] or 0)
    assert sum(q or 0 for q in items["quantity"]) == (events_["total_tokens"][0] or 0)


@pytest.mark.money
@given(LEDGERS, st.data())
@SOME
def test_17_an_event_without_a_price_takes_its_cost_away_and_its_tokens_count_as_unpriced(
    ledger, rows, data
):
    at = data.draw(st.integers(0, len(rows) - 1))
    none = {n: None for n in rows[at] if n.startswith("cost_")}
    without = [*rows[:at], {**rows[at], **none}, *rows[at + 1 :]]
    query = Query(("cost", "unpriced_tokens", "unpriced_events"))
    before, after = (View(ledger(r), EVERYTHING, ALL).ask(query).row(0) for r in (rows, without))
    own = rows[at]["cost_nano"]
    if all(r["cost_nano"] is None for r in without):
        assert after[0] is None
    else:
        assert after[0] == (before[0] or 0) - (own or 0)
    tokens = (rows[at]["input_tokens"] or 0) + (rows[at]["output_tokens"] or 0)
    assert (after[1] or 0) == (before[1] or 0) + (tokens if own is not None else 0)
    assert after[2] == before[2] + (own is not None)


@given(LEDGERS, st.sampled_from(BY))
@SOME
def test_20_a_distinct_total_lies_between_its_largest_row_and_the_sum_of_rows(ledger, rows, by):
    view = View(ledger(rows), EVERYTHING, ALL)
    parts, whole = view.ask_all([Query(DISTINCT, (by,)), Query(DISTINCT)])
    for name in DISTINCT:
        known = [v or 0 for v in parts[name]]
        assert max(known) <= (whole[name][0] or 0) <= sum(known)


@given(st.lists(st.integers(1, 10**7), min_size=100, max_size=150))
@SOME
def test_21_percentiles_rise_and_are_within_half_a_per_cent_of_the_nearest_rank(ledger, values):
    rows = [{"started_at": "2026-11-01", "latency_ms": v} for v in values]
    names = ("latency_p50", "latency_p95", "latency_p99")
    found = View(ledger(rows), EVERYTHING, ALL).ask(Query(names)).row(0)
    assert list(found) == sorted(found)
    for percent, value in zip((50, 95, 99), found, strict=True):
        exact = sorted(values)[math.ceil(percent * len(values) / 100) - 1]
        assert value == pytest.approx(exact, rel=0.0051)


@given(LEDGERS, st.sampled_from(BY), st.sampled_from(("cost", "users", "latency_mean")))
@SOME
def test_22_the_list_of_more_begins_with_the_list_of_fewer(ledger, rows, by, name):
    view = View(ledger(rows), EVERYTHING, ALL)
    lists = [
        f.filter(pl.col(f"{by}_kind") == "member")[by].to_list()
        for f in view.ask_all([Query((name,), (by,), top=n) for n in (1, 2, 3, 4)])
    ]
    for fewer, more in itertools.pairwise(lists):
        assert more[: len(fewer)] == fewer


@given(LEDGERS, st.sampled_from(BY))
@settings(SOME, max_examples=3)
def test_30_a_pick_gives_exactly_the_row_of_the_breakdown(ledger, rows, by):
    store = ledger(rows)
    for row in View(store, EVERYTHING, ALL).ask(Query(ASKED, (by,))).rows(named=True):
        picked = Filters(PERIOD, (Pick(by, (row[by],)),))
        alone = View(store, EVERYTHING, picked).ask(Query(ASKED)).row(0, named=True)
        assert alone == {n: row[n] for n in ASKED}
