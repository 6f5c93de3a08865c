"""Taking data in: ingest, demo."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from analytics_core import settings as configuration
from analytics_core.cli.call import ERROR, OK, Call, Command, many
from analytics_core.cli.deeds import noted
from analytics_core.errors import BadValue, NotAsked
from analytics_core.export.table import aligned, printable
from analytics_core.ingest.demo.make import EVENTS, MONTHS, SEED, Recipe
from analytics_core.ingest.progress import Progress, Watch, line, unwatched
from analytics_core.store import manifest
from analytics_core.store.manifest import Input

OLDEST = datetime(2015, 1, 1, tzinfo=UTC)  # of what ingest takes for a time of usage
TAKEN = ("landed", "duplicate_file", "statement", "parted")  # any other verdict is a quarantine


def _ingest_arguments(one: argparse.ArgumentParser) -> None:
    one.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="default: the inbox")
    one.add_argument("--progress", action="store_true", help="print each step as a line of JSON")
    one.add_argument(
        "--allow-overlap", action="store_true", help="land spend that another source covers too"
    )


def _ingest(call: Call) -> int:
    from analytics_core.ingest.bounded import ingest

    options = call.options
    done = ingest(
        options.paths or None, call.folders, call.settings, now=call.now,
        progress=_watch(call), allow_overlap=options.allow_overlap,
    )  # fmt: skip
    if not options.progress:
        call.say({"files": [asdict(i) for i in done]}, _lines(done))
    return OK if all(i.verdict in TAKEN for i in done) else ERROR


def _watch(call: Call) -> Watch:
    """Lines of JSON for the app, a line that rewrites itself on a terminal, else nothing."""
    if call.options.progress:
        return lambda step: print(line(step), flush=True)
    if call.options.json:
        return unwatched

    def show(step: Progress) -> None:
        rows = f" {step.rows:,} rows" if step.rows else ""
        text = f"{step.number}/{step.files} {step.name[-50:]}: {step.step}{rows}"
        _rewrite("" if step.step == "done" else printable(text))

    return show


def _rewrite(text: str) -> None:
    """Replaces the line before on a terminal; says nothing elsewhere."""
    if sys.stderr is not None and sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def _lines(done: Sequence[Input]) -> Sequence[str]:
    from analytics_core.ingest.verdict import REMEDIES
    from analytics_core.semantics.format import cell
    from analytics_core.semantics.unit import Unit

    if not done:
        return ["Nothing to take in."]
    header = ("file", "source", "verdict", "read", "accepted", "rejected", "skipped", "duplicate",
              "cost")  # fmt: skip
    rows = [
        (
            i.name[-60:], i.source or "–", i.verdict,
            *(f"{n:,}" for n in (i.read, i.accepted, i.rejected, i.skipped, i.duplicate)),
            cell(i.cost_nano, Unit.USD),
        )
        for i in done
    ]  # fmt: skip
    notes = [
        printable(f"{i.name[-60:]}: {note}")
        for i in done
        for note in (
            f"{i.message} {REMEDIES.get(i.verdict, '')}".strip(),
            " ".join(f"{code}={n}" for code, n in i.reasons),
        )
        if note
    ]
    return [*aligned(header, rows, left=3), *notes]


def _demo_arguments(one: argparse.ArgumentParser) -> None:
    one.add_argument("--events", type=int, default=EVENTS, metavar="N", help=_default(EVENTS))
    one.add_argument("--months", type=int, default=MONTHS, metavar="M", help=_default(MONTHS))
    one.add_argument("--seed", type=int, default=SEED, metavar="S", help="other usage, same shape")
    one.add_argument("--now", metavar="TIME", help="the newest moment (default: the clock)")
    one.add_argument("--remove", action="store_true", help="take all demo data out again")


def _default(number: int) -> str:
    return f"default: {number:,}"


def _demo(call: Call) -> int:
    return _remove_demo(call) if call.options.remove else _make_demo(call)


def _make_demo(call: Call) -> int:
    from analytics_core.ingest.demo import make
    from analytics_core.ingest.demo.remove import remove
    from analytics_core.ingest.demo.status import DemoStatus, ended
    from analytics_core.ingest.door import ingest

    recipe = _recipe(call)
    folders, cache = call.folders, call.folders.cache
    folder = cache / f"demo-{os.getpid()}"

    def far(share: float) -> None:
        DemoStatus(share, os.getpid()).save(cache)
        _rewrite(f"Making demo data: {share:.0%}")

    _check_own(call)
    folders.check_writable()
    far(0.0)
    try:
        paths = make.write(recipe, folder, lambda done, of: far(0.3 * done / of))
        _check_own(call)  # usage of one's own may have been dropped meanwhile
        if manifest.load(folders.events).inputs:
            remove(folders, call.settings, call.read_again)
        make.write_settings(recipe, folders.settings)
        done = ingest(
            paths, folders, configuration.load(folders.settings, os.environ),
            now=call.now, progress=lambda p: far(0.3 + 0.7 * (p.number - 1) / p.files), demo=True,
        )  # fmt: skip
    finally:
        make.clear(folder)
        ended(cache)
        _rewrite("")
    call.say({"files": [asdict(i) for i in done]}, _lines(done))
    return OK


def _check_own(call: Call) -> None:
    if not manifest.load(call.folders.events).demo_only:
        raise NotAsked(
            f"{call.folders.data} holds usage of your own, and invented usage would add to its"
            " figures. Name another folder: demo --data DIR."
        )


def _recipe(call: Call) -> Recipe:
    options = call.options
    try:
        now = datetime.fromisoformat(options.now) if options.now else call.now
        now = (now if now.tzinfo else now.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadValue("--now", options.now, "a time such as 2026-11-20T16:00") from None
    limits = (("events", 1, 10**8), ("months", 1, 60), ("seed", 0, 2**63 - 1))
    for name, least, most in limits:
        number = getattr(options, name)
        if not least <= number <= most:
            raise BadValue(f"--{name}", number, f"a number from {least} to {most:,}")
    if not OLDEST <= now <= call.now + timedelta(hours=1):
        raise BadValue("--now", options.now, f"a moment from {OLDEST.year} on, up to now")
    return Recipe(now, options.events, options.months, options.seed)


def _remove_demo(call: Call) -> int:
    from analytics_core.ingest.demo.remove import remove

    call.check_data()
    with noted(call, "demo removed") as doing:
        gone = remove(call.folders, call.settings, call.read_again)
        doing.rows = gone.rows
    call.say(
        asdict(gone),
        [
            f"{many(gone.rows, 'demo event')} of {many(gone.files, 'file')} are gone.",
            *(
                f"{name} of the demo is gone from {call.folders.settings}."
                for name in gone.settings
            ),
        ],
    )
    return OK


INGEST = Command(
    name="ingest",
    summary="take files or folders in",
    about="Takes exports in: each file is recognised by its content, checked, priced and landed, or"
    "\nset aside whole with the reason. Files in the inbox leave it, others stay where they are."
    "\nWithout a PATH it takes what lies in the inbox. Exit code 1 when any file was refused.",
    examples=("ingest", "ingest exports/november.csv exports/logs"),
    arguments=_ingest_arguments,
    run=_ingest,
    reads=False,
    stopped="Stopped. What had landed stays; run the command again to go on.",
)
DEMO = Command(
    name="demo",
    summary="make invented usage to look around in, or take it out",
    about="Makes a year of invented usage, the same for the same seed and hour, in place of an"
    "\nearlier demo; never beside usage of your own. One damaged file and a few rejected rows are"
    "\npart of it. --remove takes all of it out again.",
    examples=("demo", "demo --events 1000 --months 1 --data trial", "demo --remove"),
    arguments=_demo_arguments,
    run=_demo,
    reads=False,
    stopped="Stopped. What had landed stays; 'demo' makes it anew, 'demo --remove' takes it out.",
)
