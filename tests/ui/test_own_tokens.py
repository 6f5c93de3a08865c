"""Tokens of one's own on the Account page."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics_core.access.tokens import Wish
from analytics_core.semantics.filters import Pick
from analytics_core.ui import login

pytestmark = [pytest.mark.access, pytest.mark.slow]

EVENTS = [
    {"started_at": datetime(2025, 10, 1, 9), "cost_nano": 5, "user_id": "ann", "team": "core"}
]
MAKE, NAME = "panel.account.tokens.make", "panel.account.tokens.name"


def tokens(who: str):
    return login.gate().tokens.of(who)


def made_elsewhere(who: str, **wish: object) -> str:
    now = datetime.now(UTC)
    principal = login.gate().accounts(now)[who].principal
    return login.gate().tokens.make(principal, Wish(**{"name": "other"} | wish), now)[1]


def everything_said(page) -> str:
    kinds = (page.markdown, page.caption, page.text, page.code)
    return " ".join(str(each.value) for kind in kinds for each in kind).replace("\\", "")


def test_a_token_is_made_shown_until_its_dialog_is_closed_and_works(app):
    page = app(EVENTS, who="ann", path="account")
    assert page.button(key=MAKE).disabled
    page.text_input(key=NAME).set_value("nightly *report*").run()
    page.button(key=MAKE).click().run()
    assert not page.exception
    (text,) = [c.value for c in page.code if c.value.startswith("tt_")]
    caller = login.gate().caller(text, datetime.now(UTC))
    assert (caller.principal.username, caller.token.name) == ("ann", "nightly *report*")
    assert caller.token.expires - caller.token.created == timedelta(days=90)
    assert page.text_input(key=NAME).value == ""
    del page.session_state["panel.account.tokens.made"]  # what closing the dialog does
    page.run()
    said = everything_said(page)
    assert text not in said
    assert text[12:] not in said
    assert f"tt_{caller.token.id}… · expires" in said
    assert login.gate().audit.newest(1)[0][1].action == "token made"


def test_only_ones_own_tokens_are_listed_and_ended(app):
    page = app(EVENTS, who="ann", path="account")
    his, hers = made_elsewhere("leo", name="his"), made_elsewhere("ann", name="hers")
    page.run()
    said = everything_said(page)
    assert "**hers** · read" in said
    assert "his" not in [m.value.split("**")[1] for m in page.markdown if "· read" in m.value]
    page.button(key=f"panel.account.tokens.revoke.{hers[3:11]}").click().run()
    assert tokens("ann") == ()
    assert [token.id for token in tokens("leo")] == [his[3:11]]
    newest = login.gate().audit.newest(1)[0][1]
    assert (newest.action, newest.principal, newest.token) == ("token revoked", "ann", hers[3:11])


def test_a_token_can_be_narrowed_to_the_filters_of_the_sidebar(app):
    page = app(EVENTS, who="ann", path="account", team="core")
    toggle = page.toggle(key="panel.account.tokens.narrow")
    assert toggle.label.replace("\\", "") == "Only team core"
    toggle.set_value(True).run()
    page.text_input(key=NAME).set_value("core").run()
    page.button(key=MAKE).click().run()
    (token,) = tokens("ann")
    assert token.picks == (Pick("team", ("core",)),)
    assert "never used · only team core" in everything_said(page)


MAY, SOURCE = "panel.account.tokens.may", "panel.account.tokens.source"


def test_an_administrator_makes_a_token_that_sends_usage(app):
    page = app(EVENTS, who="ada", path="account", team="core", model="m")
    page.selectbox(key=MAY).set_value("push").run()
    page.text_input(key=NAME).set_value("proxy").run()
    assert page.button(key=MAKE).disabled, "it needs the name of what it sends"
    page.text_input(key=SOURCE).set_value("litellm").run()
    toggle = page.toggle(key="panel.account.tokens.narrow")
    assert toggle.label.replace("\\", "") == "All of it is team core"
    toggle.set_value(True).run()
    page.button(key=MAKE).click().run()
    assert not page.exception
    (text,) = [c.value for c in page.code if c.value.startswith("tt_")]
    caller = login.gate().caller(text, datetime.now(UTC))
    assert caller.may_push
    token = caller.token
    assert (token.abilities, token.source, token.fixed) == (("push",), "litellm", {"team": "core"})
    assert "· as litellm · all of it team core" in everything_said(page)


def test_a_source_that_is_no_name_is_refused_with_a_sentence(app):
    page = app(EVENTS, who="ada", path="account")
    page.selectbox(key=MAY).set_value("push").run()
    page.text_input(key=NAME).set_value("proxy").run()
    page.text_input(key=SOURCE).set_value("My Proxy").run()
    page.button(key=MAKE).click().run()
    assert "a short name in lower case" in page.error[0].value
    assert tokens("ada") == ()


@pytest.mark.parametrize("who", ["ann", "leo", "pam", "mel"])
def test_only_administrators_are_offered_tokens_that_send(app, who):
    page = app(EVENTS, who=who, path="account")
    assert MAY not in [each.key for each in page.selectbox]


def test_too_many_tokens_are_refused_with_a_sentence(app, monkeypatch):
    monkeypatch.setattr("analytics_core.access.tokens.MOST_TOKENS", 1)
    page = app(EVENTS, who="ann", path="account")
    made_elsewhere("ann")
    page.text_input(key=NAME).set_value("two").run()
    page.button(key=MAKE).click().run()
    assert "revoke one" in page.error[0].value
    assert len(tokens("ann")) == 1
