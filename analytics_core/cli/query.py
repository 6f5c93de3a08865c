"""Asking: query."""

import argparse
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

from analytics_core.cli import selection
from analytics_core.cli.call import OK, Call, Command, note
from analytics_core.errors import BadValue, NotWritable
from analytics_core.semantics.dimension import DIMENSIONS
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.period import Grain
from analytics_core.semantics.query import Query

_BINARY = ("parquet", "arrow", "xlsx")


def _names(title: str, names: list[str]) -> str:
    return textwrap.fill(
        f"{title}: {', '.join(names)}", 96, subsequent_indent="  ", break_on_hyphens=False
    )


_ABOUT = f"""\
Ask any measures, in total or by at most two dimensions, in total or per hour, day, week, month,
quarter or year. docs/measures.md says what each one means.

{_names("measures", list(MEASURES))}

{_names("dimensions", [*DIMENSIONS, "tag:KEY"])}

Standard output holds the answer and nothing else. In JSON, money and credits are decimal text,
exact to the last digit; null is unknown, and what has no member is of the kind 'unattributed'.
"""


def _query_arguments(one: argparse.ArgumentParser) -> None:
    add = one.add_argument
    add(
        "--measures", required=True, action="append", metavar="A,B",
        help="what to ask for, also repeated; the first one ranks",
    )  # fmt: skip
    add(
        "--by", default=[], action="append", metavar="DIM[,DIM]",
        help="break down by at most two dimensions, also repeated",
    )  # fmt: skip
    add("--grain", metavar="GRAIN", help="per hour, day, week, month, quarter or year")
    add("--top", type=int, metavar="N", help="the N most by the first measure; the rest is Others")
    add("--order", choices=("value", "name"), default="value", help="how members are sorted")
    add("--compare", choices=("previous",), help="each figure beside that of the period before")
    add("--limit", type=int, metavar="N", help="cut the rows")
    selection.arguments(one)
    add("--format", default="table", help="table (the default), csv, json, parquet, arrow or xlsx")
    add("--out", type=Path, metavar="FILE", help="write there instead of printing")


def _query(call: Call) -> int:
    import duckdb

    from analytics_core.export.answer import answered
    from analytics_core.export.formats import format_of
    from analytics_core.store import parquet
    from analytics_core.store.view import View

    kind = format_of("json" if call.options.json else call.options.format)
    check_target(call, kind.name)
    with selection.in_words_of_the_command_line(call.options):
        query, filters = _question(call), selection.filters(call)
    scope, me = selection.scope(call)
    with call.store() as store:
        view = View(store, scope, filters.resolved(me))
        try:
            answer = answered(view, query, compare=call.options.compare == "previous")
        except duckdb.Error:
            for file in store.manifest.files:
                parquet.check(call.folders.events, file)  # else the fault is ours
            raise
        _write(kind.written(answer), call.options.out)
        if not store.manifest.files:
            inbox = call.folders.inbox
            note(f"Nothing was taken in yet. Put exports into {inbox} and run 'ingest'.")
        elif answer.empty and not view.facts().rows:
            note("No events match.")
    return OK


def _question(call: Call) -> Query:
    options = call.options
    return Query(
        measures=_list(options.measures),
        by=_list(options.by),
        grain=Grain.of(options.grain) if options.grain else None,
        top=options.top,
        order=options.order,
        limit=options.limit,
    )


def _list(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, ",".join(given).split(","))))


def check_target(call: Call, kind: str) -> None:
    """Before the question is asked: that its answer has somewhere to go."""
    out: Path | None = call.options.out
    if out is None and kind in _BINARY and sys.stdout is not None and sys.stdout.isatty():
        raise BadValue("--format", kind, "a file to write it to: --out FILE")
    if out is not None and out.is_dir():
        raise BadValue("--out", out, "a file, not a folder")


def _write(made: bytes, out: Path | None) -> None:
    if out is not None:
        try:
            out.write_bytes(made)
        except OSError as wrong:
            why = wrong.strerror or str(wrong)
            raise NotWritable(out, why, "name another file with --out") from None
    elif sys.stdout is not None:
        sys.stdout.buffer.write(made)
        sys.stdout.buffer.flush()


QUERY = Command(
    name="query",
    summary="ask any measures by any dimensions",
    about=_ABOUT,
    examples=(
        "query --measures cost,requests --by project --period last-month --top 5",
        "query --measures cost --grain day --where 'project=Search,Voice Bot' --as ana --json",
        "query --measures cost --by model --period last-month --compare previous",
    ),
    arguments=_query_arguments,
    run=_query,
)
