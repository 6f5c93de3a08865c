"""Reads a command line and runs its command; a person's mistake is one sentence."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from analytics_core import settings as configuration
from analytics_core.cli import files, prices, query, take, users
from analytics_core.cli.call import ERROR, OK, Call, Command
from analytics_core.errors import TokentallyError
from analytics_core.ingest.folders import Folders

COMMANDS: tuple[Command, ...] = (
    take.INGEST,
    take.DEMO,
    query.QUERY,
    files.FILES,
    files.FORGET,
    files.SOURCES,
    files.VERIFY,
    prices.PRICES,
    prices.REPRICE,
    users.USER,
)


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
