"""The reader's own page: who they are, where they are signed in, what the words mean."""

import ipaddress
from collections.abc import Iterator

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics_core.access.principal import Principal
from analytics_core.access.roles import described, labels
from analytics_core.access.sign_ins import Place
from analytics_core.export.command import command
from analytics_core.export.curl import curl
from analytics_core.semantics.format import filters_text, moment_text
from analytics_core.semantics.glossary import Term, found, terms
from analytics_core.semantics.names import Names
from analytics_core.semantics.period import Grain
from analytics_core.semantics.query import Query
from analytics_core.store.view import View
from analytics_core.ui import address, login, own_tokens, state
from analytics_core.ui.browser import browser
from analytics_core.ui.errors import edge
from analytics_core.ui.escape import md_escape

_MANY, _MOST_HEIGHT = 4, 360  # sign-ins before they scroll, and pixels of them
_MOST_PLACES = 20  # sign-ins that are listed
_GLOSSARY_HEIGHT = 480  # pixels of its words, before they scroll
_KINDS = {"measure": "Measures", "dimension": "Dimensions", "word": "Other words"}
_QUESTIONS = {
    "What does each project cost?": Query(("cost",), ("project",)),
    "Requests, tokens and cost of each day": Query(
        ("requests", "total_tokens", "cost"), grain=Grain.DAY
    ),
    "The ten dearest models": Query(("cost", "requests", "total_tokens"), ("model",), top=10),
    "Who uses which model?": Query(("requests",), ("user", "model")),
}


def draw(view: View) -> None:
    """The reader and their sign-ins side by side, the same question elsewhere, the glossary."""
    principal = login.who()
    if principal is None:
        st.rerun()
    zone = view.filters.period.calendar.zone
    left, right = st.columns(2)
    with left, _box("account.you", "You"), edge("account.you"):
        _you(principal, view.names)
    with right, _box("account.places", "Where you are signed in"), edge("account.places"):
        _places(zone)
    with _box("account.tokens", "Your API tokens"), edge("account.tokens"):
        own_tokens.draw(view)
    with _box("account.elsewhere", "The same question elsewhere"), edge("account.elsewhere"):
        _elsewhere(view)
    with _box("account.glossary", "Glossary"), edge("account.glossary"):
        _glossary()


def _box(key: str, title: str) -> DeltaGenerator:
    box = st.container(border=True, height="stretch", key=key)
    box.subheader(title, anchor=False)
    return box


def _you(principal: Principal, names: Names) -> None:
    with st.container(gap="xxsmall"):
        for label, words in _facts(principal, names):
            with st.container(horizontal=True, gap="xsmall"):
                st.markdown(f"**{label}**", width="content")
                st.text(words, width="content")  # as it is, to be copied
    with st.container(horizontal=True):
        st.button("Sign out", key="account.sign_out", on_click=login.sign_out)
        st.button(
            "Sign out everywhere",
            key="account.sign_out_everywhere",
            help="Ends every sign-in of yours, in all browsers",
            on_click=login.sign_out_everywhere,
        )


def _facts(principal: Principal, names: Names) -> Iterator[tuple[str, str]]:
    yield "Name", principal.name
    if principal.email:
        yield "E-mail", principal.email
    yield "Signs in as", principal.username
    yield "Role", labels(principal)
    yield "You see", described(principal, names)
    yield "In the usage data you are", principal.user_id or "nobody: no user id is set for you"


def _places(zone: str) -> None:
    everywhere = sorted(login.places(), key=lambda known: not known[1])  # this one first
    places = everywhere[:_MOST_PLACES]
    with st.container(height=_MOST_HEIGHT if len(places) > _MANY else "content", border=False):
        for number, (place, here) in enumerate(places):
            with st.container(horizontal=True, vertical_alignment="center"):
                with st.container(gap=None):
                    mark = " · this one" if here else ""
                    st.markdown(f"**{md_escape(browser(place.agent))}**{mark}")
                    st.caption(md_escape(_seen(place, zone)))
                if not here:
                    st.button(
                        "End",
                        key=f"account.end.{number}",
                        help="Signs this browser out",
                        on_click=login.end_place,
                        args=(place.id,),
                    )
    if more := len(everywhere) - len(places):
        st.caption(
            f"And {more:,} more, last seen before these. *Sign out everywhere* ends them all."
        )
    st.caption("A sign-in ends after 7 days, or a day without use.")


def _seen(place: Place, zone: str) -> str:
    return (
        f"Since {moment_text(place.created, zone)}, last seen"
        f" {moment_text(place.last_seen, zone)} ({zone}){_whence(place.address)}"
    )


def _whence(address: str) -> str:
    """Where it came from, if that is known: a browser on the same machine has no address."""
    try:
        return f", from {ipaddress.ip_address(address)}"
    except ValueError:
        return ""


def _elsewhere(view: View) -> None:
    question = st.selectbox(
        "Question",
        tuple(_QUESTIONS),
        key=state.of_panel("account.elsewhere", "question"),
        persist_state="session",
    )
    words = filters_text(view.filters, view.names.label)
    st.caption(f"With the filters of the sidebar: {md_escape(words)}")
    line = command(_QUESTIONS[question], view.filters, state.username())
    st.markdown("On the command line of the machine that runs Tokentally")
    st.code(line, language="bash", wrap_lines=True)
    base = address.base()
    if base is not None:
        st.markdown("Over HTTP, with an API token of yours in the variable")
        st.code(curl(base, _QUESTIONS[question], view.filters), language="bash", wrap_lines=True)
        st.link_button(
            "What else can be asked",
            f"{base}/api/v1/docs",
            type="tertiary",
            icon=":material/open_in_new:",
        )


def _glossary() -> None:
    kind = None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        searched = st.text_input(
            "Find a word",
            key=state.of_panel("account.glossary", "find"),
            placeholder="cost, assistant, prompt tokens …",
        )
        if not searched:
            kind = st.segmented_control(
                "Kind of word",
                tuple(_KINDS),
                key=state.control("account.glossary", "kind", tuple(_KINDS)),
                format_func=_KINDS.__getitem__,
                required=True,
                label_visibility="collapsed",
            )
    listed = found(searched) if searched else [term for term in terms() if term.kind == kind]
    if not listed:
        st.info("No word of this app holds that text.")
        return
    with st.container(height=_GLOSSARY_HEIGHT, border=False):
        st.table([_row(term) for term in listed])


def _row(term: Term) -> dict[str, str]:
    """One line of the glossary; every text is of the declarations."""
    also = f" (also: {', '.join(term.also)})" if term.also else ""
    reckoned = f"{term.formula}, in {term.unit}" if term.formula else ""
    return {
        "Word": md_escape(term.label),
        "What it says": md_escape(f"{term.description}{also}"),
        "How it is reckoned": md_escape(reckoned),
    }
