"""What a measure comes from: its value for each member of one dimension."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import polars as pl

from analytics_core.reports.compare import Figure
from analytics_core.reports.reported import parts_and_wholes
from analytics_core.semantics.dimension import Dimension, dimension
from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.member import Member
from analytics_core.semantics.names import Names
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View


@dataclass(frozen=True, slots=True)
class Part:
    """One member and its figure; `share` is of the total, None where that means nothing.

    `also` are its figures of the breakdown's further measures.
    """

    member: Member
    label: str
    value: Figure
    share: float | None
    also: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)  # one is itself: charts of it are kept
class Breakdown:
    """A measure by one dimension: parts by rank, then Others, then (unattributed).

    `total` is asked, never summed: parts may overlap, and unknown stays unknown (METRICS.md 3).
    `hidden` counts the parts a reader has switched off; `total` and shares are of the others.
    `also` are further measures of the same parts, `also_totals` their figures of the whole.
    """

    measure: Measure
    by: Dimension
    parts: tuple[Part, ...]
    total: Figure
    whole: Figure  # the total with nothing hidden
    hidden: int = 0
    also: tuple[Measure, ...] = ()
    also_totals: tuple[Figure, ...] = ()

    def without(self, ids: frozenset[str]) -> Self:
        """The same with those members (Member.id) hidden; for additive measures."""
        kept = tuple(p for p in self.parts if p.member.id not in ids)
        if len(kept) == len(self.parts):
            return self
        known = [p.value for p in kept if p.value is not None]
        total = sum(known) if known else None
        parts = tuple(replace(p, share=share_of(p.value, total)) for p in kept)
        return replace(self, parts=parts, total=total, hidden=len(self.parts) - len(kept))

    def as_shares(self) -> Self:
        """The same with shares of the total in place of the figures."""
        measure = replace(
            self.measure, label=f"Share of {self.measure.label.lower()}", unit=Unit.RATIO
        )
        parts = tuple(replace(part, value=part.share) for part in self.parts)
        return replace(self, measure=measure, parts=parts, total=1.0)


def questions(
    measure: str, by: str, top: int | None = None, also: Sequence[str] = ()
) -> tuple[Query, Query]:
    """What `breakdown` asks: the parts and the whole."""
    measures = (measure, *also)
    return Query(measures, (by,), top=top), Query(measures)


def breakdown(
    view: View,
    measure: str,
    by: str,
    *,
    top: int | None = None,
    rank: str = "",
    also: tuple[str, ...] = (),
) -> Breakdown:
    """`measure` for each member of `by`, the largest `top` of them by name, the rest as Others.

    `rank` is the measure that decides the order, where it is another; `also` are measures told of
    the same parts. Raises UnknownName, NotAsked. Source: METRICS.md 3.
    """
    return view.derived(
        ("breakdown", measure, by, top, rank, also),
        lambda: _breakdown(view, measure, by, top, rank, also),
    )


def _breakdown(
    view: View, measure: str, by: str, top: int | None, rank: str, also: tuple[str, ...]
) -> Breakdown:
    told = (measure, *also)
    asked = told if rank in ("", measure) else (rank, *(name for name in told if name != rank))
    parts, (total, *totals) = parts_and_wholes(view, Query(asked, (by,), top=top), told)
    additive = MEASURES[measure].additive
    figures = parts.select(measure, *also).rows()
    rows = tuple(
        Part(m, m.label(by), value, share_of(value, total) if additive else None, tuple(more))
        for m, (value, *more) in zip(members(parts, by, view.names), figures, strict=True)
    )
    further = tuple(MEASURES[name] for name in also)
    return Breakdown(
        MEASURES[measure],
        dimension(by),
        rows,
        total,
        total,
        also=further,
        also_totals=tuple(totals),
    )


def members(frame: pl.DataFrame, by: str, names: Names) -> list[Member]:
    """The member of `by` that each row of an answer stands for, in the order of the rows.

    `names` (View.names) say what people read for them.
    """
    rows = list(frame.select(by, f"{by}_kind", f"{by}_members").iter_rows())
    read = names.labels(by, (name for name, _, _ in rows))
    return [
        Member(name, kind, folded, read[name] if kind == "member" else None)
        for name, kind, folded in rows
    ]


def share_of(value: Figure, total: Figure) -> float | None:
    """A part of a total; None where either is unknown or the total is not above zero."""
    return None if value is None or total is None or total <= 0 else value / total
