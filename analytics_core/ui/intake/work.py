"""What administrators do to the store from the page: commands of ours, and what came of them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from analytics_core.ingest.inbox import Result
from analytics_core.ingest.program import Ran, run
from analytics_core.ingest.progress import heard
from analytics_core.ingest.verdict import DUPLICATE, LANDED, STATEMENT
from analytics_core.store.view import View
from analytics_core.ui import login, state
from analytics_core.ui.escape import md_escape
from analytics_core.ui.inbox import result_words

REFUSED = "Only administrators may do this."
_SAID = state.of_panel("data", "said")  # (good, sentence) to be told once
_ASKED = state.of_panel("data", "asked")  # (what, of which) the open dialog asks


def ask(what: str, of: str = "") -> None:
    """Opens a dialog at the next run; for `on_click`."""
    st.session_state[_ASKED] = (what, of)


def asked(what: str) -> str | None:
    """Of which the open dialog asks `what`; None when it is not open."""
    held = st.session_state.get(_ASKED)
    return held[1] if held and held[0] == what else None


def answered() -> None:
    """Closes the dialog; also for `on_dismiss`."""
    st.session_state.pop(_ASKED, None)


def say(words: str, *, good: bool) -> None:
    """Keeps a sentence, which may hold any text, for the next run to tell."""
    st.session_state.setdefault(_SAID, []).append((good, words))


def tell() -> None:
    """Draws what was kept, once."""
    for good, words in st.session_state.pop(_SAID, []):
        show = st.success if good else st.error
        show(md_escape(words), icon=":material/check_circle:" if good else ":material/error:")


def command(view: View, words: Sequence[str], doing: str) -> Ran | None:
    """What a command came to, run for an administrator while the page says what it is `doing`.

    None when it failed or when somebody else asked; why is kept to be told.
    """
    if not login.administers():
        say(REFUSED, good=False)
        return None
    with st.spinner(doing, show_time=True):
        ran = run(words, view.store.data)
    if ran.code != 0:
        say(ran.mistake, good=False)
        return None
    return ran


def ingest(
    view: View, paths: Sequence[str], doing: str, called: str | None = None
) -> Sequence[Result]:
    """Takes files in for an administrator, step by step on the page; what came of each is kept.

    `called` is what a single file was called when it was dropped.
    """
    if not login.administers():
        say(REFUSED, good=False)
        return ()
    done: list[Result] = []
    with st.status(doing, expanded=True) as box:
        ran = run(("ingest", "--progress", *paths), view.store.data, _follow(box.text, done))
    for result in done:
        said = result_words(replace(result, name=called or result.name))[1]
        say(said, good=result.verdict in (LANDED, DUPLICATE, STATEMENT))
    if not done:
        say(ran.mistake if ran.code else "There was nothing to take in.", good=not ran.code)
    return done


def _follow(show: Callable[[str], object], done: list[Result]) -> Callable[[str], None]:
    """Shows each step of an ingest, and notes the files that have a verdict."""

    def follow(line: str) -> None:
        step = heard(line)
        if step is not None and step.verdict is not None:
            done.append(Result.of(step, datetime.now(UTC)))
        elif step is not None:
            rows = f", {step.rows:,} rows" if step.rows else ""
            show(f"{step.name}: {step.step}{rows}")

    return follow


def answer(ran: Ran) -> dict[str, Any]:
    """What a command answered with --json."""
    return json.loads(ran.out)
