"""Which agents are used most and do best."""

from analytics_core.store.view import View
from analytics_core.ui import layout
from analytics_core.ui.also import largest
from analytics_core.ui.cards import Cards
from analytics_core.ui.members import Members
from analytics_core.ui.ranking import Ranking

TITLE = "Agents"
ICON = ":material/smart_toy:"
PATH = "agents"
ROLES: tuple[str, ...] = ()  # everybody

BLOCKS: layout.Blocks = (
    Cards(
        "agents",
        (
            "agents", "sessions", "agent_conversations", "cost_per_session",
            "session_duration_mean", "total_tokens",
        ),
    ),
    Members(
        "agents.all", "All agents", "agent",
        (
            "cost", "sessions", "agent_conversations", "requests", "total_tokens", "error_rate",
            "cost_per_session", "session_duration_mean",
        ),
        trend="cost", also=(largest("project", first=True),),
    ),
    Ranking(
        "agents.compared", "Agents compared", ("agent",),
        ("sessions", "cost_per_session", "session_duration_mean", "total_tokens"), top=10,
    ),
)  # fmt: skip


def render(view: View) -> None:
    """The agents of the period: how much they are used, what they cost and how long they take."""
    layout.draw(view, BLOCKS)
