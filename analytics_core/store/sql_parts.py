"""What one statement is asked, and how the groups of several questions share it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self

from analytics_core.semantics.dimension import Dimension
from analytics_core.semantics.measure import Measure
from analytics_core.semantics.period import Grain
from analytics_core.store.engine import Compiled
from analytics_core.store.sql_terms import Terms

OTHERS = 1 << 40  # a place after every member's rank
UNATTRIBUTED = OTHERS + 1
MEMBER_KEY, OTHERS_KEY, UNATTRIBUTED_KEY = "m", "o", "u"  # before a shown member; alone

Keys = tuple[str, str, str]  # the columns of the bucket and of two axes; "" where there is none


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension of a question. `shown` names its members where they are ranked already.

    Members that are not shown are Others.
    """

    dimension: Dimension
    shown: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What one statement is to find of a question: measures per bucket and member.

    `top` keeps that many members by the first measure; `by_name` places them by name.
    """

    measures: tuple[Measure, ...]
    axes: tuple[Axis, ...] = ()
    grain: Grain | None = None
    top: int | None = None
    by_name: bool = False
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A compiled statement; `aliases` says in which column an aggregate stands.

    Rows of part i are those with g = groups[i]; keys[i] are their columns of bucket and members.
    """

    compiled: Compiled
    aliases: dict[str, str]
    groups: tuple[int, ...]
    keys: tuple[Keys, ...]


@dataclass(slots=True)
class Names:
    """Gives each different expression one alias."""

    prefix: str
    of: dict[str, str] = field(default_factory=dict[str, str])

    def __call__(self, expression: str) -> str:
        """The alias of that expression, new or known."""
        return self.of.setdefault(expression, f"{self.prefix}{len(self.of)}")

    def columns(self) -> str:
        """`, expression AS alias` of each, to follow other columns."""
        return "".join(f", {expression} AS {alias}" for expression, alias in self.of.items())


def aggregates(parts: Iterable[Part]) -> Names:
    """The aggregates all measures of the parts are made of."""
    names = Names("p")
    for part in parts:
        for measure in part.measures:
            for aggregate in measure.aggregates:
                names(aggregate)
    return names


def found(names: Names, terms: Terms) -> str:
    """The aggregates as whole numbers under their aliases."""
    return ", ".join(f"{terms.dialect.whole(a)} AS {p}" for a, p in names.of.items())


def padded(bucket: str, members: Sequence[str]) -> Keys:
    """The keys of a part with "" for the axes it does not have."""
    first, second, *_ = (*members, "", "")
    return bucket, first, second


@dataclass(frozen=True, slots=True)
class Grouping:
    """Rows grouped by several sets of columns in one scan, each set with a number of its own."""

    sets: tuple[frozenset[str], ...]
    columns: tuple[str, ...]

    @classmethod
    def by(cls, sets: Iterable[Iterable[str]], names: Names) -> Self:
        """Each set once; "" is no column."""
        kept = {frozenset(filter(None, one)) for one in sets}
        return cls(tuple(sorted(kept, key=sorted)), tuple(names.of.values()))

    @property
    def number(self) -> str:
        """The expression that tells the sets apart."""
        return "0" if len(self.sets) == 1 else f"grouping_id({', '.join(self.columns)})"

    @property
    def clause(self) -> str:
        """Its GROUP BY; a single set is planned faster without GROUPING SETS."""
        texts = [", ".join(sorted(one)) for one in self.sets]
        if len(texts) > 1:
            return f" GROUP BY GROUPING SETS ({', '.join(f'({text})' for text in texts)})"
        return f" GROUP BY {texts[0]}" if texts[0] else ""

    def of(self, wanted: Iterable[str]) -> int:
        """The number of the smallest set that holds the wanted columns: a 1 for each it lacks."""
        own = frozenset(filter(None, wanted))
        kept = min((one for one in self.sets if own <= one), key=len)
        return int("".join("0" if c in kept else "1" for c in self.columns) or "0", 2)


def place(axis: Axis, terms: Terms) -> str:
    """The text that groups rows of that axis: the member, or where some are shown a key."""
    column = terms.column(axis.dimension)
    if axis.shown is None:
        return column
    table = _table(axis, terms)
    return (
        f"CASE WHEN {column} IS NULL THEN '{UNATTRIBUTED_KEY}' WHEN {table}.m IS NULL"
        f" THEN '{OTHERS_KEY}' ELSE '{MEMBER_KEY}' || {column} END"
    )


def joins(parts: Iterable[Part], terms: Terms) -> str:
    """The joins with the lists of shown members that `place` looks into."""
    found: dict[str, str] = {}
    for axis in (axis for part in parts for axis in part.axes if axis.shown is not None):
        table, column = _table(axis, terms), terms.column(axis.dimension)
        listed = terms.dialect.numbered(terms.bind(list(axis.shown or ()), "texts"))
        found[table] = f" LEFT JOIN ({listed}) AS {table} ON {table}.m = {column}"
    return "".join(found.values())


def _table(axis: Axis, terms: Terms) -> str:
    name = terms.name(list(axis.shown or ()), "texts")
    tag = terms.name(axis.dimension.tag, "text") if axis.dimension.tag else ""
    return f"shown_{name}_{axis.dimension.column}{tag}"
