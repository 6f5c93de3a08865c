from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from analytics_core.errors import NotAsked, UnknownName
from analytics_core.semantics.filters import EVERYTHING, NOTHING, Filters, Pick, Scope
from analytics_core.semantics.period import Calendar, Grain, Period
from analytics_core.semantics.query import Query
from analytics_core.store.duck import Duck
from analytics_core.store.engine import Compiled
from analytics_core.store.view import View

DOLLAR = 1_000_000_000
NOW = datetime(2026, 12, 20, tzinfo=UTC)


def over(store, period: str, *picks: Pick, scope: Scope = EVERYTHING, zone: str = "UTC") -> View:
    return View(store, scope, Filters(Period.parse(period, NOW, Calendar(zone)), picks))


def usd(amount: str | None) -> int | None:
    return None if amount is None else round(float(amount) * DOLLAR)


# METRICS.md 3: cost 150, 80, 80, 30, 20, 10, unknown, and 25 without a project; users 2, 1, 1 …
RANKED = [
    {"started_at": "2026-11-03 10:00", "project": project, "user_id": user, "cost_nano": usd(cost)}
    for project, user, cost in [
        ("A", "ana", "100"), ("A", "bo", "50"), ("C", "ana", "80"), ("B", "bo", "80"),
        ("d", "cy", "30"), ("E", "di", "20"), ("F", "ed", "10"), ("G", "cy", None),
        (None, "fay", "25"),
    ]
]  # fmt: skip


@pytest.mark.money
def test_the_top_three_come_first_then_the_others_then_what_has_no_project(ledger):
    answer = over(ledger(RANKED), "2026-11").ask(Query(("cost", "users"), ("project",), top=3))
    assert answer.rows() == [
        ("A", "member", 1, 150 * DOLLAR, 2),
        ("B", "member", 1, 80 * DOLLAR, 1),
        ("C", "member", 1, 80 * DOLLAR, 1),
        (None, "others", 4, 60 * DOLLAR, 3),
        (None, "unattributed", 0, 25 * DOLLAR, 1),
    ]
    assert answer.schema == {
        "project": pl.String, "project_kind": pl.String, "project_members": pl.Int64,
        "cost": pl.Int64, "users": pl.Int64,
    }  # fmt: skip


def test_a_measure_that_needs_more_than_one_question_names_its_report(ledger):
    with pytest.raises(NotAsked, match="answered by the report 'adoption'"):
        over(ledger([]), "2026-11").ask(Query(("stickiness",)))


@pytest.mark.money
def test_the_total_is_asked_by_itself_and_counts_each_user_once(ledger):
    answer = over(ledger(RANKED), "2026-11").ask(Query(("cost", "users")))
    assert answer.rows() == [(395 * DOLLAR, 6)]


def test_an_unknown_member_ranks_last_and_ties_go_by_name(ledger):
    answer = over(ledger(RANKED), "2026-11").ask(Query(("cost",), ("project",)))
    assert answer["project"].to_list() == ["A", "B", "C", "d", "E", "F", "G", None]
    assert answer["cost"].to_list()[-2:] == [None, 25 * DOLLAR]


def test_a_single_other_member_keeps_its_own_name(ledger):
    answer = over(ledger(RANKED), "2026-11").ask(Query(("cost",), ("project",), top=6))
    assert answer["project_kind"].to_list() == ["member"] * 7 + ["unattributed"]


def test_members_may_be_ordered_by_name_though_the_top_is_by_value(ledger):
    answer = over(ledger(RANKED), "2026-11").ask(
        Query(("cost",), ("project",), top=4, order="name")
    )
    assert answer["project"].to_list() == ["A", "B", "C", "d", None, None]
    assert answer["project_members"].to_list() == [1, 1, 1, 1, 3, 0]


def test_a_member_called_others_is_itself(ledger):
    rows = [
        {"started_at": "2026-11-03", "project": name, "cost_nano": cost}
        for name, cost in (("Others", 9), ("u", 8), ("o", 7), ("x", 2), ("y", 1))
    ]
    answer = over(ledger(rows), "2026-11").ask(Query(("cost", "users"), ("project",), top=3))
    assert answer.select("project", "project_kind", "cost").rows() == [
        ("Others", "member", 9), ("u", "member", 8), ("o", "member", 7), (None, "others", 3),
    ]  # fmt: skip


def test_two_dimensions_are_ranked_apart_and_their_cells_add_up(ledger):
    rows = [
        {"started_at": "2026-11-03", "project": p, "model": m, "cost_nano": cost}
        for p, m, cost in [
            ("a", "x", 50), ("a", "y", 5), ("b", "y", 30), ("c", "z", 10), ("d", "x", 1),
            (None, "z", 2),
        ]
    ]  # fmt: skip
    answer = over(ledger(rows), "2026-11").ask(Query(("cost",), ("project", "model"), top=1))
    assert answer.drop("project_members", "model_members").rows() == [
        ("a", "member", "x", "member", 50),
        ("a", "member", None, "others", 5),
        (None, "others", "x", "member", 1),
        (None, "others", None, "others", 40),
        (None, "unattributed", None, "others", 2),
    ]


def test_two_dimensions_may_have_the_same_members_in_the_same_order(ledger):
    rows = [
        {"started_at": "2026-11-03", "user_id": name, "project": name, "model": "m"}
        for name in ("a", "b")
    ]
    answer = over(ledger(rows), "2026-11").ask(Query(("active_projects",), ("user", "project")))
    assert answer.select("user", "project", "active_projects").rows() == [
        ("a", "a", 1), ("b", "b", 1),
    ]  # fmt: skip
    nothing = over(ledger([]), "2026-11").ask(Query(("active_projects",), ("user", "project")))
    assert nothing.is_empty()


def test_without_rows_what_adds_up_is_zero_and_all_else_is_unknown(ledger):
    names = ("cost", "requests", "users", "sessions_started", "error_rate", "latency_p95",
             "cost_per_request", "requests_per_hour", "quantity")  # fmt: skip
    store = ledger([])
    first = over(store, "2026-11").ask(Query(names[:-1])).rows()
    assert first == [(0, 0, 0, 0, None, None, None, None)]
    assert over(store, "2026-11").ask(Query(("quantity",))).rows() == [(0.0,)]
    grouped = over(store, "2026-11").ask(Query(("cost",), ("project",), grain=Grain.DAY))
    assert grouped.schema == {
        "bucket": pl.Date, "project": pl.String, "project_kind": pl.String,
        "project_members": pl.Int64, "cost": pl.Int64,
    }  # fmt: skip
    assert grouped.height == 0


def test_rows_that_do_not_say_leave_a_figure_unknown(ledger):
    store = ledger([{"started_at": "2026-11-03", "requests": None}])
    names = ("cost", "requests", "users", "errors", "total_tokens", "unpriced_events", "events")
    assert over(store, "2026-11").ask(Query(names)).rows() == [(None, None, None, None, None, 1, 1)]


# METRICS.md 7.5
def during(session: str | None, start: str, end: str | None, cost: str) -> dict:
    return {"started_at": start, "ended_at": end and datetime.fromisoformat(end),
            "session_id": session, "cost_nano": usd(cost)}  # fmt: skip


SESSIONS = [
    during("S1", "2026-10-31 23:50", "2026-10-31 23:51", "2"),
    during("S1", "2026-11-01 00:10", "2026-11-01 00:12", "3"),
    during("S2", "2026-11-01 09:00", "2026-11-01 09:01", "1"),
    during("S2", "2026-11-01 09:03", "2026-11-01 09:04", "1"),
    during("S2", "2026-11-01 09:30", "2026-11-01 09:32", "4"),
    during("S3", "2026-11-30 23:59", "2026-12-01 00:03", "6"),
    during(None, "2026-11-15 12:00", None, "8"),
    during(None, "2026-12-05 00:00", None, "0"),  # data_until
]


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        ("2026-10", (1, 1, 2 * DOLLAR, 22 * 60, 22 * 60, 3 * 60, 2 * DOLLAR, 1.0)),
        ("2026-11", (3, 2, 23 * DOLLAR, 18 * 60, 18 * 60, 5 * 60, 5 * DOLLAR, 15 / 23)),
        ("2026-12", (None, None, 0, None, None, None, None, None)),
    ],
)
def test_a_session_over_the_edge_of_a_month_keeps_its_length(ledger, month, expected):
    names = ("sessions", "sessions_started", "cost", "session_duration_mean",
             "session_duration_median", "session_active_mean", "cost_per_session",
             "session_coverage")  # fmt: skip
    assert over(ledger(SESSIONS), month).ask(Query(names)).rows() == [expected]


def test_a_session_of_the_last_half_hour_still_runs(ledger):
    rows = [during("S", f"2026-11-01 0{i}:00", f"2026-11-01 0{i}:10", "1") for i in (1, 2)]
    fresh = [*rows, during(None, "2026-11-01 02:29", None, "1")]
    done = [*rows, during(None, "2026-11-01 02:30", None, "1")]
    names = ("sessions", "sessions_started", "session_duration_mean")
    assert over(ledger(fresh), "2026-11").ask(Query(names)).rows() == [(1, 1, None)]
    assert over(ledger(done), "2026-11").ask(Query(names)).rows() == [(1, 1, 4200.0)]


# METRICS.md 7.6
LONG_DAY = [
    {"started_at": at, "cost_nano": DOLLAR}
    for at in (
        "2026-11-01 03:59:59", "2026-11-01 04:00", "2026-11-01 05:30", "2026-11-01 06:30",
        "2026-11-02 04:59:59", "2026-11-02 05:00",
    )
]  # fmt: skip


def test_a_day_of_25_hours_is_one_day_and_its_two_one_o_clocks_are_two_hours(ledger):
    store, zone = ledger(LONG_DAY), "America/New_York"
    days = over(store, "2026-10-31..2026-11-02", zone=zone).ask(Query(("cost",), grain=Grain.DAY))
    assert days.rows() == [
        (date(2026, 10, 31), DOLLAR), (date(2026, 11, 1), 4 * DOLLAR), (date(2026, 11, 2), DOLLAR),
    ]  # fmt: skip
    day = over(store, "2026-11-01..2026-11-01", zone=zone)
    assert day.ask(Query(("cost",), grain=Grain.HOUR)).rows() == [
        (datetime(2026, 11, 1, 4), DOLLAR), (datetime(2026, 11, 1, 5), DOLLAR),
        (datetime(2026, 11, 1, 6), DOLLAR), (datetime(2026, 11, 2, 4), DOLLAR),
    ]  # fmt: skip
    assert day.ask(Query(("requests_per_hour",))).rows() == [(4 / 25,)]


# METRICS.md 7.8
M = 1_000_000
PRICED = [
    {"started_at": "2026-11-01", "model": "m-small", "input_tokens": M, "output_tokens": M // 10,
     "cost_nano": usd("0.45")},
    {"started_at": "2026-11-02", "model": "m-unknown", "input_tokens": 2 * M},
    {"started_at": "2026-11-03", "model": "m-free", "input_tokens": M, "cost_nano": 0,
     "cost_source": "free"},
    {"started_at": "2026-11-04", "model": "m-unknown", "input_tokens": M // 2,
     "cost_nano": DOLLAR, "cost_source": "reported"},
]  # fmt: skip


@pytest.mark.money
def test_unpriced_free_and_reported_usage_stay_apart(ledger):
    names = ("cost", "total_tokens", "unpriced_tokens", "unpriced_events", "priced_share",
             "reported_share", "cost_per_request", "cost_per_million_tokens")  # fmt: skip
    found = over(ledger(PRICED), "2026-11").ask(Query(names)).row(0)
    assert found[:4] == (1_450_000_000, 4_600_000, 2_000_000, 1)
    assert found[4:] == pytest.approx((2.6 / 4.6, 1 / 1.45, 1.45e9 / 3, 1.45e9 / 2.6))
    by_model = over(ledger(PRICED), "2026-11").ask(
        Query(("cost", "unpriced_events", "events"), ("model",))
    )
    assert by_model.drop("model_kind", "model_members").rows() == [
        ("m-unknown", DOLLAR, 1, 2), ("m-small", 450_000_000, 0, 1), ("m-free", 0, 0, 1),
    ]  # fmt: skip


@pytest.mark.money
@pytest.mark.parametrize(
    ("kept", "cost"), [(PRICED[1:2], None), (PRICED[2:3], 0), ([], 0)], ids=["e2", "e3", "none"]
)
def test_only_unpriced_is_unknown_while_only_free_and_nothing_are_zero(ledger, kept, cost):
    assert over(ledger(kept), "2026-11").ask(Query(("cost",))).rows() == [(cost,)]


# METRICS.md 7.10
TENS = [{"started_at": "2026-11-01", "latency_ms": ms} for ms in range(10, 1001, 10)]


def test_percentiles_are_the_nearest_rank_over_one_per_cent_steps(ledger):
    names = ("latency_mean", "latency_p50", "latency_p95", "latency_p99")
    (mean, *percentiles), = over(ledger(TENS), "2026-11").ask(Query(names)).rows()  # fmt: skip
    assert mean == 505
    assert [round(p, 1) for p in percentiles] == [497.7, 953.4, 992.3]


def test_a_percentile_of_19_requests_is_unknown(ledger):
    view = over(ledger(TENS[:19]), "2026-11")
    assert view.ask(Query(("latency_p50", "latency_mean"))).rows() == [(None, 100.0)]


def test_members_whose_latency_nobody_knows_come_last(ledger):
    rows = [{"started_at": "2026-11-01", "model": "known", "latency_ms": 10}] * 20
    rows += [{"started_at": "2026-11-01", "model": name} for name in ("a", "b", "c")]
    answer = over(ledger(rows), "2026-11").ask(Query(("latency_p50",), ("model",), top=1))
    assert answer.select("model_kind", "model_members").rows() == [("member", 1), ("others", 3)]


@pytest.mark.money
def test_usage_items_split_an_event_by_pricing_rule(ledger):
    rows = [
        {"started_at": "2026-11-01", "project": "p", "input_tokens": 100, "cache_read_tokens": 60,
         "output_tokens": 10, "cost_nano": 1000, "cost_input_nano": 400, "cost_cache_read_nano": 60,
         "cost_output_nano": 100, "items": [
             {"rule": "web_search", "quantity": 2, "unit": "search", "cost_nano": 300}]},
        {"started_at": "2026-11-02", "project": "q", "cost_nano": 7, "cost_source": "reported"},
    ]  # fmt: skip
    store = ledger(rows)
    by_rule = over(store, "2026-11").ask(Query(("cost", "quantity"), ("pricing_rule",)))
    assert by_rule.drop("pricing_rule_kind", "pricing_rule_members").rows() == [
        ("input", 400, 40.0), ("web_search", 300, 2.0), ("unsplit", 147, None),
        ("output", 100, 10.0), ("cache_read", 60, 60.0),
    ]  # fmt: skip
    by_unit = over(store, "2026-11").ask(Query(("cost", "quantity"), ("unit",)))
    assert by_unit.drop("unit_kind", "unit_members").rows() == [
        ("tokens", 560, 110.0), ("search", 300, 2.0), (None, 147, None),
    ]  # fmt: skip
    only = over(store, "2026-11", Pick("pricing_rule", ("unsplit",)))
    assert only.ask(Query(("cost",), ("project",))).select("project", "cost").rows() == [
        ("p", 140), ("q", 7),
    ]  # fmt: skip
    with pytest.raises(NotAsked, match="Requests is not known per usage item"):
        only.ask(Query(("requests",)))


ROWS = [
    {"started_at": f"2026-{month:02}-03", "user_id": user, "team": team, "project": project,
     "model": model, "cost_nano": cost}
    for month, user, team, project, model, cost in [
        (9, "ana", "core", "atlas", "m1", 1), (10, "ana", "core", "borealis", "m1", 2),
        (11, "bo", "edge", "atlas", "m2", 4), (11, "ana", "core", None, "m1", 8),
    ]
]  # fmt: skip
HERS = (Pick("user", ("ana",)),)


@pytest.mark.money
def test_a_leaf_that_is_nothing_in_one_event_does_not_make_it_known_in_another(ledger):
    rows = [
        {"started_at": "2026-11-01", "cost_nano": 5, "cost_output_nano": 5},
        {"started_at": "2026-11-01", "cost_nano": 0, "cost_output_nano": 0, "output_tokens": 0},
    ]
    answer = over(ledger(rows), "2026-11").ask(Query(("cost", "quantity"), ("pricing_rule",)))
    assert answer.drop("pricing_rule_kind", "pricing_rule_members").rows() == [("output", 5, None)]


@pytest.mark.access
def test_options_are_members_of_all_time_within_the_scope(ledger):
    store = ledger(ROWS)
    assert over(store, "2026-11").options("project").rows() == [
        ("atlas", datetime(2026, 11, 3), 2), ("borealis", datetime(2026, 10, 3), 1),
        (None, datetime(2026, 11, 3), 1),
    ]  # fmt: skip
    hers = over(store, "2026-11", scope=Scope((HERS,)))
    assert hers.options("project")["member"].to_list() == ["atlas", "borealis", None]
    assert hers.options("model")["member"].to_list() == ["m1"]
    assert over(store, "2026-11", scope=NOTHING).options("user").height == 0


def test_only_picks_on_its_parents_narrow_a_list(ledger):
    view = over(ledger(ROWS), "2026-11", Pick("team", ("edge",)), Pick("project", ("borealis",)))
    assert view.options("user")["member"].to_list() == ["bo"]
    assert view.options("team")["member"].to_list() == ["core", "edge"]
    assert view.options("project")["member"].to_list() == ["atlas", "borealis", None]


def test_a_search_finds_what_contains_the_text_whatever_its_case(ledger):
    rows = [
        {"started_at": "2026-11-01", "user_id": name, "session_id": name, "tags": [("flow", name)]}
        for name in ("Ana", "banana", "bo", "100%", None)
    ]
    view = over(ledger(rows), "2026-11")
    for name in ("user", "session", "tag:flow"):
        assert view.options(name, search="AN")["member"].to_list() == ["Ana", "banana"]
        assert view.options(name, search="%")["member"].to_list() == ["100%"]


def test_the_members_seen_last_are_kept_when_there_are_too_many(ledger):
    rows = [{"started_at": f"2026-11-0{day}", "user_id": f"u{9 - day}"} for day in range(1, 8)]
    view = over(ledger(rows), "2026-11")
    assert view.options("user", limit=3)["member"].to_list() == ["u2", "u3", "u4"]
    assert view.options("session", limit=3).rows() == [(None, datetime(2026, 11, 7), 7)]


def test_members_not_seen_for_three_months_come_after_the_others(ledger):
    seen = {"b": "2026-11-01", "a": "2026-07-01", "c": "2026-08-10"}
    rows = [{"started_at": at, "project": name} for name, at in seen.items()]
    listed = over(ledger([*rows, {"started_at": "2026-11-02"}]), "2026-11").options("project")
    assert listed["member"].to_list() == ["b", "c", "a", None]


def test_in_a_long_list_those_seen_last_come_first(ledger):
    start = datetime(2026, 11, 1)
    rows = [{"started_at": start + timedelta(minutes=n), "user_id": f"u{n:03}"} for n in range(201)]
    view = over(ledger(rows), "2026-11")
    assert view.options("user")["member"].to_list()[:2] == ["u200", "u199"]
    assert view.options("user", limit=200)["member"].to_list()[:2] == ["u001", "u002"]


@pytest.mark.access
def test_a_list_can_be_asked_of_named_members_only(ledger):
    rows = [
        {"started_at": "2026-11-01", "user_id": name, "session_id": name, "tags": [("flow", name)]}
        for name in ("ana", "anabel", None)
    ]
    view = over(ledger(rows), "2026-11")
    for name in ("user", "session", "tag:flow"):
        known = view.options(name, among=("ana", None, "zed"))["member"].to_list()
        assert known == ["ana", None]
    hers = over(view.store, "2026-11", scope=Scope((HERS,)))
    assert hers.options("user", among=("anabel",)).height == 0


TAGGED = [
    {"started_at": "2026-11-01", "user_id": "ana", "tags": [("flow", "a"), ("tool", "x")]},
    {"started_at": "2026-11-02", "user_id": "bo", "tags": [("flow", "b")]},
    {"started_at": "2026-10-03", "user_id": "bo", "tags": [("secret", "s")]},
    {"started_at": "2026-11-03", "user_id": "ana"},
]


@pytest.mark.access
def test_tags_are_those_of_events_of_all_time_within_the_scope(ledger):
    view = over(ledger(TAGGED), "2026-11")
    assert view.tag_keys().rows() == [
        ("flow", datetime(2026, 11, 2), 2, 2), ("secret", datetime(2026, 10, 3), 1, 1),
        ("tool", datetime(2026, 11, 1), 1, 1),
    ]  # fmt: skip
    hers = over(view.store, "2026-11", scope=Scope((HERS,)))
    assert hers.tag_keys()["key"].to_list() == ["flow", "tool"]
    assert hers.options("tag:flow").rows() == [
        ("a", datetime(2026, 11, 1), 1), (None, datetime(2026, 11, 3), 1),
    ]  # fmt: skip
    assert hers.options("tag:secret")["member"].to_list() == [None]
    assert over(view.store, "2026-11", scope=NOTHING).tag_keys().height == 0


def test_a_tag_with_an_id_per_event_is_listed_by_the_engine(ledger):
    start = datetime(2026, 11, 1)
    rows = [
        {"started_at": start + timedelta(seconds=n), "tags": [("run", f"r{n}"), ("flow", "a")]}
        for n in range(2001)
    ]
    view = over(ledger(rows), "2026-11")
    assert view.options("tag:run", limit=2)["member"].to_list() == ["r1999", "r2000"]
    assert view.options("tag:flow").rows() == [("a", start + timedelta(seconds=2000), 2001)]


def test_an_option_list_of_an_unknown_dimension_is_refused(ledger):
    with pytest.raises(UnknownName, match="Did you mean 'project'"):
        over(ledger(ROWS), "2026-11").options("projct")


def test_a_new_file_adds_its_members_to_the_lists(ledger, relanded):
    store = ledger(ROWS[:2])
    view = over(store, "2026-11")
    assert view.options("user")["member"].to_list() == ["ana"]
    relanded(store.data / "events", ROWS)
    assert view.options("user")["member"].to_list() == ["ana", "bo"]


def test_the_lists_of_many_files_take_one_scan_and_those_of_a_new_file_read_it_alone(
    ledger, relanded, monkeypatch
):
    scans: list[list[str]] = []
    run = Duck.run

    def noted(self: Duck, statement: Compiled):
        (files,) = (v for v in statement.params.values() if isinstance(v, list))
        scans.append([Path(f).name for f in files])
        return run(self, statement)

    store = ledger(ROWS[:2], files=2)
    first = {Path(f.path).name for f in store.manifest.files}
    monkeypatch.setattr(Duck, "run", noted)
    over(store, "2026-11").options("user")
    relanded(store.data / "events", ROWS)
    over(store, "2026-11").options("user")
    every = {Path(f.path).name for f in store.manifest.files}
    assert len(first) > 1
    assert [set(scan) for scan in scans] == [first, every - first]


@pytest.mark.access
def test_the_first_event_is_that_of_the_scope(ledger):
    store = ledger(ROWS)
    assert over(store, "2026-11").first_event() == datetime(2026, 9, 3, tzinfo=UTC)
    bo = over(store, "2026-11", Pick("user", ("ana",)), scope=Scope(((Pick("user", ("bo",)),),)))
    assert bo.first_event() == datetime(2026, 11, 3, tzinfo=UTC)
    assert over(store, "2026-11", scope=NOTHING).first_event() is None


def test_facts_say_what_a_selection_is_made_of(ledger):
    facts = over(ledger(PRICED), "2026-11").facts()
    assert (facts.rows, [(s.name, s.rows) for s in facts.sources]) == (4, [("test", 4)])
    assert facts.reported == pytest.approx(1 / 1.45)
    assert facts.computed == pytest.approx(0.45 / 1.45)
    assert (facts.unpriced_events, facts.unpriced_requests) == (1, 1)
    assert (facts.unpriced_tokens, facts.tokens) == (2_000_000, 4_600_000)


def test_an_answer_can_be_explained(ledger):
    store = ledger([*PRICED, *SESSIONS])
    view = over(store, "2026-11")
    told = view.explained(Query(("cost", "users", "session_duration_mean"), ("model",), top=1))
    assert (told.rows, told.store, told.version) == (10, "Parquet", store.version)
    assert told.known == (("cost", 9), ("users", 0), ("session_duration_mean", 2))
    assert len(told.sql) == len(told.params) == 3
    assert told.data_until == datetime(2026, 12, 5, tzinfo=UTC)
    assert "m-small" not in "".join(told.sql)


@pytest.mark.access
def test_an_explanation_names_files_to_those_who_see_every_row_and_paths_to_nobody(ledger):
    store, query = ledger(ROWS), Query(("cost", "sessions"), ("model",))
    held = {Path(f.path).name for f in store.manifest.files}
    whole = over(store, "2026-11").explained(query)
    lists = [v for values in whole.params for _, v in values if isinstance(v, list)]
    assert {name for names in lists for name in names} & held
    bo = over(store, "2026-11", scope=Scope(((Pick("user", ("bo",)),),))).explained(query)
    assert len(bo.sql) == len(whole.sql)
    assert not [name for name in held if name in str(bo.params)]
    for told in (whole, bo):
        assert str(store.data) not in str(told.params)


def test_a_page_of_questions_takes_few_statements_and_says_what_each_says_alone(
    ledger, monkeypatch
):
    page = [
        Query(("cost", "requests", "total_tokens", "models", "active_projects", "conversations")),
        Query(("cost", "models", "active_projects", "conversations"), grain=Grain.DAY),
        Query(("cost",), ("service_type",), grain=Grain.DAY),
        Query(("cost",), ("service_type",)),
        Query(("cost",), ("project",), top=6),
        Query(("cost", "agent_conversations", "requests"), ("agent",), top=10),
        Query(("total_tokens",), ("user",), top=5),
        Query(("latency_p50", "latency_p95")),
    ]
    rows = [*PRICED, *ROWS, *RANKED, *TENS]
    store, other = ledger(rows), ledger(rows)
    ran, run = [], Duck.run
    monkeypatch.setattr(Duck, "run", lambda self, s: (ran.append(s), run(self, s))[1])
    together = over(store, "2026-11").ask_all(page)
    assert len(ran) == 5  # sums, distinct counts twice, conversations, percentiles
    over(store, "2026-11").ask_all(page)
    assert len(ran) == 5  # a repeated page asks nothing
    assert [f.rows() for f in together] == [over(other, "2026-11").ask(q).rows() for q in page]


def test_an_id_that_comes_back_counts_in_each_bucket_and_once_in_all(ledger):
    rows = [
        {"started_at": f"2026-{at}", "session_id": session, "conversation_id": "c"}
        for at, session in (("09-30", "s"), ("10-01", "s"), ("11-05", "s"), ("11-05", "t"),
                            ("11-06", None), ("12-24", None))
    ]  # fmt: skip
    view = over(ledger(rows), "2026-09-01..2026-12-31")
    whole, months, quarters = view.ask_all(
        [Query(("sessions", "conversations"), grain=g) for g in (None, Grain.MONTH, Grain.QUARTER)]
    )
    assert whole.rows() == [(2, 1)]
    assert months.rows() == [
        (date(2026, 9, 1), 1, 1), (date(2026, 10, 1), 1, 1), (date(2026, 11, 1), 2, 1),
        (date(2026, 12, 1), None, 1),
    ]  # fmt: skip
    assert quarters.rows() == [(date(2026, 7, 1), 1, 1), (date(2026, 10, 1), 2, 1)]


def test_a_period_of_many_days_is_counted_as_well_as_a_short_one(ledger):
    rows = [{"started_at": f"2026-{m:02}-03", "session_id": "s"} for m in range(1, 13)]
    days = over(ledger(rows), "2026-01-01..2026-12-31").ask(Query(("sessions",), grain=Grain.DAY))
    assert days["sessions"].to_list() == [1] * 12


def test_the_store_is_read_again_when_the_manifest_is_replaced(ledger, relanded):
    store = ledger(ROWS)
    before = store.version
    assert over(store, "2026-11").ask(Query(("cost",))).item() == 12
    relanded(store.data / "events", ROWS[2:3])
    assert over(store, "2026-11").ask(Query(("cost",))).item() == 4
    assert store.version != before
    relanded(store.data / "events", ROWS)
    assert (store.version, over(store, "2026-11").ask(Query(("cost",))).item()) == (before, 12)


def test_an_answer_is_of_one_manifest_while_it_is_replaced_again_and_again(ledger, relanded):
    store, contents = ledger(ROWS), (ROWS, [*ROWS, *ROWS[2:]])
    view = over(store, "2026-11")

    def ask(_: int) -> tuple[int, int]:
        (first,), (second,) = (
            f["cost"] for f in view.ask_all([Query(("cost",)), Query(("cost", "events"))])
        )
        return first, second

    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(ask, n) for n in range(40)]
        for n in range(20):
            relanded(store.data / "events", contents[n % 2])
        assert {a.result() for a in answers} <= {(12, 12), (24, 24)}


def test_data_reach_until_the_newest_event_but_never_past_now(ledger):
    rows = [{"started_at": "2026-11-03 10:00"}]
    noon, dawn = datetime(2026, 11, 3, 12, tzinfo=UTC), datetime(2026, 11, 3, 6, tzinfo=UTC)
    assert ledger(rows, now=noon).data_until == datetime(2026, 11, 3, 10, tzinfo=UTC)
    assert ledger(rows, now=dawn).data_until == dawn
    assert ledger([]).data_until is None


def test_the_same_rows_in_any_files_and_order_give_the_same_bytes(ledger):
    query = Query(("cost", "users", "latency_p50"), ("project",), Grain.DAY, top=2)
    rows = [*ROWS, *RANKED, *TENS]
    answers = [
        over(ledger(list(rows), files=files, query_threads=threads), "2026-11").ask(query)
        for files, rows, threads in ((1, rows, 1), (3, rows[::-1], 2), (7, rows, 2))
    ]
    assert answers[0].equals(answers[1])
    assert answers[0].equals(answers[2])


@pytest.mark.access
@pytest.mark.parametrize(
    ("grants", "picks", "expected"),
    [
        ([()], (), 15),
        ([HERS, (Pick("project", ("atlas",)),)], (), 15),  # hers OR atlas: September counts once
        ([HERS, (Pick("project", ("atlas",)),)], (Pick("project", ("borealis",)),), 2),
        ([HERS], (Pick("user", ("bo",)),), 0),  # a pick never widens
        ([HERS], (Pick("user", ()),), 0),  # a pick of no values keeps no rows
        ([(Pick("project", (None,)),)], (), 8),
        ([], (), 0),
    ],
)
def test_a_pick_narrows_the_scope_and_never_widens_it(ledger, grants, picks, expected):
    view = over(ledger(ROWS), "2026-09-01..2026-11-30", *picks, scope=Scope(tuple(grants)))
    assert view.ask(Query(("cost",))).item() == expected
    assert sum(view.ask(Query(("cost",), ("project",)))["cost"]) == expected


def test_long_lists_of_picks_are_answered_like_short_ones(ledger):
    many = Pick("user", ("bo", *(f"nobody {i}" for i in range(500))))
    store = ledger(ROWS)
    assert over(store, "2026-11", many).ask(Query(("cost",))).item() == 4
    either = Scope(((many,), (Pick("project", (None,)),)))
    assert over(store, "2026-11", scope=either).ask(Query(("cost",))).item() == 12


def test_a_store_can_be_closed_and_asked_no_more(ledger):
    with closing(ledger(ROWS)) as store:
        view = over(store, "2026-11")
        assert view.ask(Query(("events",))).item() == 2
    with pytest.raises(RuntimeError):
        replace(view, scope=NOTHING).ask(Query(("events",)))


def test_a_period_in_another_zone_is_bound_as_utc(ledger):
    rows = [{"started_at": "2026-10-31 23:30"}, {"started_at": "2026-11-30 23:30"}]
    view = over(ledger(rows), "2026-11", zone="Europe/Madrid")
    assert view.ask(Query(("events",), grain=Grain.MONTH)).rows() == [(date(2026, 11, 1), 1)]
    assert view.filters.period.end - view.filters.period.start == timedelta(days=30)
