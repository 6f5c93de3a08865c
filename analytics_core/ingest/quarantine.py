"""Where refused files and rejected rows go, each with its reason; for administrators only."""

import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from analytics_core.errors import NotWritable
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.verdict import Rejected
from analytics_core.store.manifest import Input, sync_folder

_EXAMPLES, _SHOWN, _KEPT, _LONGEST_NAME = 5, 80, 200, 80
REASON = "reason.json"


def folder_of(folders: Folders, file_id: str) -> Path:
    """Where a refused file stands with its reason."""
    return folders.quarantine / file_id


def rejects_path(folders: Folders, file_id: str) -> Path:
    """Where the rejected rows of a landed file stand."""
    return folders.quarantine / f"{file_id}.rejects.parquet"


def quarantine(
    folders: Folders,
    entry: Input,
    copy: Path | None,
    examples: Sequence[Rejected],
    details: Mapping[str, Any],
) -> None:
    """Writes reason.json and moves the private copy beside it. Raises NotWritable.

    A refused file that had no bytes to copy (a link, a pipe) leaves only its reason.
    """
    place = folder_of(folders, entry.file_id)
    reason = {
        "code": entry.verdict, "message": entry.message, "name": entry.name,
        "source": entry.source, "taken_at": entry.taken_at,
        "read": entry.read, "accepted": entry.accepted, "rejected": entry.rejected,
        "skipped": entry.skipped, "duplicate": entry.duplicate, "reasons": dict(entry.reasons),
        "examples": [
            {"row": e.row, "code": e.code, "column": e.column, "value": _cut(e.value, _SHOWN)}
            for e in examples[:_EXAMPLES]
        ],
        **details,
    }  # fmt: skip
    try:
        place.mkdir(parents=True, exist_ok=True)
        aside = place / f".{REASON}-{os.getpid()}"
        aside.write_text(json.dumps(reason, indent=1, default=str), "utf-8")
        aside.replace(place / REASON)
        if copy is not None and copy.exists():
            shutil.move(copy, place / _safe(entry.name))
        sync_folder(place)
    except OSError as wrong:
        raise NotWritable(place, wrong.strerror or str(wrong)) from None


def reject(folders: Folders, file_id: str, rejected: Sequence[Rejected]) -> None:
    """Keeps the rejected rows of a file that lands; none left removes what an earlier run kept."""
    path = rejects_path(folders, file_id)
    try:
        if not rejected:
            path.unlink(missing_ok=True)
            return
        rows = pa.table(
            {
                "row": pa.array([r.row for r in rejected], pa.int64()),
                "code": pa.array([r.code for r in rejected], pa.string()),
                "column": pa.array([r.column for r in rejected], pa.string()),
                "value": pa.array([_cut(r.value, _KEPT) for r in rejected], pa.string()),
            }
        )
        aside = path.with_name(f".{path.name}-{os.getpid()}")
        pq.write_table(rows, aside, compression="zstd")
        aside.replace(path)
    except OSError as wrong:
        raise NotWritable(path, wrong.strerror or str(wrong)) from None


@dataclass(frozen=True, slots=True)
class Refusal:
    """What reason.json says of a refused file beyond its ledger line.

    `file` is the private copy, None where there was nothing to copy. `proposal` is a mapping in
    the shape of its YAML file, to be completed by a person.
    """

    message: str = ""
    examples: tuple[Rejected, ...] = ()
    proposal: Mapping[str, Any] | None = None
    file: Path | None = None


def refusal(folders: Folders, file_id: str) -> Refusal:
    """Why that file was refused; an empty refusal where the folder cannot be read any more."""
    place = folder_of(folders, file_id)
    try:
        said: dict[str, Any] = json.loads((place / REASON).read_text("utf-8"))
        copies = sorted(p for p in place.iterdir() if p.name != REASON and p.name[0] != ".")
        examples = tuple(Rejected(**e) for e in said.get("examples", ()))
    except (OSError, ValueError, TypeError):
        return Refusal()
    file = copies[0] if copies else None
    return Refusal(str(said.get("message", "")), examples, said.get("proposal"), file)


def rejected_rows(folders: Folders, file_id: str, most: int) -> tuple[Rejected, ...]:
    """The first rejected rows of a landed file, in the order of the file; () when none are kept."""
    path = rejects_path(folders, file_id)
    if not path.is_file():
        return ()
    rows = pq.read_table(path).sort_by("row").slice(0, most).to_pylist()
    return tuple(Rejected(**row) for row in rows)


def release(folders: Folders, file_id: str) -> None:
    """Removes the quarantine of a file that has landed after all."""
    shutil.rmtree(folder_of(folders, file_id), ignore_errors=True)


def _safe(name: str) -> str:
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", Path(name).name).strip(".")[-_LONGEST_NAME:]
    return safe if safe and safe != REASON else "drop"


def _cut(value: str | None, length: int) -> str | None:
    return None if value is None else value[:length]
