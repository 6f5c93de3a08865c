"""The last net of a page: a plain sentence and an id, never a traceback."""

import streamlit as st

from analytics_core.access import failures
from analytics_core.errors import TokentallyError
from analytics_core.ui.escape import md_escape


def show(error: BaseException, what: str = "panel", where: str = "", who: str = "") -> None:
    """Draws a person's mistake in its own words, a fault of ours as an id that is in the log."""
    if isinstance(error, TokentallyError):
        st.error(md_escape(str(error)))
    else:
        st.error(failures.sentence(failures.report(error, where, who), what))


def report_error(error: BaseException) -> bool:
    """For st.App(on_script_error=…): replaces Streamlit's box, which shows code."""
    show(error, what="page", where="script")
    return True
