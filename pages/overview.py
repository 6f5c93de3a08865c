"""How much, where, and is it normal? Across everything the reader may see."""

from analytics_core.store.view import View
from analytics_core.ui import layout
from analytics_core.ui.also import largest
from analytics_core.ui.cards import Cards
from analytics_core.ui.composition import Composition
from analytics_core.ui.foot import Foot
from analytics_core.ui.members import Members
from analytics_core.ui.ranking import Ranking
from analytics_core.ui.shares import Shares
from analytics_core.ui.trend import Trend

TITLE = "Overview"
ICON = ":material/dashboard:"
PATH = ""  # the default page
ROLES: tuple[str, ...] = ()  # everybody

_RANKED = ("total_tokens", "cost", "requests")
_TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens")

BLOCKS: layout.Blocks = (
    Cards(
        "overview",
        ("cost", "requests", "total_tokens", "models", "active_projects", "conversations"),
    ),
    Composition("overview.cost", "Cost overview", measure="cost", by="service_type"),
    (
        Shares("overview.projects", "Cost by project", measure="cost", by="project"),
        Ranking("overview.models", "Top models", ("model",), _RANKED, also=_TOKENS),
    ),
    Trend(
        "overview.trends", "Project usage trends", ("cost", "requests", "total_tokens"),
        by=("project",), kind="lines", top=6, within="service_type",
    ),
    Members(
        "overview.agents", "Top agents", "agent", ("cost", "agent_conversations", "requests"),
        trend="cost", also=(largest("project", first=True),), most=10,
    ),
    layout.OfOthers(Ranking("overview.users", "Top users", ("user",), _RANKED, also=_TOKENS)),
    Foot(
        "overview",
        (
            ("costs", "Costs by service type"), ("activity", "Every request"),
            ("account", "Your API tokens"),
        ),
    ),
)  # fmt: skip


def render(view: View) -> None:
    """The figures of the period, what they are made of, and who and what drives them."""
    layout.draw(view, BLOCKS)
