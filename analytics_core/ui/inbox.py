"""What becomes of dropped files, and new data as soon as they are there."""

import streamlit as st

from analytics_core.store.view import View

POLL = "10s"


@st.fragment(run_every=POLL)
def follow(view: View, version: str, *, sees_inbox: bool) -> None:
    """Draws the page again when the store has new data; shows the inbox to whom it concerns."""
    if view.store.version != version:
        st.rerun(scope="app")
