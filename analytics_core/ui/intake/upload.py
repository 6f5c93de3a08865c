"""Uploading exports into the inbox, for administrators; the watcher then takes them in."""

import streamlit as st

from analytics_core.ingest.folders import Folders
from analytics_core.ingest.inbox import InboxStatus
from analytics_core.ingest.upload import put
from analytics_core.store.view import View
from analytics_core.ui import deeds, state
from analytics_core.ui.intake import work
from analytics_core.ui.intake.frame import frame

_ROUND = state.of_panel("data.upload", "round")  # a new uploader after each upload


def draw(view: View) -> None:
    """The upload box, and what to do where nobody watches the inbox."""
    most = st.get_option("server.maxUploadSize")
    note = (
        f"Up to {most} MB each. Larger files: copy them into `{Folders(view.store.data).inbox}` on "
        "the machine itself. Any export is known by what it holds, not by its name (docs/sources.md)."
    )
    with frame("upload", "Upload exports", note):
        number = st.session_state.setdefault(_ROUND, 0)
        files = st.file_uploader(
            "Exports: Parquet, CSV, JSON or JSON lines, also packed with gzip or zstd",
            accept_multiple_files=True,
            key=state.of_panel("data.upload", f"files.{number}"),
        )
        count = len(files)
        if st.button(
            f"Take in {count} {'file' if count == 1 else 'files'}" if count else "Take in",
            key=state.of_panel("data.upload", "send"),
            type="primary",
            icon=":material/upload:",
            disabled=not files,
        ):
            if work.permitted():
                names = [put(Folders(view.store.data), file.name, file) for file in files]
                st.session_state[_ROUND] = number + 1
                deeds.note("upload", " ".join(names))
                work.say(f"In the inbox: {', '.join(names)}.", good=True)
            st.rerun()
    _unwatched(view)


def _unwatched(view: View) -> None:
    """Takes the inbox in by hand where the app does not watch it."""
    if InboxStatus.load(Folders(view.store.data).cache).state != "off":
        return
    with frame("unwatched", "Nobody watches the inbox"):
        st.caption("The setting ingest_watch is off, or the app runs as a plain script.")
        if st.button(
            "Take in what lies there",
            key=state.of_panel("data.upload", "ingest"),
            icon=":material/move_to_inbox:",
        ):
            work.ingest(view, [], "Taking in the inbox …")
            st.rerun()
