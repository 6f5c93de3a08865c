"""Sessions one by one and by length, as pages are given them."""

from datetime import UTC, datetime

from analytics_core.reports.session_lengths import session_lengths
from analytics_core.reports.sessions import Named, costs, sessions

USD = 1_000_000_000


def _event(session: str, minute: int, cost: int | None = 1, **more) -> dict:
    nano = None if cost is None else cost * USD
    return {
        "started_at": datetime(2026, 11, 3, 9, minute), "session_id": session, "cost_nano": nano,
        "user_id": "ann", "latency_ms": 30_000,
    } | more  # fmt: skip


EVENTS = [
    _event("a", 0, 2, team="core"), _event("a", 2, 3, user_id="bo", team="field"),
    _event("b", 10, None), _event("c", 20, 7),
    _event("d", 59, started_at=datetime(2026, 11, 20, 9)),
]  # fmt: skip


def test_a_session_says_whom_it_names_first_and_how_many_more(viewed):
    last = sessions(viewed(EVENTS))[-1]
    assert (last.id, last.started, last.seconds) == ("a", datetime(2026, 11, 3, 9, tzinfo=UTC), 150)
    assert (last.said["user"], last.said["team"]) == (Named("ann", 1), Named("core", 1))
    assert last.said["agent"] == Named(None, 0)
    assert last.figures == {"requests": 2, "total_tokens": None, "cost": 5 * USD}


def test_the_newest_come_first_and_the_mark_of_the_last_leads_on(viewed):
    view = viewed(EVENTS)
    first = sessions(view, 2)
    assert [(one.id, one.running) for one in first] == [("d", True), ("c", False)]
    assert [one.id for one in sessions(view, 2, first[-1].mark)] == ["b", "a"]


def test_an_empty_store_has_no_sessions_and_no_lengths(viewed):
    view = viewed([])
    assert sessions(view) == ()
    found = session_lengths(view)
    assert (found.known, found.unknown, found.median, found.mean) == (0, 0, None, None)


def test_what_listed_sessions_cost_keeps_their_order_and_what_is_unknown(viewed):
    parts = costs(sessions(viewed(EVENTS)))
    assert [(p.label, p.value) for p in parts.parts] == [
        ("d", USD), ("c", 7 * USD), ("b", None), ("a", 5 * USD),
    ]  # fmt: skip
    assert parts.total == 13 * USD


def test_lengths_have_shares_of_those_known_and_the_median_beside_the_mean(viewed):
    found = session_lengths(viewed(EVENTS))
    assert [(s.label, s.sessions, s.share) for s in found.spans if s.sessions] == [
        ("below 1 min", 2, 2 / 3), ("2–5 min", 1, 1 / 3),
    ]  # fmt: skip
    assert (found.known, found.unknown, found.reused) == (3, 1, 0)
    assert (found.median, found.mean) == (30.0, 70.0)
