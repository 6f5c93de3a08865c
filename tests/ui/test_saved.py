"""Saved views: kept under a name, opened by oneself and others, never wider than the reader."""

from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from analytics_core.access.saved_views import Draft, params_of
from analytics_core.ui import login

pytestmark = pytest.mark.slow

USD = 1_000_000_000
OCTOBER = {"period": ["2025-10"]}
EVENTS = [
    {
        "started_at": datetime(2025, 10, day, 9), "cost_nano": USD, "user_id": user, "team": team,
        "project": project, "model": "m-large",
    }
    for day, user, team, project in (
        (1, "ann", "core", "Search"), (2, "bo", "field", "Search"), (3, "bo", "field", "Secret"),
    )
]  # fmt: skip


def keep(who: str, name: str, url: dict, **more) -> str:
    """Keeps a view of the Overview page as that person; its id."""
    now = datetime.now(UTC)
    owner = login.gate().accounts(now)[who].principal
    draft = Draft(name=name, page="", params=params_of(url), **more)
    return login.gate().saved_views.make(owner, draft, now).id


def views(who: str) -> list:
    principal = login.gate().accounts(datetime.now(UTC))[who].principal
    return list(login.gate().saved_views.of(principal))


def listed(page: AppTest) -> AppTest:
    """Opens the popover."""
    page.session_state["saved"] = True
    return page.run()


def press(page: AppTest, key: str) -> AppTest:
    return page.button(key=f"saved.{key}").click().run()


def names(page: AppTest) -> list[str]:
    return [b.label for b in page.button if b.key and b.key.startswith("saved.open.")]


def cost(page: AppTest) -> str:
    return next(m.value for m in page.metric if m.label == "Cost")


def params(page: AppTest) -> dict[str, list[str]]:
    said = sorted(page.query_params.items())
    return {name: [v] if isinstance(v, str) else list(v) for name, v in said}


def test_the_open_page_is_kept_with_its_filters_and_charts_or_tables(app):
    page = press(listed(app(EVENTS, project="Search", view="table", **OCTOBER)), "new")
    assert page.text_input(key="saved.name").value == "Overview: October 2025, project Search"
    page.text_input(key="saved.name").input("Search in October")
    press(page, "save")
    assert not page.error
    (kept,) = views("ada")
    assert (kept.name, kept.page, kept.shared, kept.landing) == (
        "Search in October", "", False, False,
    )  # fmt: skip
    assert dict(kept.params) == {
        "period": ("2025-10",), "project": ("Search",), "view": ("table",),
    }  # fmt: skip
    assert [t.value.replace("\\", "") for t in page.toast] == ["Saved as 'Search in October'."]
    assert names(listed(page)) == ["Search in October"]


def test_a_view_opens_with_all_it_was_kept_with_and_nothing_else(app):
    page = app(EVENTS, team="field", **OCTOBER)
    public = keep("ada", "Search", {"project": ["Search"], "period": ["2025-10"]})
    press(listed(page), f"open.{public}")
    assert params(page) == {"period": ["2025-10"], "project": ["Search"]}
    assert cost(page) == "$2.00"
    assert not page.button(key="clear").disabled


@pytest.mark.access
def test_a_shared_view_of_an_administrator_shows_a_member_their_own_rows(app):
    page = app(EVENTS, who="ann")
    public = keep("ada", "All of it", {"project": ["Search", "Secret"], **OCTOBER}, shared=True)
    keep("ada", "Private", {})
    assert names(listed(page)) == ["All of it"]
    press(page, f"open.{public}")
    assert cost(page) == "$1.00"
    assert params(page) == {"period": ["2025-10"], "project": ["Search"]}
    assert [t.value.replace("\\", "") for t in page.toast] == [
        "project=Secret is not available to you."
    ]


def test_a_view_is_renamed_replaced_shared_and_deleted_by_its_owner(app):
    page = app(EVENTS, **OCTOBER)
    public = keep("ada", "Old name", {"project": ["Search"]})
    press(listed(page), f"edit.{public}")
    assert page.text_input(key="saved.name").value == "Old name"
    page.text_input(key="saved.name").input("New name")
    page.toggle(key="saved.shared").set_value(True)
    press(page, "save")
    (kept,) = views("ada")
    assert (kept.name, kept.shared, dict(kept.params)) == (
        "New name",
        True,
        {"project": ("Search",)},
    )
    press(listed(page), f"edit.{public}")
    page.toggle(key="saved.fresh").set_value(True)
    press(page, "save")
    assert [dict(v.params) for v in views("ada")] == [{"period": ("2025-10",)}]
    press(press(listed(page), f"edit.{public}"), "delete")
    assert views("ada") == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("search", "You already have a saved view called 'search'. Choose another name."),
        ("", "name: '' cannot be read. Expected 1 to 64 characters on one line."),
    ],
)
def test_a_name_that_cannot_be_is_said_in_the_dialog(app, name: str, says: str):
    page = app(EVENTS)
    keep("ada", "Search", {})
    page = press(listed(page), "new")
    page.text_input(key="saved.name").input(name)
    press(page, "save")
    assert [e.value.replace("\\", "") for e in page.error] == [says]
    assert len(views("ada")) == 1


def test_the_landing_opens_after_the_sign_in_and_never_in_place_of_a_link(app):
    app(EVENTS)
    keep("ada", "Mine", {"project": ["Search"], **OCTOBER}, landing=True)
    arriving = {login.ARRIVED: True}
    bare = app(keep=arriving)
    assert params(bare) == {"period": ["2025-10"], "project": ["Search"]}
    bare.button(key="clear").click().run()
    assert params(bare) == {}
    assert params(app(keep=arriving, team="field")) == {"team": ["field"]}
    assert params(app()) == {}  # a reload: the sign-in is not new
    assert params(app(who="leo", keep=arriving)) == {}


@pytest.mark.access
def test_names_of_others_stay_text(app):
    page = app(EVENTS, who="ann")
    keep("ada", "![x](http://evil.example)", {}, shared=True)
    (name,) = names(listed(page))
    assert "![" not in name
    assert "](" not in name


def test_the_link_of_the_page_holds_its_selection(app):
    page = listed(app(EVENTS, project="Search", **OCTOBER))
    assert [c.value for c in page.sidebar.code] == ["/?period=2025-10&project=Search"]
