"""Files that were refused: why, and what to do about each."""

import shlex

import streamlit as st

from analytics_core.ingest import quarantine
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.verdict import MAPPABLE, REFUSALS, REMEDIES
from analytics_core.reports import ledger
from analytics_core.store.manifest import Input
from analytics_core.store.view import View
from analytics_core.ui import login, state
from analytics_core.ui.escape import md_escape
from analytics_core.ui.intake import work
from analytics_core.ui.intake.frame import frame

MAP = "map"  # the URL key of the file that is being mapped
MOST_SHOWN = 20


def quarantined(view: View) -> None:
    """One line per refused file, newest first; nothing where there is none."""
    waiting = ledger.quarantined(view.store.manifest)
    if not waiting:
        return
    with frame("quarantine", "In quarantine", "Set aside whole; no figure holds any of it."):
        for entry in waiting[:MOST_SHOWN]:
            _entry(view, entry)
        if len(waiting) > MOST_SHOWN:
            st.caption(f"And {len(waiting) - MOST_SHOWN:,} more, in the list below.")


def _entry(view: View, entry: Input) -> None:
    with st.container(gap="xxsmall", key=f"quarantined.{entry.file_id}"):
        st.markdown(
            f":orange[:material/block:] **{md_escape(entry.name)}** · "
            f"{md_escape(entry.message or REFUSALS.get(entry.verdict, entry.verdict))}"
        )
        remedy = REMEDIES.get(entry.verdict)
        if remedy:
            st.caption(md_escape(remedy))
        if login.administers():
            _deeds(view, entry)


def _deeds(view: View, entry: Input) -> None:
    """What an administrator can do with it here."""
    file = quarantine.refusal(Folders(view.store.data), entry.file_id).file
    if file is None:
        return
    with st.container(horizontal=True, gap="small"):
        if entry.verdict in MAPPABLE:
            st.button(
                "Map this file",
                key=f"quarantined.{entry.file_id}.map",
                icon=":material/edit_note:",
                on_click=open_map,
                args=(entry.file_id,),
            )
        if st.button(
            "Try again",
            key=f"quarantined.{entry.file_id}.again",
            icon=":material/replay:",
            help="Takes the same copy in once more, under the settings of now",
        ):
            work.ingest(view, [str(file.resolve())], "Taking it in …", entry.name)
            st.rerun()
    if entry.verdict == "overlapping_source":
        words = shlex.join(["ingest", "--allow-overlap", str(file)])
        st.caption("If both are needed because they do not overlap, on the machine itself:")
        st.code(f"python -m analytics_core {words}", language="bash", wrap_lines=True)


def open_map(file_id: str) -> None:
    """Opens the mapping screen of a file, or with "" closes it; for `on_click`."""
    st.session_state[state.of_own(MAP)] = file_id
