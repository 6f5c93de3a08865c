"""Sessions one by one, the newest first: who, with what, and what it took."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from analytics_core.reports.breakdown import Breakdown, Part, share_of
from analytics_core.reports.compare import Figure
from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.member import Member
from analytics_core.semantics.query import Query
from analytics_core.store.sessions import NewestSessions
from analytics_core.store.sql_sessions import SAYS, SUMS
from analytics_core.store.view import View

COUNT = Query(("sessions",))
PAGE = 50
MOST = 1_000_000  # in one file


@dataclass(frozen=True, slots=True)
class Named:
    """The first value of a dimension a session has (None: it names none), and how many more."""

    name: str | None
    more: int


@dataclass(frozen=True, slots=True)
class Session:
    """One session. Requests, tokens and cost (nano-USD) are of its events in the selection.

    `started` is its first event of all times, `first` its first in the selection; both aware.
    `seconds` is its length of all times, None while it may go on (`running`) or where nothing says
    how long it was. Source: METRICS.md 1.3.
    """

    id: str
    first: datetime
    started: datetime
    seconds: float | None
    running: bool
    said: Mapping[str, Named]  # by dimension of SAYS
    figures: Mapping[str, Figure]  # by measure of SUMS

    @property
    def mark(self) -> tuple[datetime, str]:
        """What asks for the sessions after this one."""
        return self.first, self.id


def sessions(
    view: View, limit: int = PAGE, before: tuple[datetime, str] | None = None
) -> tuple[Session, ...]:
    """The newest sessions of the selection by their first event in it; with `before` older ones."""
    found = view.study(NewestSessions(limit, known_until(view), before))
    return tuple(_session(row) for row in found.iter_rows(named=True))


def costs(listed: Sequence[Session]) -> Breakdown:
    """What each of those sessions cost, in their order; the total is theirs alone."""
    of = [(Member(one.id), one.figures["cost"]) for one in listed]
    known = [cost for _, cost in of if cost is not None]
    total = sum(known) if known else None
    parts = tuple(Part(m, m.label("session"), cost, share_of(cost, total)) for m, cost in of)
    return Breakdown(MEASURES["cost"], dimension("session"), parts, total, total)


def known_until(view: View) -> datetime:
    """The store's newest event (aware), of an empty store the beginning of time."""
    return view.store.data_until or datetime(1970, 1, 1, tzinfo=UTC)


def _session(row: dict[str, Any]) -> Session:
    long = row["duration_us"]
    return Session(
        row["session"],
        row["first"].replace(tzinfo=UTC),
        row["started"].replace(tzinfo=UTC),
        None if long is None else long / 1_000_000,
        row["running"],
        {name: Named(row[name], max(0, row[f"{name}_count"] - 1)) for name in SAYS},
        {name: row[name] for name in SUMS},
    )
