"""The closed set of operators of a mapping, each as one SQL expression over the raw columns.

Whatever a person or a file wrote enters SQL through `literal` alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from analytics_core.ingest.literals import literal, one_of
from analytics_core.ingest.python_text import as_json
from analytics_core.ingest.raw import Raw

# Texts that stand for "nothing" wherever one place falls back on another.
NOTHING = ("", "NULL", "null", "None", "NaN", "nan", "N/A", "-", "\\N")
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
             "UINTEGER", "UBIGINT", "UHUGEINT")  # fmt: skip
_TEXTS = ("VARCHAR", "JSONTEXT", "JSON")


class Fields(Protocol):
    """Where a dotted path of the file is found; RawColumns is one."""

    def find(self, path: str) -> Raw | None:
        """The place, or None where the file has no such path."""
        ...


def is_text(raw: Raw) -> bool:
    """Whether the place holds text (also text extracted from JSON)."""
    return raw.type in _TEXTS


def text(raw: Raw) -> str:
    """The place as VARCHAR: nested values as JSON, which everything else here can read."""
    if raw.type in ("VARCHAR", "JSONTEXT"):
        return raw.sql
    nested = raw.type.endswith("]") or raw.type.startswith(("STRUCT", "MAP"))
    return f"CAST({f'to_json({raw.sql})' if nested else raw.sql} AS VARCHAR)"


def known(sql: str) -> str:
    """A text expression, NULL where it stands for nothing."""
    return f"CASE WHEN {one_of(sql, NOTHING)} THEN NULL ELSE {sql} END"


def number(raw: Raw) -> str:
    """The place as an exact number: integers as they are, else DECIMAL; NULL where it is none."""
    if raw.type in _INTEGERS:
        return raw.sql
    if is_text(raw):
        return f"TRY_CAST(trim({text(raw)}) AS DECIMAL(38,18))"
    return f"TRY_CAST(CAST({raw.sql} AS VARCHAR) AS DECIMAL(38,18))"


def coalesced(raws: Sequence[Raw]) -> Raw:
    """The first known of several places: in their own type where they share one, else as text."""
    types = {raw.type for raw in raws}
    if len(raws) == 1:
        return raws[0]
    if len(types) == 1 and not is_text(raws[0]):
        return Raw(f"coalesce({', '.join(raw.sql for raw in raws)})", raws[0].type)
    return Raw(f"coalesce({', '.join(known(text(raw)) for raw in raws)})", "VARCHAR")


@dataclass(frozen=True, slots=True)
class Path:
    """The value at one dotted path."""

    path: str

    def find(self, fields: Fields) -> Raw | None:
        """The place itself."""
        return fields.find(self.path)


@dataclass(frozen=True, slots=True)
class Constant:
    """The same text on every row."""

    value: str

    def find(self, fields: Fields) -> Raw | None:
        """A literal."""
        return Raw(literal(self.value), "VARCHAR")


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The first of several values that is known."""

    values: tuple["Value", ...]

    def find(self, fields: Fields) -> Raw | None:
        """A coalesce over those the file has."""
        raws = [raw for value in self.values if (raw := value.find(fields)) is not None]
        return coalesced(raws) if raws else None


@dataclass(frozen=True, slots=True)
class SumOf:
    """The sum of the values that are known; unknown where none is."""

    values: tuple["Value", ...]

    def find(self, fields: Fields) -> Raw | None:
        """A sum of exact numbers."""
        raws = [raw for value in self.values if (raw := value.find(fields)) is not None]
        if not raws:
            return None
        numbers = [number(raw) for raw in raws]
        total = " + ".join(f"coalesce({n}, 0)" for n in numbers)
        return Raw(
            f"CASE WHEN coalesce({', '.join(numbers)}) IS NULL THEN NULL ELSE TRY({total}) END",
            "DECIMAL",
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """The first value less the second; unknown where either is."""

    left: "Value"
    right: "Value"

    def find(self, fields: Fields) -> Raw | None:
        """A difference of exact numbers."""
        left, right = self.left.find(fields), self.right.find(fields)
        if left is None or right is None:
            return None
        return Raw(f"TRY({number(left)} - {number(right)})", "DECIMAL")


@dataclass(frozen=True, slots=True)
class Scaled:
    """A number times `times` and divided by `per`; exact where 1/per is a finite decimal."""

    value: "Value"
    times: Decimal = Decimal(1)
    per: Decimal = Decimal(1)

    def find(self, fields: Fields) -> Raw | None:
        """A product of exact numbers."""
        raw = self.value.find(fields)
        if raw is None:
            return None
        return Raw(scaled(number(raw), self.times, self.per), "DECIMAL")


def scaled(sql: str, times: Decimal, per: Decimal) -> str:
    """An exact number of DECIMAL(38,18) or less, times `times`, divided by `per`."""
    factor = times / per
    if factor * per == times and _digits(factor) <= 12:
        # A narrow product keeps 20 digits before the point; a literal of 18 would take them.
        wide = f"CAST({sql} AS DECIMAL(38,18))" if factor != 1 else sql
        return wide if factor == 1 else f"TRY({wide} * {factor:f})"
    quotient = f"CAST({sql} AS DOUBLE) * {times:f} / {per:f}"  # its shortest text is what is meant
    return f"TRY_CAST(CAST({quotient} AS VARCHAR) AS DECIMAL(38,18))"


def _digits(factor: Decimal) -> int:
    exponent = factor.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


@dataclass(frozen=True, slots=True)
class Renamed:
    """A value looked up in a table of texts; `default` (NULL when None) where it is not listed."""

    value: "Value"
    table: tuple[tuple[str, str], ...]
    default: str | None = None

    def find(self, fields: Fields) -> Raw | None:
        """A CASE over literals."""
        raw = self.value.find(fields)
        if raw is None:
            return None if self.default is None else Raw(literal(self.default), "VARCHAR")
        cases = " ".join(f"WHEN {literal(old)} THEN {literal(new)}" for old, new in self.table)
        last = "NULL" if self.default is None else literal(self.default)
        return Raw(f"CASE trim({text(raw)}) {cases} ELSE {last} END", "VARCHAR")


@dataclass(frozen=True, slots=True)
class Matched:
    """The one group of a regular expression (RE2); unknown where it does not match."""

    value: "Value"
    pattern: str

    def find(self, fields: Fields) -> Raw | None:
        """The group, NULL when empty."""
        raw = self.value.find(fields)
        if raw is None:
            return None
        found = f"regexp_extract({text(raw)}, {literal(self.pattern)}, 1)"
        return Raw(f"nullif({found}, '')", "VARCHAR")


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a text cut at a separator: `take` counts from 0, negative from the end."""

    value: "Value"
    separator: str
    take: int

    def find(self, fields: Fields) -> Raw | None:
        """The piece, NULL where there are fewer."""
        raw = self.value.find(fields)
        if raw is None:
            return None
        at = self.take + 1 if self.take >= 0 else self.take
        pieces = f"string_split({text(raw)}, {literal(self.separator)})"
        return Raw(f"nullif(trim({pieces}[{at}]), '')", "VARCHAR")


@dataclass(frozen=True, slots=True)
class Json:
    """A text that is JSON; unknown where it is not."""

    value: "Value"

    def find(self, fields: Fields) -> Raw | None:
        """The JSON text."""
        raw = self.value.find(fields)
        return None if raw is None else Raw(f"CAST({json(raw)} AS VARCHAR)", "VARCHAR")


def json(raw: Raw) -> str:
    """The place as JSON: text is parsed (NULL where it cannot be), nested values are converted."""
    if raw.type == "VARCHAR":
        return f"coalesce(TRY_CAST({raw.sql} AS JSON), {as_json(raw.sql)}::JSON)"
    if is_text(raw):
        return f"TRY_CAST({raw.sql} AS JSON)"
    return f"to_json({raw.sql})"


Value = Path | Constant | FirstOf | SumOf | Difference | Scaled | Renamed | Matched | Piece | Json


def paths(value: Value) -> tuple[str, ...]:
    """Every path the value reads."""
    match value:
        case Path(path):
            return (path,)
        case Constant():
            return ()
        case FirstOf(values) | SumOf(values):
            return tuple(path for inner in values for path in paths(inner))
        case Difference(left, right):
            return paths(left) + paths(right)
        case _:
            return paths(value.value)
