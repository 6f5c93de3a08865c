"""A DuckDB connection with limits, closed to everything but the files it was opened for."""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from analytics_core.settings import Settings


def locked_connection(
    settings: Settings, spill: Path, files: Iterable[Path], folder: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """An in-memory connection within the ingest limits that reads `files` and writes `folder`.

    Order as in TRUST.md 4: limits, what is allowed, then access off and the configuration locked.
    COPY TO needs a folder (it writes under a temporary name first), and whatever lies in an allowed
    folder can be overwritten: hence files are allowed one by one, which makes them unwritable.
    """
    con = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{settings.ingest_memory_mb}MiB",
            "threads": settings.ingest_threads,
            "temp_directory": str(spill),
            "max_temp_directory_size": f"{settings.ingest_unpacked_gib}GiB",
            "autoload_known_extensions": False,
            "autoinstall_known_extensions": False,
        },
    )
    con.execute("SET enable_progress_bar = false")
    con.execute("SET GLOBAL TimeZone = 'UTC'")
    con.execute("SET GLOBAL python_enable_replacements = false")
    con.execute("SET GLOBAL max_execution_time = $1", [int(settings.ingest_seconds * 1000)])
    con.execute("SET GLOBAL allowed_paths = $1", [sorted(str(f.resolve()) for f in files)])
    if folder is not None:
        con.execute("SET GLOBAL allowed_directories = $1", [[f"{folder.resolve()}/"]])
    con.execute("SET GLOBAL enable_external_access = false")
    con.execute("SET GLOBAL lock_configuration = true")
    return con
