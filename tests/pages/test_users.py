"""The Users page: for leads and above, of the people they may see."""

from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

from analytics_core.semantics.query import Query
from analytics_core.ui import narrowing

USD = 1_000_000_000
OCTOBER = {"period": "2025-10"}


def _event(day: int, user: str | None, cost: int | None, month: int = 10, **more) -> dict:
    return {
        "started_at": datetime(2025, month, day, 9), "user_id": user,
        "cost_nano": None if cost is None else cost * USD, "session_id": f"{user}{month}{day}",
        "team": "core" if user in ("leo", "cy") else "field", "project": "Search",
        "agent": "Triage", "model": "m-large", "input_tokens": 900, "output_tokens": 100,
    } | more  # fmt: skip


EVENTS = [
    _event(4, "ann", 10, 8), _event(1, "ann", 10, 9), _event(1, "cy", 2, 9),
    _event(1, "ann", 30), _event(8, "ann", 10, agent="Writer", model="m-small"),
    _event(2, "cy", 8), _event(9, "cy", 1), _event(3, "leo", 1),
    _event(2, "bo", 25, project="Secret plan", agent="Mole", model="m-secret", team="dark"),
    _event(5, None, 4, team=None),
    {"started_at": datetime(2025, 11, 9, 9), "cost_nano": 1, "user_id": "ann"},
]  # fmt: skip
FOREIGN = ("Secret plan", "Mole", "m-secret", "'dark'", "'bo'")


def _metrics(page: AppTest) -> dict[str, str]:
    return {m.label: m.value for m in page.metric}


def _table(page: AppTest, place: int = 0) -> list[list]:
    """The rows of a table, by its place among those of the page; an empty number is None."""
    frame = page.dataframe[place].value
    return [[None if str(v) == "nan" else v for v in row] for row in frame.to_numpy().tolist()]


def _words(page: AppTest) -> str:
    drawn = [*page.markdown, *page.caption, *page.subheader, *page.info]
    return "\n".join(str(e.value) for e in drawn).replace("\\", "")


def test_cards_tables_and_panels_of_the_people_of_a_month(app):
    page = app(EVENTS, "ada", "users", **OCTOBER)
    assert not page.exception
    assert not page.error
    assert list(_metrics(page).items()) == [
        ("Users", "4"), ("Daily active users", "0.2"), ("Weekly active users", "0.7"),
        ("Monthly active users", "4"), ("Stickiness", "5.0%"), ("Cost per user", "$18.75"),
    ]  # fmt: skip
    assert [s.value for s in page.subheader] == [
        "All users", "Compare users", "Teams", "Who comes back",
    ]  # fmt: skip
    assert [row[:6] for row in _table(page)] == [
        ["ann", "$40.00", "51%", 40 / 79, "+300%", "field"],
        ["bo", "$25.00", "32%", 25 / 79, "new", "dark"],
        ["cy", "$9.00", "11%", 9 / 79, "+350%", "core"],
        ["leo", "$1.00", "1.3%", 1 / 79, "new", "core"],
        ["(unattributed)", "$4.00", "5.1%", 4 / 79, "new", ""],
        ["Total", "$79.00", "", None, "", ""],
    ]
    assert _table(page)[0][6:] == [
        "2", "2", "2,000", "Triage +1", "m-large +1", "9 Nov 2025, 09:00",
    ]  # fmt: skip
    assert [row[0] for row in _table(page, 1)] == [
        "field", "dark", "core", "(unattributed)", "Total",
    ]  # fmt: skip


def test_a_running_month_has_no_card_of_months_and_says_what_stickiness_needs(app):
    page = app(EVENTS, "ada", "users", period="2025-11")
    assert "Monthly active users" not in _metrics(page)
    assert _metrics(page)["Requests per user"] == "1"


def test_credits_are_a_column_once_any_are_known(app):
    known = [*EVENTS, _event(9, "ann", 1, credits_nano=USD)]
    page = app(known, "ada", "users", **OCTOBER)
    assert _table(page)[0][9] == "1"


def test_users_compared_are_the_largest_alone_or_those_picked(app):
    page = app(EVENTS, "ada", "users", user=["ann", "bo"], **OCTOBER)
    (pills,) = (
        p for p in page.get("button_group") if "users.compared.legend" in (p.proto.id or "")
    )
    labels = " ".join(option.content for option in pills.proto.options)
    assert "ann" in labels
    assert "bo" in labels
    assert "Others" not in labels
    assert "unattributed" not in labels


def test_a_comparison_that_cannot_offer_everybody_says_how_to_get_at_the_others(app, monkeypatch):
    said = "The 2 with most requests are offered. To compare others, pick them in the sidebar."
    assert "are offered. To compare others" not in _words(app(EVENTS, "ada", "users", **OCTOBER))
    few = Query(("requests",), ("user",), top=2)
    monkeypatch.setattr(narrowing, "offer", lambda *_: few)
    assert said in _words(app(EVENTS, "ada", "users", **OCTOBER))


def test_who_comes_back_is_told_of_complete_weeks(app):
    page = app(EVENTS, "ada", "users", view="table", **OCTOBER)
    rows = _table(page, 3)
    assert rows[2:4] == [
        ["6–12 Oct 2025", "2", "2", "0", "0", "2"],
        ["29 Sep – 5 Oct 2025", "4", "0", "2", "2", "0"],
    ]
    assert rows[-1] == ["4–10 Aug 2025", "1", "0", "–", "–", "0"]
    page.session_state["panel.users.returning.as"] = "cohorts"
    page.run()
    cohorts = _table(page, 3)
    assert cohorts[1] == ["29 Sep – 5 Oct 2025", "2", "100%", "0%", "0%", "0%", *[""] * 4]


@pytest.mark.access
@pytest.mark.parametrize(
    ("who", "users"),
    [("leo", ["cy", "leo", "Total"]), ("pam", ["ann", "cy", "leo", "(unattributed)", "Total"])],
)
def test_a_lead_sees_the_team_and_a_project_admin_the_project(app, who: str, users: list[str]):
    page = app(EVENTS, who, "users", **OCTOBER)
    assert not page.error
    assert [row[0] for row in _table(page)] == users
    sent = repr(page._tree)
    assert [name for name in FOREIGN if name in sent] == []


@pytest.mark.access
def test_members_have_my_usage_in_the_menu_and_no_figure_on_this_page(app):
    page = app(EVENTS, "ann", "users", **OCTOBER)
    assert "This page is not part of your role" in _words(page)
    assert "Ask your administrator for wider access" in _words(page)
    assert not page.button_group  # nothing to be shown as charts or tables
    assert not page.metric
    assert not page.dataframe
    links = {link.proto.label: link.proto.query_string for link in page.get("page_link")}
    assert "Users" not in links
    assert "user=%40me" in links["My usage"]


def test_a_pick_on_a_team_leaves_its_users(app):
    page = app(EVENTS, "ada", "users", team="core", **OCTOBER)
    assert [row[0] for row in _table(page)] == ["cy", "leo", "Total"]
    assert [row[0] for row in _table(page, 1)] == ["core", "Total"]


def test_one_day_and_hostile_names_break_nothing(app):
    evil = "[x](javascript:alert)"
    events = [_event(1, evil, 4, team=evil, agent=evil), EVENTS[-1]]
    page = app(events, "ada", "users", period="2025-10-01..2025-10-01")
    assert not page.error
    assert _table(page)[0][0] == evil
    assert evil not in _words(page)


def test_without_any_user_there_are_no_panels_of_people(app):
    page = app([_event(1, None, 4), EVENTS[-1]], "ada", "users", **OCTOBER)
    assert not page.error
    assert _metrics(page)["Users"] == "–"
    assert [s.value for s in page.subheader] == ["Compare users", "Teams"]
