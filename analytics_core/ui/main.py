"""The router: who is there, what they picked, which page; the same order in every run."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import streamlit as st
from streamlit.navigation.page import Page

from analytics_core import settings
from analytics_core.access import roles
from analytics_core.access.principal import Principal
from analytics_core.reports.freshness import freshness
from analytics_core.semantics.filters import DEFAULT_PERIOD, Filters
from analytics_core.semantics.period import Calendar, Period
from analytics_core.settings import Settings
from analytics_core.store.opened import opened
from analytics_core.store.view import Store, View
from analytics_core.ui import (
    brand,
    detail,
    empty,
    header,
    layout,
    links,
    login,
    menu,
    page_file,
    saved,
    sidebar,
    state,
)
from analytics_core.ui.choices import Reader
from analytics_core.ui.errors import edge
from analytics_core.ui.escape import md_escape
from pages import EVERY, PAGES


def main() -> None:
    """One run of the app for one browser tab, under one state of the settings and of the store."""
    with login.gate().steady(), _store().steady():
        _run()


def _run() -> None:
    st.set_page_config(brand.NAME, page_icon=brand.ICON, layout="wide")
    draw: dict[ModuleType, Callable[[], None]] = {}
    pages = {module: _page(module, draw) for module in EVERY}
    current = st.navigation(list(pages.values()), position="hidden")
    principal = login.sign_in()
    if principal is None:
        st.stop()
    now = datetime.now(UTC)
    module = next(m for m, page in pages.items() if page.url_path == current.url_path)
    closed = [m.PATH for m in EVERY if not menu.is_for(m, principal)]
    links.remember({m.PATH: page for m, page in pages.items()}, closed)
    saved.land(principal, module.PATH)
    state.open_page(module.PATH, getattr(module, "KEYS", ()))
    with edge(module.TITLE, "page"):
        view = _selected(principal, now, module)
        state.moved()  # whatever moved, this is the run that shows it
        links.follow()
        draw[module] = lambda: _page_body(module, view, principal, now)
        current.run()


def _page(module: ModuleType, draw: Mapping[ModuleType, Callable[[], None]]) -> Page:
    """The page of a module; it draws what this run decides once it knows who is there."""
    return st.Page(
        lambda: draw[module](),
        title=module.TITLE,
        icon=module.ICON,
        url_path=module.PATH,
        default=not module.PATH,
    )


def _selected(principal: Principal, now: datetime, module: ModuleType) -> View:
    """Draws the sidebar; the View of what the reader picked within what they may see."""
    store = _store()
    calendar = _calendar(store.settings)
    problems = state.read(now, calendar)
    scope = roles.scope_of(principal)
    names = store.house.names
    sees = roles.described(principal, names)
    state.introduce(None if scope.everything else principal.username, sees)
    everything = View(store, scope, Filters(Period.parse(DEFAULT_PERIOD, now, calendar)))
    st.logo(brand.LOGO, size="large")
    with st.sidebar:
        top = st.container()
        reader = Reader(principal.user_id, own_rows_only=scope.own_rows_only)
        problems += sidebar.choose_filters(everything, reader, now)
        saved.popover(principal, module.PATH)
        login.account_popover(principal, names)
    state.write()
    with top:
        sidebar.menu(menu.entries(PAGES, principal), {module.PATH, _home(module).PATH})
    for problem in problems:
        st.toast(md_escape(problem), icon=":material/filter_alt_off:")
    saved.dialog(module.PATH, names)
    return replace(everything, filters=state.filters().resolved(principal.user_id))


def _store() -> Store:
    """The store of this process."""
    folder, _ = settings.places()
    return _opened(str(folder))


@st.cache_resource(show_spinner=False)
def _opened(folder: str) -> Store:
    gate = login.gate()
    return opened(Path(folder), gate.settings, gate.house)


def _calendar(of: Settings) -> Calendar:
    return Calendar(of.zone, of.week_start, of.fiscal_year_start)


def _page_body(module: ModuleType, view: View, principal: Principal, now: datetime) -> None:
    """What the page shows, or why it shows nothing."""
    of = getattr(module, "OF", None)
    selection = getattr(module, "SELECTION", True)
    open_to_them = menu.is_for(module, principal)
    if of is None:
        crumbs = _crumbs(module, principal)
        header.title(module.TITLE, crumbs, switch=selection and open_to_them)
    else:
        detail.title(view, module.TITLE, of, _crumbs(module, principal))
    if not open_to_them:
        empty.not_for(principal, view.store.settings.contact)
        return
    if principal.has_role("admin"):
        header.settings_problems(view)
    with edge(module.TITLE):
        if not selection:
            module.render(view)
            return
        layout.ask(view, getattr(module, "BLOCKS", ()))
        known = freshness(view, now)
        header.period_line(view)
        header.chips(view.names)
        page_file.begin()
        header.freshness(view, known, module.TITLE)
        if of is not None and not detail.chosen(view, of):
            detail.choose(view, of)
        elif not empty.drawn(view, known, now):
            module.render(view)


def _home(module: ModuleType) -> ModuleType:
    """The page of the menu that it belongs to: for a page of one member that of all of them."""
    path = links.LISTS.get(getattr(module, "OF", ""), module.PATH)
    return next((m for m in EVERY if path == m.PATH), module)


def _crumbs(module: ModuleType, principal: Principal) -> str:
    """Where it stands: the section, but for the first one, and the page it belongs to."""
    home = _home(module)
    section = next((title for title, modules in PAGES[1:] if home in modules), "")
    above = home.TITLE if home is not module and menu.is_for(home, principal) else ""
    return " › ".join(filter(None, (section, above)))


if __name__ == "__main__":
    main()
