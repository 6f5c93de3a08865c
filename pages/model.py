"""One model: its usage over time, who and what uses it, and its prices."""

from analytics_core.store.view import View
from analytics_core.ui import layout
from analytics_core.ui.cards import Cards
from analytics_core.ui.prices import Prices
from analytics_core.ui.ranking import Ranking
from analytics_core.ui.shares import Shares
from analytics_core.ui.trend import Trend

TITLE = "Model"
ICON = ":material/memory:"
PATH = "model"
ROLES: tuple[str, ...] = ()  # everybody
OF = "model"

BLOCKS: layout.Blocks = (
    Cards(
        "model",
        (
            "cost", "requests", "total_tokens", "cost_per_million_tokens", "latency_p50",
            "error_rate",
        ),
    ),
    Trend(
        "model.timeline", "Over time",
        ("cost", "total_tokens", "requests", "latency_p50", "error_rate"), grains=True,
        earlier=True,
    ),
    (
        Shares("model.projects", "Cost by project", measure="cost", by="project"),
        layout.OfOthers(
            Ranking("model.users", "Top users", ("user",), ("cost", "total_tokens", "requests"), 8)
        ),
    ),
    Ranking(
        "model.features", "Features and agents", ("feature", "agent"),
        ("cost", "total_tokens", "requests"), 8,
    ),
    Prices("model.prices", "Prices"),
)  # fmt: skip


def render(view: View) -> None:
    """How the model is used, by what and whom, and what it has cost."""
    layout.draw(view, BLOCKS)
