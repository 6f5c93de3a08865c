"""The selection from page to page, in a browser's history, under a name, and in other hands."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

USD = 1_000_000_000
OCTOBER = "period=2025-10"
EVENTS = [
    {
        "started_at": datetime(2025, 10, day, 9), "cost_nano": cost * USD, "user_id": user,
        "project": project, "team": team, "model": model, "provider": "acme",
    }
    for day, user, team, project, model, cost in (
        (1, "ann", "core", "Search", "m-large", 1), (2, "bo", "field", "Search", "m-small", 10),
        (3, "bo", "field", "Secret", "m-small", 100),
    )
]  # fmt: skip


@pytest.fixture(scope="module")
def server(serve, land, accounts, tmp_path_factory):
    data = land(tmp_path_factory.mktemp("filters") / "data", EVENTS)
    people = accounts(
        ada="roles: [admin]", bea="roles: [manager]", ann="roles: [member]\nuser_id: ann"
    )
    return serve(data=data, accounts=people, TOKENTALLY_ZONE="UTC")


@pytest.fixture
def tab(server, browse, enter, settled) -> Callable[..., Page]:
    """Opens an address as a person."""

    def open_tab(who: str, path: str, shows: str = "Data up to") -> Page:
        page = browse(server, path)
        page.set_default_timeout(60_000)
        enter(page, who)
        expect(page.get_by_text(shows).first).to_be_visible(timeout=60_000)
        settled(page)
        return page

    expect.set_options(timeout=30_000)
    return open_tab


def at(page: Page, address: str) -> None:
    """Waits until the browser is at that address, whatever the order of its parameters."""
    path, _, query = address.partition("?")
    wanted = sorted(query.split("&")) if query else []
    page.wait_for_function(
        "([path, query]) => location.pathname === path &&"
        " JSON.stringify(location.search.slice(1).split('&').filter(Boolean)"
        " .map(p => decodeURIComponent(p.replaceAll('+', ' '))).sort()) === query",
        arg=[path, str(wanted).replace("'", '"').replace(", ", ",")],
    )


def chip(page: Page, label: str):
    return page.locator(".st-key-chips").get_by_role("button", name=label)


def menu(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebar").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def choose(page: Page, label: str, value: str) -> None:
    box = page.get_by_test_id("stSidebar").get_by_role("combobox", name=label, exact=True)
    box.fill(value)
    box.press("Enter")
    page.keyboard.press("Escape")


def cost(page: Page):
    card = page.get_by_test_id("stMetric").filter(has_text="Cost").first
    return card.get_by_test_id("stMetricValue")


def test_a_pick_holds_on_the_next_page_and_back_forward_and_reload_follow(tab):
    page = tab("ada", f"/?{OCTOBER}")
    choose(page, "Project", "Search")
    at(page, f"/?{OCTOBER}&project=Search")
    menu(page, "Costs")
    at(page, f"/costs?{OCTOBER}&project=Search")
    expect(chip(page, "Project: Search")).to_be_visible()
    expect(cost(page)).to_have_text("$11.00")
    choose(page, "Model", "m-large")
    at(page, f"/costs?{OCTOBER}&model=m-large&project=Search")
    expect(cost(page)).to_have_text("$1.00")
    page.go_back()
    at(page, f"/costs?{OCTOBER}&project=Search")
    expect(cost(page)).to_have_text("$11.00")
    page.go_back()
    at(page, f"/?{OCTOBER}&project=Search")
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    page.go_forward()
    page.go_forward()
    at(page, f"/costs?{OCTOBER}&model=m-large&project=Search")
    page.reload()
    expect(chip(page, "Model: m-large")).to_be_visible()
    expect(cost(page)).to_have_text("$1.00")


def test_a_page_keeps_its_own_keys_out_of_the_others_and_back_brings_them_again(tab):
    page = tab("ada", f"/explore?{OCTOBER}&by=model&project=Search")
    menu(page, "Overview")
    at(page, f"/?{OCTOBER}&project=Search")
    choose(page, "Team", "core")
    at(page, f"/?{OCTOBER}&project=Search&team=core")
    page.go_back()
    page.go_back()
    at(page, f"/explore?{OCTOBER}&by=model&project=Search")
    expect(page.get_by_role("combobox", name="By", exact=True)).to_have_value("Model")
    expect(chip(page, "Project: Search")).to_be_visible()
    expect(chip(page, "Team: core")).to_have_count(0)


def test_a_page_is_kept_under_a_name_and_opened_from_another(tab):
    page = tab("ada", f"/costs?{OCTOBER}&project=Search&view=table")
    saved = page.locator(".st-key-saved button").first
    saved.click()
    page.get_by_role("button", name="Save this view…").click()
    name = page.get_by_label("Name")
    expect(name).to_have_value("Costs: October 2025, project Search")
    name.fill("Search in October")
    name.press("Tab")
    page.get_by_text("Share it with everyone").click()
    page.get_by_text("Everyone sees the names you picked").wait_for()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved as 'Search in October'.").wait_for()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_test_id("stSidebar").get_by_role("button", name="Clear all filters").click()
    at(page, "/costs?view=table")
    menu(page, "Overview")
    saved.click()
    page.get_by_role("button", name="Search in October").click()
    at(page, f"/costs?{OCTOBER}&project=Search&view=table")
    expect(chip(page, "Project: Search")).to_be_visible()
    # In other hands the same view shows their own rows.
    other = tab("ann", "/")
    other.locator(".st-key-saved button").first.click()
    other.get_by_role("button", name="Search in October").click()
    at(other, f"/costs?{OCTOBER}&project=Search&view=table")
    expect(cost(other)).to_have_text("$1.00")


@pytest.mark.access
def test_a_link_pasted_into_another_account_never_widens_what_is_seen(tab):
    page = tab("ann", f"/costs?{OCTOBER}&project=Search&project=Secret&user=bo")
    expect(page.get_by_text("project=Secret is not available to you.")).to_be_visible()
    expect(page.get_by_text("user=bo is not available to you.")).to_be_visible()
    at(page, f"/costs?{OCTOBER}&project=Search")
    expect(cost(page)).to_have_text("$1.00")
    assert not re.search("m-small", page.content())


def test_where_one_is_signed_in_can_be_ended_from_another_browser(tab):
    first = tab("ann", "/")
    second = tab("ann", "/account", "Where you are signed in")
    places = second.locator(".st-key-account-places")
    expect(places.get_by_role("button", name="End").first).to_be_visible()
    count = places.get_by_role("button", name="End").count()
    for left in range(count, 0, -1):
        places.get_by_role("button", name="End").first.click()
        expect(places.get_by_role("button", name="End")).to_have_count(left - 1)
    # The other tab looks every few seconds whether its reader is still there.
    expect(first.get_by_label("Username")).to_be_visible()


def test_the_landing_opens_after_the_form_only_and_the_sign_in_lasts(tab):
    page = tab("bea", f"/costs?{OCTOBER}")
    page.locator(".st-key-saved button").first.click()
    page.get_by_role("button", name="Save this view…").click()
    page.get_by_text("Open it when I sign in").click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text(re.compile("^Saved as")).wait_for()
    landed = tab("bea", "/")
    at(landed, f"/costs?{OCTOBER}")
    for _ in range(100):
        if any(cookie["name"] == "tokentally" for cookie in landed.context.cookies()):
            break
        landed.wait_for_timeout(300)
    landed.goto("/")  # the same sign-in: nothing leads elsewhere
    expect(landed.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    at(landed, "/")
    linked = tab("bea", f"/usage?{OCTOBER}")
    at(linked, f"/usage?{OCTOBER}")
