"""Taking all demo data out again: rows, ledger lines, archived and quarantined copies, settings."""

import shutil
from dataclasses import dataclass, replace

from analytics_core.ingest import quarantine
from analytics_core.ingest.demo import make
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.forget import ReadAgain, forget
from analytics_core.ingest.verdict import FORGOTTEN
from analytics_core.settings import Settings
from analytics_core.store import manifest, parquet
from analytics_core.store.lock import locked
from analytics_core.store.manifest import Input, Manifest


@dataclass(frozen=True, slots=True)
class Removal:
    """How many demo files and rows were taken out, and which settings files went with them."""

    files: int
    rows: int
    settings: tuple[str, ...]


def remove(folders: Folders, settings: Settings, read_again: ReadAgain) -> Removal:
    """Leaves the store as if the demo had never been made, and with a manifest.

    The manifest says that the store has been used: the app makes no demo of its own any more.
    Raises what `forget` raises.
    """
    held = manifest.load(folders.events)
    gone = tuple(i for i in held.inputs if i.demo)
    rows = _emptied(folders) if held.demo_only else 0
    for entry in manifest.load(folders.events).inputs:
        if entry.demo and entry.verdict == "landed":
            rows += forget(entry.file_id, folders, settings, read_again).rows
    for entry in gone:
        _clear_copies(folders, entry)
    with locked(folders.events):
        manifest.save(folders.events, _without(manifest.load(folders.events)))
    return Removal(len(gone), rows, tuple(make.remove_settings(folders.settings)))


def _emptied(folders: Folders) -> int:
    """All rows in one step, where all of them are the demo's; returns how many those were."""
    with locked(folders.events):
        held = manifest.load(folders.events)
        if not held.demo_only:
            return 0
        parquet.retire(folders.events, (f.path for f in held.files))
        inputs = tuple(replace(i, verdict=FORGOTTEN) if i.demo else i for i in held.inputs)
        manifest.save(folders.events, replace(held, files=(), inputs=inputs))
        return held.rows


def _without(held: Manifest) -> Manifest:
    return replace(held, inputs=tuple(i for i in held.inputs if not i.demo))


def _clear_copies(folders: Folders, entry: Input) -> None:
    if entry.archived is not None:
        (folders.data / entry.archived).unlink(missing_ok=True)
    quarantine.rejects_path(folders, entry.file_id).unlink(missing_ok=True)
    shutil.rmtree(quarantine.folder_of(folders, entry.file_id), ignore_errors=True)
