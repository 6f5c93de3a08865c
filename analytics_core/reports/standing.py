"""Where every member of a dimension stands: several measures, its share, its change, its course."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

import polars as pl

from analytics_core.reports.breakdown import Breakdown, Part, share_of
from analytics_core.reports.compare import Change, Figure, change
from analytics_core.reports.reported import ask, parts_and_wholes
from analytics_core.reports.span import based, before
from analytics_core.reports.timeline import timeline
from analytics_core.semantics.dimension import Dimension, dimension
from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.member import Member
from analytics_core.semantics.period import Grain
from analytics_core.semantics.query import Query
from analytics_core.store.view import View


@dataclass(frozen=True, slots=True)
class Row:
    """One member: a figure per measure, its share of the first and how that changed.

    `idle` has no event in the selection and is listed nevertheless.
    """

    member: Member
    label: str
    values: tuple[Figure, ...]
    share: float | None
    change: Change
    idle: bool = False


class Rows(Sequence[Row]):
    """The rows of a standing, each made when it is looked at: there may be 50,000 of them.

    `frame`: name, kind, folded, label, idle, a column per measure, then (the first one before).
    """

    def __init__(self, frame: pl.DataFrame, first: Measure, total: Figure, *, based: bool) -> None:
        self._frame, self._first, self._total, self._based = frame, first, total, based

    def __len__(self) -> int:
        return self._frame.height

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, at: int | slice) -> Row | tuple[Row, ...]:
        if isinstance(at, slice):
            return tuple(map(self._row, self._frame[at].rows()))
        return self._row(self._frame.row(at))

    def __iter__(self) -> Iterator[Row]:
        return map(self._row, self._frame.iter_rows())

    def containing(self, words: str) -> "Rows":
        """Those whose label or id contains `words`, whatever the case."""
        asked = words.lower()
        kept = pl.any_horizontal(
            pl.col(column)
            .str.to_lowercase()
            .str.contains(asked, literal=True)
            .fill_null(value=False)
            for column in ("label", "name")
        )
        return Rows(self._frame.filter(kept), self._first, self._total, based=self._based)

    def _row(self, found: tuple[Any, ...]) -> Row:
        name, kind, folded, label, idle, *values, then = found
        share = share_of(values[0], self._total) if self._first.additive else None
        moved = change(values[0], then, based=self._based)
        called = label if kind == "member" else None
        return Row(Member(name, kind, folded, called), label, tuple(values), share, moved, idle)


@dataclass(frozen=True, slots=True, eq=False)  # one is itself
class Standing:
    """Every member of `by` in the order of the first measure, idle ones, (unattributed) last.

    `totals` are asked, never summed: a user may stand in several rows. Source: METRICS.md 3.
    """

    by: Dimension
    measures: tuple[Measure, ...]
    rows: Sequence[Row]
    totals: tuple[Figure, ...]

    def found(self, words: str) -> "Standing":
        """Those whose label or id contains `words`, whatever the case."""
        kept = (
            self.rows.containing(words)
            if isinstance(self.rows, Rows)
            else tuple(row for row in self.rows if words.casefold() in row.label.casefold())
        )
        return replace(self, rows=kept)


def as_breakdown(standing: Standing, most: int) -> Breakdown:
    """The first `most` members by the measure that ranks, as a chart takes them; none for Others."""
    rows = [row for row in standing.rows[:most] if row.member.kind == "member"]
    parts = tuple(Part(row.member, row.label, row.values[0], row.share) for row in rows)
    total = standing.totals[0]
    return Breakdown(standing.measures[0], standing.by, parts, total, total)


def questions(measures: Sequence[str], by: str) -> tuple[Query, Query]:
    """What `standing` asks of the period itself: the members and the whole."""
    return Query(tuple(measures), (by,)), Query(tuple(measures))


def earlier(measures: Sequence[str], by: str) -> Query:
    """What it asks of the period before."""
    return Query((measures[0],), (by,))


def standing(view: View, measures: Sequence[str], by: str, known: Collection[str] = ()) -> Standing:
    """`measures` of every member of `by`; the first ranks, and is compared with the period before.

    Those of `known` without an event are listed too, by name. Raises UnknownName, NotAsked.
    """
    asked, listed = tuple(measures), tuple(known)
    return view.derived(("standing", asked, by, listed), lambda: _standing(view, asked, by, listed))


def _standing(view: View, measures: tuple[str, ...], by: str, known: Collection[str]) -> Standing:
    parts, totals = parts_and_wholes(view, Query(measures, (by,)), measures)
    named = tuple(MEASURES[name] for name in measures)
    keys = {by: "name", f"{by}_kind": "kind", f"{by}_members": "folded"}
    frame = parts.select(*keys, *measures).rename(keys)
    labels = view.names.labels(by, frame["name"])
    frame = frame.with_columns(
        pl.Series("label", [labels[name] for name in frame["name"]], pl.String),
        pl.lit(value=False).alias("idle"),
    )
    unused = sorted(set(known).difference(parts[by]), key=lambda name: (name.casefold(), name))
    frame = _with_idle(frame, named, {name: view.names.label(by, name) for name in unused})
    has_base = based(view)
    frame = _with_earlier(view, frame, named[0], by, has_base=has_base)
    frame = frame.select("name", "kind", "folded", "label", "idle", *measures, "then")
    rows = Rows(frame, named[0], totals[0], based=has_base)
    return Standing(dimension(by), named, rows, totals)


def _with_idle(
    frame: pl.DataFrame, measures: Sequence[Measure], unused: Mapping[str, str]
) -> pl.DataFrame:
    """The rows with those of the unused (name: label) before what has no member."""
    nothing = {m.name: 0 if m.zero_when_empty else None for m in measures}
    rows = [
        {"name": name, "kind": "member", "folded": 1, "label": label, "idle": True} | nothing
        for name, label in unused.items()
    ]
    idle = pl.DataFrame(rows, schema=frame.schema)
    last = pl.col("kind") == "unattributed"
    return pl.concat([frame.filter(~last), idle, frame.filter(last)])


def _with_earlier(
    view: View, frame: pl.DataFrame, first: Measure, by: str, *, has_base: bool
) -> pl.DataFrame:
    """The rows with a column `then`: the first measure in the period before."""
    kind = frame.schema[first.name]
    if not has_base:
        return frame.with_columns(pl.lit(None, dtype=kind).alias("then"))
    then = ask(before(view), earlier((first.name,), by)).select(
        pl.col(by).alias("name"), pl.col(f"{by}_kind").alias("kind"), pl.col(first.name).alias("then"),
        pl.lit(value=True).alias("there"),
    )  # fmt: skip
    beside = frame.join(
        then, on=["name", "kind"], how="left", nulls_equal=True, maintain_order="left"
    )
    if not first.zero_when_empty:
        return beside
    absent = pl.col("there").is_null()
    return beside.with_columns(pl.when(absent).then(0).otherwise("then").cast(kind).alias("then"))


def courses(
    view: View, measure: str, by: str, names: Sequence[str | None], grain: Grain | None = None
) -> dict[str | None, tuple[Figure, ...]]:
    """`measure` bucket by bucket for those members of `by` (None is (unattributed))."""
    if not names:
        return {}
    narrowed = replace(view, filters=view.filters.pick(by, list(names)))
    found = timeline(narrowed, measure, by, grain=grain)
    drawn: dict[str | None, list[Figure]] = {}
    for rank, value in found.frame.select("rank", "value").iter_rows():
        drawn.setdefault(found.members[rank].name, []).append(value)
    return {name: tuple(values) for name, values in drawn.items()}
