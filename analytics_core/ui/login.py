"""Signing in and out: the library draws the form, everything that decides access is ours."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from analytics_core import settings
from analytics_core.access import failures
from analytics_core.access.accounts import Account, Accounts
from analytics_core.access.demo_accounts import PASSWORD
from analytics_core.access.gate import Gate, gate_of
from analytics_core.access.principal import Principal
from analytics_core.access.roles import described, labels, scope_of
from analytics_core.access.secret import binding_of, digest
from analytics_core.access.sign_ins import Place
from analytics_core.semantics.filters import Scope
from analytics_core.semantics.names import NO_NAMES, Names
from analytics_core.store.manifest import demo_only
from analytics_core.ui import links
from analytics_core.ui.escape import md_escape

# Session keys of this module. Nothing else reads or clears them.
SIGN_IN = "auth.sign_in"  # id of the sign-in this tab goes by
OWNER = "auth.owner"  # whose state the other keys are
TICKET = "auth.ticket"  # to be redeemed for the cookie
DROP = "auth.drop"  # the cookie is to be dropped
NOTICE = "auth.notice"  # one sentence above the form
ARRIVED = "auth.arrived"  # the form was passed in this tab and no page was drawn since
# What streamlit-authenticator writes while the form is shown; all gone after a sign-in.
LIBRARY = ("name", "authentication_status", "username", "email", "roles", "logout", "init")
KEYS: frozenset[str] = frozenset((SIGN_IN, OWNER, TICKET, DROP, NOTICE, ARRIVED, *LIBRARY))

_ACCOUNT = "account"  # whether the popover is open
COOKIE, BROWSER = "tokentally", "tokentally_browser"
PATIENCE = 3.0  # seconds that a page waits for the browser to fetch its cookie
WRONG = "The name or the password is wrong."
# Checked when nobody of that name exists, so that both answers take the same time (cost 12).
DUMMY_HASH = "$2b$12$M2u7/8rQjr77nSKRS3wI8.zQa7qQzwg5LDSlMgJn3zO1kncqok4Pi"


def gate() -> Gate:
    """The gate that the routes of this process use too."""
    return gate_of(*settings.places(), demo_only)


def sign_in() -> Principal | None:
    """The principal of this run, re-read from the accounts; else draws the form and gives None.

    The first statement of a page: it also wipes everything another person left in the tab.
    """
    here, now = gate(), datetime.now(UTC)
    binding = binding_of(_cookie(BROWSER))
    principal = _standing(here, binding, now)
    if principal:
        _plant(here, now)
        return principal
    _draw_form(here, binding, now)
    return None


def arrived() -> bool:
    """Whether this is the first run after the form; true once."""
    return st.session_state.pop(ARRIVED, False)


def who() -> Principal | None:
    """The person of this tab as the accounts say now; None when signed out meanwhile."""
    return whoever()()


def still_sees(scope: Scope) -> bool:
    """Whether the person of this tab may still see exactly `scope`.

    For fragments: they run again without the page's start, with what the page gave them then.
    """
    principal = who()
    return principal is not None and scope_of(principal) == scope


def administers() -> bool:
    """Whether the person of this tab is an administrator now; whoever changes the store asks."""
    principal = who()
    return principal is not None and principal.has_role("admin")


def witness(scope: Scope) -> Callable[[], bool]:
    """`still_sees` of this tab, to be asked later and from anywhere."""
    there = whoever()

    def sees() -> bool:
        principal = there()
        return principal is not None and scope_of(principal) == scope

    return sees


def whoever() -> Callable[[], Principal | None]:
    """`who` of this tab, to be asked later and from anywhere."""
    held, binding = st.session_state.get(SIGN_IN), binding_of(_cookie(BROWSER))
    return lambda: gate().principal(held, binding, datetime.now(UTC))


def sign_out() -> None:
    """Ends this sign-in on the server, forgets the tab's state and URL, drops the cookie.

    For `on_click`. The order matters: the cookie of the open connection would sign in again.
    """
    held = st.session_state.get(SIGN_IN)
    if held:
        gate().end(held, datetime.now(UTC))
    _leave("You are signed out.")


def sign_out_everywhere() -> None:
    """Ends every sign-in of the person, in all browsers; for `on_click`."""
    owner = st.session_state.get(OWNER)
    if owner:
        gate().end_everywhere(owner, datetime.now(UTC))
    _leave("You are signed out everywhere.")


def places() -> list[tuple[Place, bool]]:
    """Where the person of this tab is signed in, and whether it is here; [] when signed out."""
    principal, held, now = who(), st.session_state.get(SIGN_IN), datetime.now(UTC)
    account = gate().accounts(now).get(principal.username) if principal else None
    if account is None:
        return []
    return [(place, place.id == held) for place in gate().sign_ins.places(account, now)]


def end_place(sign_in: str) -> None:
    """Ends one sign-in of the person of this tab; for `on_click`."""
    if sign_in in (place.id for place, _ in places()):
        gate().end(sign_in, datetime.now(UTC))


def account_popover(principal: Principal, names: Names = NO_NAMES) -> None:
    """Draws who is signed in, what they see, and the way out; closed, it is but a button."""
    box = st.popover(
        md_escape(principal.name),
        icon=":material/account_circle:",
        width="stretch",
        key=_ACCOUNT,
        on_change="rerun",
    )
    if not box.open:
        return
    with box:
        st.text(principal.name)
        if principal.email:
            st.text(principal.email)
        st.caption(f"{labels(principal)} · You see: {md_escape(described(principal, names))}.")
        links.link("account", "Account", ":material/manage_accounts:")
        st.button("Sign out", key="sign_out", on_click=sign_out, width="stretch")


def _standing(here: Gate, binding: str, now: datetime) -> Principal | None:
    held = st.session_state.get(SIGN_IN)
    cookie = _cookie(COOKIE)
    candidate = held or (digest(cookie) if cookie else None)
    principal = here.principal(candidate, binding, now)
    owner = st.session_state.get(OWNER)
    if owner is not None and (principal is None or principal.username != owner):
        _wipe()
        return None
    if principal:
        st.session_state[SIGN_IN], st.session_state[OWNER] = candidate, principal.username
    return principal


def _cookie(name: str) -> str | None:
    """A cookie of the connection's handshake; None unless it is text (harnesses give mocks)."""
    cookies = st.context.cookies
    value = cookies[name] if name in cookies else None  # noqa: SIM401 a mock has no useful get
    return value if isinstance(value, str) and value else None


def _plant(here: Gate, now: datetime) -> None:
    """Lets the browser fetch its cookie; again in each run until it has.

    Nothing is drawn before it has been fetched after the form: a page that stands there can be
    reloaded, opened in a second tab, and files of it taken.
    """
    ticket = st.session_state.pop(TICKET, None)
    if ticket is None or not here.served:
        return
    if not here.tickets.pending(ticket, now):
        ticket = here.tickets.renewed(ticket, now)
    if ticket is not None:
        st.session_state[TICKET] = ticket
        _run_script(ticket)
        if ARRIVED in st.session_state:
            here.tickets.wait(ticket, PATIENCE)


def _run_script(ticket: str = "") -> None:
    # An inline script would be stopped by the content security policy. "./" holds on every page.
    data = f' data-ticket="{ticket}"' if ticket else ""
    st.html(f'<script src="./auth/session.js"{data}></script>', unsafe_allow_javascript=True)


def _leave(notice: str) -> None:
    _wipe()
    st.query_params.clear()
    st.session_state[NOTICE], st.session_state[DROP] = notice, True


def _wipe() -> None:
    for key in list(st.session_state):
        del st.session_state[key]


@dataclass(slots=True)
class _Try:
    """What one submitted form asked for: the name, and the seconds to wait before a check."""

    username: str | None = None
    wait: int = 0


class _Records(dict[str, dict[str, Any]]):
    """The library's user records; looking a name up is the try, and a throttled one finds nobody.

    It sees the name as it is looked up, which the library tells nobody after a failure.
    """

    def __init__(self, records: Mapping[str, dict[str, Any]], here: Gate, address: str) -> None:
        super().__init__(records)
        self.asked, self._gate, self._address = _Try(), here, address

    def __contains__(self, username: object) -> bool:
        if self.asked.username is None:
            name = str(username).strip().lower()
            wait = self._gate.throttle.admit(name, self._address, datetime.now(UTC))
            self.asked.username, self.asked.wait = name, wait
        return not self.asked.wait and super().__contains__(username)


def _draw_form(here: Gate, binding: str, now: datetime) -> None:
    if st.session_state.pop(DROP, False) and here.served:
        _run_script()
    _, middle, _ = st.columns([1, 2, 1])
    with middle:
        st.title("Tokentally", anchor=False)
        notice = st.session_state.pop(NOTICE, None)
        if notice:
            st.info(notice)
        accounts = here.accounts(now)
        if here.served and not binding:
            st.warning("Signing in needs cookies. Allow them for this site and reload the page.")
            return
        address = st.context.ip_address
        address = address if isinstance(address, str) else binding
        tried = _library_form(here, accounts, address)
        if tried:
            _answer(here, accounts, tried, binding, address)
        _demo(here, here.demo_accounts(now), binding, address)
        if not accounts and not here.file.problem:
            _how_to_begin()


def _library_form(here: Gate, accounts: Accounts, address: str) -> _Records | None:
    """Draws the form; the records it looked a name up in, None when nothing was submitted."""
    # Imported here: before the runtime exists its component would be registered nowhere.
    from streamlit_authenticator import Authenticate

    given: dict[str, Any] = {"usernames": {u: _record(a) for u, a in accounts.items()}}
    try:
        no_sleep: Any = {"login_sleep_time": 0}
        unseen = st.empty()  # the library mounts a frame for its cookies, which we do not use
        with unseen:
            form = Authenticate(
                given, "unused", secrets.token_hex(32), 0, auto_hash=False, **no_sleep
            )
        unseen.empty()
        records = _Records(given["usernames"], here, address)
        given["usernames"] = records  # the library copies the dict it was given, then keeps ours
        form.login(fields={"Form name": "Sign in", "Login": "Sign in"}, key="sign_in")
    except Exception as wrong:  # whatever the library raises looks like a wrong password
        failures.report(wrong, "sign-in")
        st.error(WRONG)
        return None
    return records if records.asked.username is not None else None


def _record(account: Account) -> dict[str, Any]:
    return {"password": account.password, "name": account.principal.name}


def _answer(here: Gate, accounts: Accounts, tried: _Records, binding: str, address: str) -> None:
    asked, record = tried.asked, tried.get(tried.asked.username or "", {})
    if asked.wait:
        st.error(f"Too many attempts. Try again in {asked.wait} s.")
    elif st.session_state.get("authentication_status") and asked.username:
        _enter(here, accounts[asked.username], binding, address)
    else:
        if "failed_login_attempts" not in record:  # no hash was compared
            from streamlit_authenticator import Hasher

            Hasher.check_pw("x", DUMMY_HASH)
        here.refuse(asked.username or "", datetime.now(UTC), address)
        st.error(WRONG)


def _enter(here: Gate, account: Account, binding: str, address: str) -> None:
    now = datetime.now(UTC)
    here.throttle.forgive(account.username, address, now)
    agent = st.context.headers.get("User-Agent", "")
    agent = agent if isinstance(agent, str) else ""
    sign_in, ticket = here.begin(account, binding, now, address=address, agent=agent)
    _wipe()
    st.session_state[SIGN_IN], st.session_state[OWNER] = sign_in, account.username
    st.session_state[TICKET], st.session_state[ARRIVED] = ticket, True
    st.rerun()


def _how_to_begin() -> None:
    """What to do where nobody can sign in: a new app, or demo accounts that real data ended."""
    st.info(
        "There is no account yet. Make one on the machine that runs Tokentally, then sign in here:",
        icon=":material/person_add:",
    )
    st.code("python -m analytics_core user add NAME --role admin", language="bash", wrap_lines=True)
    st.caption("Demo accounts work only while there is nothing but demo data.")


def _demo(here: Gate, accounts: Accounts, binding: str, address: str) -> None:
    if not accounts:
        return
    st.caption(f"Demo data: a click on a name signs in. To type it: the password is {PASSWORD}")
    for account in accounts.values():
        button, sees = st.columns([1, 4], vertical_alignment="center")
        if button.button(account.username, key=f"demo.{account.username}", width="stretch"):
            _enter(here, account, binding, address)
        sees.caption(f"{labels(account.principal)}: {md_escape(described(account.principal))}")
