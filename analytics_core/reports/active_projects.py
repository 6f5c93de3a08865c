"""How many projects were used, of how many there are: X of Y. Source: METRICS.md 1.2."""

from dataclasses import dataclass, replace

from analytics_core.semantics.filters import Filters, Scope
from analytics_core.semantics.period import Period
from analytics_core.semantics.project import Project, projects
from analytics_core.semantics.query import Query
from analytics_core.semantics.zone import day_start
from analytics_core.store.view import View


@dataclass(frozen=True, slots=True)
class ActiveProjects:
    """`active` projects have an event in the selection (None: no event names one)."""

    active: int | None
    total: int


QUESTION = Query(("active_projects",))


def active_projects(view: View) -> ActiveProjects:
    """Projects with usage in the selection, and those there were in its period.

    Of the picks only that on project narrows the total. Listed projects without a visible event
    count only where a grant admits them by name alone. Raises BadFile for projects.csv.
    """
    active: int | None = view.ask(QUESTION)["active_projects"][0]
    period = view.filters.period
    listed = projects(view.store.settings.folder)
    seen = _used(view, whole_past=True)
    retired = {p.name for p in listed if _archived_before(p, period)} & seen
    if retired:
        retired -= _used(view, whole_past=False)
    picked = set(view.filters.values("project"))
    alive = {
        p.name
        for p in listed
        if _alive(p, period) and _admitted(p.name, view.scope) and (not picked or p.name in picked)
    }
    return ActiveProjects(active, max(len(alive | (seen - retired)), active or 0))


def _used(view: View, *, whole_past: bool) -> set[str]:
    """Projects with a visible event in the period, or anywhere before its end."""
    period = view.filters.period
    first = view.first_event()
    if whole_past and first is not None and first < period.start:
        period = Period(first, period.end, "", period.calendar)
    picks = tuple(p for p in view.filters.picks if p.dimension == "project")
    lifted = replace(view, filters=Filters(period, picks))
    answer = lifted.ask(Query(("events",), ("project",)))
    return {name for name in answer["project"] if name is not None}


def _alive(project: Project, period: Period) -> bool:
    zone = period.calendar.zone
    begun = project.created is None or day_start(project.created, zone) < period.end
    return begun and not _archived_before(project, period)


def _archived_before(project: Project, period: Period) -> bool:
    if project.archived is None:
        return False
    return day_start(project.archived, period.calendar.zone) < period.start


def _admitted(name: str, scope: Scope) -> bool:
    """Whether a grant admits the project whatever its events are."""
    return any(
        all(pick.dimension == "project" and name in pick.values for pick in grant)
        for grant in scope.grants
    )
