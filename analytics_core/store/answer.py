"""From questions to frames: which statements are needed, and how their rows become answers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

import polars as pl

from analytics_core.errors import NotAsked
from analytics_core.semantics.dimension import Dimension, dimension
from analytics_core.semantics.measure import MEASURES, Measure, sums_up
from analytics_core.semantics.period import Grain, Period
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store import sql
from analytics_core.store.engine import Compiled, Engine
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
from analytics_core.store.sql_relations import Selection, item_grant
from analytics_core.store.sql_sums import sums
from analytics_core.store.sql_terms import bucket_number, bucket_start

OF_ITEMS = ("cost", "quantity")  # what usage items can be asked
KEYS = ("b", "j0", "j1")
SESSION_IDS = Measure(
    name="session_ids", label="", unit=Unit.COUNT, additive=True, better="neither", formula="",
    description="", sql="count(session_id)",
)  # fmt: skip


@dataclass(slots=True)
class Asking:
    """One pass: the engine, the selection, and the statements run so far."""

    engine: Engine
    chosen: Selection
    data_until: datetime  # aware
    statements: list[Compiled] = field(default_factory=list[Compiled])

    def run(self, compiled: Compiled) -> pl.DataFrame:
        """The rows of a statement; remembers it for `explained`."""
        self.statements.append(compiled)
        return self.engine.run(compiled)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with its names looked up. `measures` may hold more than the query names."""

    query: Query
    measures: tuple[Measure, ...]
    axes: tuple[Dimension, ...]
    of_items: bool

    @classmethod
    def of(cls, query: Query, chosen: Selection) -> "Asked":
        """Raises NotAsked for what usage items cannot answer."""
        measures = tuple(MEASURES[name] for name in query.measures)
        axes = tuple(dimension(name) for name in query.by)
        needed = (
            any(a.items for a in axes)
            or any(m.relation == "items" for m in measures)
            or bool(item_grant(chosen))
        )
        if needed:
            for measure in measures:
                if measure.name not in OF_ITEMS:
                    raise NotAsked(
                        f"{measure.label} is not known per usage item; cost and quantity are."
                    )
        return cls(query, measures, axes, needed)

    @property
    def first(self) -> Measure:
        """The measure that ranks."""
        return self.measures[0]

    def kind(self, measure: Measure) -> str:
        """Which statement answers a measure: sums, distinct, sessions, latency or ttft."""
        if measure.relation in ("sessions", "latency", "ttft"):
            return measure.relation
        return "sums" if self.of_items or all(map(sums_up, measure.aggregates)) else "distinct"

    def wholes(self) -> Iterator[tuple[str, tuple[Measure, ...]]]:
        """The measures that do not sum up, by the statement that answers them."""
        others = sorted((m for m in self.measures if self.kind(m) != "sums"), key=self.kind)
        for kind, measures in groupby(others, key=self.kind):
            yield kind, tuple(measures)


def answers(queries: Sequence[Query], asking: Asking) -> list[pl.DataFrame]:
    """The answer to each query, in as few statements as sensible.

    One scan finds every aggregate that sums up, with its ranks and Others; distinct counts,
    percentiles and session facts are then asked for the members found.
    """
    asked = [Asked.of(query, asking.chosen) for query in queries]
    wholes = _Wholes(asking)
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
    return [_finished(a, base, asking.chosen) for a, base in zip(asked, bases, strict=True)]


class _Wholes:
    """Frames of measures that must be asked per group: KEYS, then a column per measure."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._frames: dict[tuple[str, Part], pl.DataFrame] = {}

    def want(self, needs: Iterable[tuple[str, Part]]) -> None:
        """Asks for those not asked yet: one statement per kind, and per set of distinct counts."""
        groups: dict[tuple[str, tuple[Measure, ...]], list[Part]] = {}
        for kind, part in dict.fromkeys(needs):
            if (kind, part) not in self._frames:
                shared = part.measures if kind == "distinct" else ()
                groups.setdefault((kind, shared), []).append(part)
        for (kind, _), parts in groups.items():
            statement = self._statement(kind, parts)
            rows = self._asking.run(statement.compiled)
            for i, part in enumerate(parts):
                self._frames[kind, part] = _whole(rows, statement, i, part, self._period)

    def __call__(self, kind: str, part: Part) -> pl.DataFrame:
        return self._frames[kind, part]

    @property
    def _period(self) -> Period:
        return self._asking.chosen.filters.period

    def _statement(self, kind: str, parts: Sequence[Part]) -> Statement:
        chosen, dialect = self._asking.chosen, self._asking.engine.dialect
        if kind == "distinct":
            return sql.distinct(parts, chosen, dialect)
        if kind == "sessions":
            return sql.facts_of_sessions(parts, chosen, dialect, self._asking.data_until)
        return sql.percentiles(parts, chosen, dialect, f"{kind}_ms")


def _whole(
    rows: pl.DataFrame, statement: Statement, i: int, part: Part, period: Period
) -> pl.DataFrame:
    """The rows of one part, its keys named alike in every statement."""
    own = rows.filter(pl.col("g") == statement.groups[i])
    keys = [
        (pl.col(column) if column else pl.lit(None)).cast(pl.Int64 if name == "b" else pl.String)
        for name, column in zip(KEYS, statement.keys[i], strict=True)
    ]
    own = own.with_columns(k.alias(n) for n, k in zip(KEYS, keys, strict=True))
    return own.select(
        *KEYS,
        *(_figure(m, statement.aliases, period, part.grain).alias(m.name) for m in part.measures),
    )


def _ranked(
    asked: Sequence[Asked], wholes: _Wholes, asking: Asking
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
    statement = sums(asked, asking.chosen, asking.engine.dialect, of_items=False)
    rows = asking.run(statement.compiled)
    return {
        part: _base(rows.filter(pl.col("g") == i), asked[i], statement, asking.chosen)
        for i, part in enumerate(parts)
    }


def _in_order(frame: pl.DataFrame, name: str, others: pl.DataFrame | None) -> tuple[str, ...]:
    """Members by value, unknown last, then by casefolded name, then by name (METRICS.md 3)."""
    if others is not None:
        frame = others.join(frame, on="j0", how="left", nulls_equal=True)
        if MEASURES[name].zero_when_empty:
            frame = frame.with_columns(_or_zero(name, pl.col(SESSION_IDS.name) > 0))
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
        statement = sums(parts, asking.chosen, asking.engine.dialect, of_items=of_items)
        rows = asking.run(statement.compiled)
        for number, (i, part) in enumerate(zip(places, parts, strict=True)):
            found[i] = _base(rows.filter(pl.col("g") == number), part, statement, asking.chosen)
    return [found[i] for i in range(len(asked))]


def _sums_part(a: Asked, i: int, ranked: dict[tuple[int, int], tuple[str, ...]]) -> Part:
    query = a.query
    axes = tuple(
        _shown(axis, ranked[i, j], query) if (i, j) in ranked else Axis(axis)
        for j, axis in enumerate(a.axes)
    )
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


def _shown(axis: Dimension, members: tuple[str, ...], query: Query) -> Axis:
    """The members kept by name; a single other member keeps its own (METRICS.md 3)."""
    kept = members
    if query.top is not None and len(members) > query.top + 1:
        kept = members[: query.top]
    others = len(members) - len(kept)
    if query.order == "name":
        kept = tuple(sorted(kept, key=lambda m: (m.casefold(), m)))
    return Axis(axis, kept, others)


def _base(rows: pl.DataFrame, part: Part, statement: Statement, chosen: Selection) -> pl.DataFrame:
    period = chosen.filters.period
    return rows.select(
        "b", "s0", "m0", "c0", "s1", "m1", "c1", "n",
        *(_join_key(i, part).alias(f"j{i}") for i in range(2)),
        *(_figure(m, statement.aliases, period, part.grain).alias(m.name) for m in part.measures),
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


def _figure(
    measure: Measure, aliases: dict[str, str], period: Period, grain: Grain | None
) -> pl.Expr:
    """One measure out of the aggregates of a statement; null where it is unknown."""
    if measure.quantile is not None:
        total, bucket = (pl.col(aliases[n]) for n in ("total", str(sql.percent_of(measure))))
        return pl.when(total >= measure.least).then((bucket / 100).exp())
    if measure.relation == "period":
        return pl.col(aliases[measure.sql]) * 3600 / _seconds(period, grain)
    columns = [pl.col(aliases[a]) for a in measure.aggregates]
    if measure.denominator is None:
        return columns[0] if measure.whole_number else columns[0] / round(1 / measure.scale)
    value = pl.when(columns[1] > 0).then(_divided(columns[0], columns[1], measure.scale))
    if measure.otherwise is None:
        return value.cast(pl.Float64)
    other = pl.when(columns[3] > 0).then(_divided(columns[2], columns[3], measure.scale))
    return value.otherwise(other).cast(pl.Float64)


def _divided(above: pl.Expr, below: pl.Expr, scale: float) -> pl.Expr:
    return above / below * scale if scale != 1 else above / below


def _seconds(period: Period, grain: Grain | None) -> pl.Expr:
    """Elapsed seconds of the period, or of its part in each bucket."""
    if grain is None:
        return pl.lit((period.end - period.start) / timedelta(seconds=1))
    lengths = {
        bucket_number(start, period, grain): (min(end, period.end) - max(start, period.start))
        / timedelta(seconds=1)
        for start, end in period.buckets(grain)
    }
    return pl.col("b").replace_strict(
        list(lengths), list(lengths.values()), default=None, return_dtype=pl.Float64
    )


def _finished(a: Asked, base: pl.DataFrame, chosen: Selection) -> pl.DataFrame:
    """Columns and order of the frame contract (View.ask)."""
    query, frame = a.query, base
    for measure in a.measures:
        empty = pl.col("n") == 0
        if measure.name == "sessions_started":
            empty |= pl.col(SESSION_IDS.name) > 0
        if measure.zero_when_empty:
            frame = frame.with_columns(_or_zero(measure.name, empty))
    frame = frame.sort("b", "s0", "s1", nulls_last=True, maintain_order=True)
    columns: list[pl.Expr] = []
    if query.grain:
        columns.append(_bucket(frame, chosen.filters.period, query.grain).alias("bucket"))
    for i, name in enumerate(query.by):
        columns += [
            pl.col(f"m{i}").cast(pl.String).alias(name),
            _kind(i).alias(f"{name}_kind"),
            pl.col(f"c{i}").cast(pl.Int64).alias(f"{name}_members"),
        ]
    columns += [pl.col(m.name).cast(pl.Int64 if m.whole_number else pl.Float64) for m in a.measures]
    answer = frame.select(columns)
    return answer if query.limit is None else answer.head(query.limit)


def _or_zero(name: str, empty: pl.Expr) -> pl.Expr:
    """The column with 0 where it is unknown because nothing happened (N1)."""
    return pl.when(empty & pl.col(name).is_null()).then(0).otherwise(pl.col(name)).alias(name)


def _kind(i: int) -> pl.Expr:
    place = pl.col(f"s{i}")
    return (
        pl.when(place == UNATTRIBUTED)
        .then(pl.lit("unattributed"))
        .when(place == OTHERS)
        .then(pl.lit("others"))
        .otherwise(pl.lit("member"))
    )


def _bucket(frame: pl.DataFrame, period: Period, grain: Grain) -> pl.Expr:
    """The number of each bucket as its first local day, or for hours as its instant."""
    numbers: list[int] = frame["b"].unique().to_list()
    starts = [bucket_start(number, period, grain) for number in numbers]
    kind = pl.Datetime("us") if grain is Grain.HOUR else pl.Date()
    if not numbers:
        return pl.lit(None, dtype=kind)
    return pl.col("b").replace_strict(numbers, pl.Series(starts, dtype=kind), return_dtype=kind)
