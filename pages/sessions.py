"""How many sessions, how long, at what cost? Over time, by agent, and one by one."""

from analytics_core.store.view import View
from analytics_core.ui import layout
from analytics_core.ui.cards import Cards, Own
from analytics_core.ui.lengths import Lengths
from analytics_core.ui.members import Members
from analytics_core.ui.ranking import Ranking
from analytics_core.ui.sessions_table import Sessions
from analytics_core.ui.trend import Trend

TITLE = "Sessions"
ICON = ":material/forum:"
PATH = "sessions"
ROLES: tuple[str, ...] = ()  # everybody

BLOCKS: layout.Blocks = (
    Cards(
        "sessions",
        (
            "sessions", "cost", "total_tokens",
            Own(
                "Average duration", "session_duration_mean",
                beside="session_duration_median",
            ),
            "cost_per_session", "users",
        ),
    ),
    Trend(
        "sessions.trend", "Over time",
        ("sessions", "sessions_started", "cost", "total_tokens"),
        grains=True, earlier=True,
        note="A session is counted in every bucket in which it is active, so buckets of sessions do"
        " not add up; sessions started do.",
    ),
    Members(
        "sessions.agents", "By agent", "agent",
        ("sessions", "cost_per_session", "session_duration_mean", "total_tokens"),
    ),
    (
        Ranking(
            "sessions.cost", "Where the cost goes", ("model", "project", "user"), ("cost",), top=8
        ),
        Lengths("sessions.lengths"),
    ),
    Sessions("sessions.all", "All sessions"),
)  # fmt: skip


def render(view: View) -> None:
    """The figures of the period, their course, agents, lengths, and every session."""
    layout.draw(view, BLOCKS)
