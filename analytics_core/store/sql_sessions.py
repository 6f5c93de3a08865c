"""The statement that lists sessions, the newest first."""

from datetime import datetime

from analytics_core.semantics.dimension import DIMENSIONS
from analytics_core.semantics.measure import MEASURES
from analytics_core.store.engine import Compiled, Dialect
from analytics_core.store.sql import RUNNING
from analytics_core.store.sql_relations import (
    Selection,
    events,
    in_sessions,
    lifted_sessions,
    session_facts,
    without_items,
)
from analytics_core.store.sql_terms import Terms

SAYS = (
    "user",
    "team",
    "agent",
    "project",
    "repository",
)  # dimensions of which a session may have several
SUMS = ("requests", "total_tokens", "cost")


def newest_sessions(
    chosen: Selection,
    before: tuple[datetime, str] | None,
    limit: int,
    dialect: Dialect,
    data_until: datetime,
) -> Compiled:
    """Sessions with an event in the selection, newest first; with `before` (first, session) older ones.

    Columns: session, first (its first event in the selection, by which they stand), started (its
    first of all times, us since 1970), duration_us (NULL where unknown, and while it may go on: `running`), per
    dimension of SAYS its first value and `<dimension>_count`, then SUMS over the selection.
    Source: METRICS.md 1.3.
    """
    terms, whole = Terms(dialect), dialect.whole
    chosen = without_items(chosen)
    older = ""
    if before is not None:
        instant, session = terms.instant(before[0]), terms.bind(before[1], "text")
        older = f" HAVING (min(started_at), session_id) < ({instant}, {session})"
    page = (
        f"SELECT session_id, min(started_at) AS first {in_sessions(terms, chosen)}"
        f" GROUP BY session_id{older} ORDER BY first DESC, session_id DESC"
        f" LIMIT {terms.bind(limit, 'integer')}"
    )
    columns = [
        f"arg_min({DIMENSIONS[name].column}, (started_at, event_id)) AS {name},"
        f" {whole(f'count(DISTINCT {DIMENSIONS[name].column})')} AS {name}_count"
        for name in SAYS
    ]
    columns += [f"{whole(MEASURES[name].sql)} AS {name}" for name in SUMS]
    said = (
        f"SELECT session_id, {', '.join(columns)} {events(terms, chosen)}"
        " AND session_id IN (SELECT session_id FROM kept) GROUP BY session_id"
    )
    fresh = f"last > {dialect.micros(terms.instant(data_until - RUNNING))}"
    tables = [
        *lifted_sessions(terms, chosen, kept=page),
        f"said AS ({said})",
        f"facts AS ({session_facts((), active=False)})",
    ]
    shown = ", ".join((*(f"{name}, {name}_count" for name in SAYS), *SUMS))
    text = (
        f"WITH {', '.join(tables)} SELECT session_id AS session, first, started, CASE WHEN NOT {fresh} THEN duration_us END AS duration_us, {fresh} AS running,"
        f" {shown} FROM kept JOIN said USING (session_id) JOIN facts USING (session_id)"
        " ORDER BY first DESC, session_id DESC"
    )
    return Compiled(text, terms.params)
