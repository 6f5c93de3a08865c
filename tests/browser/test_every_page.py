"""Every page in a real browser, as every role, on a desk and on a phone; and by keyboard alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from pages import EVERY

pytestmark = [pytest.mark.browser, pytest.mark.nightly]  # a hundred pages in a browser

# Accounts over the demo's people; the demo accounts end with the first account of one's own.
PEOPLE = {
    "ada": "roles: [admin]",
    "max": "roles: [manager]\norganizations: [Acme]",
    "leo": "roles: [lead]\nteams: [Core Platform]\nuser_id: leo.brandt@acme.example",
    "ana": "roles: [project_admin]\nprojects: [Support Copilot, Search]",
    "mia": "roles: [member]\nuser_id: mia.keller@acme.example",
}
OF = {
    "project": "project=Search", "model": "model=claude-sonnet-4-5", "agent": "agent=Ticket+triage",
    "user": "user=%40me",
}  # fmt: skip
HEADING = "[data-testid=stMain] h1"


@pytest.fixture(scope="module")
def server(serve, accounts, demo_data):
    return serve(data=demo_data, accounts=accounts(**PEOPLE), TOKENTALLY_ZONE="UTC")


@pytest.fixture
def signed_in(server, browse, enter, visible) -> Callable[..., Page]:
    def open_page(who: str, path: str = "/", *, width: int = 1440) -> Page:
        page = browse(server, path)
        page.set_viewport_size({"width": width, "height": 900})
        enter(page, who)
        visible(page, "Data up to")
        return page

    return open_page


def _address(module) -> str:
    query = OF.get(module.PATH, "")
    return f"/{module.PATH}{'?' if query else ''}{query}"


def _visit(page: Page, module, settled) -> None:
    page.goto(_address(module))
    expect(page.locator(HEADING)).to_be_visible(timeout=30_000)
    settled(page)
    page.wait_for_timeout(300)  # also true just before a rerun
    settled(page)
    assert page.get_by_text(re.compile(r"failed \([0-9a-f]{4}\)")).count() == 0, module.PATH
    assert page.locator("[data-testid=stException]").count() == 0, module.PATH


@pytest.mark.access
@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_opens_as_every_role_or_says_whose_it_is(signed_in, settled, who: str):
    page = signed_in(who)
    roles = set(re.findall(r"admin|manager|lead|project_admin|member", PEOPLE[who].split("]")[0]))
    for module in EVERY:
        _visit(page, module, settled)
        refused = page.get_by_text("not part of your role").count() > 0
        assert refused == bool(module.ROLES and roles.isdisjoint(module.ROLES)), module.PATH


def test_every_chart_says_what_it_shows_and_no_page_is_wider_than_a_phone(signed_in, settled):
    page = signed_in("ada", width=390)
    charts = 0
    for module in EVERY:
        _visit(page, module, settled)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, (module.PATH, wide)
        for chart in page.locator("[data-testid=stVegaLiteChart] [role=graphics-document]").all():
            said = chart.get_attribute("aria-label") or ""
            assert len(said) > 20, module.PATH
            charts += 1
    assert charts > 10


REACHED = """() => {
  const shown = e => e.checkVisibility() && !e.disabled && !e.closest('[aria-hidden=true]');
  const e = document.activeElement;
  e.setAttribute('data-reached', '1');
  const group = e.closest('[role=radiogroup], [role=toolbar], [data-testid=stButtonGroup]');
  if (group) group.querySelectorAll('button').forEach(b => b.setAttribute('data-reached', '1'));
  return document.body === e;
}"""
MISSED = """() => [...document.querySelectorAll(
  '[data-testid=stSidebar] button, [data-testid=stMain] button, [data-testid=stMain] input,'
  + ' [data-testid=stSidebar] input, [data-testid=stSidebar] a, [data-testid=stMain] a')]
  .filter(e => e.checkVisibility() && !e.disabled && !e.closest('[aria-hidden=true]'))
  .filter(e => e.type !== 'file' && !e.closest('[data-testid=stElementToolbar]'))
  .filter(e => !e.hasAttribute('data-reached'))
  .map(e => (e.getAttribute('aria-label') || e.innerText || e.placeholder || e.outerHTML).slice(0, 80))
"""


@pytest.mark.parametrize("path", ["/", "/explore", "/costs"])
def test_the_keyboard_alone_reaches_every_control(signed_in, settled, path: str):
    page = signed_in("ada", path)
    settled(page)
    page.wait_for_timeout(1000)
    page.mouse.click(700, 5)
    for _ in range(250):
        page.keyboard.press("Tab")
        page.evaluate(REACHED)
    assert page.evaluate(MISSED) == []


def test_a_click_on_a_bucket_shows_that_day(signed_in, settled):
    page = signed_in("ada", "/?period=last-month")
    settled(page)
    bars = page.locator("[data-testid=stVegaLiteChart]").first.locator(
        "path[aria-roledescription=bar]"
    )
    expect(bars.first).to_be_visible(timeout=30_000)
    bars.first.click()
    page.wait_for_url(re.compile(r"period=[-0-9]+\.\."), timeout=20_000)
    period = re.search(
        r"period=(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", page.evaluate("location.search")
    )
    assert period
    assert period[1] == period[2]


def test_a_name_opens_its_page_and_the_way_back_keeps_the_period(signed_in, settled, visible):
    page = signed_in("ada", "/?period=last-month")
    settled(page)
    page.get_by_role("button", name=re.compile("^Insights")).last.click()
    page.wait_for_url(re.compile(r"/project\?"), timeout=20_000)
    assert "period=last-month" in page.evaluate("location.search")
    assert "project=Insights" in page.evaluate("location.search")
    page.get_by_role("link", name="All projects").click()
    page.wait_for_url(re.compile(r"/projects\?"), timeout=20_000)
    assert page.evaluate("location.search") == "?period=last-month"
