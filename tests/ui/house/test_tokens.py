"""Everybody's API tokens on the Settings page: administrators find them all and end any."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics_core.access.tokens import PUSH, Wish
from analytics_core.semantics.filters import Pick
from analytics_core.ui import login

pytestmark = [pytest.mark.access, pytest.mark.slow]

EVENTS = [{"started_at": datetime(2025, 10, 1, 9), "cost_nano": 5, "user_id": "ann"}]
CHOSEN = "panel.settings.tokens.chosen"
REVOKE = "panel.settings.tokens.revoke"
NOW = datetime.now(UTC)


def _make(who: str, now: datetime = NOW, **wish: object) -> str:
    """A token of theirs; its public id."""
    principal = login.gate().accounts(now)[who].principal
    return login.gate().tokens.make(principal, Wish(**{"name": "a token"} | wish), now)[0].id


def _open(app):
    return app(EVENTS, "ada", path="settings", section="tokens")


def _living() -> set[str]:
    return {token.id for token in login.gate().tokens.every()}


def test_all_tokens_are_listed_with_what_each_opens(app, tmp_path):
    page = _open(app)
    assert [i.value for i in page.info] == ["There is no token."]
    ids = [
        _make("leo"), _make("mel", name="![x](http://evil.example)", picks=(Pick("project", ("Search",)),)),
        _make("ada", abilities=(PUSH,), source="litellm"),
        _make("ann", NOW - timedelta(days=10), days=7),
    ]  # fmt: skip
    auth = tmp_path / "auth.yaml"
    auth.write_text(auth.read_text("utf-8").replace("leo:", "lea:"), "utf-8")
    shown = page.run().dataframe[0].value
    assert not page.exception
    rows = {row["id"]: row for _, row in shown.iterrows()}
    leo, mel, ada, ann = (rows[f"tt_{public}"] for public in ids)
    assert (leo["owner"], leo["opens"]) == ("leo", "nothing: its account is gone")
    assert (mel["name"], mel["only"]) == ("![x](http://evil.example)", "project Search")
    assert (mel["may"], mel["opens"], mel["used"]) == ("ask", "what its owner sees", "never")
    assert ada["may"] == "send as litellm"
    assert ann["opens"] == "nothing: expired"


def test_an_administrator_ends_a_token_of_somebody_else_and_the_audit_says_whose(app):
    page = _open(app)
    kept, public = _make("leo"), _make("mel")
    page.run().selectbox(key=CHOSEN).set_value(public).run()
    page.button(key=REVOKE).click().run()
    assert not page.exception
    assert _living() == {kept}
    deed = login.gate().audit.newest(1)[0][1]
    assert (deed.action, deed.principal, deed.token) == ("token revoked", "ada", public)
    assert deed.asked == "owner=mel"
    assert page.selectbox(key=CHOSEN).value is None


def test_one_that_is_no_administrator_any_more_ends_none(app, tmp_path):
    page = _open(app)
    public = _make("mel")
    page.run().selectbox(key=CHOSEN).set_value(public).run()
    auth = tmp_path / "auth.yaml"
    auth.write_text(auth.read_text("utf-8").replace("roles: [admin]", "roles: [manager]"), "utf-8")
    page.button(key=REVOKE).click().run()
    assert _living() == {public}
    assert not page.dataframe


def test_one_that_was_ended_elsewhere_is_no_fault(app):
    page = _open(app)
    public = _make("mel")
    page.run().selectbox(key=CHOSEN).set_value(public).run()
    login.gate().tokens.revoke(public)
    page.button(key=REVOKE).click().run()
    assert not page.exception
    assert [i.value for i in page.info] == ["There is no token."]
