"""One user: what they use, what it costs, how they work. Of the reader it is "My usage"."""

from analytics_core.store.view import View
from analytics_core.ui import layout
from analytics_core.ui.cards import Cards
from analytics_core.ui.lengths import Lengths
from analytics_core.ui.ranking import Ranking
from analytics_core.ui.sessions_table import Sessions
from analytics_core.ui.trend import Trend

TITLE = "User"
ICON = ":material/person:"
PATH = "user"
ROLES: tuple[str, ...] = ()  # everybody; rows are those of their scope
OF = "user"

BLOCKS: layout.Blocks = (
    Cards(
        "user",
        ("cost", "credits", "total_tokens", "requests", "latency_mean", "sessions"),
        optional=("credits",),
    ),
    (
        Trend("user.sessions", "Sessions over time", ("sessions",), only="sessions"),
        Trend("user.cost", "Cost by model", ("cost", "total_tokens", "requests"), by=("model",)),
    ),
    (
        Ranking("user.agents", "Agents used", ("agent",), ("sessions", "requests", "cost"), top=8),
        Ranking("user.models", "Models used", ("model",), ("cost", "requests", "total_tokens"), top=8),
    ),
    (
        Lengths("user.lengths"),
        Ranking(
            "user.work", "Workflows and tools", ("tag:workflow", "tag:tool"),
            ("requests", "cost", "total_tokens"), top=8,
        ),
    ),
    Sessions("user.last", "Last sessions", most=10, without=("user", "team")),
)  # fmt: skip


def render(view: View) -> None:
    """Figures, sessions, models and agents of one user."""
    layout.draw(view, BLOCKS)
