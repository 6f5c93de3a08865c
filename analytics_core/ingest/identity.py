"""Who an event is: its id in the source, else a hash of what the source says of it."""

from duckdb import DuckDBPyConnection

from analytics_core.events import TOKENS
from analytics_core.ingest.literals import literal
from analytics_core.ingest.said import DIMENSIONS, Said
from analytics_core.ingest.texts import CONTROL

_LONGEST = 200
# Identical rows of a request log are different calls: the second, third … get ids of their own.
_REPEATED = """
    UPDATE stage.typed SET event_id = numbered.prefix || left(md5(numbered.event_id || '#' || n), 24)
    FROM (
        SELECT rowid AS id, event_id, regexp_extract(event_id, '^(.*:)?[0-9a-f]{24}$', 1) AS prefix,
            row_number() OVER (PARTITION BY event_id ORDER BY row) - 1 AS n
        FROM stage.typed
        WHERE event_id IN (SELECT event_id FROM stage.typed WHERE _hashed AND grain = 'request'
            AND _skip IS NULL AND _reject IS NULL GROUP BY event_id HAVING count(*) > 1)
            AND _skip IS NULL AND _reject IS NULL
    ) AS numbered
    WHERE typed.rowid = numbered.id AND numbered.n > 0"""


def prefix(said: Said) -> str:
    """What stands before the id: the namespace of the product."""
    return f"{said.source.namespace}:" if said.source.namespace else ""


def event_id(said: Said) -> str:
    """SQL of the id; what would be cut or replaced in one is hashed, so that no two become one."""
    named = literal(prefix(said))
    if not said.has("id"):
        return f"{named} || hashed"
    odd = f"strlen(t_id) > {_LONGEST} OR (unclean AND regexp_matches(t_id, {literal(CONTROL)}))"
    known = f"CASE WHEN {odd} THEN md5(t_id) ELSE w_id END"
    return f"CASE WHEN w_id IS NOT NULL THEN {named} || {known} ELSE {named} || hashed END"


def hashed(said: Said) -> str:
    """SQL of 24 hex of a hash: of all mapped values, in a bucket of what it is a bucket of.

    A bucket leaves its values out, so a fuller export of the same day replaces the partial one.
    """
    source = [*_parts(("at_start", *(f"w_{n}" for n in said.those(DIMENSIONS))))]
    if said.has("ended_at"):
        source += _parts(("at_ended_at",))
    if said.has("tags"):
        source += _parts(("tags",))
    rule = ("items[1].rule", "items[1].unit") if said.has("items") else ()
    line = [f"CASE WHEN len(items) = 1 THEN {part} END" for part in _parts(rule)]
    # Counts from text are 20.0, from integers 20: they are one number.
    counted = [
        f"'{name}=' || TRY_CAST(n_{name} AS BIGINT) || chr(31)"
        for name in said.those((*TOKENS, "requests"))
    ]
    values = [f"n_{name}" for name in said.those(("latency_ms", "ttft_ms"))]
    values += [f"usd_{name}" for name in said.those(("cost_reported", "credits"))]
    values += ["items"] if said.has("items") else []
    bucket = f"concat({', '.join([*source, *line])})"
    request = f"concat({', '.join([*source, *counted, *_parts(tuple(values))])})"
    kind = f"CASE WHEN grain = 'bucket' THEN {bucket} ELSE {request} END"
    made = f"left(md5({kind}), 24)"
    return f"CASE WHEN w_id IS NULL THEN {made} END" if said.has("id") else made


def _parts(names: tuple[str, ...]) -> list[str]:
    """Each value after its name, so that an unknown one and a column too many change nothing."""
    return [f"'{n.removeprefix('w_')}=' || CAST({n} AS VARCHAR) || chr(31)" for n in names]


def number_repeats(con: DuckDBPyConnection) -> None:
    """Gives identical rows of `typed` that have no id of their own different ones."""
    con.execute(_REPEATED)
