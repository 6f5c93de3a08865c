"""What an engine must do, and the few words in which engines differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

import polars as pl

Bound: TypeAlias = str | int | datetime | list[str]  # datetimes are naive UTC
Kind = Literal["text", "texts", "integer", "instant"]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement and the values it names; no value stands in the text."""

    text: str
    params: Mapping[str, Bound]


class Dialect(Protocol):
    """One engine's spelling of what is not the same in all of them.

    Every method takes and returns SQL text; `name` is that of a bound value.
    """

    def bound(self, name: str, kind: Kind) -> str:
        """The place of a bound value."""
        ...

    def events(self, files: str) -> str:
        """The relation of the events in a bound list of files."""
        ...

    def file(self) -> str:
        """The file an event stands in, as it was bound."""
        ...

    def no_events(self) -> str:
        """The same relation without a row."""
        ...

    def among(self, column: str, texts: str, count: int) -> str:
        """Whether a text column is one of a bound list of `count` texts."""
        ...

    def numbered(self, texts: str) -> str:
        """A bound list of texts as a relation (m, r): the text and its place from 1."""
        ...

    def tag(self, key: str) -> str:
        """The value of a tag, NULL where it has none."""
        ...

    def tags(self) -> str:
        """An event's tags as a list of structs with `key` and `value`."""
        ...

    def whole(self, expression: str) -> str:
        """As a 64-bit integer; an overflow raises."""
        ...

    def text(self, expression: str) -> str:
        """As text."""
        ...

    def micros(self, column: str) -> str:
        """Microseconds since 1970 of a naive time."""
        ...

    def month(self, micros: str) -> str:
        """Months since the year 0 of microseconds since 1970."""
        ...

    def unnested(self, structs: str) -> str:
        """One row per element of a list expression, to be selected from as `item`."""
        ...

    def contains(self, column: str, text: str) -> str:
        """Whether a column contains a bound text, whatever the case."""
        ...


class Engine(Protocol):
    """Answers compiled statements over one generation of the store."""

    @property
    def dialect(self) -> Dialect:
        """How its SQL is spelled."""
        ...

    def run(self, statement: Compiled) -> pl.DataFrame:
        """The rows. Raises TooSlow, Damaged."""
        ...

    def interrupt(self) -> None:
        """Ends the statements that are running."""
        ...

    def close(self) -> None:
        """Frees everything; nothing runs any more."""
        ...
