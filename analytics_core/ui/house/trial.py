"""Prices and rates tried before they are saved: what they would change in what has landed."""

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from analytics_core.ingest.program import Ran, run
from analytics_core.store.view import View
from analytics_core.ui import deeds, login, state
from analytics_core.ui.house.editing import Button, Editing, Offer, offer, save, say
from analytics_core.ui.intake.frame import table
from analytics_core.ui.intake.prices import changes_sheet, changes_total

TRY, APPLY = "try", "apply"


def offer_with_trial(view: View, file: Editing, made: Offer) -> None:
    """`offer`, with a dry run of the change, and saving that also reprices what has landed."""
    tried = _tried(view, file, made.wanted)
    buttons = (
        Button(TRY, "Dry run", ":material/calculate:"),
        Button(
            APPLY, "Save and apply", ":material/published_with_changes:",
            "" if tried is not None else "Make a dry run first: it shows which costs change.",
        ),
    )  # fmt: skip
    pressed = offer(file, Offer(made.wanted, made.words, buttons))
    if pressed == TRY:
        _try(view, file, made.wanted)
        st.rerun()
    if pressed == APPLY:
        _apply(view, file, made.wanted)
        st.rerun()
    if tried is not None and made.wanted != file.text:
        _show(view, file, tried)


def _tried(view: View, file: Editing, wanted: str) -> list[dict[str, Any]] | None:
    """What a dry run of exactly this change said of the store as it is; None without one."""
    version, text, changes = st.session_state.get(file.key("tried"), (None, None, None))
    return changes if (version, text) == (view.store.version, wanted) else None


def _try(view: View, file: Editing, wanted: str) -> None:
    if not login.administers():
        return
    with tempfile.TemporaryDirectory(prefix="tokentally-") as place:
        folder = Path(place) / "settings"
        folder.mkdir()
        if file.path.parent.is_dir():
            shutil.copytree(file.path.parent, folder, dirs_exist_ok=True)
        (folder / file.name).write_bytes(wanted.encode())
        ran = _run(view, ("--settings", str(folder)), "Pricing everything as it would be")
    if ran.code:
        st.session_state[file.key("failed")] = ran.mistake
        return
    st.session_state.pop(file.key("failed"), None)
    st.session_state[file.key("tried")] = (view.store.version, wanted, _answer(ran))


def _apply(view: View, file: Editing, wanted: str) -> None:
    name = file.name
    if not save(file, wanted):
        return
    say(f"{name} is saved.")
    with deeds.noted("reprice", "") as deed:
        ran = _run(view, ("--apply",), "Writing the new costs")
        changes = [] if ran.code else _answer(ran)
        if not ran.code:
            deed.done(sum(change["rows"] for change in changes))
    if ran.code:
        say(f"The stored costs are as they were: {ran.mistake}")
        return
    months = len({change["month"] for change in changes})
    say(f"The costs of {months} {'month' if months == 1 else 'months'} are written anew.")


def _run(view: View, words: Sequence[str], doing: str) -> Ran:
    """Runs reprice while the page shows how far it is."""
    bar = st.progress(0.0, text=f"{doing} …")

    def heard(line: str) -> None:
        step = _step(line)
        if step is not None:
            done, of = step
            bar.progress(done / max(of, 1), text=f"{doing}: {done} of {of} files")

    ran = run(("reprice", *words, "--json", "--progress"), view.store.data, heard)
    bar.empty()
    return ran


def _step(line: str) -> tuple[int, int] | None:
    """How many files are done, of how many; None for a line that says something else."""
    try:
        said = json.loads(line)
        return said["done"], said["of"]
    except (ValueError, KeyError, TypeError):
        return None


def _answer(ran: Ran) -> list[dict[str, Any]]:
    lines = (line for line in ran.out.splitlines() if _step(line) is None)
    return json.loads("\n".join(lines))["changes"]


def _show(view: View, file: Editing, changes: list[dict[str, Any]]) -> None:
    with st.container(border=True, key=file.key("trial")):
        if not changes:
            st.success(
                "No cost that has landed would change; it counts for what is taken in from now on.",
                icon=":material/check_circle:",
            )
            return
        st.markdown(f"**Dry run**: in all the cost would change by **{changes_total(changes)}**.")
        zone = view.filters.period.calendar.zone
        table(changes_sheet(changes), zone, state.of_panel(f"settings.{file.name}", "changes"))


def failed(file: Editing) -> str | None:
    """Why the last dry run of this file failed; None where it did not."""
    return st.session_state.get(file.key("failed"))
