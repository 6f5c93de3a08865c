"""The account page: who one is, where one is signed in, the words of the app."""

from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from analytics_core.ui import login
from analytics_core.ui.browser import browser

USD = 1_000_000_000
EVENTS = [
    {
        "started_at": datetime(2025, 10, 1, 9), "cost_nano": USD, "user_id": "ann", "team": "core",
        "project": "Search", "model": "m-large",
    }
]  # fmt: skip
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:149.0) Gecko/20100101 Firefox/149.0"


def signed_in(who: str, agent: str = FIREFOX, *, hours_ago: int = 1) -> None:
    """Another sign-in of that person."""
    now = datetime.now(UTC) - timedelta(hours=hours_ago)
    account = login.gate().accounts(now)[who]
    login.gate().begin(account, "elsewhere", now, address="10.0.0.4", agent=agent)


def texts(page: AppTest) -> list[str]:
    return [m.value.replace("\\", "") for m in page.main.markdown]


def words(page: AppTest) -> list[str]:
    return [word.replace("\\", "") for word in page.table[0].value["Word"]]


def test_it_says_who_one_is_and_what_one_sees(app):
    page = app(EVENTS, who="leo", path="account")
    assert not page.exception
    labels = [t.strip("*") for t in texts(page)]
    assert dict(zip(labels, [t.value for t in page.main.text], strict=False)) == {
        "Name": "leo", "E-mail": "leo@x.example", "Signs in as": "leo", "Role": "Team lead",
        "You see": "your own usage and everything in core", "In the usage data you are": "leo",
    }  # fmt: skip


@pytest.mark.access
def test_sign_ins_of_ones_own_are_listed_and_ended_one_by_one(app):
    page = app(EVENTS, who="ann", path="account")
    signed_in("ann")
    signed_in("leo")
    page.run()
    assert [t for t in texts(page) if " on " in t or "browser" in t] == [
        "**Unknown browser** · this one", "**Firefox on Windows**",
    ]  # fmt: skip
    assert any("from 10.0.0.4" in c.value.replace("\\", "") for c in page.caption)
    page.button(key="account.end.1").click().run()
    assert [place.agent for place, _ in places("ann")] == [""]
    assert [place.agent for place, _ in places("leo")] == [FIREFOX]


@pytest.mark.access
def test_of_very_many_sign_ins_this_one_and_the_newest_are_listed(app):
    page = app(EVENTS, who="ann", path="account")
    for _ in range(24):
        signed_in("ann")
    page.run()
    assert len([button for button in page.button if button.key.startswith("account.end.")]) == 19
    assert any(c.value.startswith("And 5 more, last seen before these.") for c in page.caption)


def places(who: str) -> list:
    now = datetime.now(UTC)
    account = login.gate().accounts(now)[who]
    return [(place, None) for place in login.gate().sign_ins.places(account, now)]


@pytest.mark.access
def test_signing_out_everywhere_ends_them_all(app):
    page = app(EVENTS, who="ann", path="account")
    signed_in("ann")
    page.button(key="account.sign_out_everywhere").click().run()
    assert places("ann") == []
    assert [i.value for i in page.info] == ["You are signed out everywhere."]


def test_the_same_question_is_written_out_with_the_filters_and_the_readers_rights(app):
    page = app(EVENTS, who="leo", path="account", project="Search", period="2025-10")
    assert page.main.code[0].value == (
        "python -m analytics_core query --measures cost --by project --period 2025-10"
        " --where project=Search --as leo"
    )
    page.selectbox(key="panel.account.elsewhere.question").set_value("The ten dearest models").run()
    assert "--by model --top 10" in page.main.code[0].value


def test_a_word_is_found_by_what_others_call_it(app):
    page = app(EVENTS, path="account")
    assert words(page)[0] == "Cost"
    page.text_input(key="panel.account.glossary.find").input("assistant").run()
    assert words(page)[0] == "Agent"
    page.text_input(key="panel.account.glossary.find").input("zebra").run()
    assert [i.value for i in page.info] == ["No word of this app holds that text."]


@pytest.mark.parametrize(
    ("agent", "says"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36",
         "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0",
         "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
         "Safari on iPhone"),
        ("curl/8.1", "Unknown browser"), ("", "Unknown browser"),
    ],
)  # fmt: skip
def test_a_browser_is_named_as_people_call_it(agent: str, says: str):
    assert browser(agent) == says
