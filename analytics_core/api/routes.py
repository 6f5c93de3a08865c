"""Every route of the application beside Streamlit's own."""

from pathlib import Path

from starlette.routing import BaseRoute, Match, Mount
from starlette.types import Scope

from analytics_core.access.gate import Gate
from analytics_core.api.operations import EVERY
from analytics_core.api.service import Service
from analytics_core.api.session import session_routes
from analytics_core.store.opened import opened


class Below(Mount):
    """Everything whose path begins with that of the mount, also what its pattern does not match.

    A line end in a path, or no slash after it, would else be answered by Streamlit with a page.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """What a mount matches; of the rest, whatever stands below the same first segment."""
        match, child = super().matches(scope)
        path: str = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        if match is Match.NONE and f"/{path.lstrip('/').partition('/')[0]}" == self.path:
            return Match.FULL, {}
        return match, child


def routes(gate: Gate, data: Path) -> list[BaseRoute]:
    """All routes; they close over the gate, since st.App hands requests no state."""
    service = Service(gate, opened(data, gate.settings, gate.house), EVERY)
    return [*session_routes(gate), Below("/api", service)]
