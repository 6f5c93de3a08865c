"""A gathered file on its way into the line of its hour: which, behind what, and what it adds."""

import hashlib
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analytics_core.ingest import quarantine
from analytics_core.ingest.archive import archived_as
from analytics_core.ingest.dropped import Dropped
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.push.hours import Hour, Part, lines, parts_of, size_of
from analytics_core.ingest.take import Taken
from analytics_core.ingest.verdict import Rejected
from analytics_core.store import manifest
from analytics_core.store.manifest import Input


@dataclass(frozen=True, slots=True)
class Joining:
    """Where a gathered file goes: the line it joins, what that holds by now, and this file."""

    sha256: str  # of the line
    name: str
    parts: tuple[Part, ...]
    this: Part
    line: Input | None  # None when it is the first of its line
    path: Path  # the private copy of this file
    whole: bool = False  # it is the archived file of the line: all of its parts at once

    @property
    def stands(self) -> bool:
        """Whether all its rows stand in the line already, or lost to others."""
        return self.whole or self.this.file_id in {part.file_id for part in self.parts}

    @property
    def file_id(self) -> str:
        """Of the line."""
        return self.sha256[:16]

    @property
    def rows(self) -> int:
        """How many rows of the line stand before those of this file."""
        return sum(part.rows for part in self.parts)

    @property
    def bytes(self) -> int:
        """How many bytes of the archived file stand before those of this file."""
        return size_of(self.parts)

    def entry(self, entry: Input, *, keep_archive: bool) -> Input:
        """The ledger line of the gathered file under the id and the name of its hour."""
        named = replace(entry, file_id=self.file_id, sha256=self.sha256, name=self.name)
        if self.line is not None:
            return replace(named, archived=self.line.archived)
        return replace(named, archived=archived_as(named) if keep_archive else None)

    def rejected(
        self, folders: Folders, rows: Sequence[Rejected], most: int
    ) -> tuple[Rejected, ...]:
        """The rejected rows of the line with those of this file."""
        moved = (replace(row, row=row.row + self.rows) for row in rows)
        return (*quarantine.rejected_rows(folders, self.file_id, most), *moved)[:most]


def joining(file: Dropped, taken: Taken, folders: Folders) -> Joining | None:
    """Where a gathered file goes; None for any other file.

    One that somebody packed or wrote again is another file, and gets a line of its own.
    """
    hour = Hour.of(file.head.sample[0]) if file.head.sample else None
    if hour is None or file.content.path != taken.path or not _ended(taken.path):
        return None
    held = manifest.load(folders.events)
    *_, (sha256, line) = lines(hour.key, held)
    parts = parts_of(sha256[:16], held, folders.events)
    this = Part(taken.file_id, file.content.lines, taken.size)
    made = Joining(sha256, hour.name, parts, this, line, taken.path)
    return replace(made, whole=_whole(made, taken, folders.data))


def _ended(path: Path) -> bool:
    """Whether the last line ends, so that another can follow."""
    with path.open("rb") as lines_of_json:
        lines_of_json.seek(-1, os.SEEK_END)
        return lines_of_json.read() == b"\n"


def _whole(joined: Joining, taken: Taken, data: Path) -> bool:
    """Whether it is the archived file of the line, read again or a copy of it.

    What an ingest that was killed had appended to the archived file, but not landed, is cut off.
    """
    if joined.line is None or joined.line.archived is None:
        return False
    archived, size = data / joined.line.archived, joined.bytes
    if not archived.is_file() or taken.size < size:
        return False
    if taken.origin.resolve() == archived.resolve():
        os.truncate(taken.path, size)
        return True
    if taken.size != size or archived.stat().st_size != size:
        return False
    with archived.open("rb") as archived_now:
        return hashlib.file_digest(archived_now, "sha256").hexdigest() == taken.sha256


def added(line: Input, more: Input) -> Input:
    """The line of an hour with what one more gathered file brought."""
    reasons, lost_to = Counter(dict(line.reasons)), Counter(dict(line.lost_to))
    reasons.update(dict(more.reasons))
    lost_to.update(dict(more.lost_to))
    return replace(
        line,
        taken_at=max(line.taken_at, more.taken_at),
        read=line.read + more.read,
        accepted=line.accepted + more.accepted,
        rejected=line.rejected + more.rejected,
        skipped=line.skipped + more.skipped,
        duplicate=line.duplicate + more.duplicate,
        reasons=tuple(sorted(reasons.items())),
        min_started_at=_known(min, line.min_started_at, more.min_started_at),
        max_started_at=_known(max, line.max_started_at, more.max_started_at),
        months=tuple(sorted({*line.months, *more.months})),
        requests=manifest.total(line.requests, more.requests),
        tokens=manifest.total(line.tokens, more.tokens),
        cost_nano=manifest.total(line.cost_nano, more.cost_nano),
        unpriced_rows=line.unpriced_rows + more.unpriced_rows,
        lost_to=tuple(sorted(lost_to.items())),
    )


def _known(choose: Any, one: str | None, other: str | None) -> str | None:
    said = [text for text in (one, other) if text is not None]
    return choose(said) if said else None
