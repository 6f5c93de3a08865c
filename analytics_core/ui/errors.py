"""The edge of a page: a plain sentence and an id, never a traceback."""

import contextlib
from collections.abc import Generator

import streamlit as st
from polars.exceptions import PanicException

from analytics_core.access import failures
from analytics_core.errors import BadFile, Changed, Damaged, NotWritable, TokentallyError
from analytics_core.ui import login
from analytics_core.ui.escape import md_escape

OF_THE_MACHINE = (BadFile, Changed, Damaged, NotWritable)
DAMAGED = (
    "A file of the store is damaged, so this cannot be said now. Ask your administrator: the command"
    " 'verify' finds it."
)
UNUSABLE = (
    "A file on the machine cannot be used, so this cannot be said now. Ask your administrator."
)


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
        st.error(md_escape(words(error)))
    else:
        st.error(
            failures.sentence(
                failures.report(error, where, st.session_state.get(login.OWNER) or ""), what
            )
        )


def words(error: TokentallyError) -> str:
    """What a person reads of it.

    Where files of the machine are, and what is in them, is for those who administer it.
    """
    if not isinstance(error, OF_THE_MACHINE) or login.administers():
        return str(error)
    return DAMAGED if isinstance(error, Damaged) else UNUSABLE


def report_error(error: BaseException) -> bool:
    """For st.App(on_script_error=…): replaces Streamlit's box, which shows code."""
    show(error, "script", "page")
    return True
