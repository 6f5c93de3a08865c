"""The one DuckDB connection a dropped file flows through, locked before a value is read."""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from analytics_core.errors import NotWritable
from analytics_core.settings import Settings
from analytics_core.store import manifest

TEMP = ".tmp-"


def workspace(events: Path) -> Path:
    """The folder under data/events in which this process may write: events/.tmp-<pid>."""
    return events / f"{TEMP}{os.getpid()}"


@contextmanager
def connect(
    events: Path, settings: Settings, readable: Iterable[Path] = ()
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory connection that may read the landed files and write its workspace, no more.

    `readable` are the staged private copies (safe names) that read_csv or read_json will open;
    Arrow readers registered later need no permission. Order as in TRUST.md 4: limits, the exact
    files that may be read, the one folder that may be written, then access off and the
    configuration locked. COPY TO needs a folder (it writes under a temporary name first), and an
    allowed folder can be written by any statement: hence the landed files are allowed one by one,
    which makes them unwritable here, and only the workspace is a folder. The workspace is made
    fresh and removed with the connection. Raises NotWritable.
    """
    place = workspace(events.resolve())
    try:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
    except OSError as wrong:
        raise NotWritable(events, wrong.strerror or str(wrong)) from None
    landed = (place.parent / f.path for f in manifest.load(events).files)
    con = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{settings.ingest_memory_mb}MiB",
            "threads": settings.ingest_threads,
            "temp_directory": str(place / "spill"),
            "max_temp_directory_size": f"{settings.ingest_unpacked_gib}GiB",
            "autoload_known_extensions": False,
            "autoinstall_known_extensions": False,
        },
    )
    try:
        lock(con, settings, place, (*landed, *(p.resolve() for p in readable)))
        yield con
    finally:
        con.close()
        shutil.rmtree(place, ignore_errors=True)


def lock(
    con: duckdb.DuckDBPyConnection, settings: Settings, folder: Path, files: Iterable[Path]
) -> None:
    """Closes `con` to everything but reading `files` and using `folder`; cannot be undone."""
    con.execute("SET enable_progress_bar = false")
    con.execute("SET GLOBAL TimeZone = 'UTC'")
    con.execute("SET GLOBAL python_enable_replacements = false")
    con.execute("SET GLOBAL max_execution_time = $1", [int(settings.ingest_seconds * 1000)])
    con.execute("SET GLOBAL allowed_paths = $1", [sorted(str(f) for f in files)])
    con.execute("SET GLOBAL allowed_directories = $1", [[f"{folder}/"]])
    con.execute("SET GLOBAL enable_external_access = false")
    con.execute("SET GLOBAL lock_configuration = true")
