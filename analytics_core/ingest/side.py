"""Files beside the events: statements to reconcile with, and traces that complete observations."""

import hashlib
from dataclasses import replace
from pathlib import Path

from duckdb import DuckDBPyConnection

from analytics_core.ingest.archive import archived_as
from analytics_core.ingest.connection import workspace
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.said import TYPED
from analytics_core.ingest.sources.source import Source
from analytics_core.ingest.verdict import LANDED, STATEMENT
from analytics_core.settings import Settings
from analytics_core.store import manifest, parquet
from analytics_core.store.manifest import Input, Manifest

TRACES = "langfuse-traces"
_GROUP = "langfuse"
_WORKING = ("_skip", "_reject", "_unit", "_hashed", "_flags")
_RANGE = "SELECT count(*), min(started_at), max(started_at) FROM stage.typed"
# What a trace knows that its observations may lack.
_COMPLETED: dict[str, str] = {
    "user_id": "user_id", "session_id": "session_id", "conversation_id": "session_id",
    "feature": "feature", "environment": "environment",
}  # fmt: skip
_TRACES = """
    CREATE OR REPLACE TEMP TABLE traces AS
    SELECT trace_id, any_value(user_id) AS user_id, any_value(session_id) AS session_id,
        any_value(feature) AS feature, any_value(environment) AS environment
    FROM read_parquet($paths, union_by_name=true) WHERE trace_id IS NOT NULL GROUP BY trace_id"""
_COMPLETE = """
    UPDATE stage.typed SET user_id = coalesce(typed.user_id, traces.user_id),
        session_id = coalesce(typed.session_id, traces.session_id),
        conversation_id = coalesce(typed.conversation_id, traces.session_id),
        feature = coalesce(typed.feature, traces.feature),
        environment = coalesce(typed.environment, traces.environment)
    FROM traces WHERE typed.trace_id = traces.trace_id"""


def keep(
    con: DuckDBPyConnection, source: Source, entry: Input, folders: Folders, settings: Settings
) -> Input:
    """Lands the table `typed` as data/events/side/<role>-<source>-<file_id>.parquet, in one step.

    Its rows are no events; the ledger line has the verdict `statement`.
    """
    name = f"side/{source.role}-{source.name}-{entry.file_id}.parquet"
    path = workspace(folders.events) / Path(name).name
    hidden = ", ".join(_WORKING)
    con.table(TYPED).project(f"* EXCLUDE ({hidden})").write_parquet(str(path), compression="zstd")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    rows, first, last = con.execute(_RANGE).fetchall()[0]
    parquet.publish_as(folders.events, path, name)
    finished = replace(
        entry, verdict=STATEMENT, accepted=rows,
        min_started_at=first.isoformat() if first else None,
        max_started_at=last.isoformat() if last else None,
        archived=archived_as(entry) if settings.ingest_archive == "keep" else None,
    )  # fmt: skip
    held = manifest.load(folders.events)
    listed = tuple({**dict(held.side), name: digest}.items())
    manifest.save(folders.events, replace(held, side=listed).with_input(finished))
    return finished


def readable(source: Source, events: Path) -> tuple[Path, ...]:
    """The side files that complete the rows of this source."""
    if source.group != _GROUP or source.role != "events":
        return ()
    held = manifest.load(events)
    return tuple(events / path for path, _ in held.side if f"-{TRACES}-" in path)


def complete(con: DuckDBPyConnection, source: Source, events: Path) -> None:
    """Fills in what the traces know of the observations in `typed`."""
    paths = [str(path.resolve()) for path in readable(source, events)]
    if not paths:
        return
    con.execute(_TRACES, {"paths": paths})
    present = con.table(TYPED).columns
    for name in (*_COMPLETED, "trace_id"):
        if name not in present:
            con.execute("ALTER TABLE stage.typed ADD COLUMN " + name + " VARCHAR")
    con.execute(_COMPLETE)


def completed_by(entry: Input, held: Manifest) -> tuple[Input, ...]:
    """Landed files that a traces file may complete: they are to be read again."""
    if entry.source != TRACES or entry.verdict != STATEMENT:
        return ()
    return tuple(
        i
        for i in held.inputs
        if i.group == _GROUP and i.verdict == LANDED and i.archived and i.source != TRACES
    )
