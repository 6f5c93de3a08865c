"""Which models are used, and at what price."""

from analytics_core.store.view import View
from analytics_core.ui import layout
from analytics_core.ui.also import largest
from analytics_core.ui.cards import Cards
from analytics_core.ui.members import Members
from analytics_core.ui.ranking import Ranking
from analytics_core.ui.trend import Trend

TITLE = "Models"
ICON = ":material/memory:"
PATH = "models"
ROLES: tuple[str, ...] = ()  # everybody

BLOCKS: layout.Blocks = (
    Cards(
        "models", ("models", "cost", "total_tokens", "cost_per_million_tokens", "unpriced_tokens")
    ),
    Members(
        "models.all", "All models", "model",
        (
            "cost", "input_tokens", "output_tokens", "cache_read_tokens", "requests",
            "cost_per_million_tokens", "latency_p50", "latency_p95", "error_rate",
        ),
        also=(largest("provider", "requests", first=True),),
    ),
    Trend(
        "models.tokens", "Tokens by model",
        ("total_tokens", "input_tokens", "output_tokens", "requests", "cost"), by=("model",),
        grains=True,
    ),
    Ranking(
        "models.dear", "Expensive models: cost per 1M tokens", ("model",), ("cost_per_million_tokens",), top=10,
        also=("cost", "total_tokens", "requests"), share_of="cost",
    ),
)  # fmt: skip


def render(view: View) -> None:
    """The models of the period: tokens, cost, speed and what a million tokens cost."""
    layout.draw(view, BLOCKS)
