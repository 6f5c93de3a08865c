"""The one DuckDB connection a dropped file flows through, locked before a value is read."""

import os
import shutil
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

import duckdb

from analytics_core.errors import NotWritable
from analytics_core.settings import Settings
from analytics_core.store import manifest
from analytics_core.store.connection import locked_connection

TEMP = ".tmp-"


def workspace(events: Path) -> Path:
    """The folder under data/events in which this process may write: events/.tmp-<pid>."""
    return events.resolve() / f"{TEMP}{os.getpid()}"


@contextmanager
def connect(
    events: Path, settings: Settings, readable: Iterable[Path] = ()
) -> Generator[duckdb.DuckDBPyConnection]:
    """An in-memory connection that may read the landed files and write its workspace, no more.

    `readable` are the staged private copies (safe names) that read_csv or read_json will open;
    Arrow readers registered later need no permission. The workspace is made fresh and removed with
    the connection. Open it after taking the lock, one for each file: what it may read is what the
    manifest lists now. Raises NotWritable.
    """
    place = workspace(events)
    try:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
    except OSError as wrong:
        raise NotWritable(events, wrong.strerror or str(wrong)) from None
    landed = (events / f.path for f in manifest.load(events).files)
    con = None
    try:
        con = locked_connection(settings, place / "spill", (*landed, *readable), place)
        yield con
    finally:
        if con is not None:
            con.close()
        shutil.rmtree(place, ignore_errors=True)
