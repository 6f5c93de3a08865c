"""Taking the rows of one file out again, and reading again what had lost rows to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analytics_core.errors import NotAsked, UnknownName
from analytics_core.ingest.connection import connect, workspace
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.land import losing_files, without_lost
from analytics_core.ingest.push.hours import is_archived
from analytics_core.ingest.verdict import FORGOTTEN
from analytics_core.settings import Settings
from analytics_core.store import manifest, parquet
from analytics_core.store.lock import locked
from analytics_core.store.manifest import EventFile, Input, Manifest

_LOST = """
    CREATE OR REPLACE TEMP TABLE lost AS
    SELECT filename, file_row_number, file_id FROM stored WHERE file_id = $file_id"""


@dataclass(frozen=True, slots=True)
class Forgetting:
    """What was taken out, and the ledger lines of the files that were read again for it."""

    entry: Input
    rows: int
    again: tuple[Input, ...]


ReadAgain = Callable[[Sequence[Path]], Sequence[Input]]


def forget(file_id: str, folders: Folders, settings: Settings, read_again: ReadAgain) -> Forgetting:
    """Rewrites the months of that file without its rows; its ledger line says `forgotten`.

    Files that had lost rows to it are then read again from the archive by `read_again` (the door,
    which takes the lock itself and lands known files anew). Killed in between, the ledger still
    says which files those are (`Manifest.unfinished`) and the same command ends the work. Raises
    UnknownName, NotAsked when a drop to read again is not in the archive, StoreBusy, Damaged.
    """
    with locked(folders.events):
        held = manifest.load(folders.events)
        known = [i.file_id for i in held.inputs if i.verdict in ("landed", "statement", FORGOTTEN)]
        UnknownName.check("file", file_id, known)
        entry = held.input(file_id)
        assert entry is not None
        _check_archive(folders, held, file_id)
        rows = 0
        if entry.verdict != FORGOTTEN:
            rows = _take_out(folders.events, settings, held, entry)
    losers = manifest.load(folders.events).unfinished
    again = read_again([folders.data / str(i.archived) for i in losers]) if losers else ()
    line = manifest.load(folders.events).input(file_id)
    assert line is not None
    return Forgetting(line, rows, tuple(again))


def _check_archive(folders: Folders, held: Manifest, file_id: str) -> None:
    missing = [
        i
        for i in held.inputs
        if i.verdict == "landed" and file_id in dict(i.lost_to)
        and not is_archived(i, held, folders)
    ]  # fmt: skip
    if missing:
        names = ", ".join(f"'{i.name}' ({i.file_id})" for i in missing)
        raise NotAsked(
            f"{names} lost rows to this file and must be read again, but is not in the archive."
            f" Put it back ({missing[0].archived or 'archive/'}), or forget it first and drop it"
            " again afterwards."
        )


def _take_out(events: Path, settings: Settings, held: Manifest, entry: Input) -> int:
    """One manifest step: the months without the rows of `entry`; returns how many those were."""
    months = tuple(f for f in held.files if f.month in entry.months)
    gone: tuple[EventFile, ...] = ()
    made: list[tuple[Path, EventFile] | None] = []
    with connect(events, settings) as con:
        if months:
            for file in months:  # what is rewritten gets a new SHA-256: damage must not pass
                parquet.check(events, file)
            parquet.stored(con, events, months).create_view("stored", replace=True)
            con.execute(_LOST, {"file_id": entry.file_id})
            gone = losing_files(con, events, held)
            made = [without_lost(con, events, file, workspace(events)) for file in gone]
        files = parquet.publish(events, [m for m in made if m is not None])
    sides = {path for path, _ in held.side if entry.file_id in path}
    parquet.retire(events, (*(f.path for f in gone), *sides))
    step = replace(
        held,
        files=(*(f for f in held.files if f not in gone), *files),
        side=tuple(one for one in held.side if one[0] not in sides),
    )
    manifest.save(events, step.with_input(replace(entry, verdict=FORGOTTEN, lost_to=())))
    return sum(f.rows for f in gone) - sum(f.rows for f in files)
