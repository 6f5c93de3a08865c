"""What the cells of one scan say of each of its questions: totals, ranks and Others.

DuckDB takes longer to plan these steps than to scan a month of events; Polars does them at once.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from analytics_core.semantics.measure import Measure
from analytics_core.store.sql_parts import OTHERS, UNATTRIBUTED, Part, Statement, aggregates

WHOLE, TEXT = pl.Int64(), pl.String()
MOST = 2**63 - 1


class Fold:
    """The parts of a statement of sums, out of the cells it found."""

    def __init__(self, statement: Statement, cells: pl.DataFrame) -> None:
        self._statement, self._cells = statement, cells
        self._groups: dict[int, pl.DataFrame] = {}
        aliases = list(statement.aliases.values())
        self._unknown = {p for p in aliases if cells.is_empty() or cells[p].null_count()}
        most = cells.select(pl.col(aliases).cast(pl.Float64).abs().max())
        self._long = {p for p in aliases if (most[p].item() or 0) * cells.height > MOST}

    def __call__(self, i: int, part: Part) -> pl.DataFrame:
        """The rows of part i, sorted by b, s0 and s1.

        Columns: b (bucket), per axis s, m, c (place, member, how many members), n (rows of the
        relation), then the aggregates the part is made of. Without keys one row, cells or not.
        Raises OverflowError for a sum beyond 64 bits. Source: METRICS.md 3.
        """
        names = {a: self._statement.aliases[a] for a in aggregates((part,)).of}
        values = ["n", *names.values()]
        bucket, *members = self._statement.keys[i]
        keys = [key for key in (bucket, *members) if key]
        rows = self._summed(self._cells_of(self._statement.groups[i]), keys, values)
        columns = [(pl.col(bucket) if bucket else pl.lit(None, WHOLE)).alias("b")]
        folds = False
        for j, alias in enumerate(members):
            if not alias:
                columns += _nowhere(j)
                continue
            ranked = part.axes[j].shown
            if ranked is None:
                totals = rows if keys == [alias] else self._summed(rows, [alias], values[1:])
                ranked = _ranked(totals, alias, part.measures[0], names)
            shown = _kept(ranked, part)
            others = len(ranked) - len(shown)
            places = pl.Series(alias, shown, TEXT).to_frame().with_row_index(f"r{j}")
            rows = rows.join(places, on=alias, how="left")
            columns += _placed(j, alias, others)
            folds |= others > 0
        rows = rows.select(*columns, *values)
        if folds:
            rows = self._summed(rows, [c for c in rows.columns if c not in values], values)
        rows = rows.sort("b", "s0", "s1") if keys else rows
        return rows if part.limit is None else rows.head(part.limit)

    def _cells_of(self, group: int) -> pl.DataFrame:
        if group not in self._groups:
            self._groups[group] = self._cells.filter(pl.col("g") == group)
        return self._groups[group]

    def _summed(
        self, rows: pl.DataFrame, keys: Sequence[str], values: Sequence[str]
    ) -> pl.DataFrame:
        """The values added up per keys; unknown where none of them is known, as in SQL."""
        totals = [self._total(value) for value in values]
        try:
            return rows.group_by(keys).agg(totals) if keys else rows.select(totals)
        except pl.exceptions.InvalidOperationError as wrong:
            raise OverflowError(f"a sum is out of range: {wrong}") from None

    def _total(self, value: str) -> pl.Expr:
        column = pl.col(value)
        total = column.cast(pl.Int128).sum().cast(WHOLE) if value in self._long else column.sum()
        return pl.when(column.count() > 0).then(total) if value in self._unknown else total


def _kept(ranked: Sequence[str], part: Part) -> Sequence[str]:
    """The members a part shows, in its order; a single other member keeps its own name."""
    shown = ranked
    if part.top is not None and len(ranked) > part.top + 1:
        shown = ranked[: part.top]
    return sorted(shown, key=lambda m: (m.casefold(), m)) if part.by_name else shown


def _ranked(
    totals: pl.DataFrame, alias: str, measure: Measure, names: Mapping[str, str]
) -> list[str]:
    """Members by value, unknown last, then by casefolded name, then by name."""
    known = totals.filter(pl.col(alias).is_not_null())
    folded = pl.Series("name", [m.casefold() for m in known[alias]], TEXT)
    value = _value([pl.col(names[a]) for a in measure.aggregates]).alias("value")
    ordered = known.select(alias, value, folded).sort(
        "value", "name", alias, descending=[True, False, False], nulls_last=True
    )
    return ordered[alias].to_list()


def _value(sums: Sequence[pl.Expr]) -> pl.Expr:
    """What ranks a member: a sum, or a ratio of sums, for want of it another ratio."""
    above, *below = sums
    if not below:
        return above
    value = pl.when(below[0] > 0).then(above / below[0])
    if len(below) == 1:
        return value
    return value.otherwise(pl.when(below[2] != 0).then(below[1] / below[2]))


def _nowhere(j: int) -> list[pl.Expr]:
    """The columns of an axis that a part does not have."""
    zero = pl.lit(0, WHOLE)
    return [zero.alias(f"s{j}"), pl.lit(None, TEXT).alias(f"m{j}"), zero.alias(f"c{j}")]


def _placed(j: int, alias: str, others: int) -> list[pl.Expr]:
    """Place, member and number of members of a row, once it has the rank of its member."""
    member, rank = pl.col(alias), pl.col(f"r{j}")
    kept, nobody = rank.is_not_null(), member.is_null()
    place = pl.when(nobody).then(UNATTRIBUTED).when(kept).then(rank).otherwise(OTHERS)
    count = pl.when(nobody).then(0).when(kept).then(1).otherwise(others)
    return [
        place.cast(WHOLE).alias(f"s{j}"),
        pl.when(kept).then(member).alias(f"m{j}"),
        count.cast(WHOLE).alias(f"c{j}"),
    ]
