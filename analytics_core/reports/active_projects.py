"""How many projects were used, of how many there are: X of Y. Source: METRICS.md 1.2."""

from dataclasses import dataclass, replace

from analytics_core.semantics.filters import Filters, Scope
from analytics_core.semantics.period import Period
from analytics_core.semantics.project import Project
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
    count only where a grant admits them by name alone.
    """
    active: int | None = view.ask(QUESTION)["active_projects"][0]
    period = view.filters.period
    picked = set(view.filters.values("project"))
    alive = {
        p.name
        for p in view.store.house.projects
        if _alive(p, period) and _admitted(p.name, view.scope) and (not picked or p.name in picked)
    }
    return ActiveProjects(active, max(len(alive | _seen(view)), active or 0))


def listed(view: View, *, archived: bool = False) -> tuple[str, ...]:
    """The projects a reader may know of, with or without usage: those of the period, by name.

    With `archived` those that were archived before it in their stead. Of the picks only that on
    project narrows them; a name is told as in `active_projects`.
    """
    period, picked = view.filters.period, set(view.filters.values("project"))
    by_name = {p.name: p for p in view.store.house.projects}
    seen = _seen(view)
    told = {n for n in by_name if _admitted(n, view.scope) and (not picked or n in picked)} | seen
    gone = {n for n in told if n in by_name and _archived(by_name[n], period)}
    there = {n for n in told - gone if n in seen or _alive(by_name[n], period)}
    return tuple(sorted(gone if archived else there, key=lambda name: (name.casefold(), name)))


def _seen(view: View) -> set[str]:
    """Projects with a visible event before the period ends, other picks lifted."""
    period = view.filters.period
    first = view.first_event()
    if first is not None and first < period.start:
        period = Period(first, period.end, "", period.calendar)
    picks = tuple(p for p in view.filters.picks if p.dimension == "project")
    lifted = replace(view, filters=Filters(period, picks))
    answer = lifted.ask(Query(("events",), ("project",)))
    return {name for name in answer["project"] if name is not None}


def _alive(project: Project, period: Period) -> bool:
    """Whether it had begun before the period's end and was not archived before its start."""
    zone = period.calendar.zone
    if project.created is not None and day_start(project.created, zone) >= period.end:
        return False
    return not _archived(project, period)


def _archived(project: Project, period: Period) -> bool:
    """Whether it was archived before the period's start."""
    zone = period.calendar.zone
    return project.archived is not None and day_start(project.archived, zone) < period.start


def _admitted(name: str, scope: Scope) -> bool:
    """Whether a grant admits the project whatever its events are."""
    return any(
        all(pick.dimension == "project" and name in pick.values for pick in grant)
        for grant in scope.grants
    )
