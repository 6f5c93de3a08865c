"""One project in daily use: this month, today, and who and what drives it."""

from analytics_core.store.view import View
from analytics_core.ui import clock, layout
from analytics_core.ui.cards import Cards, Own
from analytics_core.ui.composition import Composition
from analytics_core.ui.event import KEY, EventDialog
from analytics_core.ui.foot import Foot
from analytics_core.ui.listing import Listing
from analytics_core.ui.ranking import Ranking
from analytics_core.ui.shares import Shares
from analytics_core.ui.trend import Trend

TITLE = "Project"
ICON = ":material/folder:"
PATH = "project"
ROLES: tuple[str, ...] = ()  # everybody
OF = "project"
KEYS = (KEY,)

BLOCKS: layout.Blocks = (
    Cards(
        "project",
        (
            Own("Cost this month", "cost", clock.month, "vs prev"),
            Own("Cost today", "cost", clock.today, "vs yesterday"),
            Own("Requests today", "requests", clock.today, "vs yesterday"),
            "total_tokens",
            "users",
        ),
        note=clock.said,
    ),
    layout.Narrowed(
        Trend(
            "project.today", "Today by hour",
            ("requests", "cost", "total_tokens", "errors"), height=220,
        ),
        clock.today,
    ),
    Composition("project.cost", "Cost over time", measure="cost", by="service_type"),
    (
        Shares("project.models", "Cost by model", measure="cost", by="model"),
        layout.OfOthers(
            Ranking("project.users", "Top users", ("user",), ("cost", "total_tokens", "requests"), 8)
        ),
    ),
    (
        Ranking("project.agents", "Agents", ("agent",), ("cost", "requests", "total_tokens"), 8),
        Ranking(
            "project.repositories", "Repositories", ("repository",),
            ("cost", "requests", "total_tokens"), 8,
        ),
    ),
    Listing("project.requests", "Last requests", "events"),
    Listing("project.items", "Last usage items", "items"),
    Foot("project", (("activity", "Requests and usage items of this project, live"),)),
    EventDialog(),
)  # fmt: skip


def render(view: View) -> None:
    """What the project costs now and in the period, what that comes from, its last requests."""
    layout.draw(view, BLOCKS)
