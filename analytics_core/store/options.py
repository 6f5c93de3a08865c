"""The members a reader may choose from: all times, the same scope, only the parents' picks."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import polars as pl

from analytics_core.semantics.dimension import DIMENSIONS, Dimension, dimension
from analytics_core.semantics.filters import Filters, Grant, Value
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
NO_KEYS = pl.DataFrame(
    schema={
        "key": pl.String,
        "last_seen": pl.Datetime("us"),
        "events": pl.Int64,
        "members": pl.Int64,
    }
)
IDS = ("session", "conversation")  # searched in the engine: as many members as a tenth of the rows
MOST_BY_NAME = 200  # beyond, those seen last come first
RETIRED = timedelta(days=90)  # not seen for so long before the newest of the list: after the others
MOST_TAGS = 40  # whose values are found in one scan


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


def tags_together(known: pl.DataFrame) -> tuple[Dimension, ...]:
    """The tags (rows of `View.tag_keys`) whose lists are found in one scan: not those of ids."""
    few = known.filter(pl.col("members") <= MOST_OPTIONS).sort(
        "events", "key", descending=[True, False]
    )
    return tuple(dimension(f"tag:{key}") for key in sorted(few["key"].head(MOST_TAGS)))


def tag_keys(chosen: Selection, engine: Engine) -> pl.DataFrame:
    """file, key, last_seen, events, members (distinct values) of each tag, over `chosen.every`."""
    return engine.run(sql.tag_keys(chosen, engine.dialect))


def merged_keys(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The tags of several files as one list by name; `members` is then at most that many."""
    sums = pl.col("events").sum(), pl.col("members").sum()
    return (
        pl.concat((NO_KEYS, *parts))
        .group_by("key")
        .agg(pl.col("last_seen").max(), *sums)
        .sort("key")
    )


def members(of: tuple[Dimension, ...], chosen: Selection, engine: Engine) -> pl.DataFrame:
    """file, dimension, member, last_seen, events of those dimensions, over `chosen.every`."""
    rows = engine.run(sql.members(of, chosen, engine.dialect))
    groups = {sql.members_group(i, len(of)): d.name for i, d in enumerate(of)}
    name = pl.col("g").replace_strict(
        list(groups), list(groups.values()), default=None, return_dtype=pl.String
    )
    return rows.select("file", name.alias("dimension"), "member", "last_seen", "events")


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


def among(members: pl.DataFrame, values: Sequence[Value]) -> pl.DataFrame:
    """The members that are one of `values`; None is (unattributed)."""
    return members.filter(pl.col("member").is_in(values, nulls_equal=True))


def listed(
    members: pl.DataFrame, search: str | None, limit: int, labels: Mapping[str, str]
) -> pl.DataFrame:
    """The `limit` members seen last that contain `search`, in the order in which they are offered.

    By casefolded label, those not seen for long after the others; when there are more than
    MOST_BY_NAME, those seen last first; unattributed at the end. `labels` are what people read for
    members that have a display name; they are searched too.
    """
    label = pl.col("member").replace(labels).str.to_lowercase()
    if search:
        fits = (
            text.str.contains(search.lower(), literal=True)
            for text in (pl.col("member").str.to_lowercase(), label)
        )
        members = members.filter(pl.any_horizontal(fits))
    nobody, seen = pl.col("member").is_null(), pl.col("last_seen")
    kept = members.sort(~nobody, seen, "member", descending=[False, True, False]).head(limit)
    late = -seen.to_physical() if len(kept) > MOST_BY_NAME else seen < seen.max() - RETIRED
    return kept.sort(nobody, late, label, "member").select("member", "last_seen", "events")
