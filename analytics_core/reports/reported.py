"""Measures that one question cannot answer, answered by their reports wherever they are asked for."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from analytics_core.errors import NotAsked
from analytics_core.reports import active_users, adoption
from analytics_core.reports.active_projects import QUESTION, active_projects
from analytics_core.reports.compare import Figure
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.period import Grain
from analytics_core.semantics.query import Query
from analytics_core.store.view import View

# Why a figure may be unknown.
NEEDS = {
    "daily_users": "Needs a complete day in the period.",
    "weekly_users": "Needs a complete week in the period.",
    "monthly_users": "Needs a complete month in the period.",
    "stickiness": f"Needs {active_users.LEAST_DAYS} complete days in the period.",
    "new_adopters": f"Needs {adoption.HISTORY.days} days of data before the period.",
    "repeat_adopters": f"Needs {adoption.LEAST_DAYS} days of data in the period.",
}
RANKED = ("new_adopters", "repeat_adopters")  # adoption stands in the order of users


def ask(view: View, query: Query) -> pl.DataFrame:
    """What `View.ask` answers, with the figures of reports in their columns.

    Adoption and its kin need one dimension; the others are of the whole selection. Only adoption
    goes with a grain or `top`. Raises NotAsked, and as View.ask does.
    """
    if is_plain(query):
        return view.ask(query)
    check(query)
    told = [name for name in query.measures if MEASURES[name].report]
    plain = _plain(query)
    frame = view.ask(plain)
    keys = frame.columns[: -len(plain.measures)]
    for name in told:
        frame = frame.with_columns(_column(view, query, name, frame))
    frame = frame.select(*keys, *query.measures)
    if query.by and query.measures[0] in RANKED and query.order == "value":
        frame = _ranked(frame, query)
    return frame if query.limit is None else frame.head(query.limit)


def ask_all(view: View, queries: Sequence[Query]) -> list[pl.DataFrame]:
    """The answer of `ask` to each; what no report answers in one pass."""
    plain = [query for query in queries if is_plain(query)]
    answers = dict(zip(plain, view.ask_all(plain), strict=True)) if plain else {}
    return [answers[query] if query in answers else ask(view, query) for query in queries]


def parts_and_wholes(
    view: View, query: Query, told: Sequence[str]
) -> tuple[pl.DataFrame, tuple[Figure, ...]]:
    """The answer of `ask` to a question by one dimension, and `told` measures of the whole."""
    if is_plain(query):
        parts, whole = view.ask_all((query, Query(tuple(told))))
        return parts, whole.row(0)
    whole = view.ask(_plain(Query(tuple(told)))).row(0, named=True)
    figures = (whole[n] if n in whole else figure(view, n, query.by[0]) for n in told)
    return ask(view, query), tuple(figures)


def beforehand(query: Query) -> tuple[Query, ...]:
    """What `ask` asks the View for the answer to a question, as far as one pass can have it."""
    if is_plain(query):
        return (query,)
    everybody = (Query(("users",), grain=query.grain),) if "adoption" in query.measures else ()
    return _plain(query), *everybody


def _plain(query: Query) -> Query:
    """The same without what reports answer, with the users that they are about."""
    plain = (name for name in query.measures if not MEASURES[name].report)
    return replace(query, measures=tuple(dict.fromkeys((*plain, "users"))), limit=None)


def is_plain(query: Query) -> bool:
    """Whether `View.ask` answers it, without a report."""
    return not any(MEASURES[name].report for name in query.measures)


def check(query: Query) -> None:
    """Raises NotAsked where a report cannot answer in that shape."""
    for measure in (MEASURES[name] for name in query.measures if MEASURES[name].report):
        of_members = measure.name in adoption.NAMES
        if of_members and len(query.by) != 1:
            said = f"{measure.label} is of one dimension: ask for it by feature, say."
            raise NotAsked(said, "by" if query.by else "measures")
        if not of_members and query.by:
            said = f"{measure.label} is of the whole selection: leave the dimension out."
            raise NotAsked(said, "by")
        if query.grain is not None and measure.name != "adoption":
            said = f"{measure.label} is asked of a whole period: leave the grain out."
            raise NotAsked(said, "grain")
        if query.top is not None and measure.name != "adoption":
            said = f"{measure.label} has no figure for Others: ask for every member."
            raise NotAsked(said, "top")


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
    by = query.by[0]
    if name == "adoption":
        return _adoption(view, by, query.grain, frame)
    members = adoption.adoption(view, by).members
    values = [members[m].figure(name) if m in members else None for m in frame[by]]
    return pl.Series(name, values, dtype=kind)


def _adoption(view: View, by: str, grain: Grain | None, frame: pl.DataFrame) -> pl.Series:
    """Users among those of the selection, or the bucket, without a pick on `by`."""
    whole = adoption.without(view, by).ask(Query(("users",), grain=grain))
    counted = whole.rename({"users": "all"})
    beside = (
        frame.join(counted, on="bucket", how="left", maintain_order="left")
        if grain
        else frame.with_columns(pl.lit(counted["all"][0]).alias("all"))
    )
    ratio = pl.col("users").cast(pl.Float64) / pl.col("all")
    known = (pl.col(f"{by}_kind") != "unattributed") & (pl.col("all") > 0)
    return beside.select(pl.when(known).then(ratio).alias("adoption"))["adoption"]


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
