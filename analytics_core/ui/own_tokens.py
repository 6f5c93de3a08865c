"""The reader's own API tokens: make one, which is shown once, see them, end them."""

from datetime import UTC, datetime

import streamlit as st

from analytics_core.access.principal import Principal
from analytics_core.access.tokens import (
    DAYS,
    FIXABLE,
    LONGEST_NAME,
    PUSH,
    READ,
    Token,
    Tokens,
    Wish,
)
from analytics_core.errors import TokentallyError
from analytics_core.semantics.filters import Filters, Grant
from analytics_core.semantics.format import filters_text, moment_text
from analytics_core.store.view import View
from analytics_core.ui import deeds, login, state
from analytics_core.ui.errors import edge
from analytics_core.ui.escape import md_escape

NAME = "account.tokens"
LIVES = (7, 30, DAYS, 180, 366)  # days
_MADE = state.of_panel(NAME, "made")  # the text of a new token, until its dialog is closed
_NAME, _LIFE, _NARROW, _WRONG, _MAY, _SOURCE = (
    state.of_panel(NAME, part) for part in ("name", "days", "narrow", "wrong", "may", "source")
)
_ABILITIES = {READ: "Ask what you see here", PUSH: "Send usage, and read nothing"}


def draw(view: View) -> None:
    """The list, a form for another one, and once the token that it made.

    A token may be narrowed to the picks of the sidebar, which are those of `view`.
    """
    principal = login.who()
    if principal is None:
        st.rerun()
    st.caption(
        "A token lets a program ask over HTTP what you see here, as you see it at that moment."
        " Whoever has it sees the same: keep it like a password."
    )
    for token in _tokens().of(principal.username):
        if token.belongs_to(principal):
            _line(token, view)
    with st.expander("New token", icon=":material/add:"), edge(f"{NAME}.new"):
        _form(principal, view)
    if _MADE in st.session_state:
        st.dialog("Your new token", on_dismiss=_forget)(_show)(st.session_state[_MADE])


def _line(token: Token, view: View) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            st.markdown(f"**{md_escape(token.name)}** · {' and '.join(token.abilities)}")
            st.caption(md_escape(_facts(token, view)))
        with st.popover("Revoke", type="tertiary"):
            st.text("Programs that use it are refused at once.")
            st.button(
                "Revoke it",
                key=state.of_panel(NAME, f"revoke.{token.id}"),
                on_click=_revoke,
                args=(token.id,),
            )


def _facts(token: Token, view: View) -> str:
    zone = view.filters.period.calendar.zone
    now = datetime.now(UTC)
    ends = "expired" if token.expires <= now else "expires"
    used = f"last used {moment_text(token.last_used, zone)}" if token.last_used else "never used"
    source = f" · as {token.source}" if token.source else ""
    kind = "only" if token.may(READ) else "all of it"
    only = f" · {kind} {picks_text(token.picks, view)}" if token.picks else ""
    return f"tt_{token.id}… · {ends} {moment_text(token.expires, zone)} · {used}{source}{only}"


def picks_text(picks: Grant, view: View) -> str:
    """The picks of a token in words, "" without any."""
    whole = filters_text(Filters(view.filters.period, picks), view.names.label)
    period = filters_text(Filters(view.filters.period), view.names.label)
    return whole.removeprefix(period).lstrip(" ,;·")


def _may_push(principal: Principal) -> bool:
    """Whether to offer tokens that send: what they send counts in everybody's figures."""
    return principal.has_role("admin") and not principal.demo


def _form(principal: Principal, view: View) -> None:
    picks = tuple(pick for pick in view.filters.picks if not pick.of.items)
    may, source = _ability(principal)
    if may == PUSH:  # these are said in place of the events
        picks = tuple(p for p in picks if p.dimension in FIXABLE and len(p.values) == 1)
    name = st.text_input(
        "Name",
        key=_NAME,
        max_chars=LONGEST_NAME,
        placeholder="What it is for, such as nightly report",
    )
    st.session_state.setdefault(_LIFE, DAYS)
    st.selectbox("Lives for", LIVES, key=_LIFE, format_func=lambda number: f"{number} days")
    if picks:
        text = md_escape(picks_text(picks, view))
        st.toggle(
            f"All of it is {text}" if may == PUSH else f"Only {text}",
            key=_NARROW,
            help="Says so in place of what is sent, whatever it says itself"
            if may == PUSH
            else "Narrows the token to what the filters of the sidebar keep now",
        )
    st.button(
        "Make the token",
        key=state.of_panel(NAME, "make"),
        disabled=not name.strip() or (may == PUSH and not source),
        on_click=_make,
        args=(picks,),
    )
    wrong = st.session_state.pop(_WRONG, None)
    if wrong:
        st.error(md_escape(wrong))


def _ability(principal: Principal) -> tuple[str, str]:
    """(what the token may do, for one that sends the name of what it sends) as the form says."""
    if not _may_push(principal):
        return READ, ""
    st.session_state.setdefault(_MAY, READ)
    may = st.selectbox("It may", tuple(_ABILITIES), key=_MAY, format_func=_ABILITIES.__getitem__)
    if may != PUSH:
        return READ, ""
    source = st.text_input(
        "Source",
        key=_SOURCE,
        max_chars=32,
        placeholder="Under which name its usage is kept, such as litellm",
        help="docs/push.md says how a LiteLLM proxy or an OpenTelemetry collector sends it",
    )
    return PUSH, source.strip()


def _make(picks: Grant) -> None:
    """Makes a token of what the form says, for the person of this tab; for `on_click`."""
    principal, now, said = login.who(), datetime.now(UTC), st.session_state
    if principal is None:
        return
    narrow = picks if said.get(_NARROW) else ()
    push = _may_push(principal) and said.get(_MAY) == PUSH
    try:
        wish = Wish(
            name=said[_NAME],
            days=said[_LIFE],
            picks=narrow,
            abilities=(PUSH,) if push else (READ,),
            source=said.get(_SOURCE, "").strip() if push else None,
        )
        token, text = _tokens().make(principal, wish, now)
    except TokentallyError as wrong:
        said[_WRONG] = str(wrong)
        return
    deeds.note("token made", "", token=token.id)
    said[_MADE], said[_NAME] = text, ""


def _revoke(public: str) -> None:
    """Ends one token of the person of this tab; for `on_click`."""
    principal = login.who()
    mine = {token.id for token in _tokens().of(principal.username)} if principal else set[str]()
    if principal is not None and public in mine:
        _tokens().revoke(public, owner=principal.username)
        deeds.note("token revoked", "", token=public)


def _show(text: str) -> None:
    st.markdown("Copy it now: only a hash of it is kept, so it cannot be shown again.")
    st.code(text, language=None, wrap_lines=True)


def _forget() -> None:
    st.session_state.pop(_MADE, None)


def _tokens() -> Tokens:
    return login.gate().tokens
