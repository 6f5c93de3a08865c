"""Taking rows out: export, which streams whatever is selected into a file."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from analytics_core.cli import selection
from analytics_core.cli.call import OK, Call, Command, many, note
from analytics_core.cli.query import check_target
from analytics_core.errors import NotWritable, UnknownName

if TYPE_CHECKING:  # the engine takes half a second to load
    from analytics_core.export.stream import Tally
    from analytics_core.store.view import View

OF = ("events", "items", "focus")
FORMATS = ("csv", "parquet")


def _arguments(one: argparse.ArgumentParser) -> None:
    add = one.add_argument
    add("of", metavar="events|items|focus", help="requests, their usage items, or FOCUS 1.2 rows")
    selection.arguments(one)
    add("--format", default="csv", help="csv (the default) or parquet")
    add("--out", type=Path, metavar="FILE", help="write there instead of printing")


def _export(call: Call) -> int:
    from analytics_core.export.stream import Tally
    from analytics_core.store.view import View

    of, kind = call.options.of, call.options.format
    UnknownName.check("export", of, OF)
    UnknownName.check("format", kind, FORMATS)
    check_target(call, kind)
    with selection.in_words_of_the_command_line(call.options):
        filters = selection.filters(call)
    scope, me = selection.scope(call)
    tally = Tally()
    with call.store() as store:
        view = View(store, scope, filters.resolved(me))
        result = "stopped"
        try:
            _written(_parts(view, of, kind, tally), call.options.out, kind)
            result = "ok"
        finally:
            _note(call, view, tally.rows, result)
        if of == "focus":
            _say_left_out(view, tally.rows)
        else:
            note(f"{many(tally.rows, 'row')} of {_total(view, of):,}.")
    return OK


def _parts(view: "View", of: str, kind: str, tally: "Tally") -> Iterator[bytes]:
    from analytics_core.export import focus, rows

    if of == "focus":
        made = {"csv": focus.csv_pages, "parquet": focus.parquet_pages}[kind]
        return made(view, tally)
    pages = {"csv": rows.csv_pages, "parquet": rows.parquet_pages}[kind]
    return pages(view, "events" if of == "events" else "items", tally)


def _written(parts: Iterator[bytes], out: Path | None, kind: str) -> None:
    """Writes the parts as they come; one that stops in the middle is never a file that looks whole."""
    if out is None:
        if sys.stdout is not None:
            _whole(parts, sys.stdout.buffer, kind)
        return
    try:
        if out.exists() and not out.is_file():  # a pipe, a device
            with out.open("wb") as into:
                _whole(parts, into, kind)
        else:
            _put_in_place(parts, out, kind)
    except OSError as wrong:
        why = wrong.strerror or str(wrong)
        raise NotWritable(out, why, "name another file with --out") from None


def _put_in_place(parts: Iterator[bytes], out: Path, kind: str) -> None:
    """Under another name until it is whole, or until a CSV says in its last line that it is not."""
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("wb") as into:
            _whole(parts, into, kind)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    except BaseException:
        if kind == "csv":
            part.replace(out)
        else:
            part.unlink(missing_ok=True)
        raise
    part.replace(out)


def _whole(parts: Iterator[bytes], into: BinaryIO, kind: str) -> None:
    from analytics_core.export.stream import error_line

    try:
        for part in parts:
            into.write(part)
        into.flush()
    except OSError:
        raise
    except BaseException as wrong:  # Ctrl-C too
        if kind == "csv":
            into.write(error_line(wrong))
            into.flush()
        raise


def _note(call: Call, view: "View", rows: int, result: str) -> None:
    """Into the audit, without a principal: whoever may run commands here."""
    from urllib.parse import urlencode

    from analytics_core.access.audit import Audit, Deed
    from analytics_core.access.state import State

    options = call.options
    eyes = {"as": options.username} if options.username else {}
    named = {"of": options.of, "format": options.format, **eyes} | view.filters.to_params()
    state = State(call.folders.data / "state.db")
    try:
        deed = Deed(
            time=call.now, action="export", result=result, asked=urlencode(named, doseq=True),
            rows=rows,
        )  # fmt: skip
        Audit(state).add(deed)
    finally:
        state.close()


def _total(view: "View", of: str) -> int:
    return view.count("events" if of == "events" else "items")


def _say_left_out(view: "View", rows: int) -> None:
    from analytics_core.export.focus import unpriced

    left_out = unpriced(view)
    why = f" {many(left_out, 'event')} without a cost left out: FOCUS has no row without one."
    note(f"{many(rows, 'row')}.{why if left_out else ''}")


EXPORT = Command(
    name="export",
    summary="stream rows of any number into a file",
    about="events: every usage event with all its columns. items: what each one's cost is made of."
    "\nfocus: cost and usage as FOCUS 1.2, a row per hour, model, pricing rule, project and tags."
    "\n\nA CSV that breaks off ends in a line that says ERROR; a Parquet file that does is not there.",
    examples=(
        "export events --period last-month --format parquet --out events.parquet",
        "export items --from 2026-11-01 --to 2026-11-07 --where project=Search --out items.csv",
        "export focus --period last-month --out focus.csv",
    ),
    arguments=_arguments,
    run=_export,
    stopped="Stopped; the file is not complete.",
)
