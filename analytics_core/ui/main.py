"""The router: who is there, what they picked, which page; the same order in every run."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import streamlit as st
from streamlit.navigation.page import Page

from analytics_core import settings
from analytics_core.access import roles
from analytics_core.access.principal import Principal
from analytics_core.errors import TokentallyError
from analytics_core.reports.freshness import freshness
from analytics_core.semantics.filters import DEFAULT_PERIOD, Filters, Scope
from analytics_core.semantics.period import Calendar, Period
from analytics_core.semantics.query import Query
from analytics_core.settings import Settings
from analytics_core.store.view import Store, View
from analytics_core.ui import brand, empty, header, login, sidebar, state
from analytics_core.ui.errors import edge
from analytics_core.ui.escape import md_escape
from analytics_core.ui.sidebar import Reader
from pages import PAGES

log = logging.getLogger(__name__)


def main() -> None:
    """One run of the app for one browser tab."""
    st.set_page_config(brand.NAME, page_icon=brand.ICON, layout="wide")
    draw: dict[ModuleType, Callable[[], None]] = {}
    pages = {module: _page(module, draw) for _, modules in PAGES for module in modules}
    current = st.navigation(list(pages.values()), position="hidden")
    principal = login.sign_in()
    if principal is None:
        st.stop()
    now = datetime.now(UTC)
    module = next(m for m, page in pages.items() if page.url_path == current.url_path)
    with edge(module.TITLE, "page"):
        view = _selected(principal, now, pages, current)
        _titles(module)
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


def _selected(
    principal: Principal, now: datetime, pages: Mapping[ModuleType, Page], current: Page
) -> View:
    """Draws the sidebar; the View of what the reader picked within what they may see."""
    store = _store()
    calendar = _calendar(store.settings)
    problems = state.read(now, calendar)
    scope = roles.scope_of(principal)
    state.introduce(None if scope.everything else principal.username, roles.described(principal))
    everything = View(store, scope, Filters(Period.parse(DEFAULT_PERIOD, now, calendar)))
    st.logo(brand.LOGO, size="large")
    with st.sidebar:
        top = st.container()
        reader = Reader(principal.user_id, own_rows_only=_own_rows_only(scope))
        problems += sidebar.choose_filters(everything, reader, now)
        login.account_popover(principal)
    state.write()
    with top:
        sidebar.menu(_sections(pages, principal), current)
    for problem in problems:
        st.toast(md_escape(problem), icon=":material/filter_alt_off:")
    return replace(everything, filters=state.filters().resolved(principal.user_id))


def _store() -> Store:
    """The store of this process."""
    folder, _ = settings.places()
    return _opened(str(folder))


@st.cache_resource
def _opened(folder: str) -> Store:
    return Store(Path(folder), login.gate().settings)


def _calendar(of: Settings) -> Calendar:
    return Calendar(of.zone, of.week_start, of.fiscal_year_start)


def _own_rows_only(scope: Scope) -> bool:
    return all(any(pick.dimension == "user" for pick in grant) for grant in scope.grants)


def _sections(
    pages: Mapping[ModuleType, Page], principal: Principal
) -> list[tuple[str, list[Page]]]:
    mine = [
        (title, [pages[m] for m in modules if _open_to(m, principal)]) for title, modules in PAGES
    ]
    return [(title, section) for title, section in mine if section]


def _open_to(module: ModuleType, principal: Principal) -> bool:
    return not module.ROLES or principal.has_role(*module.ROLES)


def _titles(module: ModuleType) -> None:
    section = next(title for title, modules in PAGES if module in modules)
    header.title(module.TITLE, "" if section == PAGES[0][0] else section)


def _page_body(module: ModuleType, view: View, principal: Principal, now: datetime) -> None:
    """What the page shows, or why it shows nothing."""
    if not _open_to(module, principal):
        empty.not_for(principal, view.store.settings.contact)
        return
    questions = getattr(module, "questions", None)
    with edge(module.TITLE):
        if questions:
            _ask_at_once(view, questions(view))
        known = freshness(view, now)
        header.period_line(view)
        header.chips()
        header.freshness(view, known)
        if not empty.drawn(view, known, now):
            module.render(view)


def _ask_at_once(view: View, questions: Sequence[Query]) -> None:
    try:
        view.ask_all(list(dict.fromkeys(questions)))
    except TokentallyError:
        log.debug("asked apart", exc_info=True)  # each panel says what it cannot have


if __name__ == "__main__":
    main()
