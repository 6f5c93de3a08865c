"""Files made when they are asked for, for whoever may still see what is in them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from analytics_core.export import csv
from analytics_core.store.view import View
from analytics_core.ui import deeds, login, state
from analytics_core.ui.errors import edge

GONE = b"This file is no longer available to you. Reload the page."


@dataclass(frozen=True, slots=True)
class Made:
    """What a file holds, and how many rows that is."""

    content: bytes
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that can be asked for: `made` makes it, `about` is said of it, `name` is in its name."""

    label: str
    ending: str
    mime: str
    about: str
    made: Callable[[], Made]
    name: str = ""


def menu(view: View, name: str, files: Callable[[], Iterable[File]], note: str = "") -> None:
    """What can be had of the panel `name` (page.panel); closed, it costs nothing.

    `note` is markdown below the files.
    """
    popover = st.popover(
        "Download",
        type="tertiary",
        icon=":material/download:",
        on_change="rerun",
        key=state.of_panel(name, "download"),
    )
    if popover.open:
        with popover, edge(f"{name}.download"):
            for file in files():
                download(view, name, file)
            if note:
                st.caption(note)


def download(view: View, name: str, file: File) -> None:
    """A button that gives a file of the panel `name` (page.panel), and notes in the audit who took it.

    Whether the reader may still see the scope of `view` is asked again at the click: the page they
    have open may be older than their role.
    """
    allowed = login.witness(view.scope)
    page, _, panel = name.partition(".")
    named = {"page": page, "panel": file.name or panel, "format": file.ending}
    noted = deeds.later("export", urlencode(named | view.filters.to_params(), doseq=True))

    def data() -> bytes:
        if not allowed():
            noted(0, "gone")
            return GONE
        made = file.made()
        noted(made.rows, "ok")
        return made.content

    period, nonce = view.filters.period, state.nonce()
    st.download_button(
        file.label,
        data=data,
        file_name=csv.file_name(page, file.name or panel, period, nonce, file.ending),
        mime=file.mime,
        key=state.of_panel(name, f"{file.name}{file.ending}"),
        help=file.about,
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
