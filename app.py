"""The application: `streamlit run app.py`, `uvicorn app:app` or `python app.py`."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analytics_core import settings
from analytics_core.access.gate import gate_of
from analytics_core.api.background import background
from analytics_core.api.middleware import middleware
from analytics_core.api.routes import routes
from analytics_core.errors import TokentallyError
from analytics_core.store.manifest import demo_only
from analytics_core.ui.errors import report_error
from analytics_core.ui.main import main  # now, so that the first visitor does not wait for it


def secrets() -> Mapping[str, Any]:
    """st.secrets, or nothing where there is no secrets file."""
    return st.secrets if st.secrets.load_if_toml_exists() else {}


@contextlib.asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """As long as the application runs: cookies can be planted, dropped files are taken in."""
    gate.served = True
    with background(data, gate.settings):
        yield
    gate.served = False
    gate.leave(datetime.now(UTC))


data, auth = settings.places()
try:
    gate = gate_of(data, auth, demo_only, secrets())
    gate.file.check(datetime.now(UTC))
except TokentallyError as wrong:
    raise SystemExit(str(wrong)) from None

app = st.App(
    Path(__file__).parent.resolve() / "analytics_core" / "ui" / "main.py",
    routes=routes(gate, data),
    middleware=middleware(gate),
    lifespan=lifespan,
    on_script_error=report_error,
)

if runtime.exists() and get_script_run_ctx() is not None:
    # The host ran this file as a plain script: no routes, so a sign-in lasts as long as its tab.
    main()
elif __name__ == "__main__":
    app.run()
