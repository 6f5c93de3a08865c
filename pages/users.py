"""Who uses what, how much, and who comes back."""

from analytics_core.store.view import View
from analytics_core.ui import layout
from analytics_core.ui.also import largest, last_seen
from analytics_core.ui.cards import Cards, Own
from analytics_core.ui.members import Members
from analytics_core.ui.power import PowerCurve
from analytics_core.ui.returning import Returning
from analytics_core.ui.trend import Trend

TITLE = "Users"
ICON = ":material/group:"
PATH = "users"
ROLES: tuple[str, ...] = ("lead", "project_admin", "manager", "admin")
INSTEAD = ("user", "My usage", (("user", "@me"),))

BLOCKS: layout.Blocks = (
    Cards(
        "users",
        (
            "users", "daily_users", "weekly_users",
            Own("Monthly active users", "monthly_users", otherwise="requests_per_user"),
            "stickiness", "cost_per_user",
        ),
    ),
    Members(
        "users.all", "All users", "user",
        ("cost", "sessions", "requests", "total_tokens", "credits"),
        also=(
            largest("team", first=True), largest("agent", heading="Top agent"),
            largest("model", heading="Top model"), last_seen(),
        ),
        optional=("credits",),
    ),
    Trend(
        "users.compared", "Compare users", ("sessions", "cost", "total_tokens"), by=("user",),
        kind="lines", top=5, several=8, alone=True, grains=True,
    ),
    Members(
        "users.teams", "Teams", "team", ("cost", "users", "sessions", "requests", "total_tokens"),
        trend="cost",
    ),
    (Returning("users.returning"), PowerCurve("users.power")),
)  # fmt: skip


def render(view: View) -> None:
    """The users of the period, side by side, by team, and how regularly they come."""
    layout.draw(view, BLOCKS)
