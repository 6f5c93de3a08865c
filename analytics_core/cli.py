"""The command line: python -m analytics_core COMMAND …; every command takes --data and --json."""

import argparse
import csv
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analytics_core import settings as configuration
from analytics_core.errors import TokentallyError
from analytics_core.ingest.folders import Folders
from analytics_core.semantics.period import Calendar
from analytics_core.settings import Settings

ERROR, OK = 1, 0


@dataclass(frozen=True, slots=True)
class Call:
    """One run of a command: its options, the folders and settings, and the clock read once."""

    options: argparse.Namespace
    folders: Folders
    settings: Settings
    now: datetime

    @property
    def calendar(self) -> Calendar:
        """The reporting calendar of the settings."""
        s = self.settings
        return Calendar(s.zone, s.week_start, s.fiscal_year_start)

    @property
    def accounts_path(self) -> Path:
        """auth.yaml, or what TOKENTALLY_AUTH names."""
        return Path(os.environ.get("TOKENTALLY_AUTH", "auth.yaml"))

    def say(self, document: object, lines: Iterable[str]) -> None:
        """Prints the document with --json, else the lines."""
        if self.options.json:
            print(json.dumps(document, ensure_ascii=False, indent=1, default=str))
        else:
            for line in lines:
                print(line)


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name, what it does, its arguments and what runs; returns the exit code."""

    name: str
    summary: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[Call], int]


def main(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit code; a person's mistake is one sentence."""
    options = parser().parse_args(arguments)
    folders = Folders(Path(options.data).resolve())
    try:
        call = Call(
            options,
            folders,
            configuration.load(folders.settings, os.environ),
            datetime.now(UTC),
        )
        return options.command.run(call)
    except TokentallyError as mistake:
        print(mistake, file=sys.stderr)
        return ERROR
    except BrokenPipeError:  # the reader of our output has gone: `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        print("Stopped. What had landed stays; run the command again to go on.", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    top = argparse.ArgumentParser(
        prog="python -m analytics_core",
        description="What LLM usage costs: land exports, ask questions, keep accounts.",
    )
    every = argparse.ArgumentParser(add_help=False)
    every.add_argument(
        "--data",
        default=os.environ.get("TOKENTALLY_DATA", "data"),
        metavar="DIR",
        help="the data folder (default: %(default)s)",
    )
    every.add_argument("--json", action="store_true", help="print JSON")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        one = commands.add_parser(
            command.name, help=command.summary, description=command.summary, parents=[every]
        )
        command.arguments(one)
        one.set_defaults(command=command)
    return top


def _none(_: argparse.ArgumentParser) -> None:
    """For a command without arguments of its own."""


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> Iterable[str]:
    """Lines of aligned columns: the first `left` to the left, figures to the right."""
    body = [[*map(str, header)], *([*map(str, row)] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*body, strict=True)]
    for row in body:
        cells = (
            c.ljust(w) if i < left else c.rjust(w)
            for i, (c, w) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


# ---- questions -------------------------------------------------------------------------------


def _query_arguments(one: argparse.ArgumentParser) -> None:
    add = one.add_argument
    add("--measures", required=True, metavar="A,B", help="measures, the first one ranks")
    add("--by", default="", metavar="DIM[,DIM]", help="break down by at most two dimensions")
    add("--grain", help="hour, day, week, month, quarter or year")
    add("--period", help="a preset such as month, last-month, days:30, or 2026-11 (default: month)")
    add("--from", dest="start", metavar="T", help="a date or time; with --to")
    add("--to", dest="end", metavar="T", help="a date (that whole day) or a time (exclusive)")
    add(
        "--where",
        action="append",
        default=[],
        metavar="DIM=V1,V2",
        help="keep these values (empty: unattributed, quoted as in CSV); may be repeated",
    )
    add("--top", type=int, help="the most by the first measure; the rest become Others")
    add("--order", choices=("value", "name"), default="value", help="how members are sorted")
    add("--limit", type=int, help="cut the rows")
    add("--as", dest="username", metavar="USER", help="with that account's scope")
    add("--format", default="table", help="table, csv, json or parquet")
    add("--out", type=Path, metavar="FILE", help="write there instead of printing")


def _query(call: Call) -> int:
    from analytics_core.export import answer
    from analytics_core.semantics.period import Grain
    from analytics_core.semantics.query import Query
    from analytics_core.store.view import Store, View

    options = call.options
    kind = answer.check_format("json" if options.json else options.format)
    query = Query(
        measures=tuple(options.measures.split(",")),
        by=tuple(filter(None, options.by.split(","))),
        grain=Grain.of(options.grain) if options.grain else None,
        top=options.top,
        order=options.order,
        limit=options.limit,
    )
    scope, me = _scope(call)
    store = Store(call.folders.data, call.settings)
    try:
        view = View(store, scope, _filters(call).resolved(me))
        made = answer.of(view, query, kind)
    finally:
        store.close()
    if options.out:
        options.out.write_bytes(made)
    else:
        sys.stdout.buffer.write(made)
        sys.stdout.buffer.flush()
    return OK


def _scope(call: Call) -> tuple[Any, str | None]:
    """The scope of --as and that account's own id; everything for whoever runs the machine."""
    from analytics_core.access import account_book
    from analytics_core.access.demo_accounts import DEMO_ACCOUNTS
    from analytics_core.access.roles import scope_of
    from analytics_core.errors import UnknownName
    from analytics_core.semantics.filters import EVERYTHING
    from analytics_core.store.manifest import load

    if call.options.username is None:
        return EVERYTHING, None
    demo = DEMO_ACCOUNTS if load(call.folders.events).demo_only else {}
    accounts = {**demo, **account_book.accounts(call.accounts_path)}
    UnknownName.check("account", call.options.username, accounts)
    principal = accounts[call.options.username].principal
    return scope_of(principal), principal.user_id


def _filters(call: Call) -> Any:
    from analytics_core.errors import BadValue
    from analytics_core.semantics.dimension import dimension
    from analytics_core.semantics.filters import Filters

    options = call.options
    params: dict[str, list[str]] = {}
    if (options.start is None) != (options.end is None):
        raise BadValue("--from/--to", options.start or options.end, "both of them, or --period")
    if options.start is not None:
        params["period"] = [f"{options.start}..{options.end}"]
    elif options.period:
        params["period"] = [options.period]
    for where in options.where:
        name, equals, values = where.partition("=")
        if not equals:
            raise BadValue("--where", where, "DIMENSION=value,value")
        dimension(name)
        params.setdefault(name, []).extend(next(csv.reader([values]), [""]))
    return Filters.from_params(params, call.now, call.calendar)


# ---- the store -------------------------------------------------------------------------------


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
    call.say([asdict(i) for i in inputs], _table(header, rows, left=4) if rows else ["No files."])
    return OK


def _sources(call: Call) -> int:
    from analytics_core.ingest.sources import detect

    known = detect.known(call.settings)  # raises BadFile naming file, line and key
    rows = [
        (s.name, s.label, s.group, s.grain, " ".join(s.kinds), "" if s.packaged else "own")
        for s in known
    ]
    call.say(
        [
            dict(zip(("name", "label", "group", "grain", "kinds", "own"), r, strict=True))
            for r in rows
        ],
        _table(("source", "label", "group", "grain", "files", ""), rows, left=6),
    )
    return OK


# ---- accounts --------------------------------------------------------------------------------


def _user_arguments(one: argparse.ArgumentParser) -> None:
    actions = one.add_subparsers(dest="action", required=True, metavar="add|list|passwd|remove")
    add = actions.add_parser("add", help="a new account; the password is asked for")
    add.add_argument("username")
    add.add_argument("--role", action="append", required=True, dest="roles")
    for name in ("email", "first-name", "last-name", "user-id"):
        add.add_argument(f"--{name}")
    for name, of in (("organization", "manager"), ("team", "lead"), ("project", "project_admin")):
        text = f"what a {of} sees; may be repeated"
        add.add_argument(f"--{name}", action="append", dest=f"{name}s", help=text)
    actions.add_parser("list", help="everybody, with their roles")
    actions.add_parser("passwd", help="another password").add_argument("username")
    actions.add_parser("remove", help="take an account out").add_argument("username")


def _user(call: Call) -> int:
    from analytics_core.access import account_book
    from analytics_core.access.roles import described

    options, path = call.options, call.accounts_path
    if options.action == "list":
        people = [a.principal for a in account_book.accounts(path).values()]
        rows = [
            (p.username, p.name, p.email or "–", " ".join(p.roles), described(p)) for p in people
        ]
        call.say(
            [asdict(p) for p in people],
            _table(("user", "name", "e-mail", "roles", "sees"), rows, left=5)
            if rows
            else [f"No accounts in {path} yet: user add NAME --role admin --email ADDRESS"],
        )
        return OK
    if options.action == "add":
        fields = ("email", "first_name", "last_name", "user_id", "roles", "organizations",
                  "teams", "projects")  # fmt: skip
        record = {f: v for f in fields if (v := getattr(options, f, None))}
        account = account_book.add(path, options.username, _password(), record)
        said = f"{account.username} sees {described(account.principal)}."
    elif options.action == "passwd":
        account_book.set_password(path, options.username, _password())
        said = f"{options.username} has another password; their sign-ins have ended."
    else:
        account_book.remove(path, options.username)
        said = f"{options.username} is gone; their sign-ins have ended."
    call.say({"user": options.username, "done": options.action}, [said])
    return OK


def _password() -> str:
    """Asked for twice on a terminal, else one line of standard input; never an argument."""
    from analytics_core.errors import BadValue

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    import getpass

    first = getpass.getpass("Password (at least 12 characters): ")
    if getpass.getpass("Again: ") != first:
        raise BadValue("password", "…", "the same password twice")
    return first


COMMANDS: tuple[Command, ...] = (
    Command("query", "ask any measures by any dimensions", _query_arguments, _query),
    Command("verify", "compare the store with its manifest", _none, _verify),
    Command("sources", "the formats that are recognised; checks your mappings", _none, _sources),
    Command("files", "every file that was taken, and what became of it", _none, _files),
    Command("user", "accounts and their roles", _user_arguments, _user),
)
