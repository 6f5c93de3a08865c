"""Keeping the store small in files: merges of crowded months, old generations and orphans away."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from analytics_core.ingest.connection import TEMP, connect, workspace
from analytics_core.settings import Settings
from analytics_core.store import manifest, parquet
from analytics_core.store.manifest import EventFile

GRACE = timedelta(minutes=10)  # readers may still hold the manifest before
ORPHANS = timedelta(hours=1)  # folders of processes that were killed


def tidy(events: Path, settings: Settings, *, now: datetime) -> None:
    """Merges months of more than 16 files, then removes what no manifest lists any more.

    Once after a batch, with the lock held. Raises what `parquet.write` and `manifest.save` raise.
    """
    held = manifest.load(events)
    crowded = {m: parquet.to_merge(held.of_month(m)) for m in {f.month for f in held.files}}
    for _, small in sorted((m, files) for m, files in crowded.items() if files):
        merge(events, settings, small)
    _sweep(events, now)


def merge(events: Path, settings: Settings, small: tuple[EventFile, ...]) -> None:
    """Replaces those files of one month by one with the same rows."""
    with connect(events, settings) as con:
        for file in small:
            parquet.check(events, file)
        rows = parquet.stored(con, events, small)
        made = parquet.write(con, rows, small[0].month, workspace(events))
        files = parquet.publish(events, [made] if made else [])
        held = manifest.load(events)
        kept = tuple(f for f in held.files if f not in small)
        parquet.retire(events, (f.path for f in small))
        manifest.save(events, replace(held, files=(*kept, *files)))


def _sweep(events: Path, now: datetime) -> None:
    """Removes month files that left the manifest 10 minutes ago and workspaces of the dead."""
    held = manifest.load(events)
    listed = {events / f.path for f in held.files} | {events / path for path, _ in held.side}
    for path in (*events.glob("month=*/*.parquet"), *events.glob("side/*")):
        if path not in listed and _age(path, now) > GRACE:
            path.unlink(missing_ok=True)
    for folder in _workspaces(events):
        if _age(folder, now) > ORPHANS and not _alive(int(folder.name.removeprefix(TEMP))):
            shutil.rmtree(folder, ignore_errors=True)


def _workspaces(events: Path) -> Iterator[Path]:
    return (p for p in events.glob(f"{TEMP}*") if p.name.removeprefix(TEMP).isdigit())


def _age(path: Path, now: datetime) -> timedelta:
    try:
        return now - datetime.fromtimestamp(path.stat().st_mtime, tz=now.tzinfo)
    except FileNotFoundError:
        return timedelta(0)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
