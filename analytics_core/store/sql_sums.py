"""The statement for everything that sums up: one scan, ranks and Others found in its cells."""

from collections.abc import Sequence
from itertools import combinations

from analytics_core.semantics.measure import Measure
from analytics_core.store.engine import Compiled, Dialect
from analytics_core.store.sql_parts import (
    OTHERS,
    UNATTRIBUTED,
    Keys,
    Names,
    Part,
    Statement,
    aggregates,
    found,
    grouping,
    grouping_sets,
    mask,
    padded,
)
from analytics_core.store.sql_relations import Selection, events, item_grant, items
from analytics_core.store.sql_terms import Terms

ROW = "b, s0, m0, c0, s1, m1, c1"
ITEM_COLUMNS = ("rule", "unit")
# Sets that are scanned as one: a finer grouping is cheaper than a second one while it stays small.
MOST_FEW, MOST_MANY = 2, 1


def sums(
    parts: Sequence[Part], chosen: Selection, dialect: Dialect, *, of_items: bool
) -> Statement:
    """One scan for every aggregate that sums up.

    Columns: g (the part), b (bucket), per axis s, m, c (place, member, how many members), n (rows),
    then the aggregates. Source: METRICS.md 3.
    """
    return _Sums(parts, chosen, dialect, of_items=of_items).statement()


class _Sums:
    def __init__(
        self, parts: Sequence[Part], chosen: Selection, dialect: Dialect, *, of_items: bool
    ) -> None:
        self.parts, self.chosen, self.of_items = parts, chosen, of_items
        self.terms = Terms(dialect)
        self.aggregates = aggregates(parts)
        self.keys = Names("k")
        self.asked = [self._keys_of(part) for part in parts]
        self.sets = self._scanned()
        self.tables = [f"cells AS MATERIALIZED ({self._cells()})"]
        self.ranks = Names("r")

    def statement(self) -> Statement:
        answers = [
            self._folded(number, part, keys)
            for number, (part, keys) in enumerate(zip(self.parts, self.asked, strict=True))
        ]
        text = f"WITH {', '.join(self.tables)} {' UNION ALL '.join(answers)} ORDER BY g, b, s0, s1"
        return Statement(
            Compiled(text, self.terms.params),
            dict(self.aggregates.of),
            tuple(range(len(self.parts))),
            (("b", "m0", "m1"),) * len(self.parts),
        )

    def _keys_of(self, part: Part) -> Keys:
        period = self.chosen.filters.period
        started = self.terms.dialect.micros("started_at")
        bucket = self.keys(self.terms.bucket(started, period, part.grain)) if part.grain else ""
        return padded(bucket, [self.keys(self.terms.column(a.dimension)) for a in part.axes])

    def _scanned(self) -> list[frozenset[str]]:
        """The grouping sets to scan for; what others contain is summed from their cells."""
        sets = {frozenset(filter(None, keys)) for keys in self.asked}
        while True:
            sets = {s for s in sets if not any(s < other for other in sets)}
            small = [
                (a, b)
                for a, b in combinations(sorted(sets, key=sorted), 2)
                if self._is_small(a | b)
            ]
            if not small:
                return sorted(sets, key=sorted)
            a, b = small[0]
            sets = (sets - {a, b}) | {a | b}

    def _is_small(self, group: frozenset[str]) -> bool:
        """Whether the cells of a merged group stay few, by what its dimensions declare."""
        sizes = {
            alias: axis.dimension.cardinality
            for part, (_, *aliases) in zip(self.parts, self.asked, strict=True)
            for axis, alias in zip(part.axes, aliases, strict=False)
        }
        held = [sizes[alias] for alias in group if alias in sizes]
        buckets = len(group) - len(held)
        return (
            buckets <= 1
            and held.count("few") <= MOST_FEW
            and held.count("many") <= MOST_MANY
            and "huge" not in held
        )

    def _cells(self) -> str:
        whole, columns = self.terms.dialect.whole, list(self.keys.of.values())
        names = "".join(f", {column}" for column in columns)
        counted = f"{whole('count(*)')} AS n"
        values = ", ".join(filter(None, (counted, found(self.aggregates, self.terms))))
        source = self._item_rows() if self.of_items else self._event_rows()
        if len(self.sets) == 1:
            grouped = f" GROUP BY {', '.join(columns)}" if columns else ""
            return f"SELECT 0 AS g{names}, {values} FROM {source}{grouped}"
        return (
            f"SELECT {grouping(columns)} AS g{names}, {values} FROM {source}"
            f" GROUP BY {grouping_sets(self.sets)}"
        )

    def _event_rows(self) -> str:
        return f"(SELECT *{self.keys.columns()} {events(self.terms, self.chosen)}) AS event"

    def _item_rows(self) -> str:
        """Usage items with the keys as columns; what is picked of items is kept."""
        own = {k: e for e, k in self.keys.of.items() if e in ITEM_COLUMNS}
        shared = {k: e for e, k in self.keys.of.items() if k not in own}
        added = "".join(f", {e} AS {k}" for k, e in own.items())
        picked = self.terms.grant(item_grant(self.chosen))
        listed = items(self.terms, self.chosen, shared)
        return f"(SELECT *{added} FROM {listed} AS i WHERE {picked}) AS item"

    def _folded(self, number: int, part: Part, keys: Keys) -> str:
        """The rows of one part out of the cells."""
        whole, text = self.terms.dialect.whole, self.terms.dialect.text
        group = self._group(keys)
        bucket, *members = keys
        columns, joined = [f"{bucket or whole('NULL')} AS b"], ""
        for i, alias in enumerate(members):
            if not alias:
                columns.append(
                    f"{whole('0')} AS s{i}, {text('NULL')} AS m{i}, {whole('0')} AS c{i}"
                )
                continue
            place, others, join = self._placed(i, part, alias, group)
            joined += join
            columns.append(
                f"{place} AS s{i}, CASE WHEN s{i} < {OTHERS} THEN {alias} END AS m{i}, CASE WHEN"
                f" s{i} = {OTHERS} THEN {others} WHEN s{i} < {OTHERS} THEN 1 ELSE 0 END AS c{i}"
            )
        # Planning takes longer than running, so a part names only the sums it is made of.
        own = aggregates((part,)).of
        kept = [p for aggregate, p in self.aggregates.of.items() if aggregate in own]
        nothing = (
            "NULL" if number else whole("NULL")
        )  # the first part gives the columns their types
        cells = (
            f"SELECT {', '.join([*columns, 'cells.n', *kept])} FROM cells{joined} WHERE g = {group}"
        )
        values = [f"{whole('coalesce(sum(n), 0)')} AS n"]
        values += [
            f"{whole(f'sum({p})')} AS {p}" if p in kept else f"{nothing} AS {p}"
            for p in self.aggregates.of.values()
        ]
        if not any(keys):  # no GROUP BY: one row, whether there are cells or not
            keyless = _nowhere(self.terms.dialect)
            return f"(SELECT {number} AS g, {keyless}, {', '.join(values)} FROM ({cells}) AS c)"
        cut = ""
        if part.limit is not None:
            cut = f" ORDER BY b, s0, s1 LIMIT {self.terms.bind(part.limit, 'integer')}"
        return (
            f"(SELECT {number} AS g, {ROW}, {', '.join(values)} FROM ({cells}) AS c"
            f" GROUP BY {ROW}{cut})"
        )

    def _group(self, keys: Keys) -> int:
        """The set whose cells a part is summed from: the smallest that has its keys."""
        if len(self.sets) == 1:
            return 0
        own = frozenset(filter(None, keys))
        return mask(min((s for s in self.sets if own <= s), key=len), list(self.keys.of.values()))

    def _placed(self, i: int, part: Part, alias: str, group: int) -> tuple[str, str, str]:
        """(place of a cell's member, members in Others, the join that finds them)."""
        axis, ranks = part.axes[i], f"ranks{i}"
        missing = f"CASE WHEN {alias} IS NULL THEN {UNATTRIBUTED}"
        if axis.shown is not None:
            listed = self.terms.bind(list(axis.shown), "texts")
            join = self._join(self.terms.dialect.numbered(listed), ranks, alias)
            return f"{missing} ELSE coalesce({ranks}.r, {OTHERS}) END", str(axis.others), join
        value = _value(part.measures[0], self.aggregates, self.terms.dialect)
        join = self._join(
            "SELECT m, row_number() OVER (ORDER BY v DESC NULLS LAST, lower(m), m) AS r,"
            " row_number() OVER (ORDER BY lower(m), m) AS a, count(*) OVER () AS n"
            f" FROM (SELECT {alias} AS m, {value} AS v FROM cells"
            f" WHERE g = {group} AND {alias} IS NOT NULL GROUP BY {alias}) AS member",
            ranks,
            alias,
        )
        place = f"{ranks}.{'a' if part.by_name else 'r'}"
        if part.top is None:
            return f"{missing} ELSE {place} END", "0", join
        top = self.terms.bind(part.top, "integer")  # a single other member keeps its own name
        kept = f"{ranks}.r <= {top} OR {ranks}.n = {top} + 1"
        return f"{missing} WHEN {kept} THEN {place} ELSE {OTHERS} END", f"{ranks}.n - {top}", join

    def _join(self, text: str, ranks: str, alias: str) -> str:
        """Joins the cells with that table as `ranks`; parts with the same ranks share one table."""
        known, name = text in self.ranks.of, self.ranks(text)
        if not known:
            self.tables.append(f"{name} AS ({text})")
        return f" LEFT JOIN {name} AS {ranks} ON {ranks}.m = cells.{alias}"


def _nowhere(dialect: Dialect) -> str:
    """The keys of a part that has none."""
    zero, nobody = dialect.whole("0"), dialect.text("NULL")
    axes = ", ".join(f"{zero} AS s{i}, {nobody} AS m{i}, {zero} AS c{i}" for i in range(2))
    return f"{dialect.whole('NULL')} AS b, {axes}"


def _value(measure: Measure, names: Names, dialect: Dialect) -> str:
    """What ranks a member: the measure out of its summed cells."""
    above, *below = [f"sum({names.of[a]})" for a in measure.aggregates]
    if not below:
        return above
    other = f"ELSE {_ratio(below[1], below[2], dialect)} " if len(below) > 1 else ""
    return f"CASE WHEN {below[0]} > 0 THEN {_ratio(above, below[0], dialect)} {other}END"


def _ratio(above: str, below: str, dialect: Dialect) -> str:
    return f"{dialect.real(above)} / nullif({dialect.real(below)}, 0)"
