"""Which sessions there are, and how long they last: literal rows against literal answers."""

from datetime import UTC, datetime

import pytest

from analytics_core.errors import NotAsked
from analytics_core.semantics.filters import EVERYTHING, Filters, Pick, Scope
from analytics_core.semantics.period import Calendar, Period
from analytics_core.store.sessions import LengthCounts, NewestSessions
from analytics_core.store.view import View

DOLLAR = 1_000_000_000
UNTIL = datetime(2026, 12, 5, tzinfo=UTC)


def over(store, period: str, *picks: Pick, scope: Scope = EVERYTHING) -> View:
    return View(store, scope, Filters(Period.parse(period, UNTIL, Calendar()), picks))


def event(session: str | None, start: str, end: str | None = None, cost: int | None = 1, **more):
    return {
        "started_at": start, "ended_at": end and datetime.fromisoformat(end), "session_id": session,
        "cost_nano": None if cost is None else cost * DOLLAR, "user_id": "ann",
    } | more  # fmt: skip


# METRICS.md 7.5
EVENTS = [
    event("S1", "2026-10-31 23:50", "2026-10-31 23:51", 2, agent="scout"),
    event("S1", "2026-11-01 00:10", "2026-11-01 00:12", 3, agent="mole", input_tokens=70),
    event("S2", "2026-11-01 09:00", "2026-11-01 09:01", 1, user_id="bo", project="atlas"),
    event("S2", "2026-11-01 09:03", "2026-11-01 09:04", None, user_id="bo", project="borealis"),
    event("S2", "2026-11-01 09:30", "2026-11-01 09:32", 4, user_id="bo", requests=None),
    event("S3", "2026-11-30 23:59", "2026-12-01 00:03", 6),
    event(None, "2026-11-15 12:00", None, 8),
    event(None, "2026-12-05 00:00", None, 0),  # data_until
]
SHOWN = (
    "session",
    "started",
    "user",
    "project",
    "project_count",
    "requests",
    "cost",
    "duration_us",
)
MINUTE = 60_000_000


def listed(view: View, limit: int = 9, before=None, columns=SHOWN) -> list[tuple]:
    return view.study(NewestSessions(limit, UNTIL, before)).select(columns).rows()


def test_sessions_are_listed_newest_first_with_what_they_name_first_and_their_sums(ledger):
    assert listed(over(ledger(EVENTS), "2026-11")) == [
        ("S3", datetime(2026, 11, 30, 23, 59), "ann", None, 0, 1, 6 * DOLLAR, 4 * MINUTE),
        ("S2", datetime(2026, 11, 1, 9), "bo", "atlas", 2, 2, 5 * DOLLAR, 32 * MINUTE),
        ("S1", datetime(2026, 10, 31, 23, 50), "ann", None, 0, 1, 3 * DOLLAR, 22 * MINUTE),
    ]


def test_figures_are_of_the_period_and_start_and_length_of_all_times(ledger):
    columns = ("first", "started", "agent", "agent_count", "total_tokens", "duration_us")
    found = listed(over(ledger(EVENTS), "2026-11", Pick("session", ("S1",))), columns=columns)
    assert found == [
        (datetime(2026, 11, 1, 0, 10), datetime(2026, 10, 31, 23, 50), "mole", 1, 70, 22 * MINUTE)
    ]


def test_each_page_goes_on_where_the_one_before_it_ended(ledger):
    view = over(ledger(EVENTS), "2026-11")
    first = view.study(NewestSessions(2, UNTIL))
    last = first.row(-1, named=True)
    mark = (last["first"].replace(tzinfo=UTC), last["session"])
    assert first["session"].to_list() == ["S3", "S2"]
    assert [row[0] for row in listed(view, before=mark)] == ["S1"]


def test_sessions_that_begin_together_are_all_listed_once(ledger):
    view = over(ledger([event(name, "2026-11-03 10:00") for name in "dacb"]), "2026-11")
    found, before = [], None
    for _ in range(4):
        page = view.study(NewestSessions(1, UNTIL, before))
        found += page["session"].to_list()
        before = (page["first"][0].replace(tzinfo=UTC), page["session"][0])
    assert found == ["d", "c", "b", "a"]
    assert listed(view, before=before) == []


@pytest.mark.access
def test_a_session_that_several_share_shows_each_only_their_own_part(ledger):
    rows = [
        event("S", "2026-11-03 10:00", "2026-11-03 10:01", 2, project="atlas"),
        event("S", "2026-11-03 11:00", "2026-11-03 11:30", 5, user_id="bo", project="secret"),
        event("T", "2026-11-04 11:00", "2026-11-04 11:30", 5, user_id="bo"),
    ]
    view = over(ledger(rows), "2026-11", scope=Scope(((Pick("user", ("ann",)),),)))
    assert listed(view) == [
        ("S", datetime(2026, 11, 3, 10), "ann", "atlas", 1, 1, 2 * DOLLAR, MINUTE)
    ]


@pytest.mark.parametrize(
    ("until", "expected"),
    [("2026-11-03 10:29:59", (True, None)), ("2026-11-03 10:30", (False, 5 * MINUTE))],
)
def test_a_session_of_the_last_half_hour_has_no_length_yet(ledger, until: str, expected):
    rows = [event("S", "2026-11-03 09:55"), event("S", "2026-11-03 10:00")]
    now = datetime.fromisoformat(until).replace(tzinfo=UTC)
    found = over(ledger(rows), "2026-11").study(NewestSessions(9, now))
    assert found.select("running", "duration_us").rows() == [expected]


def lengths(view: View) -> dict[str, int]:
    counts = view.study(LengthCounts(UNTIL)).row(0, named=True)
    return {name: number for name, number in counts.items() if number}


def test_lengths_are_counted_by_spans_that_hold_their_lower_end(ledger):
    ends = ("00:00:59", "00:01:00", "00:04:59", "00:05:00", "02:59:59", "03:00:00", "23:59:59")
    rows = [event(f"s{n}", "2026-11-03", f"2026-11-03 {at}") for n, at in enumerate(ends)]
    rows += [
        event("points", "2026-11-03"),  # one event without an end
        event("reused", "2026-11-03"), event("reused", "2026-11-04 00:00:01"),
        event("earlier", "2026-10-31", "2026-10-31 00:07"), event("earlier", "2026-11-01"),
    ]  # fmt: skip
    assert lengths(over(ledger(rows), "2026-11")) == {
        "from_0": 1, "from_1": 1, "from_2": 1, "from_5": 1, "from_120": 1, "from_180": 3,
        "unknown": 1, "reused": 1,
    }  # fmt: skip


def test_the_month_of_a_session_is_the_one_it_began_in(ledger):
    store = ledger(EVENTS)
    assert lengths(over(store, "2026-10")) == {"from_15": 1}
    assert lengths(over(store, "2026-11")) == {"from_2": 1, "from_30": 1}
    assert lengths(over(store, "2026-12")) == {}


def test_usage_items_have_no_lengths(ledger):
    with pytest.raises(NotAsked, match="per usage item"):
        lengths(over(ledger(EVENTS), "2026-11", Pick("pricing_rule", ("input",))))
