"""What was taken, and whether it is as it was: files, forget, sources, verify."""

import argparse
from collections.abc import Iterator
from dataclasses import asdict

from analytics_core.cli.call import ERROR, OK, PROGRAM, Call, Command, many, no_arguments
from analytics_core.cli.deeds import noted
from analytics_core.export.table import aligned, printable


def _verify(call: Call) -> int:
    from analytics_core.store.manifest import load
    from analytics_core.store.verify import verify

    findings = verify(call.folders.events, call.settings)
    held = load(call.folders.events)
    call.say(
        {"files": len(held.files), "rows": held.rows, "findings": [asdict(f) for f in findings]},
        [
            printable(f.problem if f.problem.startswith(f.path) else f"{f.path}: {f.problem}")
            for f in findings
        ]
        or [f"{many(len(held.files), 'file')}, {many(held.rows, 'event')}: as they were landed."],
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
    one.add_argument(
        "--check", action="store_true", help="only look for mistakes in your own files"
    )


def _sources(call: Call) -> int:
    from analytics_core.ingest.sources.detect import candidates
    from analytics_core.ingest.sources.mapping import saved

    if call.options.check:
        checked = dict(_checked(call))
        lines = [f"{name}: {many(number, 'entry', 'entries')}" for name, number in checked.items()]
        call.say(checked, [*lines, "Nothing wrong with them."])
        return OK
    known = candidates(saved(call.folders.settings))  # raises BadFile naming file, line and key
    header = ("source", "label", "group", "grain", "files", "own")
    rows = [
        (s.name, s.label, s.group, s.grain, " ".join(s.kinds), "" if s.packaged else "own")
        for s in known
    ]
    call.say(
        [dict(zip(("name", *header[1:]), row, strict=True)) for row in rows],
        aligned((*header[:5], ""), rows, left=6),
    )
    return OK


def _checked(call: Call) -> Iterator[tuple[str, int]]:
    """(file, what it holds) of everything that is edited by hand. Raises the first mistake."""
    from analytics_core.access import account_book
    from analytics_core.ingest import aliases
    from analytics_core.ingest.sources.mapping import saved
    from analytics_core.prices import book, rates
    from analytics_core.semantics import names
    from analytics_core.semantics.project import projects

    folder = call.folders.settings
    yield "settings.yaml", sum(o == "settings.yaml" for _, o in call.settings.origins)
    yield "sources/*.yaml", len(saved(folder))
    yield "prices.csv", len(book.load(call.settings).overrides)
    known = rates.load(call.settings)
    rates_given = sum(rate.currency != "USD" for rate in known.fx)  # a dollar's is ours
    yield "fx.csv and credits.csv", rates_given + len(known.credits)
    yield "aliases.csv", sum(map(len, aliases.load(folder).values()))
    yield "projects.csv", len(projects(folder))
    yield "names.csv", len(names.names(folder).given)
    yield call.accounts_path.name, len(account_book.accounts(call.accounts_path))


def _forget_arguments(one: argparse.ArgumentParser) -> None:
    one.add_argument("file_id", metavar="FILE_ID", help="as `files` shows it")


def _forget(call: Call) -> int:
    from analytics_core.ingest.forget import forget

    with noted(call, "forget", file=call.options.file_id) as doing:
        done = forget(call.options.file_id, call.folders, call.settings, call.read_again)
        doing.rows = done.rows
    name = printable(done.entry.name)
    call.say(
        {
            "file_id": done.entry.file_id,
            "rows": done.rows,
            "again": [asdict(i) for i in done.again],
        },
        [
            f"{many(done.rows, 'event')} of '{name}' {'is' if done.rows == 1 else 'are'} gone.",
            *(f"'{printable(i.name)}' had lost rows to it: read again." for i in done.again),
        ],
    )
    return OK


FILES = Command(
    name="files",
    summary="every file that was taken, and what became of it",
    about="The ledger: one line for every file that was ever taken, with its FILE_ID, the verdict"
    "\n(landed, forgotten, or why it was refused) and what became of its rows.\n"
    "read = accepted + rejected + skipped + duplicate.",
    examples=("files", "files --json"),
    arguments=no_arguments,
    run=_files,
)
FORGET = Command(
    name="forget",
    summary="take one file's rows out again",
    about="Takes the rows of one landed file out of the store. Files that had lost rows to it are"
    "\nread again from the archive. The ledger keeps its line, with the verdict 'forgotten'.",
    examples=("forget 3d3112dda53c43ea",),
    arguments=_forget_arguments,
    run=_forget,
    stopped=f"Stopped. '{PROGRAM} forget' with the same FILE_ID ends the work.",
)
SOURCES = Command(
    name="sources",
    summary="the formats that are recognised; checks your own files",
    about="The formats that are recognised, in the order they are tried; docs/sources.md says where"
    "\neach product exports its usage, and how to describe a format of your own.\n"
    "--check reads everything in the settings folder that you can edit (mappings, prices,"
    "\nprojects, rates, aliases) and the accounts, and names the first mistake by file, line and"
    "\nkey.",
    examples=("sources", "sources --check"),
    arguments=_sources_arguments,
    run=_sources,
    reads=False,
)
VERIFY = Command(
    name="verify",
    summary="check that the store is as it was written",
    about="Reads every landed file again and compares it with the manifest: its SHA-256, its sums,"
    "\nits rows. Names what differs; exit code 1 then.",
    examples=("verify",),
    arguments=no_arguments,
    run=_verify,
)
