"""A file made when it is asked for, for whoever may still see what is in it."""

from collections.abc import Callable

import streamlit as st

from analytics_core.export import csv
from analytics_core.store.view import View
from analytics_core.ui import login, state

GONE = b"This file is no longer available to you. Reload the page."


def download(
    view: View,
    name: str,
    label: str,
    made: Callable[[], bytes],
    *,
    mime: str = csv.MIME,
    ending: str = "csv",
    about: str = "Download as CSV",
    disabled: bool = False,
) -> None:
    """A button that gives what `made` makes of the panel `name` (page.panel).

    Whether the reader may still see the scope of `view` is asked again at the click: the page they
    have open may be older than their role.
    """
    allowed = login.witness(view.scope)
    page, _, panel_name = name.partition(".")
    st.download_button(
        label,
        data=lambda: made() if allowed() else GONE,
        file_name=csv.file_name(page, panel_name, view.filters.period, state.nonce(), ending),
        mime=mime,
        key=state.of_panel(name, ending),
        help=about,
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        disabled=disabled,
    )
