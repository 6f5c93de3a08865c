"""Every route of the application beside Streamlit's own."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from analytics_core.access.gate import Gate
from analytics_core.api.session import session_routes


def health(_: Request) -> JSONResponse:
    """Says that the process answers; it reads nothing and tells nothing."""
    return JSONResponse({"status": "ok"})


def routes(gate: Gate) -> list[BaseRoute]:
    """All routes; they close over the gate, since st.App hands requests no state."""
    return [*session_routes(gate), Route("/api/v1/health", health, methods=["GET"])]
