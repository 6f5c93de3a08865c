"""Teaching a format of one's own: inspect, map."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from analytics_core.cli.call import ERROR, OK, Call, Command, many
from analytics_core.errors import BadFile, NotAsked
from analytics_core.export.table import aligned, printable
from analytics_core.ingest import quarantine
from analytics_core.store import manifest

if TYPE_CHECKING:  # the engine takes half a second to load
    from analytics_core.ingest.trial import Trial

STDIN = "-"
_NAME = 60  # characters of a file's name


def _file_argument(one: argparse.ArgumentParser) -> None:
    one.add_argument("file", metavar="FILE", help="a path, or the FILE_ID of a file in quarantine")


def _map_arguments(one: argparse.ArgumentParser) -> None:
    _file_argument(one)
    one.add_argument(
        "--mapping", required=True, metavar="YAML", help="the mapping to try; - reads it from stdin"
    )
    one.add_argument(
        "--save", action="store_true", help="keep the mapping as a source and take the file in"
    )


def _place(call: Call) -> tuple[Path, str]:
    """(where the file is, what it is called). Raises BadFile, NotAsked."""
    asked = call.options.file
    if Path(asked).is_file():
        return Path(asked), Path(asked).name
    entry = manifest.load(call.folders.events).input(asked)
    if entry is None:
        raise BadFile(asked, "does not exist.")
    copy = quarantine.refusal(call.folders, entry.file_id).file
    if copy is None:
        raise NotAsked(f"{entry.name} is not in quarantine; name the file itself.")
    return copy, entry.name


def _inspect(call: Call) -> int:
    from analytics_core.ingest.apart import inspect
    from analytics_core.ingest.sources.draft import of_proposal
    from analytics_core.semantics.format import text
    from analytics_core.semantics.unit import Unit

    path, name = _place(call)
    found = inspect(path, name, call.folders, call.settings)
    draft = of_proposal(found.proposal, found.kind, found.delimiter)
    rows = [
        (c.name, c.type, text(c.empty, Unit.RATIO), "  ".join(c.samples)[:80])
        for c in found.columns
    ]
    call.say(
        {**asdict(found), "draft": draft.text},
        [
            printable(f"{name[-_NAME:]}: {found.problem or f'is read as {found.source}.'}"),
            *(aligned(("column", "type", "empty", "samples"), rows, left=4) if rows else ()),
            "",
            "A mapping to begin with; what it says is a guess:",
            *map(printable, draft.text.splitlines()),
        ],
    )
    return OK


def _map(call: Call) -> int:
    from analytics_core.ingest.apart import attempt

    path, name = _place(call)
    text = _mapping(call.options.mapping)
    tried = attempt(path, name, text, call.folders, call.settings, call.now)
    if call.options.save and not tried.problem:
        return _save(call, path, text)
    sample = [tuple("–" if v is None else str(v) for v in row) for row in tried.rows[:5]]
    call.say(
        asdict(tried),
        [
            printable(f"{name[-_NAME:]}: {tried.problem}") if tried.problem else _counts(tried),
            *(printable(f"{code}={n}") for code, n in tried.reasons),
            *(aligned(tried.columns, sample, left=0) if sample else ()),
            *([] if tried.problem else ["Nothing was kept; --save does it."]),
        ],
    )
    return ERROR if tried.problem else OK


def _mapping(asked: str) -> str:
    if asked == STDIN:
        return sys.stdin.read()
    try:
        return Path(asked).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as wrong:
        raise BadFile(asked, f"cannot be read as UTF-8 text ({wrong}).") from None


def _counts(tried: "Trial") -> str:
    return (
        f"{many(tried.read, 'row')} read: {tried.accepted:,} accepted, {tried.rejected:,} rejected,"
        f" {tried.skipped:,} skipped, {tried.duplicate:,} duplicate."
    )


def _save(call: Call, path: Path, text: str) -> int:
    from analytics_core.ingest.bounded import ingest
    from analytics_core.ingest.sources import mapping

    kept = mapping.save(call.folders.settings, text)
    (entry,) = ingest([path], call.folders, call.settings, now=call.now)
    call.say(
        {"mapping": str(kept), "file": asdict(entry)},
        [f"Kept as {kept}.", *_ended(entry)],
    )
    return OK if entry.verdict == "landed" else ERROR


def _ended(entry: manifest.Input) -> Iterator[str]:
    name = printable(entry.name[-_NAME:])
    if entry.verdict == "landed":
        yield f"{name}: taken in, {many(entry.accepted, 'event')}."
    else:
        yield f"{name}: {entry.verdict}. {printable(entry.message)}"


INSPECT = Command(
    name="inspect",
    summary="what a file holds, and a mapping to begin with",
    about="Looks into a file without taking it in: its columns with samples, the source that reads"
    "\nit or why none does, and a first mapping in the language of docs/sources.md. FILE may be the"
    "\nFILE_ID of a file in quarantine, as `files` shows it.",
    examples=("inspect exports/november.csv", "inspect exports/november.csv --json"),
    arguments=_file_argument,
    run=_inspect,
    reads=False,
)
MAP = Command(
    name="map",
    summary="try a mapping on a file, then keep it",
    about="Reads a file by a mapping (a YAML file, docs/sources.md) and shows what would land: counts,"
    "\nreasons and the first rows. Nothing is kept without --save, which puts the mapping into"
    "\ndata/settings/sources/ and takes the file in. Exit code 1 when the file would be refused.",
    examples=(
        "map exports/november.csv --mapping exports/mapping.yaml",
        "map exports/november.csv --mapping exports/mapping.yaml --save",
    ),
    arguments=_map_arguments,
    run=_map,
    reads=False,
)
