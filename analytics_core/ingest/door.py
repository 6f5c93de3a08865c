"""The one way in: each dropped file lands whole, or is quarantined with its reason."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from analytics_core.errors import NotWritable
from analytics_core.ingest import aliases, archive, dropped, normalise, quarantine, side
from analytics_core.ingest.connection import connect, workspace
from analytics_core.ingest.dropped import Dropped
from analytics_core.ingest.drops import Drop, drops
from analytics_core.ingest.faults import BROKEN, OURS, about, fault, stopped
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.land import BrokenRows, land
from analytics_core.ingest.literals import literal
from analytics_core.ingest.overlap import check_overlap
from analytics_core.ingest.progress import Progress, Step, Watch, unwatched
from analytics_core.ingest.push import spool
from analytics_core.ingest.push.joining import Joining, joining
from analytics_core.ingest.reading import KEPT_REJECTS, Read, read, source_of
from analytics_core.ingest.recognise import Content, recognise
from analytics_core.ingest.said import PRICED, TYPED
from analytics_core.ingest.sources.detect import Unrecognised
from analytics_core.ingest.sources.mapping import saved
from analytics_core.ingest.sources.source import Source
from analytics_core.ingest.take import Taken, file_id_of_name, take
from analytics_core.ingest.tidy import tidy
from analytics_core.ingest.verdict import DUPLICATE, LANDED, PARTED, STATEMENT, Refused
from analytics_core.prices import book, cost, rates
from analytics_core.settings import Settings
from analytics_core.store import manifest
from analytics_core.store.lock import locked
from analytics_core.store.manifest import Input

_PLACED = "UPDATE stage.typed SET file_id = $file_id, row = row + $before"
_LARGE_PARQUET, _LARGE_TEXT, _LARGE_ROWS = 64 << 20, 512 << 20, 1_200_000


class _TooLarge(Exception):
    """A file whose rows do not fit in memory."""


class Uneven(Exception):
    """Counts of a file that do not add up: a fault of ours, nothing was landed."""


def ingest(
    paths: Sequence[Path] | None,
    folders: Folders,
    settings: Settings,
    *,
    now: datetime,
    progress: Watch = unwatched,
    allow_overlap: bool = False,
    demo: bool = False,
) -> list[Input]:
    """Takes the named files and folders (None: the inbox); returns a ledger line for each file.

    `now` is aware. Drops in the inbox leave it; others stay where they are. A bad file is
    quarantined and changes nothing else. Raises StoreBusy, NotWritable, BadFile (a settings or
    mapping file that cannot be used, or a named path that does not exist).
    """
    folders.check_writable()
    if paths is None:
        spool.gathered(folders, now)
    found = drops(paths, folders)
    door = Door(folders, settings, now, progress, allow_overlap=allow_overlap, demo=demo)
    with locked(folders.events):
        return [entry for entry, _ in door.batch(found)]


@dataclass(frozen=True)
class Door:
    """One batch: what its files have in common is loaded once, when the first of them needs it."""

    folders: Folders
    settings: Settings
    now: datetime
    progress: Watch = unwatched
    allow_overlap: bool = False
    demo: bool = False
    again: set[str] = field(default_factory=set[str])  # known files that are to be read anew

    @cached_property
    def saved(self) -> tuple[Source, ...]:
        """Sources that people defined."""
        return saved(self.folders.settings)

    @cached_property
    def aliases(self) -> Any:
        """Names that stand for others."""
        return aliases.load(self.folders.settings)

    @cached_property
    def book(self) -> book.Book:
        """Prices."""
        return book.load(self.settings)

    @cached_property
    def rates(self) -> rates.Rates:
        """Currencies and credits."""
        return rates.load(self.settings)

    def batch(self, found: Sequence[Drop]) -> Iterator[tuple[Input, bool]]:
        """The ledger line of each drop, and of files read again for one of them (False).

        The caller holds the lock. Ends with the store tidied.
        """
        done: list[Input] = []
        try:
            for number, drop in enumerate(found, 1):
                done.append(self.take_in(drop, number, len(found)))
                yield done[-1], True
            for entry in self._completed(done):
                done.append(entry)
                yield entry, False
            if any(entry.verdict == LANDED for entry in done):
                tidy(self.folders.events, self.settings, now=self.now)
        finally:  # with the copies of batches that were killed: the lock is ours alone
            shutil.rmtree(self.folders.staging.parent, ignore_errors=True)

    def take_in(self, drop: Drop, number: int, files: int) -> Input:
        """The ledger line of one drop, whatever became of it."""

        def step(name: Step, rows: int | None = None, *ended: str) -> None:
            self.progress(Progress(drop.name, number, files, name, rows, *ended))

        step("taking")
        found = stamp(drop.path)
        taken: Taken | None = None
        try:
            taken = take(drop.path, drop.name, self.folders.staging, self.settings)
            entry = self._known(taken) or self._landed(taken, step)
        except Refused as refused:
            entry = self.refuse(drop, taken, refused)
        except Unrecognised as unknown:
            proposal = {"proposal": unknown.proposal} if unknown.proposal else {}
            refused = Refused(unknown.code, unknown.message, **proposal)
            entry = self.refuse(drop, taken, refused)
        except (Uneven, BrokenRows, *OURS, *BROKEN) as wrong:
            entry = self.refuse(drop, taken, fault(wrong))
        self.leave_inbox(drop, found)
        step("done", entry.read, entry.verdict, entry.message)
        return entry

    def _completed(self, done: Sequence[Input]) -> list[Input]:
        """Reads again what a side file of this batch completes, from the archive."""
        held = manifest.load(self.folders.events)
        sides = [entry.file_id for entry in done if side.completed_by(entry, held)]
        # What landed after the last side file of the batch was completed as it landed.
        last = max((n for n, d in enumerate(done) if d.file_id in sides), default=0)
        complete = {d.file_id for d in done[last:]}
        waiting = {
            i.file_id: i for entry in done for i in side.completed_by(entry, held)
            if i.file_id not in complete and (self.folders.data / str(i.archived)).is_file()
        }  # fmt: skip
        self.again.update(waiting)
        drops_again = [Drop(self.folders.data / str(i.archived), i.name) for i in waiting.values()]
        return [self.take_in(drop, n, len(waiting)) for n, drop in enumerate(drops_again, 1)]

    def _known(self, taken: Taken) -> Input | None:
        """The line of a file that has landed before and is not to be read again."""
        held = manifest.load(self.folders.events)
        before = held.input(taken.file_id)
        if before is None or before.verdict not in (LANDED, STATEMENT):
            return None
        if taken.file_id in self._anew():
            return None
        archive.archive(self.folders.data, before, taken.path)
        return _duplicate(before, taken)

    def _anew(self) -> set[str]:
        """Landed files that are to be read again."""
        return self.again | {i.file_id for i in manifest.load(self.folders.events).unfinished}

    def _name(self, taken: Taken) -> str:
        """What it was called when it came first: an archived copy has a name of ours."""
        before = manifest.load(self.folders.events).input(taken.file_id)
        return before.name if before else taken.name

    def _entry(self, name: str, sha256: str, source: Source | None = None) -> Input:
        before = manifest.load(self.folders.events).input(sha256[:16])
        return Input(
            file_id=sha256[:16], sha256=sha256, name=name,
            source=source.name if source else None, group=source.group if source else None,
            grain=source.grain if source else None, taken_at=self.now.isoformat(), verdict=LANDED,
            demo=self.demo or (before is not None and before.demo),
        )  # fmt: skip

    def _landed(self, taken: Taken, step: Any) -> Input:
        content = recognise(taken.path, self.settings, self.folders.staging)
        try:
            finished = self._read_and_land(taken, content, step)
        except _TooLarge:  # for memory
            finished = self._read_and_land(taken, content, step, on_disk=True)
        if finished.file_id == taken.file_id:  # else it was added to the archived file of its hour
            archive.archive(self.folders.data, finished, taken.path)
        quarantine.release(self.folders, taken.file_id)
        return finished

    def _read_and_land(
        self, taken: Taken, content: Content, step: Any, *, on_disk: bool = False
    ) -> Input:
        file, source = source_of(content, taken.name, self.saved, self.settings)
        entry = self._entry(self._name(taken), taken.sha256, source)
        beside = side.readable(source, self.folders.events)
        try:
            joins = joining(file, taken, self.folders)
            if joins and joins.line and joins.stands:
                if not joins.whole or joins.file_id not in self._anew():
                    return _duplicate(joins.line, taken)
                entry, joins = self._entry(joins.name, joins.sha256, source), None
            with connect(self.folders.events, self.settings, (*file.paths, *beside)) as con:
                stage(con, self.folders.events, on_disk=on_disk or is_large(file))
                step("reading", file.head.rows)
                entry, rows = self._read(con, file, source, entry)
                step("pricing", rows.read)
                return self._priced(con, source, entry, rows, joins, step)
        except Refused as refused:
            raise about(refused, entry) from None
        except OURS:
            raise
        except (duckdb.Error, pa.ArrowException, MemoryError, OSError) as wrong:
            if isinstance(wrong, duckdb.OutOfMemoryException) and not on_disk:
                raise _TooLarge from wrong
            raise about(dropped.failure(file) or stopped(wrong), entry) from wrong
        finally:
            file.close()

    def _read(
        self, con: duckdb.DuckDBPyConnection, file: Dropped, source: Source, entry: Input
    ) -> tuple[Input, Read]:
        known = manifest.load(self.folders.events).landed(entry.file_id)
        if source.repeats and not self.allow_overlap and known is None:
            raise Refused("overlapping_source", f"{source.repeats}. Allow it if it is meant.")
        self.rates.register(con)
        rows = read(con, file, source, entry.file_id, self.now, self.aliases)
        counted = replace(
            entry, read=rows.read, rejected=rows.rejected, skipped=rows.skipped,
            duplicate=rows.duplicate, reasons=tuple(sorted(rows.reasons.items())),
        )  # fmt: skip
        return counted, rows

    def _priced(
        self, con: duckdb.DuckDBPyConnection, source: Source, entry: Input, rows: Read,
        joins: Joining | None, step: Any,
    ) -> Input:  # fmt: skip
        if source.role != "events":
            finished = side.keep(con, source, entry, self.folders, self.settings)
        else:
            if not self.allow_overlap:
                check_overlap(con, normalise.whole(con), entry, self.folders.events)
            keep = self.settings.ingest_archive == "keep"
            if joins:
                entry = joins.entry(entry, keep_archive=keep)
                con.execute(_PLACED, {"file_id": joins.file_id, "before": joins.rows})
            side.complete(con, source, self.folders.events)
            cost.price(
                con, TYPED, PRICED, self.book, policy=policy_of(source, self.settings),
                zero_cost=source.zero_cost, rates=self.rates,
            )  # fmt: skip
            con.execute("DROP TABLE stage.typed")
            priced = con.table(PRICED).aggregate("count(*)").fetchall()[0][0]
            if priced != rows.accepted:
                raise Uneven(f"{entry.name}: {rows.accepted} rows accepted, {priced} priced")
            step("landing", rows.accepted)
            if joins:
                archive.append(self.folders.data, entry.archived, joins.path, joins.bytes)
            finished = land(
                con, PRICED, entry, self.folders.events, id_conflicts=source.id_conflicts,
                keep_archive=keep, book=self.book, hour=joins,
            )  # fmt: skip
        check_even(finished)
        rejected = rows.rejected_rows
        if joins and joins.line:
            rejected = joins.rejected(self.folders, rejected, KEPT_REJECTS)
        quarantine.reject(self.folders, entry.file_id, rejected)
        return finished

    def refuse(self, drop: Drop, taken: Taken | None, refused: Refused) -> Input:
        """Quarantines a drop and writes its ledger line; nothing of it is in the store.

        A file of several pushed bodies is taken apart instead: one must not cost the others.
        """
        if taken and spool.part(self.folders, drop.path, taken.path, self.now):
            return replace(self._entry(drop.name, taken.sha256), verdict=PARTED)
        sha256 = taken.sha256 if taken else file_id_of_name(drop.name)
        details = dict(refused.details)
        name = self._name(taken) if taken else drop.name
        entry = details.pop("entry", None) or self._entry(name, sha256)
        examples = details.pop("examples", [])
        entry = replace(
            entry, verdict=refused.code, message=refused.message,
            read=details.pop("read", entry.read), rejected=details.pop("rejected", entry.rejected),
            reasons=details.pop("reasons", entry.reasons),
        )  # fmt: skip
        quarantine.quarantine(self.folders, entry, taken.path if taken else None, examples, details)
        held = manifest.load(self.folders.events)
        if held.landed(entry.file_id) is None:  # else it was read again, and its rows still stand
            manifest.save(self.folders.events, held.with_input(entry))
        return entry

    def leave_inbox(self, drop: Drop, found: tuple[int, ...] | None) -> None:
        """Removes a drop from the inbox; its copy is archived or quarantined by now.

        One that was written to since it was found (a log that grows) stays and is taken again.
        Raises NotWritable.
        """
        if drop.path.is_relative_to(self.folders.inbox) and stamp(drop.path) == found:
            try:
                drop.path.unlink(missing_ok=True)
            except OSError as wrong:
                raise NotWritable(drop.path.parent, wrong.strerror or str(wrong)) from None


def policy_of(source: Source, settings: Settings) -> Any:
    """A source's own policy of costs, else that of the settings."""
    return source.policy if source.policy != "auto" else settings.cost_policy


def is_large(file: Dropped) -> bool:
    """Whether its rows are likely not to fit in memory."""
    size = file.content.path.stat().st_size
    most = _LARGE_PARQUET if file.parquet else _LARGE_TEXT
    return size > most or (file.head.rows or 0) > _LARGE_ROWS


def stage(con: duckdb.DuckDBPyConnection, events: Path, *, on_disk: bool) -> None:
    """Attaches the database `stage` of what stands between reading and landing.

    Memory is twice as fast and holds about a million wide rows; more of them go to a compressed
    file, and so does a file that turns out to be too large for memory.
    """
    place = str(workspace(events) / "stage.duckdb") if on_disk else ":memory:"
    con.execute(f"ATTACH {literal(place)} AS stage")


def stamp(path: Path) -> tuple[int, ...] | None:
    """What changes when somebody writes to a file, None when there is none."""
    try:
        now = path.lstat()
    except OSError:
        return None
    return now.st_ino, now.st_size, now.st_mtime_ns


def check_even(entry: Input) -> None:
    """Raises Uneven unless every row read is accounted for."""
    total = entry.accepted + entry.rejected + entry.skipped + entry.duplicate
    if entry.read != total:
        raise Uneven(f"{entry.name}: {entry.read} rows read, {total} accounted for")


def _duplicate(line: Input, taken: Taken) -> Input:
    return replace(line, verdict=DUPLICATE, name=taken.name, message=f"Landed as {line.name}.")


def failed(folders: Folders, settings: Settings, drop: Drop, code: str, *, now: datetime) -> Input:
    """The ledger line of a file whose reading was killed from outside; needs the lock."""
    door = Door(folders, settings, now)
    refused, found = Refused(code), stamp(drop.path)
    taken: Taken | None = None
    try:
        taken = take(drop.path, drop.name, folders.staging, settings)
    except Refused as wrong:
        refused = wrong
    try:
        entry = door.refuse(drop, taken, refused)
        door.leave_inbox(drop, found)
        return entry
    finally:
        shutil.rmtree(folders.staging, ignore_errors=True)
