"""The Data page: what is wrong, the figures, and the section that is open; others cost nothing."""

from datetime import UTC, datetime

import streamlit as st

from analytics_core.store.view import View
from analytics_core.ui import inbox, login, state
from analytics_core.ui.intake import (
    cards,
    checklist,
    coverage,
    files,
    mapping,
    notes,
    prices,
    upload,
    work,
)

SECTION = "section"
FILES, PRICES, COVERAGE, UPLOAD, HELP = "files", "prices", "coverage", "upload", "help"
_LABELS = {
    FILES: ":material/folder: Files",
    PRICES: ":material/sell: Prices",
    COVERAGE: ":material/data_check: Coverage",
    UPLOAD: ":material/upload: Upload",
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
    entry = mapping.mapped(view) if open_one == FILES else None
    if entry is not None:
        mapping.draw(view, entry)
    elif open_one == FILES:
        files.draw(view)
    elif open_one == PRICES:
        prices.draw(view)
    elif open_one == COVERAGE:
        coverage.draw(view, now)
    elif open_one == UPLOAD:
        upload.draw(view)
    else:
        checklist.draw(view, now)


def _sections(view: View) -> tuple[str, ...]:
    """Those that are for this reader: upload for administrators alone."""
    files = (FILES,) if view.scope.everything else ()
    uploads = (UPLOAD,) if login.administers() else ()
    return (*files, PRICES, COVERAGE, *uploads, HELP)
