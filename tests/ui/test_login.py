"""Signing in as a script sees it; cookies as browsers keep them are in tests/browser."""

from datetime import UTC, datetime
from types import SimpleNamespace

import bcrypt
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics_core.access.gate import Gate
from analytics_core.access.secret import binding_of, digest
from analytics_core.ui import login

pytestmark = [pytest.mark.access, pytest.mark.slow]

PASSWORD = "correct horse battery"
HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
WRONG = "The name or the password is wrong."


def script() -> None:
    import streamlit as st

    from analytics_core.access.roles import described, scope_of
    from analytics_core.semantics.filters import EVERYTHING
    from analytics_core.ui import login

    principal = login.sign_in()
    if principal is None:
        st.stop()
    st.text_input("Note", key="f.note")
    st.text(f"{principal.username} sees {described(principal)}")
    login.account_popover(principal)
    st.text(f"still: {login.still_sees(scope_of(principal))}")
    st.text(f"all: {login.still_sees(EVERYTHING)}")
    st.button("Everywhere", on_click=login.sign_out_everywhere)


@pytest.fixture
def browser(monkeypatch):
    """The browser's side of the connection: what it sent when the tab was opened."""
    seen = SimpleNamespace(cookies={"tokentally_browser": "b1"}, ip_address=None, headers={})
    monkeypatch.setattr(st, "context", seen)
    return seen


@pytest.fixture
def auth(tmp_path, monkeypatch):
    path = tmp_path / "auth.yaml"
    monkeypatch.setenv("TOKENTALLY_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TOKENTALLY_AUTH", str(path))
    write(path, ana=["project_admin"], bo=["admin"])
    monkeypatch.setattr(login, "DUMMY_HASH", HASH)  # as slow a check as those of the accounts
    monkeypatch.setattr(login, "PATIENCE", 0)  # there is no browser to wait for
    login.gate().served = True
    return path


def write(path, hashed=HASH, **roles) -> None:
    lines = ["credentials:", "  usernames:"]
    for name, held in roles.items():
        lines.append(f"    {name}: {{email: {name}@x.example, roles: {held}, projects: [Search],")
        lines.append(f"      password: {hashed}}}")
    aside = path.with_name("aside")
    aside.write_text("\n".join(lines))
    aside.replace(path)


@pytest.fixture
def tab(auth, browser):
    """Opens a tab of the app; called again it is another tab."""
    return lambda: AppTest.from_function(script, default_timeout=30).run()


def enter(at: AppTest, username: str, password: str = PASSWORD) -> AppTest:
    login.gate().state.write("DELETE FROM throttle")  # waiting is tested on its own
    at.text_input[0].input(username)
    at.text_input[1].input(password)
    return button(at, "Sign in").click().run()


def opened(at: AppTest) -> AppTest:
    """Opens the account's popover."""
    at.session_state["account"] = True
    return at.run()


def button(at: AppTest, label: str):
    return next(b for b in at.button if b.label == label)


def texts(at: AppTest) -> list[str]:
    return [t.value for t in at.text]


def keys(at: AppTest) -> set[str]:
    """Every session key but those of forms; AppTest has no public way to list them."""
    return {k for k in at.session_state._state.filtered_state if not k.startswith("FormSub")}


def scripts(at: AppTest) -> list[str]:
    return [h.proto.body for h in at.get("html")]


def test_signed_out_there_is_a_form_and_nothing_else(tab):
    at = tab()
    assert [t.label for t in at.text_input] == ["Username", "Password"]
    assert texts(at) == []
    assert not at.exception


def test_a_closed_account_is_not_drawn(tab):
    at = enter(tab(), "ana")
    assert [b.label for b in at.button] == ["Everywhere"]
    assert "Sign out" in [b.label for b in opened(at).button]


def test_a_right_password_lets_in_and_says_what_one_sees(tab):
    at = opened(enter(tab(), "ana"))
    assert texts(at) == [
        "ana sees your own usage and everything in Search", "ana", "ana@x.example",
        "still: True", "all: False",
    ]  # fmt: skip
    assert [c.value for c in at.caption] == [
        "Project admin · You see: your own usage and everything in Search."
    ]


@pytest.mark.parametrize(
    ("typed", "password"), [(" ANA ", PASSWORD), ("ana", f"  {PASSWORD} "), ("Ana", PASSWORD)]
)
def test_capitals_and_spaces_around_are_forgiven(tab, typed, password):
    assert texts(enter(tab(), typed, password))[0].startswith("ana sees")


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("ana", "wrong password"),
        ("nobody", PASSWORD),
        ("ana", ""),
        ("ana", "x" * 73),  # bcrypt raises
        ("ana", "\0"),
        ("nobody", "x" * 73),
        ("bo", PASSWORD.upper()),
        ("__class__", PASSWORD),
    ],
)
def test_every_failure_says_the_same(tab, username, password):
    at = enter(tab(), username, password)
    assert [e.value for e in at.error] == [WRONG]
    assert texts(at) == []


@pytest.fixture
def checked(monkeypatch) -> list[bytes]:
    """The passwords that were compared with a hash."""
    seen: list[bytes] = []
    real = bcrypt.checkpw

    def counting(password: bytes, hashed: bytes) -> bool:
        seen.append(password)
        return real(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", counting)
    return seen


def test_an_unknown_name_costs_a_hash_too(tab, checked):
    enter(tab(), "ana", "wrong password")
    enter(tab(), "nobody", "wrong password")
    enter(tab(), "ana", "x" * 73)  # bcrypt raises at once
    assert checked == [b"wrong password", b"x", b"x" * 73, b"x"]


@pytest.mark.parametrize("username", ["ana", "nobody"])
def test_a_throttled_try_says_how_long_to_wait_and_checks_nothing_whoever_it_is(
    tab, username, checked
):
    at = enter(tab(), username, "wrong password")
    checked.clear()
    at.text_input[1].input(PASSWORD)
    button(at, "Sign in").click().run()
    assert [e.value for e in at.error] == ["Too many attempts. Try again in 1 s."]
    assert texts(at) == []
    assert checked == []


def test_a_fault_of_the_library_looks_like_a_wrong_password(tab, monkeypatch):
    at = tab()

    def broken(*_: object) -> bool:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(bcrypt, "checkpw", broken)
    at = enter(at, "ana")
    assert [e.value for e in at.error] == [WRONG]
    assert not at.exception


def test_auth_yaml_has_the_same_bytes_after_many_sign_ins(tab, auth):
    before = auth.read_bytes(), auth.stat().st_mtime_ns
    for password in [PASSWORD, "wrong password"] * 5:
        enter(tab(), "ana", password)
    assert (auth.read_bytes(), auth.stat().st_mtime_ns) == before


def test_the_cookie_is_fetched_with_a_ticket_until_it_is_there(tab, browser):
    at = enter(tab(), "ana")
    first, again = scripts(at), scripts(at.run())
    ticket = first[0].split('data-ticket="')[1].split('"')[0]
    assert first == again == [f'<script src="./auth/session.js" data-ticket="{ticket}"></script>']
    value = login.gate().tickets.redeem(ticket, binding_of("b1"), datetime.now(UTC))
    assert scripts(at.run()) == []
    browser.cookies = {"tokentally_browser": "b1", "tokentally": value}
    assert texts(tab())[0].startswith("ana sees")  # another tab, a reload


def test_a_cookie_that_was_not_fetched_in_time_can_still_be_had(tab, monkeypatch):
    at = enter(tab(), "ana")
    tickets, ticket = login.gate().tickets, at.session_state[login.TICKET]
    with monkeypatch.context() as minute:
        minute.setattr(type(tickets), "pending", lambda *_: False)  # as after it
        (again,) = scripts(at.run())
    assert ticket not in again
    value = tickets.redeem(at.session_state[login.TICKET], binding_of("b1"), datetime.now(UTC))
    assert login.gate().principal(digest(value), binding_of("b1"), datetime.now(UTC))
    assert scripts(at.run()) == []


def test_nothing_is_drawn_before_the_browser_has_its_cookie(tab, monkeypatch):
    drawn = []
    monkeypatch.setattr(login, "PATIENCE", 7.0)
    monkeypatch.setattr(
        type(login.gate().tickets),
        "wait",
        lambda _, ticket, seconds: drawn.append((ticket, seconds)),
    )
    at = enter(tab(), "ana")
    assert drawn == [(at.session_state[login.TICKET], 7.0)]


def test_without_routes_no_script_is_drawn_and_the_tab_stays_signed_in(tab):
    login.gate().served = False
    at = enter(tab(), "ana")
    assert scripts(at) == []
    assert texts(at.run())[0].startswith("ana sees")


def test_signing_out_is_final_even_with_the_cookie_still_in_the_connection(tab, browser):
    at = enter(tab(), "ana")
    ticket = at.session_state[login.TICKET]
    value = login.gate().tickets.redeem(ticket, binding_of("b1"), datetime.now(UTC))
    browser.cookies = {"tokentally_browser": "b1", "tokentally": value}
    other = tab()
    at.query_params["team"] = "Core"
    button(opened(at), "Sign out").click().run()
    assert [i.value for i in at.info] == ["You are signed out."]
    assert scripts(at) == ['<script src="./auth/session.js"></script>']
    assert dict(at.query_params) == {}
    assert texts(at) == texts(other.run()) == texts(tab()) == []
    assert [i.value for i in other.info] == []
    at.run()
    assert scripts(at) == []  # dropped once


def test_signing_out_everywhere_ends_the_other_browsers(tab, browser):
    here = enter(tab(), "ana")
    browser.cookies = {"tokentally_browser": "b2"}
    there, bos = enter(tab(), "ana"), enter(tab(), "bo")
    browser.cookies = {"tokentally_browser": "b1"}
    button(here, "Everywhere").click().run()
    assert [i.value for i in here.info] == ["You are signed out everywhere."]
    browser.cookies = {"tokentally_browser": "b2"}
    assert texts(there.run()) == []
    assert texts(bos.run())[0].startswith("bo sees")


def test_a_role_taken_away_is_gone_at_the_next_run(tab, auth):
    at = enter(tab(), "bo")
    assert texts(at)[0] == "bo sees all usage"
    write(auth, ana=["project_admin"], bo=["member"])
    assert texts(at.run())[0] == "bo sees your own usage"
    write(auth, ana=["project_admin"], bo=[])
    assert texts(at.run())[0].startswith("bo sees nothing yet")
    write(auth, ana=["project_admin"])
    assert texts(at.run()) == []


def test_another_password_ends_open_sessions(tab, auth):
    at = enter(tab(), "ana")
    write(auth, bcrypt.hashpw(b"another one, as long", bcrypt.gensalt(4)).decode(), ana=["admin"])
    assert texts(at.run()) == []
    assert texts(enter(at, "ana", "another one, as long"))[0] == "ana sees all usage"


def test_a_session_opened_from_another_browser_is_refused(tab, browser):
    at = enter(tab(), "ana")
    browser.cookies = {"tokentally_browser": "thief"}
    assert texts(at.run()) == []
    assert login.SIGN_IN not in at.session_state


def test_a_cookie_without_its_browser_is_refused(tab, browser):
    at = enter(tab(), "ana")
    ticket = at.session_state[login.TICKET]
    value = login.gate().tickets.redeem(ticket, binding_of("b1"), datetime.now(UTC))
    browser.cookies = {"tokentally_browser": "thief", "tokentally": value}
    assert texts(tab()) == []


@pytest.mark.parametrize("forged", ["", "ana", "x" * 43, "null", 7, object()])
def test_a_forged_cookie_shows_the_form(tab, browser, forged):
    browser.cookies = {"tokentally_browser": "b1", "tokentally": forged}
    at = tab()
    assert texts(at) == []
    assert len(at.text_input) == 2


def test_session_keys_that_look_signed_in_are_not_believed(tab):
    at = tab()
    for key, value in {
        "authentication_status": True, "username": "bo", "name": "Bo", "roles": ["admin"],
        login.OWNER: "bo", login.SIGN_IN: digest("made up"), "f.note": "left over",
    }.items():  # fmt: skip
        at.session_state[key] = value
    assert texts(at.run()) == []
    assert "f.note" not in at.session_state
    at.session_state["authentication_status"] = True
    at.session_state["username"] = "bo"
    assert texts(at.run()) == []


def test_nothing_of_one_person_is_left_for_the_next_in_the_same_tab(tab):
    at = enter(tab(), "ana")
    at.text_input(key="f.note").input("anas note").run()
    at.session_state["url"] = "anas url"
    button(opened(at), "Sign out").click().run()
    assert keys(at) <= login.KEYS
    at = enter(at, "bo")
    assert texts(at)[0] == "bo sees all usage"
    assert at.text_input(key="f.note").value == ""
    assert "url" not in at.session_state


def test_a_tab_that_turns_out_to_be_anothers_is_wiped(tab):
    at = enter(tab(), "ana")
    at.session_state["url"] = "anas url"
    at.session_state[login.OWNER] = "bo"
    assert texts(at.run()) == []
    assert "url" not in at.session_state


def test_a_browser_that_keeps_no_cookies_is_told_so(tab, browser):
    browser.cookies = {}
    at = tab()
    assert [w.value for w in at.warning] == [
        "Signing in needs cookies. Allow them for this site and reload the page."
    ]
    assert len(at.text_input) == 0


def test_demo_accounts_are_offered_only_in_an_app_without_accounts(tab, auth):
    assert [b.label for b in tab().button] == ["Sign in"]
    write(auth)
    at = tab()
    assert [b.label for b in at.button] == ["Sign in", "mia", "leo", "ana", "max", "ada"]
    assert "tokentally-demo" in at.caption[0].value
    at = at.button(key="demo.leo").click().run()
    assert texts(at)[0] == "leo sees your own usage and everything in Core Platform"
    assert texts(enter(tab(), "ada", "tokentally-demo"))[0] == "ada sees all usage"
    write(auth, ana=["member"])
    assert texts(at.run()) == []


def test_where_nobody_can_sign_in_the_page_says_how_to_make_an_account(tab, auth, monkeypatch):
    assert [code.value for code in tab().code] == []
    write(auth)
    assert [code.value for code in tab().code] == []
    monkeypatch.setattr(Gate, "demo_accounts", lambda *_: {})
    at = tab()
    assert "There is no account yet." in at.info[0].value
    assert [code.value for code in at.code] == [
        "python -m analytics_core user add NAME --role admin"
    ]


def test_a_name_that_is_markup_is_shown_as_it_is(tab, auth):
    name = "![x](http://evil.example/x.png) <b>"
    auth.write_text(
        f"credentials:\n  usernames:\n    ana: {{name: '{name}', password: {HASH},"
        f" roles: [lead], teams: ['{name}']}}\n"
    )
    at = opened(enter(tab(), "ana"))
    assert texts(at)[1] == name
    assert "](http" not in at.caption[0].value
    assert "](http" not in str(at.get("popover")[0].proto)


def test_every_session_key_of_signing_in_is_named(tab):
    at = enter(tab(), "ana", "wrong password")
    ours = keys(at)
    at.session_state["url"] = "left over"
    at = enter(at, "ana")
    known = {login.SIGN_IN, login.OWNER, login.TICKET, login.ARRIVED}
    assert keys(at) == {*known, "f.note", "account"}
    ours |= {login.SIGN_IN, login.OWNER, login.TICKET}
    assert {login.SIGN_IN, login.OWNER, login.TICKET, "username", "roles"} <= ours
    assert ours <= login.KEYS
