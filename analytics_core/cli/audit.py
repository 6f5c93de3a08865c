"""The audit: who did what, and whether anybody touched it since."""

import argparse
import re
import sys
from typing import TYPE_CHECKING

from analytics_core.cli import selection
from analytics_core.cli.call import ERROR, OK, Call, Command, many
from analytics_core.errors import BadValue, UnknownName
from analytics_core.export.table import aligned
from analytics_core.semantics.period import Period

if TYPE_CHECKING:
    from analytics_core.access.audit import Deed, Wanted
    from analytics_core.access.state import State

FORMATS = ("table", "csv", "json")
_NOTED = re.compile(r"(\d+):([0-9a-f]{64})")


def _arguments(one: argparse.ArgumentParser) -> None:
    add = one.add_argument
    add("--who", default="", metavar="USER", help="what that account did")
    add("--action", default="", metavar="TEXT", help="such as sign-in, export, 'api query'")
    selection.period_arguments(one, "all times without it; month")
    add("--limit", type=int, default=50, metavar="N", help="at most N rows (50; 0: all of them)")
    add("--format", default="table", help="table (the default), csv or json")
    add("--verify", action="store_true", help="check the chain of hashes instead")
    add("--noted", metavar="NUMBER:HASH", help="with --verify: what it said another time")


def _audit(call: Call) -> int:
    from analytics_core.access.state import State

    UnknownName.check("format", call.options.format, FORMATS)
    state = State(call.folders.data / "state.db")
    try:
        return _verify(call, state) if call.options.verify else _list(call, state)
    finally:
        state.close()


def _list(call: Call, state: "State") -> int:
    from itertools import islice

    from analytics_core.access.audit import Audit
    from analytics_core.export import csv
    from analytics_core.export.audit_sheet import of_deeds

    options, audit = call.options, Audit(state)
    if options.limit < 0:
        raise BadValue("--limit", options.limit, "a number from 0")
    wanted = _wanted(call)
    deeds = list(islice(audit.every(wanted), options.limit or None))
    if options.format == "csv" and not options.json:
        if sys.stdout is not None:
            sys.stdout.buffer.write(csv.content(of_deeds(deeds)))
        return OK
    total = audit.count(wanted)
    document = {
        "row_count": len(deeds),
        "row_total": total,
        "rows": [_document(number, deed) for number, deed in deeds],
    }
    if options.format == "json":
        options.json = True
    header = ("number", "time (UTC)", "who", "action", "asked", "result", "rows")
    lines = aligned(header, (_cells(number, deed) for number, deed in deeds), left=len(header))
    call.say(document, [*lines, f"{many(len(deeds), 'row')} of {total:,}."])
    return OK


def _verify(call: Call, state: "State") -> int:
    from analytics_core.access.audit_chain import check

    noted = None
    if call.options.noted is not None:
        found = _NOTED.fullmatch(call.options.noted)
        if not found:
            raise BadValue("--noted", call.options.noted, "NUMBER:HASH, as --verify prints it")
        noted = int(found[1]), found[2]
    verdict = check(state, noted)
    last = f"{verdict.last[0]}:{verdict.last[1]}" if verdict.last else None
    lines = [f"Wrong: {fault}." for fault in verdict.faults]
    lines.append(f"{many(verdict.fits, 'row')} as they were written.")
    if verdict.unchained:
        lines.append(f"{many(verdict.unchained, 'row')} from before there was a chain.")
    if last:
        lines.append(f"To be noted elsewhere: {last}")
    call.say(
        {
            "holds": verdict.holds, "fits": verdict.fits, "unchained": verdict.unchained,
            "faults": verdict.faults, "last": last,
        },
        lines,
    )  # fmt: skip
    return OK if verdict.holds else ERROR


def _wanted(call: Call) -> "Wanted":
    from analytics_core.access.audit import Wanted

    options = call.options
    with selection.in_words_of_the_command_line(options):
        name = selection.period_name(options)
        period = Period.parse(name, call.now, call.calendar) if name else None
    since, until = (period.start, period.end) if period else (None, None)
    return Wanted(options.who, options.action, since, until)


def _cells(number: int, deed: "Deed") -> tuple[str, ...]:
    who = deed.principal or ("" if not deed.token else f"token {deed.token}")
    rows = "" if deed.rows is None else f"{deed.rows:,}"
    return (
        str(number), f"{deed.time:%Y-%m-%d %H:%M:%S}", who, deed.action, deed.asked[:80],
        deed.result, rows,
    )  # fmt: skip


def _document(number: int, deed: "Deed") -> dict[str, object]:
    return {
        "number": number, "time": deed.time.isoformat(), "who": deed.principal,
        "token": deed.token, "address": deed.address, "action": deed.action, "asked": deed.asked,
        "result": deed.result, "rows": deed.rows, "ms": deed.ms,
    }  # fmt: skip


AUDIT = Command(
    name="audit",
    summary="who signed in, asked and exported, and whether that record holds",
    about="The newest first. It says who did what, of which selection, and how many rows they got;"
    "\nnever a value, a password or a token. Each row carries the hash of the one before it: --verify"
    "\nnames rows that were changed or taken out, and exits 1.",
    examples=(
        "audit --who ana --period last-month",
        "audit --action export --limit 0 --format csv",
        "audit --verify",
    ),
    arguments=_arguments,
    run=_audit,
)
