"""What can be asked of sessions beside measures: which there are, and how long they last."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from analytics_core.errors import NotAsked
from analytics_core.semantics.measure import Measure
from analytics_core.semantics.unit import Unit
from analytics_core.store import sql
from analytics_core.store.asked import Asking
from analytics_core.store.sql_parts import Part
from analytics_core.store.sql_relations import MICRO, item_grant
from analytics_core.store.sql_sessions import newest_sessions

BOUNDS = (0, 1, 2, 5, 10, 15, 30, 60, 120, 180)  # minutes; each begins a span, the last has no end
REUSED = 24 * 60  # minutes: over that, an id was probably used again
_MINUTE = 60 * MICRO


@dataclass(frozen=True, slots=True)
class NewestSessions:
    """Sessions with an event in the selection, newest first: the columns of `newest_sessions`.

    `before`, first (aware) and session of the last row of a page, asks for the next; `until` is
    the store's data_until, which decides what still runs. A pick on usage items keeps sessions.
    """

    limit: int
    until: datetime
    before: tuple[datetime, str] | None = None

    def answered(self, asking: Asking) -> pl.DataFrame:
        """One row per session, times naive UTC."""
        dialect = asking.engine.dialect
        listed = newest_sessions(asking.chosen, self.before, self.limit, dialect, self.until)
        return asking.run(listed).with_columns(pl.col("started").cast(pl.Datetime("us")))


@dataclass(frozen=True, slots=True)
class LengthCounts:
    """How many sessions started in the period, by length. Source: METRICS.md 1.3.

    `until` as for NewestSessions. Raises NotAsked for a pick on usage items.
    """

    until: datetime

    def answered(self, asking: Asking) -> pl.DataFrame:
        """One row: `from_<minutes>` for each of BOUNDS, `unknown` and `reused`.

        Unknown still run, or nothing says how long they were; `reused` (over REUSED minutes) are in
        the last span too.
        """
        if item_grant(asking.chosen):
            raise NotAsked("How long sessions last is not known per usage item.")
        part, dialect = Part((*_SPANS, *_ASIDE)), asking.engine.dialect
        statement = sql.facts_of_sessions([part], asking.chosen, dialect, self.until)
        rows = asking.run(statement.compiled)
        names = [(m.name, statement.aliases[m.sql]) for m in part.measures]
        return pl.DataFrame({name: [int(rows[alias].sum() or 0)] for name, alias in names})


def _number(name: str, kept: str) -> Measure:
    return Measure(
        name=name, label="", unit=Unit.COUNT, additive=True, better="neither", formula="",
        description="", relation="sessions", sql=f"count(*) FILTER (WHERE {kept})",
    )  # fmt: skip


def _span(place: int) -> str:
    least = f"duration_us >= {BOUNDS[place] * _MINUTE}"
    last = place == len(BOUNDS) - 1
    return least if last else f"{least} AND duration_us < {BOUNDS[place + 1] * _MINUTE}"


_SPANS = tuple(_number(f"from_{BOUNDS[place]}", _span(place)) for place in range(len(BOUNDS)))
_ASIDE = (
    _number("unknown", "duration_us IS NULL"),
    _number("reused", f"duration_us > {REUSED * _MINUTE}"),
)
