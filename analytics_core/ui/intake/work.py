"""What administrators do to the store from the page: commands of ours, and what came of them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics_core.ingest.inbox import Result
from analytics_core.ingest.program import run
from analytics_core.ingest.progress import heard
from analytics_core.ingest.verdict import DUPLICATE, LANDED, STATEMENT
from analytics_core.store.view import View
from analytics_core.ui import deeds, login, state
from analytics_core.ui.escape import md_escape
from analytics_core.ui.inbox import result_words

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


def permitted() -> bool:
    """Whether the person of this tab is an administrator now; if not, that is kept to be told."""
    if login.administers():
        return True
    say("Only administrators may do this.", good=False)
    return False


def command(view: View, words: Sequence[str], doing: str) -> dict[str, Any] | None:
    """What a command answers with --json, run for an administrator while the page says so.

    None when it failed or when somebody else asked; why is kept to be told. Lines of progress
    ({"done": 3, "of": 12}) move a bar.
    """
    if not permitted():
        return None
    bar = st.progress(0.0, text=doing)
    ran = run((*words, "--json"), view.store.data, lambda line: _move(bar, line, doing))
    bar.empty()
    if ran.code != 0:
        say(ran.mistake, good=False)
        return None
    return json.loads("".join(line for line in ran.out.splitlines(True) if _far(line) is None))


def _move(bar: DeltaGenerator, line: str, doing: str) -> None:
    far = _far(line)
    if far is not None:
        bar.progress(far, text=doing)


def _far(line: str) -> float | None:
    """How far a line of progress says the work is; None for any other line."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    if not isinstance(said, dict) or set(said) != {"done", "of"}:
        return None
    return min(said["done"] / said["of"], 1.0) if said["of"] else 1.0


def ingest(
    view: View, paths: Sequence[str], doing: str, called: str | None = None
) -> Sequence[Result]:
    """Takes files in for an administrator, step by step on the page; what came of each is kept.

    `called` is what a single file was called when it was dropped.
    """
    if not permitted():
        return ()
    done: list[Result] = []
    with st.status(doing, expanded=True) as box:
        ran = run(("ingest", "--progress", *paths), view.store.data, _follow(box.text, done))
    for result in done:
        deeds.note("ingest", result.name, result.verdict, result.rows)
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
