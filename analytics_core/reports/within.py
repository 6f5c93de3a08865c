"""What one measure comes from in each member of a dimension, found for all members at once."""

from dataclasses import dataclass

import polars as pl

from analytics_core.errors import NotAdditive
from analytics_core.reports.breakdown import Breakdown, Part, members, share_of
from analytics_core.reports.compare import Figure
from analytics_core.reports.timeline import Timeline, laid
from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.member import Member
from analytics_core.semantics.period import Grain, Period
from analytics_core.semantics.query import Query
from analytics_core.store.view import View


@dataclass(frozen=True, slots=True)
class Within:
    """`measure` by `by` over time, as it is in single members of `of`.

    The same as `timeline` and `breakdown` with that member picked, folded from one answer for all
    of them: ten statements become one. Only for measures that add up (METRICS.md 3), of which a sum
    of sums is the sum, and unknown where every part is.
    """

    measure: str
    of: str
    by: str
    top: int

    def question(self, period: Period, grain: Grain | None = None) -> Query:
        """The one question. Raises NotAdditive."""
        if not MEASURES[self.measure].additive:
            raise NotAdditive.stacked(MEASURES[self.measure].label)
        return Query((self.measure,), (self.of, self.by), grain=grain or period.grain())

    def found(self, view: View, member: str | None) -> tuple[Timeline, Breakdown]:
        """The course and the parts in one member of `of` (None is what has none)."""
        return view.derived(("within", self, member), lambda: self._found(view, member))

    def _found(self, view: View, member: str | None) -> tuple[Timeline, Breakdown]:
        period = view.filters.period
        cells = view.ask(self.question(period)).filter(pl.col(self.of).eq_missing(member))
        sums = cells.group_by(self.by).agg(_sum(self.measure)).rows()
        who = tuple(members(self._ranked(sums), self.by, view.names))
        line = laid(view, self._folded(cells, who), who, self.measure, self.by, period.grain())
        return line, self._parts(sums, who)

    def _ranked(self, sums: list[tuple[str | None, Figure]]) -> pl.DataFrame:
        """Its members by rank, the rest as Others, what has none last (METRICS.md 3)."""
        named = [(name, value) for name, value in sums if name is not None]
        named.sort(key=lambda row: (row[1] is None, -(row[1] or 0), row[0].casefold(), row[0]))
        kept = named if len(named) <= self.top + 1 else named[: self.top]
        rows: list[tuple[str | None, str, int]] = [(name, "member", 1) for name, _ in kept]
        if len(kept) < len(named):
            rows.append((None, "others", len(named) - len(kept)))
        if len(named) < len(sums):
            rows.append((None, "unattributed", 0))
        schema = {self.by: pl.String, f"{self.by}_kind": pl.String, f"{self.by}_members": pl.Int64}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _folded(self, cells: pl.DataFrame, who: tuple[Member, ...]) -> pl.DataFrame:
        """The cells with members that are not shown summed up, as an answer by bucket and member."""
        shown = [member.name for member in who if member.kind == "member"]
        name, kind = self.by, f"{self.by}_kind"
        rest = pl.col(name).is_not_null() & ~pl.col(name).is_in(shown)
        return (
            cells.with_columns(
                pl.when(~rest).then(pl.col(name)),
                pl.when(rest).then(pl.lit("others")).otherwise(pl.col(kind)).alias(kind),
            )
            .group_by("bucket", name, kind)
            .agg(pl.col(f"{name}_members").first(), _sum(self.measure))
            .sort("bucket", kind, name)
        )

    def _parts(self, sums: list[tuple[str | None, Figure]], who: tuple[Member, ...]) -> Breakdown:
        shown = {member.name for member in who if member.kind == "member"}
        groups: dict[str, list[Figure]] = {}
        for name, value in sums:
            kind = "unattributed" if name is None else "member" if name in shown else "others"
            key = Member(name if kind == "member" else None, kind).id
            groups.setdefault(key, []).append(value)
        total = _added([value for _, value in sums])
        parts: list[Part] = []
        for member in who:
            value = _added(groups[member.id])
            parts.append(Part(member, member.label(self.by), value, share_of(value, total)))
        return Breakdown(MEASURES[self.measure], dimension(self.by), tuple(parts), total, total)


def _sum(measure: str) -> pl.Expr:
    """The sum of what is known; unknown where nothing is."""
    value = pl.col(measure)
    return pl.when(value.is_not_null().any()).then(value.sum()).alias(measure)


def _added(figures: list[Figure]) -> Figure:
    """The same of figures; 0 where nothing was used."""
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known or not figures else None
