"""Projects, models and agents: the lists, and the page of one."""

from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

USD = 1_000_000_000
OCTOBER = {"period": "2025-10"}
LISTED = (
    "name,colour,created,archived\nSearch,#8743c9,,\nIdle plan,,2025-01-01,\n"
    "Gone,,2025-01-01,2025-06-01\nLater,,2026-01-01,\n"
)


def _event(day: int, user: str, project: str | None, cost: int | None, **more) -> dict:
    return {
        "started_at": datetime(2025, 10, day, 9), "user_id": user, "project": project,
        "cost_nano": None if cost is None else cost * USD, "provider": "anthropic",
        "model": "m-large", "input_tokens": 900_000, "output_tokens": 100_000, "latency_ms": 400,
        "team": "core" if user in ("leo", "cy") else "field",
    } | more  # fmt: skip


EVENTS = [
    _event(1, "ann", "Search", 40, agent="Triage", session_id="s1", conversation_id="c1"),
    _event(2, "ann", "Voice Bot", 1, agent="Triage", session_id="s1", conversation_id="c1"),
    _event(2, "bo", "Secret plan", 25, agent="Writer", session_id="s2", conversation_id="c2"),
    _event(3, "cy", "Voice Bot", 10, model="m-voice", provider="openai", input_tokens=100_000),
    _event(9, "bo", "Search", None, model="m-unknown", status="error", repository="acme/app"),
    _event(9, "cy", None, 4, tags=[("tool", "grep")], agent="Triage", session_id="s3"),
    _event(1, "ann", "Search", 1, started_at=datetime(2025, 8, 2)),
]  # fmt: skip


@pytest.fixture
def listed(app, tmp_path):
    """Opens a page over EVENTS, with the projects of LISTED."""
    folder = tmp_path / "data" / "settings"
    folder.mkdir(parents=True)
    (folder / "projects.csv").write_text(LISTED, "utf-8")

    def open_page(path: str, who: str = "ada", events=EVENTS, **params) -> AppTest:
        page = app(events, who, path, **(OCTOBER | params))
        assert [e.value for e in page.error] == []
        assert not page.exception
        return page

    return open_page


def _cards(page: AppTest) -> dict[str, str]:
    return {m.label: m.value for m in page.metric}


def _table(page: AppTest, place: int = 0) -> list[list]:
    """The rows of one table, from its first column of text on, without pictures and courses."""
    frame = page.dataframe[place].value
    return frame.drop(columns=[c for c in ("dot", "bar", "trend") if c in frame]).values.tolist()


def _sent(page: AppTest) -> str:
    return repr(page._tree)


def _panels(page: AppTest) -> list[str]:
    return [s.value for s in page.subheader]


def test_the_cards_of_projects_name_the_largest_and_what_nobody_has(listed):
    page = listed("projects")
    assert _cards(page) == {
        "Active projects": "3/4", "Cost": "$80.00", "Largest project": "Search",
        "Unattributed cost": "$4.00",
    }  # fmt: skip
    assert page.metric[2].delta == "50% of cost"


def test_every_project_is_listed_also_those_without_usage(listed):
    assert _table(listed("projects")) == [
        ["Search", "$40.00", "50%", "new", "2", "2,000,000", "2", "1"],
        ["Secret plan", "$25.00", "31%", "new", "1", "1,000,000", "1", "1"],
        ["Voice Bot", "$11.00", "14%", "new", "2", "1,200,000", "2", "1"],
        ["Idle plan", "$0.00", "0%", "no change", "0", "0", "0", "0"],
        ["(unattributed)", "$4.00", "5.0%", "new", "1", "1,000,000", "1", "–"],
        ["Total", "$80.00", "", "", "6", "5,200,000", "3", "2"],
    ]


def test_archived_projects_wait_behind_a_switch(listed):
    page = listed("projects")
    (switch,) = (t for t in page.toggle if t.label == "Archived projects")
    names = [row[0] for row in _table(switch.set_value(True).run())]
    assert names[3:5] == ["Gone", "Idle plan"]


@pytest.mark.access
@pytest.mark.parametrize(
    ("who", "seen", "unseen"),
    [
        ("ann", ["Search", "Voice Bot", "Total"], ["Secret plan", "Idle plan", "Gone"]),
        ("leo", ["Voice Bot", "(unattributed)", "Total"], ["Secret plan", "Idle plan", "Gone"]),
        ("pam", ["Search", "Total"], ["Secret plan", "Voice Bot", "Idle plan", "Gone"]),
    ],
)  # fmt: skip
def test_a_table_of_projects_holds_those_of_the_reader(listed, who, seen, unseen):
    page = listed("projects", who)
    assert [row[0] for row in _table(page)] == seen
    assert [name for name in unseen if name in _sent(page)] == []


def test_chosen_projects_take_the_place_of_the_largest(listed):
    page = listed("projects")
    (box,) = (b for b in page.multiselect if b.placeholder.startswith("The largest 6 projects"))
    assert box.options == ["Search", "Voice Bot", "Secret plan", "(unattributed)"]
    box.set_value(["Voice Bot", ""]).run()
    pills = next(p for p in page.button_group if "Voice Bot" in str(p.options))
    assert len(pills.options) == 2


def test_one_project_shows_now_whatever_period_is_picked(app):
    now = datetime.now(UTC).replace(tzinfo=None)
    today = {"started_at": now, "cost_nano": 3 * USD}
    page = app([*EVENTS, _event(1, "ann", "Search", 3, **today)], "ada", "project",
               project="Search", **OCTOBER)  # fmt: skip
    assert _cards(page) == {
        "Cost this month": "$3.00", "Cost today": "$3.00", "Requests today": "1",
        "Total tokens": "2M", "Users": "2",
    }  # fmt: skip
    said = [c.value for c in page.caption if "whatever period is picked" in c.value]
    assert len(said) == 1
    assert "UTC" in said[0]
    assert _panels(page) == [
        "Today by hour", "Cost over time", "Cost by model", "Top users", "Agents", "Repositories",
        "Last requests", "Last usage items",
    ]  # fmt: skip


def test_a_day_the_data_have_not_reached_is_unknown_and_not_nothing(listed):
    page = listed("project", project="Search")
    assert (_cards(page)["Cost today"], _cards(page)["Requests today"]) == ("–", "–")
    assert any("do not reach into this time yet" in i.value for i in page.info)


@pytest.mark.access
def test_nobody_is_compared_with_a_reader_who_sees_only_their_own_rows(listed):
    for path, one in (("project", "Search"), ("model", "m-large"), ("agent", "Triage")):
        assert "Top users" in _panels(listed(path, **{path: one}))
        page = listed(path, "ann", **{path: one})
        assert "Top users" not in _panels(page)
        assert "'bo'" not in _sent(page)
    assert "Top users" not in _panels(listed("", "ann"))


@pytest.mark.access
def test_a_project_admin_sees_everybody_in_their_project_and_nobody_else(listed):
    page = listed("project", "pam", project="Search")
    sent = _sent(page)
    assert all(name in sent for name in ("'ann'", "'bo'"))
    assert "'cy'" not in sent
    refused = listed("project", "pam", project="Voice Bot")
    assert not refused.metric  # a project of others is not there: one is to be chosen
    assert "not available to you" in refused.toast[0].value


def test_models_say_what_they_are_used_for_and_what_a_million_tokens_cost(listed):
    page = listed("models")
    assert _cards(page) == {
        "Models": "3", "Cost": "$80.00", "Total tokens": "5.2M", "Cost per 1M tokens": "$19.05",
        "Unpriced tokens": "1M",
    }  # fmt: skip
    first, voice, unknown, _ = _table(page)
    assert first[:5] == ["m-large", "$70.00", "88%", "new", "anthropic"]
    assert voice[1:5:3] == ["$10.00", "openai"]
    assert unknown[1:4] == ["–", "–", "–"]
    assert _panels(page) == [
        "All models", "Tokens by model", "Expensive models: cost per 1M tokens",
    ]  # fmt: skip


def test_one_model_has_its_prices_as_steps_and_as_a_table(app, tmp_path):
    folder = tmp_path / "data" / "settings"
    folder.mkdir(parents=True)
    (folder / "prices.csv").write_text(
        "provider,model,rule,usd,valid_from,valid_to\n"
        "anthropic,m-large,input,3,,2025-09-01\n"
        "anthropic,m-large,input,2,2025-09-01,\n"
        "anthropic,m-large,output,9,,\n",
        "utf-8",
    )
    page = app(EVENTS, "ada", "model", model="m-large", **OCTOBER)
    captions = [c.value.replace("\\", "") for c in page.caption]
    assert any("3 lines of prices.csv above it" in caption for caption in captions)
    page.session_state["panel.model.prices.shown"] = "tables"
    page.run()
    prices = next(d.value for d in page.dataframe if "c6" in d.value)
    assert [tuple(row[:4]) for row in prices.to_numpy().tolist() if row[1] == ""] == [
        ("Input", "", "until 1 Sep 2025", "$3.00"), ("Input", "", "since 1 Sep 2025", "$2.00"),
        ("Output", "", "always", "$9.00"),
    ]  # fmt: skip


def test_a_model_without_a_price_says_so(listed):
    page = listed("model", model="m-unknown")
    assert any("knows no price of" in i.value for i in page.info)


def test_agents_are_listed_with_the_project_each_costs_most_in(listed):
    page = listed("agents")
    assert _cards(page) == {
        "Agents": "2", "Sessions": "3", "Agent conversations": "2", "Cost per session": "$23.33",
        "Session duration": "12 h 00 min", "Total tokens": "5.2M",
    }  # fmt: skip
    rows = _table(page)
    assert [row[:5:4] for row in rows] == [
        ["Triage", "Search +1"], ["Writer", "Secret plan"], ["(unattributed)", "Voice Bot +1"],
        ["Total", ""],
    ]  # fmt: skip
    assert rows[0][5:] == ["2", "1", "3", "3,000,000", "0%", "$22.50", "24 h 00 min"]


def test_one_agent_lists_its_tools_where_the_data_name_them(listed):
    panels = _panels(listed("agent", agent="Triage"))
    assert panels[-2:] == ["Tools and operations", "Last sessions"]
    assert "Tools and operations" not in _panels(listed("agent", agent="Writer"))


def test_a_page_of_one_leads_back_to_all_and_asks_which_when_none_is_picked(listed):
    page = listed("agent", agent="Triage")
    assert page.title[0].value == "Triage"
    chooser = listed("agent")
    assert chooser.subheader[0].value == "Choose one agent"
    assert not chooser.metric


def test_a_name_of_a_project_without_usage_leads_nowhere(listed):
    page = listed("projects")
    page.session_state["panel.projects.all.opened"] = {"row": 3, "column": "name"}
    page.run()
    assert [t.value for t in page.toast] == ["Idle plan has no usage yet."]


@pytest.mark.parametrize(
    ("path", "words", "chosen", "above", "picked"),
    [
        ("projects", "Open a project", "Search", "Breakdowns › Projects ›", {"project": "Search"}),
        ("agents", "Open an agent", "Writer", "Breakdowns › Agents ›", {"agent": "Writer"}),
        ("models", "Open a model", "m-voice", "Breakdowns › Models ›", {"model": "m-voice"}),
        ("features", "Filter by a feature", "Chat", "Breakdowns ›", {"feature": "Chat"}),
        ("sessions", "Open a session", "9 Oct 2025, 09:00, s3", "Breakdowns › Sessions ›", {"session": "s3"}),
    ],
)  # fmt: skip
def test_a_list_beside_each_table_opens_its_rows_as_keys_press_no_button_in_a_table(
    listed, path: str, words: str, chosen: str, above: str, picked: dict[str, str]
):
    page = listed(path, events=[*EVENTS, EVENTS[0] | {"feature": "Chat"}])
    (box,) = [box for box in page.selectbox if box.label == words]
    box.select(chosen).run()
    assert not page.exception
    assert page.main.caption[0].value == above
    assert {name: page.query_params[name] for name in picked} == picked
