"""An answer beside that of the period before, row by row. Source: METRICS.md 2.3."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from analytics_core.errors import NotAsked
from analytics_core.reports.reported import ask
from analytics_core.reports.span import based, before
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.period import Period
from analytics_core.semantics.query import Query
from analytics_core.store.view import View

_NOW, _THEN = "in_now", "in_then"  # whether a row is in the answer of that period
_ORDER = {"member": 0, "others": 1, "unattributed": 2}


@dataclass(frozen=True, slots=True)
class Compared:
    """`frame` has the columns of `View.ask`, then per measure m `<m>_previous` and `<m>_change`.

    A change is (now - previous) / previous; null unless both are known and previous is above 0.
    A member that only the period before has is a row too. `previous` is cut off where this
    period is; `based` is False where it begins before all events.
    """

    frame: pl.DataFrame
    previous: Period
    based: bool


def compared(view: View, query: Query) -> Compared:
    """The answer to `query` with the figures of the period before.

    Others before are the members that are Others now; for a measure that does not add up their
    figure is unknown. Raises NotAsked for a grain.
    """
    if query.grain is not None:
        raise NotAsked(
            "The buckets of two periods are not the same ones: leave the grain out, or ask the"
            " period before by itself.",
            "grain",
        )
    earlier = before(view)
    now = ask(view, replace(query, limit=None))
    then = _folded(ask(earlier, replace(query, limit=None, top=None)), now, query)
    then = then.rename({name: f"{name}_previous" for name in query.measures})
    then = then.rename({f"{name}_members": f"{name}_before" for name in query.by})
    if query.by:
        both = now.with_columns(pl.lit(value=True).alias(_NOW)).join(
            then.with_columns(pl.lit(value=True).alias(_THEN)),
            on=_keys(query),
            how="full",
            coalesce=True,
            nulls_equal=True,
        )
        both = _in_order(both, (view, earlier), query)
    else:
        present = (pl.lit(value=True).alias(name) for name in (_NOW, _THEN))
        both = pl.concat([now, then], how="horizontal").with_columns(present)
    both = both.with_columns(
        *(
            pl.coalesce(f"{name}_members", f"{name}_before").alias(f"{name}_members")
            for name in query.by
        ),
        *(_or_zero(name, name, _NOW) for name in query.measures),
        *(_or_zero(name, f"{name}_previous", _THEN) for name in query.measures),
    )
    beside = [
        column for name in query.measures for column in (pl.col(f"{name}_previous"), _change(name))
    ]
    frame = both.select(*now.columns, *beside)
    frame = frame if query.limit is None else frame.head(query.limit)
    return Compared(frame, earlier.filters.period, based(view))


def _keys(query: Query) -> list[str]:
    return [column for name in query.by for column in (name, f"{name}_kind")]


def _folded(then: pl.DataFrame, now: pl.DataFrame, query: Query) -> pl.DataFrame:
    """The earlier rows, those of members that have no name now summed up as Others."""
    if query.top is None or not query.by:
        return then
    for name in query.by:
        kind = pl.col(f"{name}_kind")
        named = now.filter(kind == "member")[name].unique().to_list()
        rest = (kind == "member") & ~pl.col(name).is_in(named)
        then = then.with_columns(
            pl.when(~rest).then(pl.col(name)).alias(name),
            pl.when(rest).then(pl.lit("others")).otherwise(kind).alias(f"{name}_kind"),
        )
    members = [pl.col(f"{name}_members").sum() for name in query.by]
    figures = [_together(name) for name in query.measures]
    return then.group_by(_keys(query), maintain_order=True).agg(*members, *figures)


def _together(name: str) -> pl.Expr:
    """The figure of several rows: the sum of what is known, where there is such a sum."""
    column = pl.col(name)
    if MEASURES[name].additive:
        return pl.when(column.count() > 0).then(column.sum()).alias(name)
    return pl.when(pl.len() == 1).then(column.first()).alias(name)


def _in_order(both: pl.DataFrame, views: Sequence[View], query: Query) -> pl.DataFrame:
    """As `View.ask` sorts: by rank now, then by rank before; Others, unattributed."""
    places: list[pl.Expr] = []
    for name in query.by:
        one = Query((query.measures[0],), (name,), order=query.order)
        kind = pl.col(f"{name}_kind")
        asked = pl.concat([ask(view, one).filter(kind == "member") for view in views])
        members: list[str] = asked[name].unique(maintain_order=True).to_list()
        if query.order == "name":
            members.sort(key=lambda member: (member.casefold(), member))
        rank = {member: place for place, member in enumerate(members)}
        places.append(kind.replace_strict(_ORDER, return_dtype=pl.Int64))
        places.append(pl.col(name).replace_strict(rank, default=None, return_dtype=pl.Int64))
    return both.sort(places, nulls_last=True, maintain_order=True)


def _or_zero(measure: str, column: str, present: str) -> pl.Expr:
    """The figure; where the period has no such row nothing was used, and that is known."""
    empty = pl.col(present).is_null() if MEASURES[measure].zero_when_empty else pl.lit(value=False)
    return pl.when(empty).then(0).otherwise(pl.col(column)).alias(column)


def _change(name: str) -> pl.Expr:
    now, then = pl.col(name), pl.col(f"{name}_previous")
    ratio = (now - then) / then
    return pl.when(then > 0).then(ratio.cast(pl.Float64)).alias(f"{name}_change")
