"""The Overview page in a real browser: history, legend, tables, downloads, phone."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

pytestmark = pytest.mark.browser

USD = 1_000_000_000
OCTOBER = "/?period=2025-10"
KINDS = ("text_generation", "speech_to_text", "embedding")


def _event(day: int, project: str, service_type: str, cost: int) -> dict:
    return {
        "started_at": datetime(2025, 10, day, 9), "project": project, "team": "core",
        "user_id": "ann@acme.example", "service_type": service_type, "cost_nano": cost * USD,
        "model": "m-large", "input_tokens": 900, "output_tokens": 100,
    }  # fmt: skip


EVENTS = [
    _event(day, ("Search", "Voice Bot", "<b>bold</b> ana@x.example")[day % 3], KINDS[day % 3], day)
    for day in range(1, 31)
]  # costs 465: Search, text generation 165; Voice Bot, speech 145; bold, embedding 155
EVENTS.append(EVENTS[0] | {"started_at": datetime(2025, 11, 2, 9), "project": "Search"})


@pytest.fixture(scope="module")
def server(serve, land, accounts, tmp_path_factory):
    data = land(tmp_path_factory.mktemp("overview") / "data", EVENTS)
    return serve(data=data, accounts=accounts(ada="roles: [admin]"), TOKENTALLY_ZONE="UTC")


@pytest.fixture
def overview(server, browse, enter, visible, settled):
    """Opens the page of October as an admin; a width gives a phone."""

    def open_page(
        path: str = OCTOBER, *, width: int = 1440, hear: list[bytes] | None = None
    ) -> Page:
        page = browse(server, path, hear=hear)
        page.set_viewport_size({"width": width, "height": 900})
        enter(page, "ada")
        visible(page, "Data up to")
        settled(page)
        _signed_in(page)
        return page

    return open_page


def _signed_in(page: Page) -> None:
    """Waits for the sign-in cookie, which a script plants after the page: downloads need it."""
    for _ in range(300):
        if any(cookie["name"] == "tokentally" for cookie in page.context.cookies()):
            return
        page.wait_for_timeout(100)
    pytest.fail("no sign-in cookie after half a minute")


def _search(page: Page) -> str:
    return page.evaluate("decodeURIComponent(location.search.replaceAll('+', ' '))")


def _card(page: Page, label: str):
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")


def _sentences(page: Page) -> list[str]:
    """What the two charts of the first panel say to those who cannot see them."""
    charts = _panel(page, "cost").locator("[role=graphics-document]")
    expect(charts).to_have_count(2)
    return [charts.nth(i).get_attribute("aria-label") or "" for i in range(charts.count())]


def _panel(page: Page, name: str):
    return page.locator(f".st-key-panel-overview-{name}")


def test_back_forward_and_reload_follow_every_pick(overview, settled):
    page = overview()
    expect(_card(page, "Cost")).to_have_text("$465.00")
    box = page.get_by_role("combobox", name="Project")
    box.fill("Voice")
    box.press("Enter")
    expect(_card(page, "Cost")).to_have_text("$145.00")
    page.keyboard.press("Escape")
    assert _search(page) == "?period=2025-10&project=Voice Bot"
    expect(page.locator(".st-key-month-earlier button").first).to_be_disabled()
    page.locator(".st-key-month-later button").first.click()
    expect(page.get_by_text("No usage matches these filters")).to_be_visible()
    assert _search(page) == "?period=2025-11&project=Voice Bot"
    page.go_back()
    expect(_card(page, "Cost")).to_have_text("$145.00")
    page.go_back()
    expect(_card(page, "Cost")).to_have_text("$465.00")
    assert _search(page) == OCTOBER[1:]
    page.go_forward()
    expect(_card(page, "Cost")).to_have_text("$145.00")
    page.reload()
    expect(_card(page, "Cost")).to_have_text("$145.00")
    expect(page.get_by_role("button", name="Project: Voice Bot")).to_be_visible()
    settled(page)


def _runs(heard: list[bytes]) -> tuple[int, int]:
    """How often the page ran, and how often a part of it."""
    messages = map(ForwardMsg.FromString, heard)
    started = [m.metadata.run for m in messages if m.HasField("new_session")]
    parts = sum(bool(run.fragment_ids) for run in started)
    return len(started) - parts, parts


def test_what_stands_below_the_screen_comes_by_itself_once(overview):
    heard: list[bytes] = []
    page = overview(hear=heard)
    expect(page.get_by_role("link", name="Every request")).to_be_visible(timeout=20_000)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    pages, parts = _runs(heard)
    while _runs(heard)[1] == parts:  # until it looks for news
        page.wait_for_timeout(100)
    assert _runs(heard)[0] == pages


def test_a_link_opened_signed_out_keeps_its_filters_through_the_form(overview):
    page = overview("/?period=2025-10&project=Search")
    expect(_card(page, "Cost")).to_have_text("$165.00")
    assert _search(page) == "?period=2025-10&project=Search"


def test_a_pill_hides_its_service_type_in_both_charts_in_the_table_and_says_of_what(
    overview, settled
):
    page = overview()
    assert [re.search(r"Total \$[\d.,]+", s)[0] for s in _sentences(page)] == ["Total $465.00"] * 2
    page.get_by_role("button", name="● Text generation").click()
    page.get_by_text("of $465.00").wait_for()
    settled(page)
    assert [re.search(r"Total \$[\d.,]+", s)[0] for s in _sentences(page)] == ["Total $300.00"] * 2
    panel = _panel(page, "cost")
    panel.get_by_role("radio").nth(1).click()
    expect(panel.get_by_test_id("stDataFrame")).to_be_visible()
    assert "Text generation" not in panel.get_by_test_id("stDataFrame").inner_text()


def test_the_page_switch_turns_every_panel_and_stands_in_the_url(overview):
    page = overview()
    page.get_by_role("radio", name="Tables").click()
    for name in ("cost", "projects"):
        expect(_panel(page, name).get_by_test_id("stDataFrame")).to_have_count(1)
    assert _search(page) == "?period=2025-10&view=table"
    page.go_back()
    for name in ("cost", "projects"):
        expect(_panel(page, name).get_by_test_id("stDataFrame")).to_have_count(0)
    expect(_panel(page, "projects").locator("canvas, svg.marks").first).to_be_visible()


def test_a_download_holds_the_figures_of_the_panel(overview):
    page = overview()
    menu = _panel(page, "projects").get_by_test_id("stPopoverButton").filter(has_text="Download")
    menu.click()
    with page.expect_download() as held:
        page.get_by_test_id("stDownloadButton").get_by_role("button", name="CSV").click()
    assert re.fullmatch(
        r"tokentally-overview-projects-2025-10-01_2025-10-31-[0-9a-f]{8}\.csv",
        held.value.suggested_filename,
    )
    assert held.value.path().read_text("utf-8-sig").splitlines() == [
        "project,project id,kind,cost (USD),share",
        "Search,Search,member,165,0.3548387096774194",
        "<b>bold</b> ana@x.example,<b>bold</b> ana@x.example,member,155,0.3333333333333333",
        "Voice Bot,Voice Bot,member,145,0.3118279569892473",
    ]


def test_a_page_is_one_workbook_of_what_its_panels_hold(overview, sheets):
    page = overview()
    bar = page.get_by_test_id("stPopoverButton").filter(has_text="Download").first
    bar.click()
    with page.expect_download() as held:
        page.get_by_role("button", name="This page as a workbook").click()
    assert held.value.suggested_filename.startswith(
        "tokentally-overview-page-2025-10-01_2025-10-31-"
    )
    made = sheets(held.value.path().read_bytes())
    assert [row[3:5] for row in made["Cost by project"][:2]] == [
        ["cost (USD)", "share"], [165, 0.3548387096774194],
    ]  # fmt: skip
    assert sum(row[-1] or 0 for row in made["Cost overview"][1:]) == 465
    assert dict(made["About this file"])["Page"] == "Overview"


def test_an_explanation_opens_and_says_the_exact_value(overview):
    page = overview()
    page.locator(".st-key-panel-overview-card-cost-explain button").first.click()
    opened = page.get_by_test_id("stPopoverBody")
    expect(opened.get_by_text("What usage cost, net of refunds.").first).to_be_visible(
        timeout=20_000
    )
    expect(opened).to_contain_text("python -m analytics_core query --measures cost")


def test_a_name_leads_to_its_own_figures_and_stays_text(overview):
    page = overview()
    page.get_by_role("button", name="<b>bold</b>").first.click()
    expect(page.locator("[data-testid=stMain] h1")).to_contain_text("<b>bold</b>", timeout=20_000)
    assert _search(page) == "?period=2025-10&project=<b>bold</b> ana@x.example"
    assert page.get_by_test_id("stMain").locator("b").count() == 0


@pytest.mark.parametrize("width", [390, 768])
def test_a_phone_never_scrolls_sideways(overview, width: int):
    page = overview(width=width)
    assert page.evaluate("document.scrollingElement.scrollWidth") == width
    main = page.get_by_test_id("stMain")
    assert main.evaluate("m => m.scrollWidth") <= width
    page.get_by_role("radio", name="Tables").click()
    expect(_panel(page, "cost").get_by_test_id("stDataFrame")).to_have_count(1)
    assert main.evaluate("m => m.scrollWidth") <= width


def test_pills_and_switches_work_from_the_keyboard(overview):
    page = overview()
    pill = page.get_by_role("button", name="● Text generation")
    pill.focus()
    page.keyboard.press("Space")
    page.get_by_text("of $465.00").wait_for()
    expect(pill).to_have_attribute("aria-pressed", "false")
