"""What was taken, and whether it is as it was: files, forget, sources, verify."""

import argparse
from dataclasses import asdict

from analytics_core.cli.call import ERROR, OK, Call, Command, aligned, no_arguments


def _verify(call: Call) -> int:
    from analytics_core.store.manifest import load
    from analytics_core.store.verify import verify

    findings = verify(call.folders.events, call.settings)
    held = load(call.folders.events)
    call.say(
        {"files": len(held.files), "rows": held.rows, "findings": [asdict(f) for f in findings]},
        [f"{f.path}: {f.problem}" for f in findings]
        or [f"{len(held.files)} files, {held.rows:,} events: as they were landed."],
    )
    return ERROR if findings else OK


def _files(call: Call) -> int:
    from analytics_core.semantics.format import cell
    from analytics_core.semantics.unit import Unit
    from analytics_core.store.manifest import load

    inputs = load(call.folders.events).inputs
    header = ("file", "name", "source", "verdict", "read", "accepted", "rejected", "skipped",
              "duplicate", "cost", "reasons")  # fmt: skip
    rows = [
        (
            i.file_id, i.name[-60:], i.source or "–", i.verdict,
            *(f"{n:,}" for n in (i.read, i.accepted, i.rejected, i.skipped, i.duplicate)),
            cell(i.cost_nano, Unit.USD), " ".join(f"{k}={n}" for k, n in i.reasons),
        )
        for i in inputs
    ]  # fmt: skip
    call.say([asdict(i) for i in inputs], aligned(header, rows, left=4) if rows else ["No files."])
    return OK


def _sources_arguments(one: argparse.ArgumentParser) -> None:
    one.add_argument("--check", action="store_true", help="only check your own mappings")


def _sources(call: Call) -> int:
    from analytics_core.ingest.sources.detect import candidates
    from analytics_core.ingest.sources.mapping import saved

    own = saved(call.folders.settings)  # raises BadFile naming file, line and key
    if call.options.check:
        call.say({"own": len(own)}, [f"{len(own)} sources of your own: nothing wrong with them."])
        return OK
    known = candidates(own)
    rows = [
        (s.name, s.label, s.group, s.grain, " ".join(s.kinds), "" if s.packaged else "own")
        for s in known
    ]
    call.say(
        [
            dict(zip(("name", "label", "group", "grain", "kinds", "own"), r, strict=True))
            for r in rows
        ],
        aligned(("source", "label", "group", "grain", "files", ""), rows, left=6),
    )
    return OK


def _forget_arguments(one: argparse.ArgumentParser) -> None:
    one.add_argument("file_id", help="as `files` shows it")


def _forget(call: Call) -> int:
    from analytics_core.ingest.forget import forget

    done = forget(call.options.file_id, call.folders, call.settings, call.read_again)
    call.say(
        {
            "file_id": done.entry.file_id,
            "rows": done.rows,
            "again": [asdict(i) for i in done.again],
        },
        [
            f"{done.rows:,} events of '{done.entry.name}' are gone.",
            *(f"'{i.name}' had lost rows to it and was read again." for i in done.again),
        ],
    )
    return OK


FILES = Command("files", "every file that was taken, and what became of it", no_arguments, _files)
FORGET = Command("forget", "take one file's rows out again", _forget_arguments, _forget)
SOURCES = Command(
    "sources", "the formats that are recognised; checks your mappings", _sources_arguments, _sources
)
VERIFY = Command("verify", "compare the store with its manifest", no_arguments, _verify)
