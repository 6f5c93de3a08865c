"""URL, widgets and selection say the same, whichever moved last."""

from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

pytestmark = pytest.mark.slow

USD = 1_000_000_000
OCTOBER = {"period": "2025-10"}


def _event(day: int, user: str, team: str, project: str, **more) -> dict:
    return {
        "started_at": datetime(2025, 10, day, 9), "cost_nano": USD, "user_id": user, "team": team,
        "project": project, "model": "m-large", "provider": "acme",
    } | more  # fmt: skip


EVENTS = [
    _event(1, "ann", "core", "Search"),
    _event(2, "bo", "field", "Voice Bot", model="m-small", provider="other"),
    _event(3, "cy", "core", "Search", session_id="s1", agent="Ticket triage"),
    _event(4, "bo", "field", None, started_at=datetime(2025, 11, 2, 9)),
]


def _box(page: AppTest, label: str):
    return next(s for s in page.sidebar.multiselect if s.label == label)


def _labels(page: AppTest) -> list[str]:
    return [s.label for s in page.sidebar.multiselect]


def _cost(page: AppTest) -> str:
    return next(m.value for m in page.metric if m.label == "Cost")


def _params(page: AppTest) -> dict[str, list[str]]:
    said = sorted(page.query_params.items())
    return {name: [v] if isinstance(v, str) else list(v) for name, v in said}


def test_a_link_decides_what_the_widgets_say(app):
    page = app(EVENTS, team="core", project=["Search"], **OCTOBER)
    assert page.selectbox(key="f.period").value == "2025-10"
    assert _box(page, "Team").value == ["core"]
    assert _box(page, "Project").value == ["Search"]
    assert _cost(page) == "$2.00"
    assert _params(page) == {"period": ["2025-10"], "project": ["Search"], "team": ["core"]}


def test_a_widget_writes_its_pick_into_the_url(app):
    page = app(EVENTS, **OCTOBER)
    _box(page, "Project").select("Voice Bot").run()
    assert _params(page) == {"period": ["2025-10"], "project": ["Voice Bot"]}
    assert _cost(page) == "$1.00"


def test_defaults_are_not_in_the_url(app):
    page = app(EVENTS, **OCTOBER)
    page.selectbox(key="f.period").set_value("month").run()
    assert _params(page) == {}


def test_a_url_that_changes_moves_the_widgets_again(app):
    page = app(EVENTS, project="Search", **OCTOBER)
    page.query_params.clear()
    page.query_params["period"] = "2025-11"
    page.run()
    assert _box(page, "Project").value == []
    assert page.selectbox(key="f.period").value == "2025-11"


def test_unattributed_can_be_picked_and_linked(app):
    page = app(EVENTS, period="2025-11", project="")
    assert _cost(page) == "$1.00"
    assert "(unattributed)" in _box(page, "Project").options
    assert _params(page) == {"period": ["2025-11"], "project": [""]}


def test_a_team_narrows_the_users_offered_and_drops_those_of_others(app):
    page = app(EVENTS, user=["ann", "bo"], **OCTOBER)
    _box(page, "Team").select("core").run()
    assert _box(page, "User").options == ["Me (ada@x.example)", "ann", "cy"]
    assert _params(page)["user"] == ["ann"]


def test_members_of_all_times_are_offered_whatever_the_period(app):
    page = app(EVENTS, period="2025-11")
    assert _box(page, "Project").options == ["Search", "Voice Bot", "(unattributed)"]


def test_me_means_whoever_opens_the_link(app):
    page = app(EVENTS, who="leo", user="@me", **OCTOBER)
    assert _params(page)["user"] == ["@me"]
    assert "No usage matches" in page.subheader[0].value
    anns = app(who="ann", user="@me", **OCTOBER)
    assert _cost(anns) == "$1.00"


def test_clearing_takes_every_pick_and_the_period_back(app):
    page = app(EVENTS, project="Search", team="core", agent="Ticket triage", **OCTOBER)
    next(b for b in page.button if b.key == "clear").click().run()
    assert _params(page) == {}
    assert all(not s.value for s in page.sidebar.multiselect)


def test_a_pick_stands_above_the_page_and_its_button_takes_it_away(app):
    page = app(EVENTS, project="Search", agent="Ticket triage", **OCTOBER)
    chips = {b.label.replace("\\", ""): b for b in page.button if b.key.startswith("chip.")}
    assert list(chips) == ["Agent: Ticket triage", "Project: Search"]
    chips["Agent: Ticket triage"].click().run()
    assert _params(page) == {"period": ["2025-10"], "project": ["Search"]}


def test_a_closed_box_of_more_filters_still_holds_its_picks(app):
    page = app(EVENTS, agent="Ticket triage", **OCTOBER)
    assert "More filters (1)" in [e.label for e in page.sidebar.expander]
    assert "Agent" in _labels(page)
    assert "Provider" not in _labels(page)
    assert _cost(page) == "$1.00"


@pytest.mark.parametrize(
    ("period", "arrow", "then", "name"),
    [
        ("2025-11", "month.earlier", "2025-10", "Oct 2025"),
        ("2025-10", "month.later", "2025-11", "Nov 2025"),
    ],
)
def test_the_months_beside_are_one_press_away(app, period: str, arrow: str, then: str, name: str):
    page = app(EVENTS, period=period)
    next(b for b in page.button if b.key == arrow).click().run()
    assert _params(page) == {"period": [then]}
    assert f"**{name}**" in [m.value for m in page.sidebar.markdown]
    assert page.selectbox(key="f.period").value == then


def test_there_is_no_month_before_the_first_event(app):
    page = app(EVENTS, **OCTOBER)
    assert next(b for b in page.button if b.key == "month.earlier").disabled


def test_a_number_of_days_is_asked_for_and_travels_by_name(app):
    page = app(EVENTS, **OCTOBER)
    page.selectbox(key="f.period").set_value("days").run()
    assert _params(page) == {"period": ["days:14"]}
    page.number_input(key="f.n").set_value(3).run()
    assert _params(page) == {"period": ["days:3"]}
    page.selectbox(key="f.period").set_value("hours").run()
    assert _params(page) == {"period": ["hours:6"]}


def test_a_custom_range_starts_from_the_period_there_was(app):
    page = app(EVENTS, **OCTOBER)
    page.selectbox(key="f.period").set_value("custom").run()
    assert _params(page) == {"period": ["2025-10"]}
    assert [w.value for w in page.get("datetime_input")] == [
        datetime(2025, 10, 1), datetime(2025, 11, 1),
    ]  # fmt: skip


def test_a_custom_range_may_end_at_any_minute(app):
    page = app(EVENTS, period="2025-10-01..2025-10-02T09:30")
    assert not page.exception
    assert _cost(page) == "$2.00"
    assert "1 Oct 2025, 00:00 – 2 Oct 2025, 09:30 (UTC)" in [c.value for c in page.caption]


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"projct": "Search"}, "There is no filter called 'projct'. Did you mean 'project'?"),
        ({"period": "lastmonth"}, "No period is called 'lastmonth'. Did you mean 'last-month'?"),
        ({"period": "days:0"}, "period: 'days:0' cannot be read."),
    ],
)
def test_what_a_link_says_wrongly_is_said_and_the_rest_holds(app, params, says: str):
    page = app(EVENTS, **({"project": "Search"} | params))
    assert any(t.value.replace("\\", "").startswith(says) for t in page.toast)
    assert _box(page, "Project").value == ["Search"]
    assert not page.exception


def test_beyond_two_thousand_members_a_box_searches_on_the_server(app):
    many = [_event(1, f"user {n:04}", "core", "Search") for n in range(2001)]
    page = app([*many, _event(1, "zoe", "core", "Search")], user="user 0007", **OCTOBER)
    assert [t.label for t in page.sidebar.text_input] == ["Find a user"]
    assert len(_box(page, "User").options) <= 52
    assert _box(page, "User").value == ["user 0007"]
    page.text_input(key="find.user").input("ZO").run()
    assert _box(page, "User").options == ["Me (ada@x.example)", "user 0007", "zoe"]
    assert _cost(page) == "$1.00"


def _more(page: AppTest) -> AppTest:
    """Opens the folded boxes."""
    page.session_state["f.more"] = True
    return page.run()


def test_a_box_is_offered_for_each_tag_and_for_what_the_data_fill(app):
    tagged = _event(5, "ann", "core", "Search", tags=[("flow", "nightly"), ("tool", "grep")])
    page = _more(app([*EVENTS, tagged], **OCTOBER))
    assert _labels(page) == [
        "Team", "User", "Project", "Model", "Session", "Agent", "Provider", "Service type",
        "Status", "Event type", "Tag flow", "Tag tool",
    ]  # fmt: skip
    _box(page, "Tag flow").select("nightly").run()
    assert _params(page) == {"period": ["2025-10"], "tag:flow": ["nightly"]}
    assert _cost(page) == "$1.00"
    assert "More filters (1)" in [e.label for e in page.sidebar.expander]


@pytest.mark.access
def test_a_tag_that_only_others_use_is_not_offered(app):
    tagged = _event(5, "ann", "core", "Search", tags=[("flow", "nightly")])
    page = _more(app([*EVENTS, tagged | {"user_id": "bo"}], who="ann", **OCTOBER))
    assert not [label for label in _labels(page) if label.startswith("Tag")]


def test_those_who_see_their_own_rows_only_choose_among_their_sessions(app):
    page = _more(app([*EVENTS, _event(6, "ann", "core", "Search", session_id="s2")], who="ann"))
    assert "User" not in _labels(page)
    assert _box(page, "Session").options == ["s2", "(unattributed)"]
    assert not _box(page, "Session").disabled


def test_a_session_is_chosen_after_a_team_or_user(app):
    page = _more(app(EVENTS, **OCTOBER))
    assert _box(page, "Session").disabled
    _box(page, "Team").select("core").run()
    assert _box(page, "Session").options == ["s1", "(unattributed)"]


def test_a_pick_that_a_new_parent_excludes_is_taken_away_and_said(app):
    page = app(EVENTS, user=["ann", "bo"], **OCTOBER)
    _box(page, "Team").select("core").run()
    said = [t.value.replace("\\", "") for t in page.toast]
    assert said == ["user=bo does not go with the other filters and was taken away."]


@pytest.mark.access
@pytest.mark.parametrize("user", ["bo", "nobody at all"])
def test_a_value_of_others_is_refused_like_one_that_does_not_exist(app, user: str):
    page = app(EVENTS, who="ann", user=user, **OCTOBER)
    said = [t.value.replace("\\", "") for t in page.toast]
    assert said == [f"user={user} is not available to you."]
    assert _params(page) == {"period": ["2025-10"]}


def test_many_refused_picks_are_said_at_once(app):
    page = app(EVENTS, user=["ann", *(f"nobody {n}" for n in range(20))], **OCTOBER)
    assert [t.value for t in page.toast] == ["20 users are not available to you\\."]
    assert _params(page) == {"period": ["2025-10"], "user": ["ann"]}


def test_more_than_eight_picks_of_a_dimension_are_one_chip(app):
    many = [_event(1, f"user {n}", "core", "Search") for n in range(9)]
    page = app(many, user=[f"user {n}" for n in range(9)], **OCTOBER)
    (chip,) = [b for b in page.button if b.key.startswith("chip.")]
    assert chip.label == "9 users"
    chip.click().run()
    assert _params(page) == {"period": ["2025-10"]}


@pytest.mark.parametrize(
    ("path", "picks", "title", "above", "opened"),
    [
        ("explore", {}, "Explore", "Breakdowns ›", "Breakdowns"),
        ("project", {"project": "Search"}, "Search", "Breakdowns › Projects ›", "Breakdowns"),
    ],
)
def test_a_title_stands_under_where_the_page_is_and_its_section_is_open(
    app, path: str, picks: dict, title: str, above: str, opened: str
):
    page = app(EVENTS, path=path, **picks, **OCTOBER)
    assert page.title[0].value == title
    assert page.main.caption[0].value == above
    sections = {e.label: e.proto.expanded for e in page.sidebar.expander}
    assert [label for label, is_open in sections.items() if is_open] == [opened]


def test_a_search_that_finds_nobody_keeps_the_box_and_its_picks(app):
    many = [_event(1, f"user {n:04}", "core", "Search") for n in range(2001)]
    page = app(many, who="leo", user="user 0007", **OCTOBER)
    page.text_input(key="find.user").input("zzz").run()
    assert _box(page, "User").options == ["Me (leo)", "user 0007"]
    _box(page, "User").unselect("user 0007").run()
    assert _box(page, "User").value == []
    assert [t.label for t in page.sidebar.text_input] == ["Find a user"]
