"""What people ask of a dashboard, clicked through from the menu in a real browser, page by page."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLong

pytestmark = pytest.mark.browser

PEOPLE = {
    "ada": "roles: [admin]",
    "mia": "roles: [member]\nuser_id: mia.keller@acme.example",
}
MONTH = "?period=last-month"


@pytest.fixture(scope="module")
def server(serve, accounts, demo_data):
    return serve(data=demo_data, accounts=accounts(**PEOPLE), TOKENTALLY_ZONE="UTC")


@pytest.fixture
def start(server, browse, enter) -> Callable[..., Page]:
    """Signs somebody in at an address, 1440 pixels wide."""
    expect.set_options(timeout=40_000)

    def open_page(who: str = "ada", path: str = f"/{MONTH}") -> Page:
        page = browse(server, path)
        page.set_viewport_size({"width": 1440, "height": 1000})
        enter(page, who)
        expect(page.get_by_text("Data up to").first).to_be_visible()
        return page

    yield open_page
    expect.set_options(timeout=5_000)


def menu(page: Page, section: str, name: str) -> None:
    """Opens a page from the menu, its section first where that is closed."""
    link = page.get_by_test_id("stSidebar").get_by_role("link", name=name, exact=True)
    if not link.is_visible():
        page.get_by_test_id("stSidebar").get_by_text(section, exact=True).click()
    link.click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def panel(page: Page, name: str) -> Locator:
    return page.locator(f".st-key-panel-{name.replace('.', '-')}")


def says(where: Locator, words: str) -> None:
    """Waits until the first chart there says so of itself."""
    chart = where.get_by_test_id("stVegaLiteChart").first
    expect(chart).to_have_attribute("aria-label", re.compile(words))


def press(where: Locator, name: str) -> None:
    where.get_by_role("radio", name=name, exact=True).click()


def choose(where: Locator | Page, box: str, value: str | re.Pattern[str]) -> None:
    """Opens a list and takes an entry; a run that ends meanwhile closes the list again."""
    page = where if isinstance(where, Page) else where.page
    option = page.get_by_role("option", name=value).first
    for _ in range(6):
        where.get_by_role("combobox", name=box, exact=True).press("ArrowDown")
        try:
            option.click(timeout=6_000)
        except TooLong:
            continue
        return
    pytest.fail(f"{box} does not offer {value}")


def cards(page: Page) -> list[str]:
    expect(page.get_by_test_id("stMetric").first).to_be_visible()
    return page.get_by_test_id("stMetricLabel").all_inner_texts()


def query(page: Page) -> str:
    return page.evaluate("decodeURIComponent(location.search.replaceAll('+', ' '))")


def test_periods_people_and_projects_are_picked_compared_and_cleared(start):
    page = start()
    sidebar = page.get_by_test_id("stSidebar")
    for name, param in (("Last 30 days", "period=days:30"), ("Last N hours", "period=hours:")):
        choose(sidebar, "Period", name)
        page.wait_for_url(lambda url, param=param: param in url.replace("%3A", ":"))
    choose(sidebar, "Period", "Custom range")
    expect(sidebar.get_by_test_id("stDateTimeInput")).to_have_count(2)
    choose(sidebar, "Period", "Last month")
    choose(sidebar, "Team", "Core Platform")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Team: Core Platform")).to_be_visible()
    menu(page, "Breakdowns", "Users")
    press(panel(page, "users.compared"), "Cost")
    says(panel(page, "users.compared"), "cost by .*user")
    page.get_by_role("button", name="Clear all filters").first.click()
    expect(page.get_by_role("button", name="Team: Core Platform")).to_have_count(0)


def test_the_organisation_and_one_project_of_it(start):
    page = start()
    assert cards(page) == [
        "Cost", "Requests", "Total tokens", "Models", "Active projects", "Conversations",
    ]  # fmt: skip
    says(panel(page, "overview.cost"), "Stacked bars of cost by day and service type")
    trends = panel(page, "overview.trends")
    press(trends, "Requests")
    says(trends, "requests by day and project")
    choose(trends, "Service type", re.compile("^Text generation"))
    agents = panel(page, "overview.agents")
    choose(agents, "Open an agent", "Ticket triage")
    page.wait_for_url(re.compile("/agent\\?"))
    expect(page.get_by_role("heading", name="Ticket triage", level=1)).to_be_visible()
    menu(page, "Breakdowns", "Projects")
    choose(panel(page, "projects.all"), "Open a project", "Insights")
    page.wait_for_url(re.compile("/project\\?"))
    expect(page.get_by_text("Requests today")).to_be_visible()
    expect(panel(page, "project.requests")).to_be_visible()
    page.get_by_role("button", name="‹ Sep").click()
    page.wait_for_url(re.compile("period="))


def test_costs_and_usage_in_every_view(start):
    page = start(path=f"/costs{MONTH}")
    split = panel(page, "costs.split")
    for name in ("Project", "User"):
        press(split, name)
        says(split, f"cost by {name.lower()}")
    panel(page, "costs.trend").get_by_text("Previous period").click()
    expect(panel(page, "costs.trend").get_by_text("– – – Previous period")).to_be_visible()
    text = panel(page, "costs.service_text_generation")
    for view, words in (("Requests", "requests"), ("Usage", "by day and pricing rule")):
        choose(text, "Show", view)
        says(text, words)
    menu(page, "Analytics", "Usage")
    assert {"Total tokens", "Requests", "Average latency"} < set(cards(page))
    timeline = panel(page, "usage.timeline")
    press(timeline, "Total tokens")
    press(timeline, "Week")
    says(timeline, "total tokens by week")
    says(panel(page, "usage.week"), "weekday")
    press(panel(page, "usage.split"), "Operation")
    says(panel(page, "usage.split"), "by operation")


def test_every_request_and_one_event_whole(start):
    page = start(path=f"/activity{MONTH}")
    requests = panel(page, "activity.requests")
    expect(requests.get_by_text("Live")).to_be_visible()
    expect(panel(page, "activity.items")).to_be_visible()
    requests.get_by_role("button", name="Event type").click()
    page.get_by_test_id("stPopoverBody").get_by_role("combobox").click()
    page.get_by_role("option", name=re.compile("custom", re.IGNORECASE)).first.click()
    page.wait_for_url(re.compile("event_type="))
    expect(requests.get_by_text(re.compile("rows 1–"))).to_be_visible()
    page.keyboard.press("Escape")
    choose(requests, "Open an event", re.compile("^1\\."))
    expect(page.get_by_role("dialog").get_by_text("Copy as JSON")).to_be_visible()


def test_sessions_features_and_any_question(start):
    page = start(path=f"/sessions{MONTH}")
    assert cards(page) == [
        "Sessions", "Cost", "Total tokens", "Average duration", "Cost per session", "Users",
    ]  # fmt: skip
    for measure in ("Cost", "Total tokens"):
        press(panel(page, "sessions.trend"), measure)
        says(panel(page, "sessions.trend"), f"{measure.lower()} by day")
    for by in ("Project", "User"):
        press(panel(page, "sessions.cost"), by)
        says(panel(page, "sessions.cost"), f"cost by {by.lower()}")
    choose(panel(page, "sessions.all"), "Open a session", re.compile("Oct 2026"))
    page.wait_for_url(re.compile("/session\\?"))
    page.get_by_role("button", name="Clear all filters").first.click()
    expect(page.get_by_text("Choose one session")).to_be_visible()
    menu(page, "Breakdowns", "Features")
    says(panel(page, "features.feature_adoption"), "adoption")
    press(page.get_by_test_id("stMain"), "Customer")
    expect(panel(page, "features.customer_all")).to_be_visible()
    menu(page, "Breakdowns", "Explore")
    choose(page, "By", "Team")
    choose(page, "And by", "Model")
    expect(panel(page, "explore.answer").get_by_text("Cost by team and model")).to_be_visible()
    assert "by=team" in query(page)


def test_data_settings_and_what_is_ones_own(start):
    page = start(path="/data")
    press(page.get_by_test_id("stMain"), "Not showing?")
    page.get_by_label("Its name").fill("mia.keller@acme.example")
    page.keyboard.press("Enter")
    for step in ("Inbox", "Verdict", "Scope", "Period", "Filters"):
        expect(page.get_by_text(re.compile(f"^\\d\\..*{step}:"))).to_be_visible()
    menu(page, "Organisation and account", "Settings")
    press(page.get_by_test_id("stMain"), "People")
    page.get_by_test_id("stSidebar").get_by_role("button", name="ada").click()
    page.get_by_role("link", name="Account").click()
    expect(page.get_by_text("Glossary")).to_be_visible()
    expect(page.get_by_text("On the command line").first).to_be_visible()


@pytest.mark.access
def test_a_member_has_my_usage_and_nothing_of_others(start):
    page = start("mia", "/?period=days:60")
    menu(page, "Breakdowns", "My usage")
    assert {"Cost", "Total tokens", "Requests", "Sessions"} < set(cards(page))
    for name in ("sessions", "cost", "agents", "models", "lengths", "last"):
        expect(panel(page, f"user.{name}")).to_be_visible()
    links = page.get_by_test_id("stSidebar").get_by_role("link").all_inner_texts()
    assert not {"Users", "Data", "Settings"} & {name.strip() for name in links}
