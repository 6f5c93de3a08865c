"""What does it cost? Over time, split any way, by service type, and how it is known."""

from analytics_core.store.view import View
from analytics_core.ui import layout
from analytics_core.ui.cards import Cards
from analytics_core.ui.provenance import Sources
from analytics_core.ui.service_cards import ServiceCards
from analytics_core.ui.split import Split
from analytics_core.ui.trend import Trend

TITLE = "Costs"
ICON = ":material/payments:"
PATH = "costs"
ROLES: tuple[str, ...] = ()  # everybody

BLOCKS: layout.Blocks = (
    Cards(
        "costs",
        (
            "cost", "cost_per_request", "cost_per_session", "cost_per_user",
            "cost_per_million_tokens", "cache_savings",
        ),
    ),
    Trend(
        "costs.trend", "Cost over time", ("cost",),
        by=(
            "service_type", "project", "model", "user", "team", "agent", "feature", "customer",
            "repository", "provider",
        ),
        grains=True, earlier=True, cumulative=True,
    ),
    Split(
        "costs.split", "Cost breakdown",
        ("model", "project", "user", "team", "customer", "repository", "provider"),
        ("cost", "requests", "total_tokens", "cost_per_million_tokens"),
    ),
    ServiceCards("costs.service"),
    Sources("costs.sources", "Where the figures come from"),
)  # fmt: skip


def render(view: View) -> None:
    """The figures of the period, their course, and what they come from."""
    layout.draw(view, BLOCKS)
