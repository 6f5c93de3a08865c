"""What is wrong with how the app is set up, for whoever can mend it."""

from collections.abc import Iterator

import streamlit as st

from analytics_core.errors import BadFile
from analytics_core.ingest.sources.mapping import saved
from analytics_core.settings import Settings
from analytics_core.ui import login
from analytics_core.ui.escape import md_escape


def draw(settings: Settings) -> None:
    """A line for each thing that is wrong, for administrators."""
    if not login.administers():
        return
    for words in problems(settings):
        st.warning(md_escape(words), icon=":material/build:")


def problems(settings: Settings) -> Iterator[str]:
    """What is wrong, a sentence or two each; they hold paths."""
    gate = login.gate()
    if gate.state.problem:
        yield (
            f"{gate.state.problem}. Sign-ins end when the app stops. Give the app's user write "
            "access to it, or move a damaged one aside and start again."
        )
    if gate.file.problem:
        yield f"{gate.file.problem} Until it is mended, nobody new can be let in."
    if st.get_option("client.showErrorDetails") == "full":
        yield (
            "Errors show code and paths (client.showErrorDetails is full). Start the app in its "
            "own folder, where .streamlit/config.toml lies."
        )
    if not gate.served:
        yield (
            "The app runs as a plain script: a sign-in lasts as long as its tab, and nobody "
            "watches the inbox. Start it with 'streamlit run app.py' where that is possible."
        )
    try:
        saved(settings.folder)
    except BadFile as wrong:
        yield f"{wrong} Until it is mended, no file is taken in."
