"""How much, where, and is it normal? Across everything the reader may see."""

from collections.abc import Sequence

from analytics_core.reports import active_projects, breakdown, summary
from analytics_core.semantics.query import Query
from analytics_core.store.view import View
from analytics_core.ui import composition, shares
from analytics_core.ui.cards import kpis

TITLE = "Overview"
ICON = ":material/dashboard:"
PATH = ""  # the default page
ROLES: tuple[str, ...] = ()  # everybody

CARDS = ("cost", "requests", "total_tokens", "models", "active_projects", "conversations")
PROJECTS = 6


def questions(view: View) -> Sequence[Query]:
    """What the page will ask, so that it is asked at once."""
    return (
        *summary.questions(view.filters.period, CARDS),
        active_projects.QUESTION,
        *composition.questions(view, "cost", "service_type"),
        *breakdown.questions("cost", "project", PROJECTS),
    )


def render(view: View) -> None:
    """The figures of the period, cost by service type over time, and cost by project."""
    kpis(view, "overview", CARDS)
    composition.draw_panel(
        view, "overview.cost", "Cost overview", measure="cost", by="service_type"
    )
    shares.draw_panel(
        view, "overview.projects", "Cost by project", measure="cost", by="project", top=PROJECTS
    )
