"""What every command gets and gives: its options and folders, and how it prints."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from analytics_core import settings as configuration
from analytics_core.cli.line import Line
from analytics_core.errors import BadValue, NotAsked, UnknownName
from analytics_core.ingest.folders import Folders
from analytics_core.semantics.period import Calendar
from analytics_core.settings import Settings
from analytics_core.store.manifest import Input

if TYPE_CHECKING:  # the engine takes half a second to load
    from analytics_core.access.accounts import Account
    from analytics_core.store.view import Store

ERROR, OK = 1, 0
PROGRAM = "python -m analytics_core"


@dataclass(frozen=True, slots=True)
class Call:
    """One run of a command: its options, the folders and settings, and the clock read once."""

    options: argparse.Namespace
    folders: Folders
    settings: Settings
    now: datetime

    @classmethod
    def of(cls, options: argparse.Namespace) -> Self:
        """The call that a command line means. Raises BadValue, BadFile, NotAsked."""
        if not options.data:
            raise BadValue("--data", "", "a folder")
        folders = Folders(Path(options.data).resolve())
        if folders.data.exists() and not folders.data.is_dir():
            raise BadValue("--data", folders.data, "a folder")
        settings = configuration.load(folders.settings, os.environ)
        call = cls(options, folders, settings, datetime.now(UTC))
        if options.command.reads:
            call.check_data()
        return call

    def check_data(self) -> None:
        """Raises NotAsked where there is no data folder."""
        if not self.folders.data.exists():
            raise NotAsked(
                f"There is no folder {self.folders.data}. Name the data folder with --data, or"
                " begin one: 'ingest PATH' takes exports in, 'demo' makes invented usage."
            )

    @property
    def calendar(self) -> Calendar:
        """The reporting calendar of the settings."""
        s = self.settings
        return Calendar(s.zone, s.week_start, s.fiscal_year_start)

    @property
    def accounts_path(self) -> Path:
        """auth.yaml, or what TOKENTALLY_AUTH names."""
        return configuration.places(os.environ)[1]

    def account(self, username: str) -> "Account":
        """The account of that name, a demo account while there is only demo data.

        Raises UnknownName, BadFile.
        """
        from analytics_core.access import account_book
        from analytics_core.access.demo_accounts import DEMO_ACCOUNTS
        from analytics_core.store.manifest import load

        demo = DEMO_ACCOUNTS if load(self.folders.events).demo_only else {}
        accounts = {**demo, **account_book.accounts(self.accounts_path)}
        UnknownName.check("account", username, accounts)
        return accounts[username]

    def read_again(self, paths: Sequence[Path]) -> Sequence[Input]:
        """Takes files of ours in once more, as `forget` asks for."""
        from analytics_core.ingest.door import ingest

        return ingest(paths, self.folders, self.settings, now=self.now)

    @contextmanager
    def store(self) -> "Generator[Store]":
        """The store, closed in the end; Ctrl-C ends the question that runs."""
        from analytics_core.store.view import Store

        store = Store(self.folders.data, self.settings)
        # Polars 2.1 handles SIGINT in a way that lets a waiting main thread sleep on.
        signal.siginterrupt(signal.SIGINT, True)
        try:
            yield store
        finally:
            store.close()

    def say(self, document: object, lines: Iterable[str]) -> None:
        """Prints the document with --json, else the lines."""
        if self.options.json:
            print(json.dumps(document, ensure_ascii=False, indent=1, default=str))
        else:
            for line in lines:
                print(line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command: its name, what it does, its arguments and what runs; returns the exit code.

    `about` is what --help says beyond the summary, `examples` are command lines without PROGRAM.
    `reads` means that there is nothing to do without a data folder; `stopped` is said on Ctrl-C.
    """

    name: str
    summary: str
    about: str
    examples: tuple[str, ...]
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[Call], int]
    reads: bool = True
    stopped: str = "Stopped."


def no_arguments(_: argparse.ArgumentParser) -> None:
    """For a command without arguments of its own."""


def everywhere() -> Line:
    """The options that every command takes, before or after its name; `main` sets their defaults."""
    every = Line(add_help=False, argument_default=argparse.SUPPRESS)
    every.add_argument(
        "--data", metavar="DIR", help="the data folder (default: TOKENTALLY_DATA, else data)"
    )
    every.add_argument("--json", action="store_true", help="print JSON")
    return every


def note(text: str) -> None:
    """Says something beside the answer, which alone goes to standard output."""
    if sys.stderr is not None:
        print(text, file=sys.stderr)


def many(number: int, one: str, more: str | None = None) -> str:
    """1 line, 2,000 lines."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"
