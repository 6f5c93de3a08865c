"""From page to page with the whole selection: what a menu, a name or a bar leads to."""

from collections.abc import Collection, Mapping, Sequence

import streamlit as st
from streamlit.navigation.page import Page

from analytics_core.ui import state

_AHEAD = "ahead"  # the member whose page is to be opened
_LATER = "later"  # a page and the parameters of its URL, to be opened
_PAGES = "pages"  # the pages of this run by their path
DETAIL: Mapping[str, str] = {
    name: name for name in ("project", "model", "agent", "user", "session")
}
PRICES: Mapping[str, str] = {"section": "prices"}  # of Data and Settings: models without a price
LISTS: Mapping[str, str] = {
    "project": "projects", "model": "models", "agent": "agents", "user": "users",
    "session": "sessions",
}  # fmt: skip


def remember(pages: Mapping[str, Page], closed: Collection[str]) -> None:
    """Makes the pages of this run (by their path) known; `closed` ones are not for this reader."""
    st.session_state[_PAGES] = {path: page for path, page in pages.items() if path not in closed}


def leads_to(path: str) -> bool:
    """Whether there is a page of that path that is for this reader."""
    return path in st.session_state.get(_PAGES, {})


def link(
    path: str,
    label: str,
    icon: str | None = None,
    *,
    picks: Mapping[str, str] | None = None,
    without: Collection[str] = (),
    keys: Mapping[str, str] | None = None,
) -> None:
    """Draws a link to a page that keeps the selection; nothing where the page is not for them.

    `picks` (URL values) are laid over the selection, picks on `without` are left behind, `keys` are
    the page's own URL keys. `label` is markdown: untrusted text in it is escaped by the caller.
    """
    if leads_to(path):
        page, params = st.session_state[_PAGES][path], _params(picks or {}, without)
        st.page_link(page, label=label, icon=icon, query_params=params | _own(keys))


def go(
    path: str, picks: Mapping[str, str] | None = None, keys: Mapping[str, str] | None = None
) -> None:
    """Opens a page with the selection and `picks` laid over it; `keys` are its own URL keys."""
    page, params = st.session_state[_PAGES][path], _params(picks or {})
    st.switch_page(page, query_params=params | _own(keys))


def drill(dimension: str, value: str) -> None:
    """Opens the page of one member of a dimension that has such pages (DETAIL)."""
    go(DETAIL[dimension], {dimension: value})


def pick(dimension: str, value: str) -> None:
    """For callbacks: a member was chosen; its page opens in this run, or it becomes the pick."""
    if dimension in DETAIL and value and leads_to(DETAIL[dimension]):
        st.session_state[_AHEAD] = (dimension, value)
    else:
        state.pick(dimension, value)
    state.move()


def later(path: str, params: Mapping[str, Sequence[str]]) -> None:
    """For callbacks: the page of that path opens in this run, under exactly these parameters."""
    st.session_state[_LATER] = (path, {name: list(values) for name, values in params.items()})


def follow() -> None:
    """Goes where `pick` or `later` has pointed; for the router, and for panels that run alone."""
    ahead = st.session_state.pop(_AHEAD, None)
    if ahead:
        drill(*ahead)
    path, params = st.session_state.pop(_LATER, ("", None))
    if params is not None and leads_to(path):
        st.switch_page(st.session_state[_PAGES][path], query_params=params)


def title_of(path: str) -> str | None:
    """What the page of that path is called; None where it is not for this reader."""
    page = st.session_state[_PAGES].get(path)
    return page.title if page else None


def _own(keys: Mapping[str, str] | None) -> dict[str, list[str]]:
    return {name: [value] for name, value in (keys or {}).items()}


def _params(picks: Mapping[str, str], without: Collection[str] = ()) -> dict[str, list[str]]:
    filters = state.filters()
    for name in without:
        filters = filters.pick(name, [])
    for name, value in picks.items():
        filters = filters.pick(name, [value or None])
    return state.shared_params(filters)
