"""Every number about a set of events, declared once. Source: METRICS.md 1 (docs/measures.md)."""

from dataclasses import dataclass
from typing import Literal

from analytics_core.semantics.unit import Unit

Relation = Literal["events", "items", "sessions", "latency", "ttft", "period"]
Better = Literal["lower", "higher", "neither"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number about a set of events, and everything a screen needs to show it.

    `sql` is an aggregate over the columns of `relation`, without values. A ratio also has a
    `denominator`, over the same rows (N4); it is divided once, after the query, times `scale`.
    `report` names the report that answers it when one Query cannot.
    """

    name: str
    label: str
    unit: Unit
    additive: bool
    better: Better
    formula: str  # in words, for people
    description: str
    sql: str = ""
    denominator: str | None = None
    scale: float = 1.0
    clickhouse: str | None = None  # only where ClickHouse says it in other words
    relation: Relation = "events"
    quantile: float | None = None  # percentile measures: 0.5, 0.95, 0.99
    least: int = 0  # below this many known rows the figure is unknown
    zero_when_empty: bool = False  # N1: additive and distinct measures are 0 without rows
    report: str | None = None


MEASURES: dict[str, Measure] = {}
