"""Taking data in: ingest, demo."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from analytics_core import settings as configuration
from analytics_core.cli.call import ERROR, OK, Call, Command, aligned
from analytics_core.errors import BadValue
from analytics_core.ingest.progress import Progress, Watch, line, unwatched
from analytics_core.store import manifest
from analytics_core.store.manifest import Input

TAKEN = ("landed", "duplicate_file", "statement")  # any other verdict is a quarantine


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
    call.say({"files": [asdict(i) for i in done]}, [] if options.progress else _lines(done))
    return OK if all(i.verdict in TAKEN for i in done) else ERROR


def _watch(call: Call) -> Watch:
    """Lines of JSON for the app, a line that rewrites itself on a terminal, else nothing."""
    if call.options.progress:
        return lambda step: print(line(step), flush=True)
    if call.options.json or not sys.stderr.isatty():
        return unwatched

    def show(step: Progress) -> None:
        rows = f" {step.rows:,} rows" if step.rows else ""
        text = f"{step.number}/{step.files} {step.name[-50:]}: {step.step}{rows}"
        print(f"\r\x1b[K{text}", end="" if step.step != "done" else "\r\x1b[K", file=sys.stderr)

    return show


def _lines(done: Sequence[Input]) -> Sequence[str]:
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
        f"{i.name[-60:]}: {note}"
        for i in done
        for note in (i.message, " ".join(f"{code}={n}" for code, n in i.reasons))
        if note
    ]
    return [*aligned(header, rows, left=3), *notes]


def _demo_arguments(one: argparse.ArgumentParser) -> None:
    from analytics_core.ingest.demo.make import EVENTS, MONTHS, SEED

    one.add_argument("--events", type=int, default=EVENTS, help="default: %(default)s")
    one.add_argument("--months", type=int, default=MONTHS, help="default: %(default)s")
    one.add_argument("--seed", type=int, default=SEED, help="default: %(default)s")
    one.add_argument("--now", metavar="ISO", help="the newest moment (default: the clock)")
    one.add_argument("--remove", action="store_true", help="take all demo data out again")


def _demo(call: Call) -> int:
    return _remove_demo(call) if call.options.remove else _make_demo(call)


def _make_demo(call: Call) -> int:
    from analytics_core.ingest.demo import make
    from analytics_core.ingest.demo.status import DemoStatus, ended
    from analytics_core.ingest.door import ingest

    recipe = _recipe(call)
    folder = call.folders.cache / f"demo-{os.getpid()}"
    cache = call.folders.cache

    def far(share: float) -> None:
        DemoStatus(share, os.getpid()).save(cache)
        if sys.stderr.isatty():
            print(f"\r\x1b[KMaking demo data: {share:.0%}", end="", file=sys.stderr, flush=True)

    call.folders.check_writable()
    far(0.0)
    try:
        make.write_settings(recipe, call.folders.settings)
        paths = make.write(recipe, folder, lambda done, of: far(0.3 * done / of))
        done = ingest(
            paths, call.folders, configuration.load(call.folders.settings, os.environ),
            now=call.now, progress=lambda p: far(0.3 + 0.7 * (p.number - 1) / p.files), demo=True,
        )  # fmt: skip
    finally:
        make.clear(folder)
        ended(cache)
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr)
    call.say({"files": [asdict(i) for i in done]}, _lines(done))
    return OK


def _recipe(call: Call) -> Any:
    from analytics_core.ingest.demo import make

    options = call.options
    try:
        now = datetime.fromisoformat(options.now) if options.now else call.now
    except ValueError:
        raise BadValue("--now", options.now, "a time such as 2026-11-20T16:00") from None
    for name, number, most in (("events", options.events, 10**8), ("months", options.months, 60)):
        if not 1 <= number <= most:
            raise BadValue(f"--{name}", number, f"a number from 1 to {most:,}")
    now = now if now.tzinfo else now.replace(tzinfo=UTC)
    if now > call.now + timedelta(hours=1):
        raise BadValue("--now", options.now, "a moment that is not in the future")
    return make.Recipe(now, options.events, options.months, options.seed)


def _remove_demo(call: Call) -> int:
    from analytics_core.ingest.demo import make
    from analytics_core.ingest.forget import forget

    held = manifest.load(call.folders.events)
    demo = [i for i in held.inputs if i.demo and i.verdict == "landed"]
    rows = 0
    for entry in demo:
        rows += forget(entry.file_id, call.folders, call.settings, call.read_again).rows
    gone = make.remove_settings(call.folders.settings)
    call.say(
        {"files": len(demo), "rows": rows, "settings": gone},
        [
            f"{rows:,} demo events of {len(demo)} files are gone.",
            *(f"{name} of the demo is gone from {call.folders.settings}." for name in gone),
        ],
    )
    return OK


INGEST = Command("ingest", "take files or folders in", _ingest_arguments, _ingest)
DEMO = Command("demo", "make the demo data, or take it out", _demo_arguments, _demo)
