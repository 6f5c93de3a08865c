"""One user, and "My usage": the figures are theirs, and nobody else's are there."""

from datetime import datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from analytics_core.ui import detail

USD = 1_000_000_000
OCTOBER = {"period": "2025-10"}


def _event(day: int, user: str, cost: int, minutes: int = 0, **more) -> dict:
    start = datetime(2025, 10, day, 9)
    return {
        "started_at": start + timedelta(minutes=minutes), "user_id": user, "cost_nano": cost * USD,
        "team": "core" if user in ("leo", "cy") else "field", "project": "Search",
        "model": "m-large", "session_id": f"{user}-{day}", "input_tokens": 900,
        "output_tokens": 100, "latency_ms": 4000,
    } | more  # fmt: skip


EVENTS = [
    _event(1, "ann", 40, agent="Triage"), _event(1, "ann", 2, 12, model="m-small"),
    _event(3, "ann", 1, tags=[("workflow", "nightly")]),
    _event(2, "bo", 25, project="Secret plan", agent="Mole", model="m-secret"),
    _event(2, "cy", 10, project="Voice Bot", model="m-voice", tags=[("tool", "grep")]),
    {"started_at": datetime(2025, 11, 2, 9), "cost_nano": 1, "user_id": "dee"},
]  # fmt: skip


def _metrics(page: AppTest) -> dict[str, str]:
    return {m.label: m.value for m in page.metric}


def _words(page: AppTest) -> str:
    drawn = [*page.markdown, *page.caption, *page.subheader, *page.title, *page.info]
    return "\n".join(str(e.value) for e in drawn).replace("\\", "")


def test_my_usage_is_the_readers_own_in_figures_panels_and_last_sessions(app):
    page = app(EVENTS, "ann", "user", user="@me", **OCTOBER)
    assert not page.exception
    assert not page.error
    assert page.title[0].value == "My usage"
    assert list(_metrics(page).items()) == [
        ("Cost", "$43.00"), ("Total tokens", "3,000"), ("Requests", "3"),
        ("Average latency", "4.0 s"), ("Sessions", "2"),
    ]  # fmt: skip
    assert [s.value for s in page.subheader] == [
        "Sessions over time", "Cost by model", "Agents used", "Models used", "Session length",
        "Workflows and tools", "Last sessions",
    ]  # fmt: skip
    last = page.dataframe[-1].value
    assert last.to_numpy().tolist() == [
        ["3 Oct 2025, 09:00", "ann-3", "$1.00", "4.0 s", "", "Search", "1", "1,000"],
        ["1 Oct 2025, 09:00", "ann-1", "$42.00", "12 min", "Triage", "Search", "2", "2,000"],
    ]


def test_credits_have_a_card_once_any_are_known(app):
    page = app([_event(1, "ann", 1, credits_nano=5 * USD), EVENTS[-1]], "ann", "user", user="@me",
               **OCTOBER)  # fmt: skip
    assert _metrics(page)["Credits"] == "5"


def test_half_of_the_sessions_are_shorter_than_the_median_of_the_histogram(app):
    page = app(EVENTS, "ann", "user", user="@me", view="table", **OCTOBER)
    lengths = page.dataframe[4].value
    known = [row for row in lengths.to_numpy().tolist() if row[1] != "0"]
    assert known == [["below 1 min", "1", "50%"], ["10–15 min", "1", "50%"], ["Total", "2", ""]]
    charts = app(None, "ann", "user", user="@me", **OCTOBER)
    assert "Average 6 min 04 s" in _words(charts)


@pytest.mark.access
@pytest.mark.parametrize("who", ["ann", "leo"])
def test_another_persons_id_is_dropped_in_the_usual_words(app, who: str):
    page = app(EVENTS, who, "user", user="bo", **OCTOBER)
    assert [t.value.replace("\\", "") for t in page.toast] == ["user=bo is not available to you."]
    if who == "leo":
        assert "user" not in page.query_params
        assert not page.metric
    else:  # a member has no choice of users: it is their own page, and says so
        assert page.query_params["user"] == "@me"
        assert page.title[0].value == "My usage"
    sent = repr(page._tree)
    for foreign in ("Secret plan", "m-secret", "Mole", "'bo-2'"):
        assert foreign not in sent


@pytest.mark.access
def test_a_lead_opens_members_of_the_team_and_project_admins_those_of_the_project(app):
    page = app(EVENTS, "leo", "user", user="cy", **OCTOBER)
    assert page.title[0].value == "cy"
    assert _metrics(page)["Cost"] == "$10.00"
    assert "Workflows and tools" in _words(page)
    assert "Secret plan" not in repr(page._tree)
    admin = app(None, "pam", "user", user="ann", **OCTOBER)
    assert _metrics(admin)["Cost"] == "$43.00"
    assert "m-voice" not in repr(admin._tree)


def test_a_choice_that_is_cut_says_where_the_others_are(app, monkeypatch):
    monkeypatch.setattr(detail, "OFFERED", 1)
    page = app(EVENTS, "ada", "user", **OCTOBER)
    (box,) = (s for s in page.selectbox if s.key == "detail.user")
    assert len(box.options) == 1
    said = "These 1 were seen last. “All users” above has every one of the period."
    assert said in _words(page)
    monkeypatch.setattr(detail, "OFFERED", 200)
    assert "were seen last" not in _words(app(EVENTS, "ada", "user", **OCTOBER))


def test_without_one_user_a_reader_chooses_among_those_they_may_see(app):
    page = app(EVENTS, "leo", "user", **OCTOBER)
    assert "Choose one user" in _words(page)
    (box,) = (s for s in page.selectbox if s.key == "detail.user")
    assert box.options == ["cy"]


def test_a_member_who_names_nobody_sees_their_own_usage(app):
    page = app(EVENTS, "ann", "user", **OCTOBER)
    assert not page.exception
    assert [title.value for title in page.title] == ["My usage"]
    assert page.query_params["user"] == "@me"
    assert "Choose one user" not in _words(page)


def test_somebody_without_sessions_has_no_empty_panels(app):
    page = app([_event(1, "ann", 4, session_id=None), EVENTS[-1]], "ann", "user", user="@me",
               **OCTOBER)  # fmt: skip
    assert not page.error
    assert [s.value for s in page.subheader] == ["Cost by model", "Models used"]


def test_names_with_markdown_stay_text(app):
    evil = "![x](http://evil.example/x.png)"
    page = app([_event(1, evil, 4, agent=evil, session_id=evil), EVENTS[-1]], "ada", "user",
               user=evil, **OCTOBER)  # fmt: skip
    assert not page.error
    assert "](" not in page.title[0].value
    assert all("](" not in b.label for b in page.button)
