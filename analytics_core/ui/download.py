"""Files made when they are asked for, for whoever may still see what is in them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from analytics_core.export import csv
from analytics_core.semantics.filters import Scope
from analytics_core.semantics.period import Period
from analytics_core.store.view import View
from analytics_core.ui import deeds, login, state
from analytics_core.ui.unfold import unfold

GONE = b"This file is no longer available to you. Reload the page."


@dataclass(frozen=True, slots=True)
class Made:
    """What a file holds, and how many rows that is."""

    content: bytes
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that can be asked for: `made` makes it, `about` is said of it, `name` is in its name.

    `asked` is what it is of, where that is not the View's selection; it names no days then.
    """

    label: str
    ending: str
    mime: str
    about: str
    made: Callable[[], Made]
    name: str = ""
    asked: Mapping[str, str] | None = None


def menu(view: View, name: str, files: Callable[[], Iterable[File]], note: str = "") -> None:
    """What can be had of the panel `name` (page.panel).

    `note` is markdown below the files.
    """

    def draw() -> None:
        with st.container(gap="xxsmall"):
            for file in files():
                download(view, name, file)
            if note:
                st.caption(note)

    unfold("Download", name, draw)


def download(view: View, name: str, file: File) -> None:
    """A button that gives a file of the panel `name` (page.panel), and notes in the audit who took it.

    Whether the reader may still see the scope of `view` is asked again at the click: the page they
    have open may be older than their role.
    """
    page, _, panel = name.partition(".")
    named = {"page": page, "panel": file.name or panel, "format": file.ending}
    of = view.filters.to_params() if file.asked is None else file.asked
    period = None if file.asked is not None else view.filters.period
    st.download_button(
        file.label,
        data=given(file.made, view.scope, {**named, **of}),
        file_name=file_name(page, file.name or panel, period, file.ending),
        mime=file.mime,
        key=state.of_panel(name, f"{file.name}{file.ending}"),
        help=file.about,
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )


def file_name(page: str, panel: str, period: Period | None, ending: str = "csv") -> str:
    """The name of a file that is to be had in this tab, and for no other sign-in."""
    random = state.nonce()
    login.gate().own_files.claim(random, st.session_state.get(login.SIGN_IN) or "")
    return csv.file_name(page, panel, period, random, ending)


def given(
    made: Callable[[], Made], scope: Scope, asked: Mapping[str, str | Sequence[str]]
) -> Callable[[], bytes]:
    """What a click gets: the file, if its reader still sees that scope; either way the audit knows."""
    allowed = login.witness(scope)
    noted = deeds.later("export", urlencode(asked, doseq=True))

    def data() -> bytes:
        if not allowed():
            noted(0, "gone")
            return GONE
        held = made()
        noted(held.rows, "ok")
        return held.content

    return data
