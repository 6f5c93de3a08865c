"""The members a reader may choose from: all times, the same scope, only the parents' picks."""

from collections.abc import Sequence

import polars as pl

from analytics_core.semantics.dimension import DIMENSIONS, Dimension, dimension
from analytics_core.semantics.filters import Filters, Grant
from analytics_core.store import sql
from analytics_core.store.engine import Engine
from analytics_core.store.sql_relations import Selection

MOST_OPTIONS = 2000
EMPTY = pl.DataFrame(
    schema={
        "dimension": pl.String,
        "member": pl.String,
        "last_seen": pl.Datetime("us"),
        "events": pl.Int64,
    }
)
IDS = ("session", "conversation")  # searched in the engine: as many members as a tenth of the rows


def above(of: Dimension) -> frozenset[str]:
    """The names of its parent, the parent's parent and so on."""
    found: set[str] = set()
    while of.parent:
        found.add(of.parent)
        of = dimension(of.parent)
    return frozenset(found)


def picks_above(of: Dimension, filters: Filters) -> Grant:
    """The picks that narrow its list."""
    names = above(of)
    return tuple(p for p in filters.picks if p.dimension in names)


def together(of: Dimension, filters: Filters) -> tuple[Dimension, ...]:
    """The dimensions whose lists are found in one scan with this one; () when it has its own."""
    if of.items or of.tag or of.name in IDS:
        return ()
    picks = picks_above(of, filters)
    return tuple(
        d
        for d in DIMENSIONS.values()
        if not d.items and d.name not in IDS and picks_above(d, filters) == picks
    )


def members(of: tuple[Dimension, ...], chosen: Selection, engine: Engine) -> pl.DataFrame:
    """dimension, member, last_seen, events of each of those dimensions, over `chosen.every`."""
    rows = engine.run(sql.members(of, chosen, engine.dialect))
    groups = {sql.members_group(i, len(of)): d.name for i, d in enumerate(of)}
    name = pl.col("g").replace_strict(
        list(groups), list(groups.values()), default=None, return_dtype=pl.String
    )
    return rows.select(name.alias("dimension"), "member", "last_seen", "events")


def merged(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The members of several files as one list."""
    if not parts:
        return EMPTY
    return (
        pl.concat(parts)
        .group_by("dimension", "member")
        .agg(pl.col("last_seen").max(), pl.col("events").sum())
        .sort("dimension", "member")
    )


def listed(members: pl.DataFrame, search: str | None, limit: int) -> pl.DataFrame:
    """The `limit` members seen last that contain `search`, by casefolded name, unattributed last."""
    if search:
        folded = pl.col("member").str.to_lowercase()
        members = members.filter(folded.str.contains(search.lower(), literal=True))
    recent = members.sort(
        pl.col("member").is_not_null(), "last_seen", "member", descending=[False, True, False]
    )
    return (
        recent.head(limit)
        .sort(pl.col("member").str.to_lowercase(), "member", nulls_last=True, maintain_order=True)
        .select("member", "last_seen", "events")
    )
