"""The edge of a page: a plain sentence and an id, never a traceback."""

import contextlib
from collections.abc import Generator

import streamlit as st
from polars.exceptions import PanicException

from analytics_core.access import failures
from analytics_core.errors import TokentallyError
from analytics_core.ui.escape import md_escape
from analytics_core.ui.login import OWNER


@contextlib.contextmanager
def edge(where: str, what: str = "panel") -> Generator[None]:
    """Draws what goes wrong inside in its place; the rest of the page goes on.

    Streamlit's stop and rerun are no Exceptions and pass; a panic of Polars is none either, and is
    caught by name.
    """
    try:
        yield
    except (Exception, PanicException) as wrong:
        show(wrong, where, what)


def show(error: BaseException, where: str, what: str = "panel") -> None:
    """Draws a person's mistake in its own words, a fault of ours as an id that is in the log."""
    if isinstance(error, TokentallyError):
        st.error(md_escape(str(error)))
    else:
        st.error(
            failures.sentence(
                failures.report(error, where, st.session_state.get(OWNER) or ""), what
            )
        )


def report_error(error: BaseException) -> bool:
    """For st.App(on_script_error=…): replaces Streamlit's box, which shows code."""
    show(error, "script", "page")
    return True
