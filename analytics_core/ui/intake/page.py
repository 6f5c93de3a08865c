"""The Data page: what is wrong, the figures, and the section that is open; others cost nothing."""

from datetime import UTC, datetime

import streamlit as st

from analytics_core.store.view import View
from analytics_core.ui import inbox, state
from analytics_core.ui.intake import cards, checklist, coverage, files, notes, prices, work

SECTION = "section"
FILES, PRICES, COVERAGE, HELP = "files", "prices", "coverage", "help"
_LABELS = {
    FILES: ":material/folder: Files",
    PRICES: ":material/sell: Prices",
    COVERAGE: ":material/data_check: Coverage",
    HELP: ":material/help: Not showing?",
}


def draw(view: View) -> None:
    """The whole page; names and numbers of files only for a reader who sees every row."""
    now = datetime.now(UTC)
    notes.draw(view.store.settings)
    work.tell()
    cards.draw(view, now)
    inbox.follow(view, view.store.version)
    sections = _sections(view)
    key = state.own_choice(SECTION, sections)
    open_one = st.segmented_control(
        "Section",
        sections,
        key=key,
        format_func=_LABELS.__getitem__,
        required=True,
        label_visibility="collapsed",
        wrap=True,
    )
    if open_one == FILES:
        files.draw(view)
    elif open_one == PRICES:
        prices.draw(view)
    elif open_one == COVERAGE:
        coverage.draw(view, now)
    else:
        checklist.draw(view, now)


def _sections(view: View) -> tuple[str, ...]:
    """Those that are for this reader: upload for administrators alone."""
    wide = view.scope.everything
    return (*((FILES,) if wide else ()), PRICES, COVERAGE, HELP)
