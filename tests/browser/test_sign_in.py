"""Signing in and out in a real browser, against a server that nobody has opened before."""

import pytest
from playwright.sync_api import expect

from pages import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.access]

ANA = "first_name: Ana\nlast_name: Ruiz\nroles: [project_admin]\nprojects: [Search]"
PATHS = [f"/{module.PATH}" for _, modules in PAGES for module in modules]
DEEP = PATHS[-1]
BO = "first_name: Bo\nlast_name: Li\nroles: [admin]"


@pytest.fixture(scope="module")
def server(serve, accounts):
    return serve(accounts=accounts(ana=ANA, bo=BO))


def account(page, name):
    return page.get_by_test_id("stSidebar").get_by_role("button", name=name)


def signed_out(page):
    expect(page.get_by_label("Username")).to_be_visible(timeout=20_000)


def cookies(page):
    return {cookie["name"]: cookie for cookie in page.context.cookies()}


def planted(page):
    """Waits for the cookie: the page is there a moment before it."""
    for _ in range(100):
        if "tokentally" in cookies(page):
            return
        page.wait_for_timeout(50)
    pytest.fail("the sign-in cookie was not planted")


def leave(page, name):
    account(page, name).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible(timeout=20_000)


def test_a_fresh_server_asked_for_a_page_first_sends_nothing_but_the_form(
    serve, accounts, browse, demo_data
):
    for path in (PATHS[0], PATHS[len(PATHS) // 2], PATHS[-1]):
        server = serve(data=demo_data, accounts=accounts(bo=BO))
        received: list[bytes] = []
        page = browse(server, path, hear=received)
        signed_out(page)
        page.wait_for_timeout(500)
        for drawn in ("stMetric", "stVegaLiteChart", "stDataFrame", "stSidebar", "stException"):
            expect(page.get_by_test_id(drawn)).to_have_count(0)
        stream = b"".join(received)
        assert b"Username" in stream
        for name in (b"Support Copilot", b"Core Platform", b"Acme", b"acme.example", b"gpt-"):
            assert name not in stream, path
        page.close()
        server.stop()


def test_a_deep_link_keeps_path_and_query_through_the_form(server, browse, enter):
    page = browse(server, f"{DEEP}?period=last-month&team=Core+Platform")
    signed_out(page)
    enter(page, "ana")
    expect(account(page, "Ana Ruiz")).to_be_visible(timeout=20_000)
    href = page.evaluate("location.href")
    assert href.startswith(f"{server.url}{DEEP}?")
    assert "period=last-month" in href


def test_a_reload_and_a_second_tab_stay_signed_in_and_signing_out_reaches_both(
    server, browse, enter
):
    page = browse(server)
    signed_out(page)
    enter(page, "ana")
    expect(account(page, "Ana Ruiz")).to_be_visible(timeout=20_000)
    planted(page)
    kept = cookies(page)["tokentally"]
    assert (kept["httpOnly"], kept["sameSite"]) == (True, "Lax")
    assert page.evaluate("document.cookie").count("tokentally") == 0
    page.reload()
    expect(account(page, "Ana Ruiz")).to_be_visible(timeout=20_000)
    second = browse(server, DEEP, beside=page)
    expect(account(second, "Ana Ruiz")).to_be_visible(timeout=20_000)
    leave(page, "Ana Ruiz")
    expect(account(page, "Ana Ruiz")).to_have_count(0)
    page.wait_for_timeout(1000)
    assert "tokentally" not in cookies(page)
    second.reload()
    signed_out(second)
    page.reload()
    signed_out(page)


def test_a_wrong_password_is_answered_with_one_sentence_and_then_with_a_wait(server, browse, enter):
    page = browse(server)
    signed_out(page)
    enter(page, "bo", "not the password")
    expect(page.get_by_text("The name or the password is wrong.")).to_be_visible(timeout=20_000)
    enter(page, "bo", "not the password")
    enter(page, "bo")
    expect(page.get_by_text("Too many attempts. Try again in")).to_be_visible(timeout=20_000)
    page.wait_for_timeout(5000)
    enter(page, "bo")
    expect(account(page, "Bo Li")).to_be_visible(timeout=20_000)


def test_the_next_person_in_the_same_tab_starts_afresh(server, browse, enter):
    page = browse(server, f"{DEEP}?period=last-month")
    signed_out(page)
    enter(page, "ana")
    expect(account(page, "Ana Ruiz")).to_be_visible(timeout=20_000)
    planted(page)
    leave(page, "Ana Ruiz")
    assert "period" not in page.evaluate("location.search")
    enter(page, "bo")
    expect(account(page, "Bo Li")).to_be_visible(timeout=20_000)
    planted(page)
    page.reload()
    expect(account(page, "Bo Li")).to_be_visible(timeout=20_000)


def test_a_copied_cookie_is_worth_nothing_in_another_browser(server, browse, enter):
    page = browse(server)
    signed_out(page)
    enter(page, "ana")
    expect(account(page, "Ana Ruiz")).to_be_visible(timeout=20_000)
    planted(page)
    thief = browse(server)
    thief.context.add_cookies([cookies(page)["tokentally"]])
    thief.reload()
    signed_out(thief)
