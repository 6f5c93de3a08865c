"""Which projects cost the most, and how it moves."""

from functools import partial

from analytics_core.reports.active_projects import listed
from analytics_core.reports.span import among
from analytics_core.store.view import View
from analytics_core.ui import layout
from analytics_core.ui.cards import Cards, Own, leading
from analytics_core.ui.members import Idle, Members
from analytics_core.ui.trend import Trend

TITLE = "Projects"
ICON = ":material/folder:"
PATH = "projects"
ROLES: tuple[str, ...] = ()  # everybody


def _unattributed(view: View) -> View:
    return among(view, "project", [None])


BLOCKS: layout.Blocks = (
    Cards(
        "projects",
        (
            "active_projects", "cost", leading("Largest project", "project", "cost"),
            Own("Unattributed cost", "cost", _unattributed),
        ),
    ),
    Members(
        "projects.all", "All projects", "project",
        ("cost", "requests", "total_tokens", "users", "conversations"), trend="cost",
        idle=Idle(listed, partial(listed, archived=True), "Archived projects"), coloured=True,
    ),
    Trend(
        "projects.trends", "Project trends", ("cost", "requests", "total_tokens", "users"),
        by=("project",), kind="lines", top=6, within="service_type", several=8, grains=True,
    ),
)  # fmt: skip


def render(view: View) -> None:
    """The projects of the period, their usage and how it went."""
    layout.draw(view, BLOCKS)
