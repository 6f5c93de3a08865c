"""Sessions and one session: figures, facts, requests in order, and nobody else's."""

from datetime import datetime

import pytest

USD = 1_000_000_000
OCTOBER = {"period": "2025-10"}


def _event(minute: int, user: str, session: str | None, cost: int, **more) -> dict:
    return {
        "started_at": datetime(2025, 10, 3, 9, minute), "user_id": user, "session_id": session,
        "cost_nano": cost * USD, "model": "m-large", "project": "Search", "team": "core",
        "input_tokens": 90, "output_tokens": 10, "latency_ms": 60_000, "agent": "Triage",
    } | more  # fmt: skip


EVENTS = [
    _event(0, "ann", "s1", 4), _event(9, "ann", "s1", 2, model="m-small"),
    _event(2, "bo", "s2", 30, team="field", agent="Secret agent"), _event(5, "bo", None, 1),
    {"started_at": datetime(2025, 11, 2, 9), "cost_nano": 1, "user_id": "dee"},
]  # fmt: skip


def _metrics(page) -> dict[str, str]:
    return {m.label: m.value for m in page.metric}


def _words(page) -> str:
    drawn = [*page.markdown, *page.caption, *page.subheader, *page.title]
    return "\n".join(str(e.value) for e in drawn).replace("\\", "")


def test_the_six_cards_of_sessions(app):
    page = app(EVENTS, path="sessions", **OCTOBER)
    assert not page.exception
    assert not page.error
    assert list(_metrics(page).items()) == [
        ("Sessions", "2"), ("Cost", "$37.00"), ("Total tokens", "400"),
        ("Average duration", "5 min 30 s"), ("Cost per session", "$18.00"),
        ("Users", "2"),
    ]  # fmt: skip
    assert [s.value for s in page.subheader] == [
        "Over time", "By agent", "Where the cost goes", "Session length", "All sessions",
    ]  # fmt: skip


def test_what_a_session_cost_stands_before_who_and_what_it_was_of(app):
    page = app(EVENTS, path="sessions", **OCTOBER)
    listed = next(d.value for d in page.dataframe if "session" in d.value)
    assert list(listed)[:5] == ["start", "session", "cost", "duration", "user"]


def test_more_sessions_than_a_page_holds_are_turned_like_every_list(app):
    page = app([_event(at, "ann", f"s{at}", 1) for at in range(51)], path="sessions", **OCTOBER)
    assert "rows 1–50 of 51" in _words(page)
    older = next(b for b in page.button if b.label == "Older ›")
    assert "rows 51–51 of 51" in _words(older.click().run())


def test_without_any_session_the_panels_of_sessions_are_not_there(app):
    page = app([EVENTS[3], EVENTS[4]], path="sessions", **OCTOBER)
    assert not page.error
    assert "All sessions" not in _words(page)
    assert _metrics(page)["Sessions"] == "–"


def test_one_session_says_whose_it_was_and_how_it_went(app):
    page = app(EVENTS, path="session", session="s1", view="table", **OCTOBER)
    assert not page.exception
    assert not page.error
    assert page.title[0].value == "s1"
    words = _words(page)
    assert "3 Oct 2025, 09:00 (UTC)" in words
    assert "10 min" in words
    assert _metrics(page)["Cost"] == "$6.00"
    assert {(m.delta, m.proto.delta_description) for m in page.metric} == {("", "")}  # it was once
    steps = page.dataframe[0].value
    assert steps["So far"].to_list() == ["$4.00", "$6.00"]
    assert steps["Model"].to_list() == ["m-large", "m-small"]


def test_without_a_session_one_can_be_chosen(app):
    page = app(EVENTS, path="session", **OCTOBER)
    assert "Choose one session" in _words(page)


@pytest.mark.access
def test_a_member_cannot_open_the_session_of_another(app):
    page = app(EVENTS, "ann", "session", session="s2", **OCTOBER)
    assert [t.value.replace("\\", "") for t in page.toast] == [
        "session=s2 is not available to you."
    ]
    assert "Choose one session" in _words(page)
    assert "Secret agent" not in repr(page._tree)
