"""Measures that one question cannot answer, answered by their reports wherever they are asked for."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from analytics_core.errors import NotAsked
from analytics_core.reports import active_users, adoption
from analytics_core.reports.active_projects import QUESTION, active_projects
from analytics_core.reports.compare import Figure
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.query import Query
from analytics_core.store.view import View


def ask(view: View, query: Query) -> pl.DataFrame:
    """What `View.ask` answers, with the figures of reports in their columns.

    Adoption and its kin need one dimension; the others are of the whole selection. Neither goes
    with a grain, `top` or a second dimension. Raises NotAsked, and as View.ask does.
    """
    told = [name for name in query.measures if MEASURES[name].report]
    if not told:
        return view.ask(query)
    check(query)
    plain = tuple(name for name in query.measures if name not in told) or ("users",)
    frame = view.ask(replace(query, measures=plain, limit=None))
    for name in told:
        frame = frame.with_columns(_column(view, query, name, frame))
    keys = [c for c in frame.columns if c not in plain]
    frame = frame.select(*(key for key in keys if key not in told), *query.measures)
    if query.by and query.measures[0] in told and query.order == "value":
        frame = _ranked(frame, query)
    return frame if query.limit is None else frame.head(query.limit)


def check(query: Query) -> None:
    """Raises NotAsked where a report cannot answer in that shape."""
    for measure in (MEASURES[name] for name in query.measures if MEASURES[name].report):
        of_members = measure.name in adoption.NAMES
        if query.grain is not None:
            raise NotAsked(f"{measure.label} is asked of a whole period: leave the grain out.")
        if of_members and len(query.by) != 1:
            raise NotAsked(f"{measure.label} is of one dimension: ask for it by feature, say.")
        if not of_members and query.by:
            raise NotAsked(f"{measure.label} is of the whole selection: leave the dimension out.")
        if query.top is not None:
            raise NotAsked(f"{measure.label} has no figure for Others: ask for every member.")


def figure(view: View, name: str, by: str | None = None) -> Figure:
    """Any measure of the whole selection; adoption and its kin of whoever used any member of `by`.

    Raises NotAsked.
    """
    if not MEASURES[name].report:
        return view.ask(Query((name,)))[name][0]
    if name in active_users.GRAINS:
        return active_users.figure(view, name)
    if name in adoption.NAMES and by is not None:
        return adoption.adoption(view, by).whole.figure(name)
    if name == "total_projects":
        return active_projects(view).total
    raise NotAsked(f"{MEASURES[name].label} is of one dimension: ask for it by feature, say.")


def course(view: View, name: str) -> tuple[Figure, ...]:
    """The figure over the period where it has such a course: the users of each complete bucket."""
    return active_users.course(view, name) if name in active_users.GRAINS else ()


def behind(name: str, by: str | None = None) -> Query:
    """The question that its report asks first."""
    if name in active_users.GRAINS:
        return active_users.question(name)
    return QUESTION if name == "total_projects" else Query(("users",), (by,) if by else ())


def questions(names: Sequence[str]) -> tuple[Query, ...]:
    """What can be asked beforehand for those measures of the whole selection."""
    return tuple(dict.fromkeys(behind(name) for name in names if name in active_users.GRAINS))


def _column(view: View, query: Query, name: str, frame: pl.DataFrame) -> pl.Series:
    kind = pl.Int64 if name in ("new_adopters", "total_projects") else pl.Float64
    if not query.by:
        return pl.Series(name, [figure(view, name)], dtype=kind)
    members = adoption.adoption(view, query.by[0]).members
    values = [
        members[m].figure(name) if m is not None and m in members else None
        for m in frame[query.by[0]]
    ]
    return pl.Series(name, values, dtype=kind)


def _ranked(frame: pl.DataFrame, query: Query) -> pl.DataFrame:
    """By the first measure, unknown last; (unattributed) after all."""
    by = query.by[0]
    last = pl.col(f"{by}_kind") == "unattributed"
    return frame.sort(
        last,
        pl.col(query.measures[0]),
        pl.col(by).str.to_lowercase(),
        by,
        descending=[False, True, False, False],
        nulls_last=True,
        maintain_order=True,
    )
