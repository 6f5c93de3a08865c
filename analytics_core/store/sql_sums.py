"""The statement for everything that sums up: one scan of as few groupings as hold all questions."""

from collections.abc import Sequence
from itertools import combinations

from analytics_core.store.engine import Compiled, Dialect
from analytics_core.store.sql_parts import (
    Grouping,
    Keys,
    Names,
    Part,
    Statement,
    aggregates,
    found,
    padded,
)
from analytics_core.store.sql_relations import Selection, events, item_grant, items
from analytics_core.store.sql_terms import Terms

ITEM_COLUMNS = ("rule", "unit")
# Sets that are scanned as one: a finer grouping is cheaper than a second one while it stays small.
MOST_FEW, MOST_MANY = 2, 1


def sums(
    parts: Sequence[Part], chosen: Selection, dialect: Dialect, *, of_items: bool
) -> Statement:
    """One scan for every aggregate that sums up.

    Its rows are cells: g (the set), the keys, n (events or items), then the aggregates. The cells
    of part i are those with g = groups[i]; they may be finer than the part: `Fold` adds them up.
    """
    terms, names, keys = Terms(dialect), aggregates(parts), Names("k")
    asked = [_keys(part, chosen, terms, keys) for part in parts]
    grouping = Grouping.by(_merged(parts, asked), keys)
    rows, listed = events(terms, chosen), keys.columns()
    if of_items:
        rows, listed = _item_rows(chosen, terms, keys), "".join(f", {k}" for k in grouping.columns)
    values = ", ".join(filter(None, (f"{dialect.whole('count(*)')} AS n", found(names, terms))))
    text = f"SELECT {grouping.number} AS g{listed}, {values} {rows}{grouping.clause}"
    groups = tuple(map(grouping.of, asked))
    return Statement(Compiled(text, terms.params), dict(names.of), groups, tuple(asked))


def _keys(part: Part, chosen: Selection, terms: Terms, placed: Names) -> Keys:
    started, period = terms.dialect.micros("started_at"), chosen.filters.period
    bucket = placed(terms.bucket(started, period, part.grain)) if part.grain else ""
    return padded(bucket, [placed(terms.column(a.dimension)) for a in part.axes])


def _merged(parts: Sequence[Part], asked: Sequence[Keys]) -> set[frozenset[str]]:
    """The grouping sets to scan for; what others contain is summed from their cells."""
    sizes = {
        alias: axis.dimension.cardinality
        for part, (_, *aliases) in zip(parts, asked, strict=True)
        for axis, alias in zip(part.axes, aliases, strict=False)
    }
    sets = {frozenset(filter(None, keys)) for keys in asked}
    while True:
        sets = {s for s in sets if not any(s < other for other in sets)}
        pairs = combinations(sorted(sets, key=sorted), 2)
        small = next(((a, b) for a, b in pairs if _is_small(a | b, sizes)), None)
        if not small:
            return sets
        a, b = small
        sets = (sets - {a, b}) | {a | b}


def _is_small(group: frozenset[str], sizes: dict[str, str]) -> bool:
    """Whether the cells of a merged group stay few, by what its dimensions declare."""
    held = [sizes[alias] for alias in group if alias in sizes]
    return (
        len(group) - len(held) <= 1  # buckets
        and held.count("few") <= MOST_FEW
        and held.count("many") <= MOST_MANY
        and "huge" not in held
    )


def _item_rows(chosen: Selection, terms: Terms, placed: Names) -> str:
    """FROM and WHERE of usage items with the keys as columns; what is picked of items is kept."""
    own = {alias: e for e, alias in placed.of.items() if e in ITEM_COLUMNS}
    shared = {alias: e for e, alias in placed.of.items() if alias not in own}
    added = "".join(f", {e} AS {alias}" for alias, e in own.items())
    picked, listed = terms.grant(item_grant(chosen)), items(terms, chosen, shared)
    return f"FROM (SELECT *{added} FROM {listed} AS i WHERE {picked}) AS item"
