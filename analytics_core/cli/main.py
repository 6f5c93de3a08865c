"""Reads a command line and runs its command."""

import argparse
import os
import sys
from collections.abc import Sequence

from analytics_core.cli import audit, export, files, mapping, prices, query, take, tokens, users
from analytics_core.cli.call import PROGRAM, Call, Command, everywhere
from analytics_core.cli.edge import guarded
from analytics_core.cli.line import Line

COMMANDS: tuple[Command, ...] = (
    take.INGEST,
    take.DEMO,
    query.QUERY,
    export.EXPORT,
    files.FILES,
    files.FORGET,
    files.SOURCES,
    mapping.INSPECT,
    mapping.MAP,
    files.VERIFY,
    prices.PRICES,
    prices.REPRICE,
    users.USER,
    tokens.TOKEN,
    audit.AUDIT,
)
USAGE = 2  # what argparse exits with


def main(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit code; a person's mistake is one sentence.

    Raises SystemExit for --help and for a line that is no command line, as argparse does.
    """
    if not arguments:
        parser().print_help(sys.stderr)
        return USAGE
    options = parser().parse_args(arguments)
    command: Command = options.command
    return guarded(
        lambda: command.run(Call.of(options)),
        f"cli {command.name}",
        getattr(options, "username", None) or "",
        command.stopped,
    )


def parser() -> Line:
    """The parser of every command."""
    top = Line(
        prog=PROGRAM,
        description="What LLM usage costs: land exports, ask questions, keep accounts.",
        epilog="'COMMAND --help' explains one command, with examples. docs/cli.md has them all.",
        parents=[everywhere()],
    )
    top.set_defaults(data=os.environ.get("TOKENTALLY_DATA") or "data", json=False)
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        one = commands.add_parser(
            command.name,
            help=command.summary,
            description=command.about,
            epilog=_epilog(command),
            parents=[everywhere()],  # their own: set_defaults above reaches into those of `top`
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        one.given = top.given  # `--data a query --data b` is twice, too
        command.arguments(one)
        one.set_defaults(command=command)
    return top


def _epilog(command: Command) -> str:
    lines = [f"  {PROGRAM} {example}" for example in command.examples]
    return "\n".join(["examples:" if len(lines) > 1 else "example:", *lines])
