"""What every command gets and gives: its options and folders, and how it prints."""

import argparse
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from analytics_core.ingest.folders import Folders
from analytics_core.semantics.period import Calendar
from analytics_core.settings import Settings
from analytics_core.store.manifest import Input

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

    def read_again(self, paths: Sequence[Path]) -> Sequence[Input]:
        """Takes files of ours in once more, as `forget` asks for."""
        from analytics_core.ingest.door import ingest

        return ingest(paths, self.folders, self.settings, now=self.now)

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


def no_arguments(_: argparse.ArgumentParser) -> None:
    """For a command without arguments of its own."""


def aligned(header: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> Iterable[str]:
    """Lines of aligned columns: the first `left` to the left, figures to the right."""
    body = [[*map(str, header)], *([*map(str, row)] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*body, strict=True)]
    for row in body:
        cells = (
            c.ljust(w) if i < left else c.rjust(w)
            for i, (c, w) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()
