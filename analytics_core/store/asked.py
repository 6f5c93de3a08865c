"""A question with its names looked up, and the pass in which it is asked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Protocol

import polars as pl

from analytics_core.errors import NotAsked
from analytics_core.semantics.dimension import DIMENSIONS, Dimension, dimension
from analytics_core.semantics.measure import MEASURES, Measure, sums_up
from analytics_core.semantics.query import Query
from analytics_core.store.engine import Compiled, Engine
from analytics_core.store.sql_relations import Selection, item_grant

IDS = tuple(d.column for d in DIMENSIONS.values() if d.cardinality == "huge")
OF_ITEMS = ("cost", "quantity")  # what usage items can be asked


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


class Study(Protocol):
    """A question that no Query can ask: a frozen value, by which its answer is kept."""

    def answered(self, asking: Asking) -> pl.DataFrame:
        """The answer over the selection of that pass, sorted."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with its names looked up. `measures` may hold more than the query names."""

    query: Query
    measures: tuple[Measure, ...]
    axes: tuple[Dimension, ...]
    of_items: bool

    @classmethod
    def of(cls, query: Query, chosen: Selection) -> "Asked":
        """Raises NotAsked for what a report answers, and for what usage items cannot."""
        measures = tuple(MEASURES[name] for name in query.measures)
        for measure in measures:
            if measure.report:
                raise NotAsked(
                    f"'{measure.name}' needs more than one question; it is answered by the report"
                    f" '{measure.report}'.",
                    "measures",
                )
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
                        f"{measure.label} is not known per usage item; cost and quantity are.",
                        "measures",
                    )
        return cls(query, measures, axes, needed)

    @property
    def first(self) -> Measure:
        """The measure that ranks."""
        return self.measures[0]

    def kind(self, measure: Measure) -> str:
        """Which statement answers a measure: sums, distinct, sessions, latency, ttft or an id.

        Ids, of which there are many, are counted by themselves where no dimension splits them.
        """
        if measure.relation in ("sessions", "latency", "ttft"):
            return measure.relation
        if measure.distinct in IDS and not self.axes:
            return measure.distinct
        return "sums" if self.of_items or all(map(sums_up, measure.aggregates)) else "distinct"

    def wholes(self) -> Iterator[tuple[str, tuple[Measure, ...]]]:
        """The measures that do not sum up, by the statement that answers them."""
        others = sorted((m for m in self.measures if self.kind(m) != "sums"), key=self.kind)
        for kind, measures in groupby(others, key=self.kind):
            yield kind, tuple(measures)
