"""One session: whose it was, how it went request by request, and what it cost."""

from analytics_core.store.view import View
from analytics_core.ui import layout
from analytics_core.ui.cards import Cards
from analytics_core.ui.course import Steps
from analytics_core.ui.ranking import Ranking
from analytics_core.ui.session_facts import Facts

TITLE = "Session"
ICON = ":material/forum:"
PATH = "session"
ROLES: tuple[str, ...] = ()  # everybody
OF = "session"

BLOCKS: layout.Blocks = (
    Facts("session.facts"),
    Cards(
        "session",
        ("cost", "requests", "total_tokens", "cache_hit_ratio", "latency_mean", "error_rate"),
        once=True,
    ),
    Steps("session.steps", "Request by request"),
    (
        Ranking("session.models", "By model", ("model",), ("cost", "total_tokens", "requests")),
        Ranking("session.agents", "By agent", ("agent",), ("cost", "total_tokens", "requests")),
    ),
)


def render(view: View) -> None:
    """The facts, the figures, and its requests in order."""
    layout.draw(view, BLOCKS)
