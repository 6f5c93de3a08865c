"""Who may sign in and what each sees; people and passwords are changed on the command line."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from analytics_core.access.accounts import Account
from analytics_core.access.principal import Principal
from analytics_core.access.roles import described_to_others, labels, scope_of
from analytics_core.semantics.filters import Filters
from analytics_core.semantics.format import UNKNOWN, moment_text, period_text, text
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.period import Period
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View
from analytics_core.ui import deeds, login, state
from analytics_core.ui.escape import md_escape
from analytics_core.ui.sidebar import Entry

Menu = Callable[[Principal], list[tuple[str, list[Entry]]]]  # the menu of somebody

PAGE = 50
COMMAND = "python -m analytics_core user"
_SEARCH = state.of_panel("settings.people", "search")
_CHOSEN = state.of_panel("settings.people", "chosen")
_PERIOD = "month"


def draw(view: View, menu: Menu) -> None:
    """Every account, what a chosen one sees, and the commands that change them."""
    now = datetime.now(UTC)
    gate = login.gate()
    accounts = list(gate.accounts(now).values())
    if gate.file.problem:
        st.warning(md_escape(str(gate.file.problem)), icon=":material/build:")
    with st.container(border=True, key="settings.accounts"):
        st.subheader("Accounts", anchor=False)
        found = _found(accounts)
        _accounts(view, found, gate.sign_ins.latest())
    with st.container(border=True, key="settings.sees"):
        st.subheader("What does somebody see?", anchor=False)
        chosen = _choose(found)
        if chosen:
            _sees(view, chosen.principal, menu, now)
    _commands(chosen)


def _found(accounts: Sequence[Account]) -> list[Account]:
    """Those that the search leaves, in the order of their names."""
    ordered = sorted(accounts, key=lambda a: (a.principal.name.casefold(), a.username))
    if len(ordered) <= PAGE:
        return ordered
    search = st.text_input(
        "Search", key=_SEARCH, placeholder="Part of a name or an address",
        icon=":material/search:", persist_state="session",
    ).strip().casefold()  # fmt: skip
    kept = [a for a in ordered if search in " ".join(_texts(a)).casefold()]
    if len(kept) > PAGE:
        st.caption(f"The first {PAGE} of {len(kept):,}; search to find others.")
    return kept[:PAGE]


def _texts(account: Account) -> tuple[str, str, str]:
    of = account.principal
    return of.name, of.username, of.email or ""


def _accounts(view: View, accounts: Sequence[Account], latest: dict[str, datetime]) -> None:
    zone, names = view.filters.period.calendar.zone, view.names

    def seen(account: Account) -> str:
        at = latest.get(account.username)
        return moment_text(at, zone) if at else UNKNOWN

    st.dataframe(
        pl.DataFrame(
            {
                "name": [a.principal.name for a in accounts],
                "username": [a.username for a in accounts],
                "email": [a.principal.email or UNKNOWN for a in accounts],
                "roles": [_roles(a.principal) for a in accounts],
                "sees": [described_to_others(a.principal, names) for a in accounts],
                "last": [seen(a) for a in accounts],
            },
            schema=dict.fromkeys(("name", "username", "email", "roles", "sees", "last"), pl.String),
        ),
        hide_index=True,
        key="settings.accounts.table",
        column_config={
            "name": st.column_config.TextColumn("Name", pinned=True),
            "username": st.column_config.TextColumn("Signs in as"),
            "email": st.column_config.TextColumn("E-mail"),
            "roles": st.column_config.TextColumn("Roles"),
            "sees": st.column_config.TextColumn("Sees", width=372),
            "last": st.column_config.TextColumn(
                "Last sign-in", help=f"In {zone}; sign-ins are kept for a week"
            ),
        },
    )


def _roles(principal: Principal) -> str:
    return labels(principal) + (" (demo)" if principal.demo else "")


def _choose(accounts: Sequence[Account]) -> Account | None:
    by_name = {a.username: a for a in accounts}
    if st.session_state.get(_CHOSEN) not in by_name:
        st.session_state[_CHOSEN] = None
    chosen = st.selectbox(
        "Account",
        tuple(by_name),
        key=_CHOSEN,
        index=None,
        format_func=lambda name: f"{by_name[name].principal.name} ({name})",
        placeholder="Whose eyes?",
        label_visibility="collapsed",
        persist_state="session",
        on_change=_looked,
    )
    return by_name.get(chosen) if chosen else None


def _looked() -> None:
    """For the choice: whose eyes an administrator looked through stands in the audit."""
    chosen = st.session_state[_CHOSEN]
    if chosen:
        deeds.note("seen as", urlencode({"user": chosen}))


def _sees(view: View, principal: Principal, menu: Menu, now: datetime) -> None:
    """Their scope in words, their menu, and this month under that scope."""
    st.markdown(
        f"**{md_escape(principal.name)}** ({md_escape(labels(principal))}) sees"
        f" {md_escape(described_to_others(principal, view.names))}."
    )
    pages = ", ".join(entry.label for _, entries in menu(principal) for entry in entries)
    st.markdown(f"Pages in their menu: {md_escape(pages)}.")
    period = Period.parse(_PERIOD, now, view.filters.period.calendar)
    theirs = replace(view, scope=scope_of(principal), filters=Filters(period))
    answer = theirs.ask(Query(("events", "cost")))
    events, cost = answer["events"][0], answer["cost"][0]
    st.markdown(
        f"{md_escape(period_text(period))} in their eyes:"
        f" **{md_escape(text(events, Unit.COUNT))}** {'event' if events == 1 else 'events'},"
        f" **{md_escape(text(cost, MEASURES['cost'].unit))}**."
    )


def _commands(chosen: Account | None) -> None:
    """The lines that add, change and remove an account."""
    with st.container(border=True, key="settings.commands"):
        st.subheader("Change people and passwords", anchor=False)
        st.caption(
            "On the machine that runs Tokentally, so that nobody can do it from a browser. A change"
            " counts at the next click; a new password and a removal end every sign-in."
        )
        st.code("\n".join(_lines(chosen)), language="bash", wrap_lines=True)


def _lines(chosen: Account | None) -> Iterator[str]:
    yield f"{COMMAND} add NAME --role member --email ADDRESS"
    yield f"{COMMAND} add NAME --role lead --team TEAM --email ADDRESS"
    yield f"{COMMAND} add NAME --role project_admin --project PROJECT --email ADDRESS"
    name = shlex.quote(chosen.username) if chosen else "NAME"
    yield f"{COMMAND} passwd {name}"
    yield f"{COMMAND} remove {name}"
