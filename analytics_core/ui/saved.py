"""Saved views in the sidebar: open one, keep this page as one, change one, copy its link."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics_core.access.principal import Principal
from analytics_core.access.saved_views import LONGEST_NAME, Draft, SavedView, SavedViews, params_of
from analytics_core.semantics.format import filters_text
from analytics_core.semantics.names import Names
from analytics_core.ui import links, login, state
from analytics_core.ui.errors import edge
from analytics_core.ui.escape import md_escape

# Session keys of this module: each control begins with the first.
_OPEN = "saved"  # whether the popover is open
_ASKED = "saving"  # the id of the view whose dialog is to open, "" for a new one
_NEWS = "saving.news"  # what the next run is to say of what was done
_SHARING = "Everyone sees the names you picked, and of the figures only what they may see."


def land(principal: Principal, path: str) -> None:
    """Opens the reader's landing view right after the sign-in, unless a link led elsewhere."""
    if not login.arrived() or path or st.query_params:
        return
    view = _views().landing(principal)
    if view is not None:
        links.later(view.page, dict(view.params))
        links.follow()


def popover(principal: Principal, path: str) -> None:
    """The reader's views and those shared with everyone; `path` is that of the open page."""
    box = st.popover(
        "Saved views",
        icon=":material/bookmarks:",
        width="stretch",
        key=_OPEN,
        on_change="rerun",
    )
    if box.open:
        with box, st.container(gap="xsmall"), edge("saved views"):
            _list(principal)
            _button("Save this view…", "new", ":material/bookmark_add:", _ask, "")
            st.caption("Link to this page with its filters")
            st.code(_link(path), language=None, wrap_lines=True)


def dialog(path: str, names: Names) -> None:
    """The dialog that a button of the popover asked for, until it is closed; and what came of it."""
    done = st.session_state.pop(_NEWS, None)
    if done:
        st.toast(md_escape(done), icon=":material/check:")
    asked = st.session_state.get(_ASKED)
    if asked is not None:
        title = "Saved view" if asked else "Save this view"
        st.dialog(title, on_dismiss=_dismiss)(_form)(asked, path, names)


def _list(principal: Principal) -> None:
    views, accounts = _views(), login.gate().accounts(datetime.now(UTC))
    mine, shared = views.of(principal), views.shared_with(principal)
    for view in mine:
        with _line():
            icon = ":material/home:" if view.landing else ":material/bookmark:"
            _open_button(view, icon, "Shared with everyone" if view.shared else "Only you see it")
            _button("Edit", f"edit.{view.id}", None, _ask, view.id)
    if shared:
        st.caption("Shared by others")
    for view in shared:
        account = None if view.orphaned(accounts) else accounts[view.owner]
        owner = account.principal.name if account else f"{view.owner}, who has left"
        with _line():
            _open_button(view, ":material/group:", f"Shared by {owner}")
            if account is None and principal.has_role("admin"):
                _button("Delete", f"delete.{view.id}", None, _delete, view.id)
    if not mine and not shared:
        st.caption("Nothing is saved yet. Choose filters, then save the page under a name.")


def _line() -> DeltaGenerator:
    return st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        gap="xsmall",
    )


def _open_button(view: SavedView, icon: str, of: str) -> None:
    page = links.title_of(view.page)
    st.button(
        md_escape(view.name),
        key=_key(f"open.{view.id}"),
        icon=icon,
        type="tertiary",
        disabled=page is None,
        help=md_escape(f"{page or 'A page that is not part of your role'} · {of}"),
        on_click=_open,
        args=(view,),
    )


def _button(label: str, key: str, icon: str | None, act: Callable[[str], None], about: str) -> None:
    st.button(
        label,
        key=_key(key),
        icon=icon,
        type="tertiary",
        on_click=_closing,
        args=(act, about),
    )


def _closing(act: Callable[[str], None], about: str) -> None:
    """Does what a button of the popover is for and closes it."""
    st.session_state[_OPEN] = False
    act(about)


def _ask(public: str) -> None:
    """Asks for the dialog of a view, "" for that of a new one; what was typed before is gone."""
    for key in [k for k in st.session_state if isinstance(k, str) and k.startswith(_key(""))]:
        del st.session_state[key]
    st.session_state[_ASKED] = public


def _dismiss() -> None:
    st.session_state.pop(_ASKED, None)


def _done(sentence: str) -> None:
    """Closes the dialog and has the next run say what was done."""
    st.session_state[_NEWS] = sentence
    _dismiss()
    st.rerun()


def _open(view: SavedView) -> None:
    st.session_state[_OPEN] = False
    links.later(view.page, dict(view.params))


def _delete(public: str) -> None:
    principal = login.who()
    if principal is not None:
        _views().remove(principal, public, login.gate().accounts(datetime.now(UTC)))
        st.session_state[_NEWS] = "The saved view is deleted."


def _link(path: str) -> str:
    """The address of the open page as anybody can open it; relative where the host is unknown."""
    here = st.context.url
    query = urlencode(state.params(state.filters()), doseq=True)
    return (here if isinstance(here, str) else f"/{path}") + (f"?{query}" if query else "")


def _form(public: str, path: str, names: Names) -> None:
    """Name, sharing and landing of the view with that id, "" for a new one of the page `path`."""
    principal = login.who()
    if principal is None:
        st.rerun()
    with edge("saved view"):
        views = _views()
        old = next((view for view in views.of(principal) if view.id == public), None)
        if public and old is None:
            _done("This saved view was deleted in another tab.")
        here = f"{links.title_of(path)}: {filters_text(state.filters(), names.label, lasting=True)}"
        name = _field("name", old.name if old else here[:LONGEST_NAME].strip())
        shared = _switch("Share it with everyone", "shared", on=old.shared if old else False)
        if shared:
            st.caption(_SHARING)
        landing = _switch("Open it when I sign in", "landing", on=old.landing if old else False)
        fresh = old is None or _switch("Replace it with this page as it is now", "fresh", on=False)
        if fresh:
            st.caption(md_escape(here))
        with st.container(horizontal=True):
            save = st.button("Save", key=_key("save"), type="primary")
            delete = old is not None and st.button("Delete", key=_key("delete"))
        if delete:
            views.remove(principal, public, {})
            _done(f"'{name}' is deleted.")
        if save:
            url = params_of(state.params(state.filters()))
            page, params = (path, url) if fresh or old is None else (old.page, old.params)
            draft = Draft(name=name, page=page, params=params, shared=shared, landing=landing)
            _keep(principal, views, old, draft)


def _keep(principal: Principal, views: SavedViews, old: SavedView | None, draft: Draft) -> None:
    now = datetime.now(UTC)
    if old is None:
        views.make(principal, draft, now)
    else:
        views.change(principal, old.id, draft, now)
    lasts = "" if views.state.lasting else " It is kept until the app stops."
    _done(f"Saved as '{draft.name.strip()}'.{lasts}")


def _field(part: str, value: str) -> str:
    key = _key(part)
    st.session_state.setdefault(key, value)
    return st.text_input("Name", key=key, max_chars=LONGEST_NAME)


def _switch(label: str, part: str, *, on: bool) -> bool:
    key = _key(part)
    st.session_state.setdefault(key, on)
    return st.toggle(label, key=key)


def _key(part: str) -> str:
    return f"{_OPEN}.{part}"


def _views() -> SavedViews:
    return login.gate().saved_views
