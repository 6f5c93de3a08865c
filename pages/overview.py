"""How much, where, and is it normal? Across everything the reader may see."""

from analytics_core.store.view import View
from analytics_core.ui import layout
from analytics_core.ui.cards import Cards
from analytics_core.ui.composition import Composition
from analytics_core.ui.shares import Shares

TITLE = "Overview"
ICON = ":material/dashboard:"
PATH = ""  # the default page
ROLES: tuple[str, ...] = ()  # everybody

BLOCKS: layout.Blocks = (
    Cards(
        "overview",
        ("cost", "requests", "total_tokens", "models", "active_projects", "conversations"),
    ),
    Composition("overview.cost", "Cost overview", measure="cost", by="service_type"),
    Shares("overview.projects", "Cost by project", measure="cost", by="project"),
)


def render(view: View) -> None:
    """The figures of the period, cost by service type over time, and cost by project."""
    layout.draw(view, BLOCKS)
