"""Everybody's API tokens, for administrators: whose, for what, last used when, and ending one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from analytics_core.access.accounts import Accounts
from analytics_core.access.tokens import READ, Token, Tokens
from analytics_core.errors import UnknownName
from analytics_core.semantics.format import moment_text
from analytics_core.store.view import View
from analytics_core.ui import deeds, login, state
from analytics_core.ui.escape import md_escape
from analytics_core.ui.own_tokens import picks_text
from analytics_core.ui.tables import ROW_HEIGHT

NAME = "settings.tokens"
PAGE = 50
SHOWN_ROWS = 15  # before it scrolls
_SEARCH, _CHOSEN = state.of_panel(NAME, "search"), state.of_panel(NAME, "chosen")


def draw(view: View) -> None:
    """Every token, newest first, and the one that is to end."""
    now = datetime.now(UTC)
    with st.container(border=True, key=NAME):
        st.subheader("API tokens", anchor=False)
        st.caption(
            "A token opens what its owner sees at that moment, or less. Only a hash of it is kept."
            " Everybody makes and ends their own on the Account page."
        )
        every = _tokens().every()
        if not every:
            st.info("There is no token.")
            return
        found = _found(every)
        _table(view, found, login.gate().accounts(now), now)
        _choose(found)


def _found(every: Sequence[Token]) -> list[Token]:
    """Those that the search leaves; a page of them."""
    if len(every) <= PAGE:
        return list(every)
    search = st.text_input(
        "Search", key=_SEARCH, placeholder="Part of an id, an owner or a name",
        icon=":material/search:", persist_state="session",
    ).strip().casefold()  # fmt: skip
    kept = [t for t in every if search in f"{_id(t)} {t.owner} {t.name}".casefold()]
    if len(kept) > PAGE:
        st.caption(f"The newest {PAGE} of {len(kept):,}; search to find others.")
    return kept[:PAGE]


def _table(view: View, tokens: Sequence[Token], accounts: Accounts, now: datetime) -> None:
    zone = view.filters.period.calendar.zone
    text = st.column_config.TextColumn
    columns = {
        "id": [_id(t) for t in tokens],
        "owner": [t.owner for t in tokens],
        "name": [t.name for t in tokens],
        "may": [_may(t) for t in tokens],
        "only": [picks_text(t.picks, view) for t in tokens],
        "opens": [_opens(t, accounts, now) for t in tokens],
        "used": [moment_text(t.last_used, zone) if t.last_used else "never" for t in tokens],
        "expires": [moment_text(t.expires, zone) for t in tokens],
    }
    st.dataframe(
        pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)),
        hide_index=True,
        key=f"{NAME}.table",
        column_config={
            "id": text("Token", pinned=True, help="How it begins; the rest only its owner knows"),
            "owner": text("Owner"),
            "name": text("Name"),
            "may": text("May"),
            "only": text("Narrowed to", help="Of a token that sends: what it says of all of it"),
            "opens": text("Opens"),
            "used": text("Last used", help=f"In {zone}"),
            "expires": text("Expires"),
        },
        height=ROW_HEIGHT * (min(len(tokens), SHOWN_ROWS) + 1) + 2,
    )


def _id(token: Token) -> str:
    return f"tt_{token.id}"


def _may(token: Token) -> str:
    return "ask" if token.may(READ) else f"send as {token.source}"


def _opens(token: Token, accounts: Accounts, now: datetime) -> str:
    account = accounts.get(token.owner)
    if account is None or not token.belongs_to(account.principal):
        return "nothing: its account is gone"
    return "nothing: expired" if token.expires <= now else "what its owner sees"


def _choose(tokens: Sequence[Token]) -> None:
    """The box that says which one is to end, and the button that ends it after another question."""
    by_id = {token.id: token for token in tokens}
    if st.session_state.get(_CHOSEN) not in by_id:
        st.session_state[_CHOSEN] = None
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = st.selectbox(
            "Token",
            tuple(by_id),
            key=_CHOSEN,
            index=None,
            format_func=lambda public: f"{_id(by_id[public])}, {by_id[public].name}",
            placeholder="Which one is to end?",
            label_visibility="collapsed",
            width=320,
        )
        if chosen is None:
            return
        with st.popover("Revoke", icon=":material/key_off:"):
            token = by_id[chosen]
            st.markdown(
                f"Programs that use **{md_escape(token.name)}** of {md_escape(token.owner)} are"
                " refused at once."
            )
            st.button(
                "Revoke it",
                key=state.of_panel(NAME, "revoke"),
                on_click=_revoke,
                args=(chosen,),
            )


def _revoke(public: str) -> None:
    """Ends somebody's token, for an administrator; for `on_click`."""
    if not login.administers():
        return
    try:
        ended = _tokens().revoke(public)
    except UnknownName:  # somebody else has ended it meanwhile
        return
    deeds.note("token revoked", urlencode({"owner": ended.owner}), token=public)


def _tokens() -> Tokens:
    return login.gate().tokens
