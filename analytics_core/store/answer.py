"""From questions to frames: which statements are needed, and how their rows come together."""

from collections.abc import Sequence

import polars as pl

from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.query import Query
from analytics_core.store.asked import Asked, Asking
from analytics_core.store.figure import SESSION_IDS, figure, finished, or_zero
from analytics_core.store.fold import Fold
from analytics_core.store.sql_parts import (
    MEMBER_KEY,
    OTHERS,
    OTHERS_KEY,
    UNATTRIBUTED,
    UNATTRIBUTED_KEY,
    Axis,
    Part,
    Statement,
)
from analytics_core.store.sql_relations import Selection
from analytics_core.store.sql_sums import sums
from analytics_core.store.wholes import KEYS, Wholes


def answers(queries: Sequence[Query], asking: Asking) -> list[pl.DataFrame]:
    """The answer to each query, in as few statements as sensible.

    One scan finds every aggregate that sums up, with its ranks and Others; distinct counts,
    percentiles and session facts are then asked for the members found.
    """
    asked = [Asked.of(query, asking.chosen) for query in queries]
    wholes = Wholes(asking)
    ranked = _ranked(asked, wholes, asking)
    bases = _bases(asked, ranked, asking)
    needs = [
        (i, kind, _whole_part(a, measures, bases[i]))
        for i, a in enumerate(asked)
        for kind, measures in a.wholes()
    ]
    wholes.want((kind, part) for _, kind, part in needs)
    for i, kind, part in needs:
        bases[i] = bases[i].join(wholes(kind, part), on=KEYS, how="left", nulls_equal=True)
    return [finished(a, base, asking.chosen) for a, base in zip(asked, bases, strict=True)]


def _ranked(
    asked: Sequence[Asked], wholes: Wholes, asking: Asking
) -> dict[tuple[int, int], tuple[str, ...]]:
    """Members in order, by (query, axis), where the first measure does not sum up."""
    needs: dict[tuple[int, int], tuple[str, Part]] = {}
    for i, a in enumerate(asked):
        kind = a.kind(a.first)
        if kind == "sums":
            continue
        measures = next(measures for k, measures in a.wholes() if k == kind)
        for j, axis in enumerate(a.axes):
            needs[i, j] = (kind, Part(measures, (Axis(axis),)))
    wholes.want(needs.values())
    unstarted = _unstarted([part for kind, part in needs.values() if kind == "sessions"], asking)
    return {
        (i, j): _in_order(wholes(kind, part), asked[i].first.name, unstarted.get(part))
        for (i, j), (kind, part) in needs.items()
    }


def _unstarted(parts: Sequence[Part], asking: Asking) -> dict[Part, pl.DataFrame]:
    """Per part all its members: session facts leave out those in which no session started."""
    if not parts:
        return {}
    asked = [Part((SESSION_IDS,), part.axes) for part in parts]
    bases = _summed(asked, asking, of_items=False)
    return dict(zip(parts, bases, strict=True))


def _in_order(frame: pl.DataFrame, name: str, others: pl.DataFrame | None) -> tuple[str, ...]:
    """Members by value, unknown last, then by casefolded name, then by name (METRICS.md 3)."""
    if others is not None:
        frame = others.join(frame, on="j0", how="left", nulls_equal=True)
        if MEASURES[name].zero_when_empty:
            frame = frame.with_columns(or_zero(name, pl.col(SESSION_IDS.name) > 0))
    rows: list[tuple[str, float | None]] = (
        frame.filter(pl.col("j0").is_not_null()).select("j0", name).rows()
    )
    rows.sort(key=lambda row: (row[1] is None, -(row[1] or 0), row[0].casefold(), row[0]))
    return tuple(member for member, _ in rows)


def _bases(
    asked: Sequence[Asked], ranked: dict[tuple[int, int], tuple[str, ...]], asking: Asking
) -> list[pl.DataFrame]:
    """Per query its groups, with places, and the measures that sum up."""
    found: dict[int, pl.DataFrame] = {}
    for of_items in (False, True):
        places = [i for i, a in enumerate(asked) if a.of_items == of_items]
        if not places:
            continue
        parts = [_sums_part(asked[i], i, ranked) for i in places]
        found |= zip(places, _summed(parts, asking, of_items=of_items), strict=True)
    return [found[i] for i in range(len(asked))]


def _summed(parts: Sequence[Part], asking: Asking, *, of_items: bool) -> list[pl.DataFrame]:
    """Per part its groups, with places, and its measures, all of one scan."""
    statement = sums(parts, asking.chosen, asking.engine.dialect, of_items=of_items)
    fold = Fold(statement, asking.run(statement.compiled))
    return [_base(fold(i, part), part, statement, asking.chosen) for i, part in enumerate(parts)]


def _sums_part(a: Asked, i: int, ranked: dict[tuple[int, int], tuple[str, ...]]) -> Part:
    query = a.query
    axes = tuple(Axis(axis, ranked.get((i, j))) for j, axis in enumerate(a.axes))
    measures = [m for m in a.measures if a.kind(m) == "sums"]
    if any(m.name == "sessions_started" for m in a.measures):
        measures.append(SESSION_IDS)
    alone = len(measures) == len(a.measures) and not ranked.get((i, 0))
    return Part(
        tuple(measures),
        axes,
        query.grain,
        query.top,
        by_name=query.order == "name",
        limit=query.limit if alone else None,
    )


def _base(rows: pl.DataFrame, part: Part, statement: Statement, chosen: Selection) -> pl.DataFrame:
    period = chosen.filters.period
    return rows.select(
        "b", "s0", "m0", "c0", "s1", "m1", "c1", "n",
        *(_join_key(i, part).alias(f"j{i}") for i in range(2)),
        *(figure(m, statement.aliases, period, part.grain).alias(m.name) for m in part.measures),
    )  # fmt: skip


def _join_key(i: int, part: Part) -> pl.Expr:
    """What `sql` groups the other statements by: the member, or a key where some are shown."""
    member, place = pl.col(f"m{i}"), pl.col(f"s{i}")
    if part.top is None or i >= len(part.axes):
        return member
    return (
        pl.when(place == UNATTRIBUTED)
        .then(pl.lit(UNATTRIBUTED_KEY))
        .when(place == OTHERS)
        .then(pl.lit(OTHERS_KEY))
        .otherwise(pl.lit(MEMBER_KEY) + member)
    )


def _whole_part(a: Asked, measures: tuple[Measure, ...], base: pl.DataFrame) -> Part:
    """The question for measures that do not sum up, over the members the base has found."""
    axes: list[Axis] = []
    for i, axis in enumerate(a.axes):
        if a.query.top is None:
            axes.append(Axis(axis))
            continue
        members = base.filter(pl.col(f"s{i}") < OTHERS)[f"m{i}"].unique().sort()
        axes.append(Axis(axis, tuple(members)))
    return Part(measures, tuple(axes), a.query.grain)
