"""Measures that must be asked over all rows of a group, because parts of them do not sum up."""

from collections.abc import Iterable, Sequence

import polars as pl

from analytics_core.semantics.measure import Measure
from analytics_core.semantics.period import Grain, Period
from analytics_core.store import sql
from analytics_core.store.asked import IDS, Asking
from analytics_core.store.figure import figure
from analytics_core.store.sql_parts import Part, Statement

KEYS = ("b", "j0", "j1")
Need = tuple[str, Part]  # the kind of statement (Asked.kind) and what it is asked
Group = tuple[str, tuple[Measure, ...]]


class Wholes:
    """The answers by need: KEYS, then a column per measure."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._period = asking.chosen.filters.period
        self._frames: dict[Need, pl.DataFrame] = {}

    def __call__(self, kind: str, part: Part) -> pl.DataFrame:
        """The rows of a need that was wanted before."""
        return self._frames[kind, part]

    def want(self, needs: Iterable[Need]) -> None:
        """Asks for those not asked yet, those that can share a scan in one statement."""
        new = [need for need in dict.fromkeys(needs) if need not in self._frames]
        for (name, _), group in self._groups(new).items():
            parts = [part for _, part in group]
            statement = self._statement(name, parts)
            rows = self._asking.run(statement.compiled)
            for i, (kind, part) in enumerate(group):
                self._frames[kind, part] = _whole(rows, statement, i, part, self._period)

    def _groups(self, needs: Sequence[Need]) -> dict[Group, list[Need]]:
        """Needs by statement: a kind, distinct counts by their measures, totals of ids together."""
        groups: dict[Group, list[Need]] = {}
        for kind, part in needs:
            name, shared = kind, ()
            if kind in IDS:
                over_time = [p for k, p in needs if k == kind and p.grain]
                name = kind if over_time else "totals"
                if not all(self._fits(p) for p in over_time):
                    name = "distinct"
            if name == "distinct":
                shared = part.measures
            groups.setdefault((name, shared), []).append((kind, part))
        return groups

    def _fits(self, part: Part) -> bool:
        """Whether one bit for each bucket fits into the number an id gets."""
        if part.grain in (None, Grain.HOUR):  # some hours are half: their numbers have gaps
            return False
        first, last = sql.bucket_bounds(self._period, part.grain)
        return last - first < sql.MOST_BITS

    def _statement(self, name: str, parts: Sequence[Part]) -> Statement:
        chosen, dialect = self._asking.chosen, self._asking.engine.dialect
        if name in ("distinct", "totals"):
            return sql.distinct(parts, chosen, dialect)
        if name in IDS:
            return sql.spread(parts, chosen, dialect, name)
        if name == "sessions":
            return sql.facts_of_sessions(parts, chosen, dialect, self._asking.data_until)
        return sql.percentiles(parts, chosen, dialect, f"{name}_ms")


def _whole(
    rows: pl.DataFrame, statement: Statement, i: int, part: Part, period: Period
) -> pl.DataFrame:
    """The rows of one part, its keys named alike in every statement."""
    own = rows.filter(pl.col("g") == statement.groups[i])
    keys = [
        (pl.col(column) if column else pl.lit(None)).cast(pl.Int64 if name == "b" else pl.String)
        for name, column in zip(KEYS, statement.keys[i], strict=True)
    ]
    return own.select(
        *(key.alias(name) for name, key in zip(KEYS, keys, strict=True)),
        *(figure(m, statement.aliases, period, part.grain).alias(m.name) for m in part.measures),
    )
