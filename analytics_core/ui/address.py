"""Under which address the reader has the app open."""

import streamlit as st

from analytics_core.ui import login, state


def base() -> str | None:
    """The address of the app, to which paths of the API are added; None where no API answers.

    A host that runs the app as a plain script has no routes beside its pages.
    """
    here = st.context.url
    if not login.gate().served or not isinstance(here, str):
        return None
    return here.rstrip("/").removesuffix(f"/{state.path()}").rstrip("/")
