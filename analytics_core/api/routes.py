"""Every route of the application beside Streamlit's own."""

from pathlib import Path

from starlette.routing import BaseRoute, Mount, Route

from analytics_core.access.gate import Gate
from analytics_core.api.operations import EVERY
from analytics_core.api.service import Service
from analytics_core.api.session import session_routes
from analytics_core.store.opened import opened


def routes(gate: Gate, data: Path) -> list[BaseRoute]:
    """All routes; they close over the gate, since st.App hands requests no state."""
    service = Service(gate, opened(data, gate.settings, gate.house), EVERY)
    return [*session_routes(gate), Route("/api", service), Mount("/api", service)]
