"""How an answer came about, as data; words are made where people read."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store import sql
from analytics_core.store.asked import Asked, Asking
from analytics_core.store.engine import Bound, Compiled
from analytics_core.store.sql_parts import Part
from analytics_core.store.sql_relations import Selection
from analytics_core.store.sql_sums import sums

FILES = "the files of the store that may hold them"


@dataclass(frozen=True, slots=True)
class Source:
    """What one source contributes to a selection; instants are aware UTC."""

    name: str
    rows: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What a selection is made of.

    `reported` and `computed` are shares of cost, None when it is unknown or not above zero.
    """

    rows: int
    sources: tuple[Source, ...]
    reported: float | None
    computed: float | None
    unpriced_events: int
    unpriced_requests: int
    unpriced_tokens: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Explained:
    """How one answer came about: the statements, the rows behind it and where money comes from.

    `sql` are the statements in order and `params` the values bound to each, files by their names
    and only for those who see every row; `ms` the time the engine took, uncached. `known` holds per measure the number of rows whose input is known:
    events, for session measures sessions, for items items.
    """

    sql: tuple[str, ...]
    params: tuple[tuple[tuple[str, Bound], ...], ...]
    ms: float
    store: str
    rows: int
    known: tuple[tuple[str, int], ...]
    facts: Facts
    version: str
    data_until: datetime | None


def facts_of(frame: pl.DataFrame) -> Facts:
    """The facts that the rows of `sql.facts` say."""
    sources = tuple(
        Source(
            r["source"], r["rows"], r["first"].replace(tzinfo=UTC), r["last"].replace(tzinfo=UTC)
        )
        for r in frame.iter_rows(named=True)
    )
    total = {
        name: int(frame[name].sum() or 0)
        for name in frame.columns
        if name not in ("source", "first", "last")
    }
    cost = total["cost"]
    return Facts(
        total["rows"],
        sources,
        total["reported"] / cost if cost > 0 else None,
        total["computed"] / cost if cost > 0 else None,
        total["unpriced_events"],
        total["unpriced_requests"],
        total["unpriced_tokens"],
        total["tokens"],
    )


def explained(
    query: Query, asking: Asking, ms: float, version: str, data_until: datetime | None
) -> Explained:
    """What lies behind the answer that `asking` has just found."""
    ran = tuple(asking.statements)
    facts = facts_of(asking.engine.run(sql.facts(asking.chosen, asking.engine.dialect)))
    return Explained(
        tuple(c.text for c in ran),
        tuple(tuple((k, _said(v, asking.chosen)) for k, v in c.params.items()) for c in ran),
        ms,
        "Parquet",
        facts.rows,
        tuple(_known(Asked.of(query, asking.chosen), asking).items()),
        facts,
        version,
        data_until,
    )


def _said(value: Bound, chosen: Selection) -> Bound:
    """A bound value; in place of paths the names of the files.

    Which files there are, and how many, is what others have too.
    """
    if not isinstance(value, list) or not value or not set(value) <= set(chosen.every):
        return value
    return [Path(str(path)).name for path in value] if chosen.scope.everything else FILES


def _known(asked: Asked, asking: Asking) -> dict[str, int]:
    """Per measure, the rows of its relation whose input is known."""
    chosen, dialect = asking.chosen, asking.engine.dialect
    known: dict[str, int] = {}
    sessions = [m for m in asked.measures if m.relation == "sessions"]
    others = [m for m in asked.measures if m.relation != "sessions"]
    for group, of_sessions in ((others, False), (sessions, True)):
        if not group:
            continue
        part = Part(tuple(_counted(m) for m in group))
        statement = (
            sql.facts_of_sessions([part], chosen, dialect, asking.data_until)
            if of_sessions
            else sums([part], chosen, dialect, of_items=asked.of_items)
        )
        row = asking.engine.run(Compiled(statement.compiled.text, statement.compiled.params))
        for measure in group:
            column = statement.aliases[measure.known]
            known[measure.name] = int(row[column].sum() or 0)
    return {name: known[name] for name in asked.query.measures}


def _counted(measure: Measure) -> Measure:
    """A measure that counts the known rows of another."""
    return Measure(
        name=measure.name, label="", unit=Unit.COUNT, additive=True, better="neither", formula="",
        description="", sql=MEASURES[measure.name].known, relation=measure.relation,
    )  # fmt: skip
