"""A command line in which no option that has one value is given two."""

import argparse
from collections.abc import Sequence
from typing import Any


class Line(argparse.ArgumentParser):
    """A parser that refuses a repeated option, where argparse would quietly keep the last one.

    `given` are the options seen so far; parsers of one line may share it. Options that are lists
    say so: `action="append"`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.given: set[str] = set()
        self.register("action", None, _Once)
        self.register("action", "store", _Once)


class _Once(argparse.Action):
    """Keeps the value of an option, once; arguments by place are kept as they come."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Raises ArgumentError for the second one."""
        assert isinstance(parser, Line)
        if option_string is not None:
            if self.dest in parser.given:
                raise argparse.ArgumentError(self, "stands twice; it has one value")
            parser.given.add(self.dest)
        setattr(namespace, self.dest, values)
