"""Every page in a real browser, as every role, on a desk and on a phone; and by keyboard alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from pages import EVERY

pytestmark = pytest.mark.browser

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
DAILY = ("ada",)  # the others at night
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
HEADING = "[data-testid=stMain] h1"
# Rows that hold more than they are high: the wheel would stick in them, and Tab would stop there.
SCROLLING = """[...document.querySelectorAll('[data-testid=stMain] [data-testid=stHorizontalBlock]')]
    .filter(row => row.scrollHeight > row.clientHeight + 1
        && /auto|scroll/.test(getComputedStyle(row).overflow))
    .map(row => row.textContent)"""


@pytest.fixture(scope="module")
def server(serve, accounts, demo_data):
    return serve(data=demo_data, accounts=accounts(**PEOPLE), TOKENTALLY_ZONE="UTC")


@pytest.fixture
def signed_in(server, browse, enter, visible) -> Callable[..., Page]:
    def open_page(who: str, path: str = "/", *, hear: list[bytes] | None = None) -> Page:
        page = browse(server, path, hear=hear)
        page.set_viewport_size(DESK)
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
    page.wait_for_timeout(1500)  # also true just before a run, and before the rest is asked for
    settled(page)
    assert page.get_by_text(re.compile(r"failed \([0-9a-f]{4}\)")).count() == 0, module.PATH
    assert page.locator("[data-testid=stException]").count() == 0, module.PATH


@pytest.mark.access
@pytest.mark.parametrize(
    "who", [pytest.param(who, marks=[] if who in DAILY else pytest.mark.nightly) for who in PEOPLE]
)
def test_every_page_opens_or_says_whose_it_is_and_fits_a_phone_and_every_chart_is_said(
    signed_in, settled, who: str
):
    page = signed_in(who)
    roles = set(re.findall(r"admin|manager|lead|project_admin|member", PEOPLE[who].split("]")[0]))
    spoken: list[str] = []
    for module in EVERY:
        _visit(page, module, settled)
        refused = page.get_by_text("not part of your role").count() > 0
        assert refused == bool(module.ROLES and roles.isdisjoint(module.ROLES)), module.PATH
        assert page.evaluate(SCROLLING) == [], module.PATH
        charts = page.get_by_test_id("stVegaLiteChart")
        said = [chart.get_attribute("aria-label") or "" for chart in charts.all()]
        assert [words for words in said if len(words) < 20] == [], module.PATH
        spoken += said
        page.set_viewport_size(PHONE)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], (module.PATH, wide)
        page.set_viewport_size(DESK)
    assert len(spoken) > 30  # those of a narrow role are fewer: this only says that there were some


MOST_SENT = 120_000  # bytes of a page whose data are those the tab has


@pytest.mark.parametrize("path", ["/costs", "/project?project=Search"])
def test_a_page_drawn_again_sends_little(signed_in, settled, path: str):
    heard: list[bytes] = []
    page = signed_in("ada", path, hear=heard)
    settled(page)
    page.wait_for_timeout(1500)  # what stands below the screen comes by itself
    settled(page)
    page.get_by_role("button", name="Refresh").click()  # the first time it tells of a toast
    page.wait_for_timeout(1500)
    settled(page)
    heard.clear()
    page.get_by_role("button", name="Refresh").click()
    page.wait_for_timeout(1500)
    settled(page)
    assert 5_000 < sum(map(len, heard)) < MOST_SENT


# A group of buttons is one stop of the Tab key, and so is a list with its arrow: other keys lead on
# inside. Streamlit hides the arrow that folds the sidebar until the mouse is there.
REACHED = """() => {
  const e = document.activeElement;
  const whole = e.closest('[role=radiogroup], [data-testid=stButtonGroup], [role=group]');
  for (const one of [e, ...(whole ? whole.querySelectorAll('button') : [])])
    one.setAttribute('data-reached', '1');
  return e.tagName;
}"""
MISSED = """() => [...document.querySelectorAll(
  ['stSidebar', 'stMain'].flatMap(place => ['button', 'input', 'a', 'summary'].map(
    tag => `[data-testid=${place}] ${tag}`)).join(','))]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled)
  .filter(e => e.type !== 'file' && !e.closest('[aria-hidden=true], [data-testid=stElementToolbar]'))
  .filter(e => !e.hasAttribute('data-reached'))
  .map(e => (e.getAttribute('aria-label') || e.innerText || e.placeholder || e.outerHTML).slice(0, 200))
"""


@pytest.mark.parametrize(
    "path",
    ["/", "/explore", *(pytest.param(p, marks=pytest.mark.nightly) for p in ("/costs", "/users"))],
)
def test_the_keyboard_alone_reaches_every_control(signed_in, settled, path: str):
    page = signed_in("ada", path)
    settled(page)
    page.wait_for_timeout(1000)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=30_000)
    page.mouse.click(700, 5)
    for _ in range(3):  # again where a run has meanwhile drawn a control anew
        _walk(page)
        if not page.evaluate(MISSED):
            break
    assert page.evaluate(MISSED) == []


def _walk(page: Page) -> None:
    """From control to control until the first follows the last again; nothing keeps the focus."""
    around = 0
    for _ in range(400):
        page.keyboard.press("Tab")
        around += page.evaluate(REACHED) == "BODY"
        if around == 2:
            return
    pytest.fail("The Tab key never came round.")


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
    panel = page.locator(".st-key-panel-overview-projects")
    name = panel.get_by_role("button", name=re.compile("Insights$"))
    expect(name).to_be_visible(timeout=30_000)
    name.click()
    page.wait_for_url(re.compile(r"/project\?"), timeout=20_000)
    assert page.evaluate("location.search") == "?period=last-month&project=Insights"
    page.get_by_role("link", name="All projects").click()
    page.wait_for_url(re.compile(r"/projects\?"), timeout=20_000)
    assert page.evaluate("location.search") == "?period=last-month"
