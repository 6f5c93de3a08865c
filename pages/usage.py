"""How much is used, how fast, how well, and when? Tokens, requests, speed and errors."""

from analytics_core.reports import family
from analytics_core.store.view import View
from analytics_core.ui import layout
from analytics_core.ui.cards import Cards, Own
from analytics_core.ui.family import FamilyTrend
from analytics_core.ui.rhythm import Week
from analytics_core.ui.split import Split
from analytics_core.ui.trend import Trend

TITLE = "Usage"
ICON = ":material/monitoring:"
PATH = "usage"
ROLES: tuple[str, ...] = ()  # everybody

BLOCKS: layout.Blocks = (
    Cards(
        "usage",
        (
            Own("Credits", "credits", otherwise="sessions"), "total_tokens", "requests",
            Own("Average latency", "latency_mean", beside="latency_p95"),
            "cache_hit_ratio", "error_rate",
        ),
    ),
    Trend(
        "usage.timeline", "Usage timeline",
        ("cost", "total_tokens", "requests", "sessions", "users"), grains=True, earlier=True,
    ),
    (
        FamilyTrend("usage.tokens", "Tokens by kind", family.TOKENS, shares=True),
        FamilyTrend("usage.speed", "Speed", family.SPEED, "lines", within="model"),
    ),
    (
        FamilyTrend("usage.errors", "Errors", family.FAILURES),
        FamilyTrend("usage.rates", "Error rate", family.RATES, "lines"),
    ),
    Week("usage.week", "When it happens", ("requests", "total_tokens", "cost")),
    Split(
        "usage.split", "Assistants, workflows, tools, integrations",
        ("agent", "tag:workflow", "tag:tool", "operation", "source"),
        ("requests", "total_tokens", "cost"), chart="bars", top=10, tags=True,
    ),
)  # fmt: skip


def render(view: View) -> None:
    """The figures of the period, their course, what they are made of, and their rhythm."""
    layout.draw(view, BLOCKS)
