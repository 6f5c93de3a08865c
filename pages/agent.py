"""One agent: its usage over time, its models, users and tools."""

from analytics_core.store.view import View
from analytics_core.ui import layout
from analytics_core.ui.cards import Cards
from analytics_core.ui.ranking import Ranking
from analytics_core.ui.sessions_table import Sessions
from analytics_core.ui.shares import Shares
from analytics_core.ui.trend import Trend

TITLE = "Agent"
ICON = ":material/smart_toy:"
PATH = "agent"
ROLES: tuple[str, ...] = ()  # everybody
OF = "agent"

BLOCKS: layout.Blocks = (
    Cards(
        "agent",
        (
            "cost", "requests", "sessions", "cost_per_session",
            "session_duration_mean", "error_rate",
        ),
    ),
    Trend(
        "agent.timeline", "Over time",
        ("cost", "requests", "sessions", "total_tokens", "error_rate"), grains=True, earlier=True,
    ),
    (
        Shares("agent.models", "Cost by model", measure="cost", by="model"),
        Shares("agent.projects", "Cost by project", measure="cost", by="project"),
    ),
    (
        layout.OfOthers(
            Ranking("agent.users", "Top users", ("user",), ("cost", "sessions", "requests"), 8)
        ),
        Ranking(
            "agent.tools", "Tools and operations", ("tag:tool", "operation"),
            ("requests", "total_tokens", "cost"), 8,
        ),
    ),
    Sessions("agent.sessions", "Last sessions", most=10, without=("agent",)),
)  # fmt: skip


def render(view: View) -> None:
    """How the agent is used, by what and whom, and its last sessions."""
    layout.draw(view, BLOCKS)
