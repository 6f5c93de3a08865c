"""Which rows of a file stand and which lose, inside the file and against the store (EVENTS 3.4)."""

from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from analytics_core.events import COLUMNS, NAMES
from analytics_core.store import parquet
from analytics_core.store.manifest import EventFile, Manifest

REUSED = "id_reused"

# Two things are needed again after landing and have no column: the moment that ranks repeats, and
# that the parts were unusable, so that repricing does not price all input as uncached. They travel
# in metadata, where every value without a column of its own is kept.
_METADATA = """
    CASE WHEN (_updated_at IS NULL OR _updated_at = coalesce(ended_at, started_at))
        AND NOT coalesce(list_contains(_flags, 'parts_exceed_total'), false) THEN metadata
    ELSE json_merge_patch(coalesce(metadata, '{}'), json_object(
        'updated_at', strftime(_updated_at, '%Y-%m-%dT%H:%M:%S.%f'),
        'parts_exceed_total', CASE WHEN list_contains(_flags, 'parts_exceed_total') THEN true END
    ))::VARCHAR END AS metadata"""

_REPEATED = """
    CREATE OR REPLACE TEMP TABLE repeated AS
    SELECT event_id AS base FROM incoming GROUP BY event_id HAVING count(*) > 1"""

# Rows of `stored` (other files) that carry an id of the file, whatever their time.
_HITS = """
    CREATE OR REPLACE TEMP TABLE hits AS
    SELECT filename, file_row_number, event_id AS base
    FROM stored SEMI JOIN incoming USING (event_id) WHERE file_id <> $file_id"""
# Ids that were used again stand as id@YYYYMMDD; looked for only once the ledger counts some.
_REUSED_HITS = """
    INSERT INTO hits
    SELECT filename, file_row_number, event_id[:-10]
    FROM stored SEMI JOIN incoming ON incoming.event_id = stored.event_id[:-10]
    WHERE stored.event_id[-9:] = strftime(stored.started_at, '@%Y%m%d')
        AND stored.file_id <> $file_id"""

_RANKED = """
    CREATE OR REPLACE TEMP TABLE ranked AS
    WITH contenders AS (
        SELECT NULL AS filename, NULL AS file_row_number, event_id AS base, incoming.*
        FROM incoming SEMI JOIN (FROM repeated UNION SELECT base FROM hits) AS wanted
            ON incoming.event_id = wanted.base
        UNION ALL BY NAME
        SELECT NULL AS _id, filename, file_row_number, base, stored.*
            EXCLUDE (filename, file_row_number)
        FROM stored JOIN hits USING (filename, file_row_number)
    ), valued AS (
        SELECT *, coalesce(try_cast(metadata->>'$.updated_at' AS TIMESTAMP), ended_at, started_at)
                AS moment,
            hash(source, requests, started_at, ended_at, organization, team, user_id, project,
                repository, customer, feature, agent, session_id, conversation_id, environment,
                api_key, provider, model_raw, service_type, operation, service_tier,
                context_window, status, error_type, finish_reason, http_status, latency_ms,
                ttft_ms, stream, cache_hit, input_tokens, output_tokens, cache_read_tokens,
                cache_write_tokens, cache_write_1h_tokens, reasoning_tokens, cost_reported_nano,
                list_transform(items, lambda i: (i.rule, i.quantity, i.unit)), trace_id,
                tags, metadata) AS fingerprint,
            started_at - lag(started_at) OVER (PARTITION BY base ORDER BY started_at)
                > INTERVAL 24 HOUR AS apart
        FROM contenders
    ), clusters AS (
        SELECT *, count(*) FILTER (apart) OVER (PARTITION BY base ORDER BY started_at) AS cluster
        FROM valued
    ), placed AS (
        SELECT *, row_number() OVER chosen AS place,
            first_value(file_id) OVER chosen AS winner,
            first_value(filename IS NOT NULL) OVER chosen AS winner_stored,
            first_value((input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
                cache_write_1h_tokens, reasoning_tokens, cost_reported_nano)) OVER chosen
                IS DISTINCT FROM (input_tokens, output_tokens, cache_read_tokens,
                cache_write_tokens, cache_write_1h_tokens, reasoning_tokens, cost_reported_nano)
                AS differs,
            min(event_id) FILTER (filename IS NOT NULL) OVER (PARTITION BY base, cluster)
                AS stored_name,
            bool_or(filename IS NOT NULL AND event_id = base) OVER (PARTITION BY base)
                AS plain_taken,
            min(cluster) FILTER (filename IS NULL) OVER (PARTITION BY base) AS first_cluster
        FROM clusters
        WINDOW chosen AS (PARTITION BY base, cluster ORDER BY moment DESC,
            output_tokens DESC NULLS LAST, input_tokens DESC NULLS LAST, requests DESC NULLS LAST,
            cost_reported_nano DESC NULLS LAST, fingerprint DESC,
            filename NULLS LAST, file_row_number, row, _id)
    )
    SELECT _id, filename, file_row_number, base, place, file_id, winner, winner_stored, differs,
        grain, requests, input_tokens, output_tokens, cost_nano,
        CASE WHEN stored_name IS NOT NULL THEN stored_name
            WHEN cluster = first_cluster AND NOT plain_taken THEN base
            ELSE base || strftime(started_at, '@%Y%m%d') END AS name
    FROM placed"""

_DROPPED = """
    CREATE OR REPLACE TEMP TABLE dropped AS
    SELECT _id FROM ranked WHERE _id IS NOT NULL AND place > 1"""
_RENAMED = """
    CREATE OR REPLACE TEMP TABLE renamed AS
    SELECT _id, name FROM ranked WHERE _id IS NOT NULL AND place = 1 AND name <> base"""
_NOTHING_LOST = """
    CREATE OR REPLACE TEMP TABLE lost (filename VARCHAR, file_row_number BIGINT, file_id VARCHAR,
        winner VARCHAR, requests BIGINT, input_tokens BIGINT, output_tokens BIGINT,
        cost_nano BIGINT)"""
_LOST = """
    INSERT INTO lost
    SELECT DISTINCT filename, file_row_number, file_id, winner, requests, input_tokens,
        output_tokens, cost_nano
    FROM ranked WHERE filename IS NOT NULL AND place > 1"""
_REPEATS = "SELECT (SELECT count(*) FROM repeated) + (SELECT count(*) FROM hits)"
_OUTGOING = """
    CREATE OR REPLACE TEMP VIEW outgoing AS
    SELECT incoming.* REPLACE (coalesce(renamed.name, incoming.event_id) AS event_id)
    FROM incoming LEFT JOIN renamed USING (_id) ANTI JOIN dropped USING (_id)"""
_ALL_OUTGOING = "CREATE OR REPLACE TEMP VIEW outgoing AS FROM incoming"
_NOTHING_STORED = """
    SELECT * EXCLUDE (_id, _updated_at, _flags), NULL::VARCHAR AS filename,
        NULL::BIGINT AS file_row_number
    FROM incoming WHERE false"""
_HIT_FILES = "SELECT DISTINCT filename FROM hits"
_OWN = """
    INSERT INTO lost
    SELECT filename, file_row_number, file_id, file_id, requests, input_tokens, output_tokens,
        cost_nano
    FROM stored WHERE file_id = $file_id"""
_COUNTS = """
    SELECT count(*) FILTER (_id IS NOT NULL AND place > 1) AS duplicate,
        count(*) FILTER (place > 1 AND differs AND grain = 'request') AS conflicts,
        (SELECT count(*) FROM renamed) AS reused
    FROM ranked"""
_LOST_TO_STORE = """
    SELECT winner, count(*) FROM ranked
    WHERE _id IS NOT NULL AND place > 1 AND winner_stored GROUP BY winner ORDER BY winner"""


@dataclass(frozen=True, slots=True)
class Dedupe:
    """What became of the repeats.

    The kept rows stand in the view `outgoing` (with `_id`, `_updated_at`, `_flags`), the stored
    rows to take out in the table `lost` (filename, file_row_number, file_id, winner, requests,
    input_tokens, output_tokens, cost_nano).
    """

    duplicate: int  # rows of the file that lost, to the file itself or to the store
    conflicts: int  # losing request rows, stored ones too, whose tokens or cost differ
    reused: int  # rows kept as id@YYYYMMDD
    lost_to: tuple[tuple[str, int], ...]  # rows of the file that lost to a stored one, by file_id


def dedupe(
    con: DuckDBPyConnection, table: str, file_id: str, events: Path, held: Manifest
) -> Dedupe:
    """Ranks the rows of `table` against each other and against the store: the last one is kept.

    Last = greatest (updated_at, else ended_at, else started_at; output, input, requests, reported
    cost, hash of the values), so neither order nor split of drops matters; of equal rows the stored
    one stays. Rows of one id more than 24 hours apart are different events. When the file has rows
    in the store already (it is read again) they are all taken out for the new ones.
    """
    _view_incoming(con, table)
    con.execute(_NOTHING_LOST)
    con.execute(_REPEATED)
    _view_stored(con, events, held.files)
    con.execute(_HITS, {"file_id": file_id})
    if any(code == REUSED for i in held.inputs for code, _ in i.reasons):
        con.execute(_REUSED_HITS, {"file_id": file_id})
    found = Dedupe(0, 0, 0, ())
    if con.execute(_REPEATS).fetchall()[0][0]:
        found = _ranked(con, events, held)
    # The joins cost as much as writing the file does, so a file without repeats goes without.
    con.execute(_OUTGOING if found.duplicate or found.reused else _ALL_OUTGOING)
    again = held.landed(file_id)
    if again is not None:
        _view_stored(con, events, tuple(f for f in held.files if f.month in again.months))
        con.execute(_OWN, {"file_id": file_id})
    return found


def _ranked(con: DuckDBPyConnection, events: Path, held: Manifest) -> Dedupe:
    """Makes the tables dropped and renamed, and fills `lost`, from `repeated` and `hits`."""
    paths = {str(path) for (path,) in con.execute(_HIT_FILES).fetchall()}
    _view_stored(con, events, tuple(f for f in held.files if _path(events, f) in paths))
    for statement in (_RANKED, _DROPPED, _RENAMED, _LOST):
        con.execute(statement)
    duplicate, conflicts, reused = con.execute(_COUNTS).fetchall()[0]
    return Dedupe(duplicate, conflicts, reused, tuple(con.execute(_LOST_TO_STORE).fetchall()))


def _view_incoming(con: DuckDBPyConnection, table: str) -> None:
    """Every event column in its exact type; one the source does not say is NULL."""
    given = con.table(table)
    columns = {
        c.name: c.name if c.name in given.columns else f"NULL::{c.sql} AS {c.name}" for c in COLUMNS
    }
    said = given.project(", ".join(("rowid AS _id", *columns.values(), "_updated_at", "_flags")))
    said.project(
        ", ".join(("_id", *(n for n in NAMES if n != "metadata"), _METADATA, "_updated_at, _flags"))
    ).create_view("incoming", replace=True)
    parquet.check_schema(con, "incoming")


def _path(events: Path, file: EventFile) -> str:
    return str(events.resolve() / file.path)


def _view_stored(con: DuckDBPyConnection, events: Path, files: tuple[EventFile, ...]) -> None:
    if files:
        parquet.stored(con, events, files).create_view("stored", replace=True)
    else:
        con.sql(_NOTHING_STORED).create_view("stored", replace=True)
