"""What a measure comes from: its value for each member of one dimension."""

from dataclasses import dataclass, replace
from typing import Self

import polars as pl

from analytics_core.reports.compare import Figure
from analytics_core.semantics.dimension import Dimension, dimension
from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.member import Member
from analytics_core.semantics.names import Names
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View


@dataclass(frozen=True, slots=True)
class Part:
    """One member and its figure; `share` is of the total, None where that means nothing."""

    member: Member
    label: str
    value: Figure
    share: float | None


@dataclass(frozen=True, slots=True, eq=False)  # one is itself: charts of it are kept
class Breakdown:
    """A measure by one dimension: parts by rank, then Others, then (unattributed).

    `total` is asked, never summed: parts may overlap, and unknown stays unknown (METRICS.md 3).
    `hidden` counts the parts a reader has switched off; `total` and shares are of the others.
    """

    measure: Measure
    by: Dimension
    parts: tuple[Part, ...]
    total: Figure
    whole: Figure  # the total with nothing hidden
    hidden: int = 0

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


def questions(measure: str, by: str, top: int | None = None) -> tuple[Query, Query]:
    """What `breakdown` asks: the parts and the whole."""
    return Query((measure,), (by,), top=top), Query((measure,))


def breakdown(
    view: View, measure: str, by: str, *, top: int | None = None, rank: str = ""
) -> Breakdown:
    """`measure` for each member of `by`, the largest `top` of them by name, the rest as Others.

    `rank` is the measure that decides the order, where it is another. Raises UnknownName, NotAsked.
    Source: METRICS.md 3.
    """
    return view.derived(
        ("breakdown", measure, by, top, rank), lambda: _breakdown(view, measure, by, top, rank)
    )


def _breakdown(view: View, measure: str, by: str, top: int | None, rank: str) -> Breakdown:
    asked = (measure,) if rank in ("", measure) else (rank, measure)
    parts, whole = view.ask_all((Query(asked, (by,), top=top), Query((measure,))))
    total: Figure = whole[measure][0]
    additive = MEASURES[measure].additive
    rows = tuple(
        Part(member, member.label(by), value, share_of(value, total) if additive else None)
        for member, value in zip(members(parts, by, view.names), parts[measure], strict=True)
    )
    return Breakdown(MEASURES[measure], dimension(by), rows, total, total)


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
