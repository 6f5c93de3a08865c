"""Every statement that reads events is written here: questions in, text and bound values out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from analytics_core.semantics.dimension import Dimension
from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.period import Grain
from analytics_core.store.engine import Compiled, Dialect
from analytics_core.store.sql_relations import (
    Selection,
    events,
    item_grant,
    items,
    sessions,
    without_items,
)
from analytics_core.store.sql_terms import Terms

OTHERS = 1 << 40  # places after every member's rank
UNATTRIBUTED = OTHERS + 1
MEMBER_KEY, OTHERS_KEY, UNATTRIBUTED_KEY = "m", "o", "u"  # before a shown member; alone
NOWHERE = "{0} AS b, {2} AS s0, {1} AS m0, {2} AS c0, {2} AS s1, {1} AS m1, {2} AS c1"
RUNNING = timedelta(minutes=30)  # a session this fresh may go on


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension of a question. `shown` names its members where they are ranked already.

    Members that are not shown are Others; `others` is their number.
    """

    dimension: Dimension
    shown: tuple[str, ...] | None = None
    others: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """What one statement is to find of a question: measures per bucket and member.

    `top` keeps that many members by the first measure; without `axes` there is one row per bucket.
    """

    measures: tuple[Measure, ...]
    axes: tuple[Axis, ...] = ()
    grain: Grain | None = None
    top: int | None = None
    by_name: bool = False
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A compiled statement, and where the figures of each part stand in its rows.

    `aliases[aggregate]` is a column. Of `sums`: rows with q = i belong to part i. Of the others:
    rows with g = sets[i], and keys[i] names the columns of bucket and members ("" where none).
    """

    compiled: Compiled
    aliases: dict[str, str]
    sets: tuple[int, ...] = ()
    keys: tuple[tuple[str, ...], ...] = ()


@dataclass(slots=True)
class _Names:
    """Gives each different expression one alias."""

    prefix: str
    of: dict[str, str] = field(default_factory=dict[str, str])

    def __call__(self, expression: str) -> str:
        return self.of.setdefault(expression, f"{self.prefix}{len(self.of)}")


def sums(parts: Sequence[Part], chosen: Selection, dialect: Dialect, *, of_items: bool) -> Statement:
    """One scan for every aggregate that sums up; ranks and Others are found in its cells.

    Columns: q, b, and per axis s, m, c (place, member, members), n (rows), then the aggregates.
    Source: METRICS.md 3.
    """
    terms = Terms(dialect)
    keys, aggregates = _Names("k"), _Names("p")
    asked = [_keys(part, terms, chosen, keys) for part in parts]
    for part in parts:
        for measure in part.measures:
            for aggregate in measure.aggregates:
                aggregates(aggregate)
    sets = _largest(asked)
    columns = list(keys.of.values())
    cells = _cells(terms, chosen, keys, aggregates, sets, of_items=of_items)
    tables = [f"cells AS MATERIALIZED ({cells})"]
    answers: list[str] = []
    for number, (part, wanted) in enumerate(zip(parts, asked, strict=True)):
        group = _mask(_within(wanted, sets), columns) if len(sets) > 1 else 0
        answers.append(_folded(number, part, wanted, group, terms, aggregates, tables))
    text = f"WITH {', '.join(tables)} {' UNION ALL '.join(answers)} ORDER BY q, b, s0, s1"
    return Statement(Compiled(text, terms.params), dict(aggregates.of))


def _keys(part: Part, terms: Terms, chosen: Selection, keys: _Names) -> tuple[str, ...]:
    """The aliases of the bucket and of each axis; "" where there is none."""
    bucket = keys(_bucket(part.grain, terms, chosen)) if part.grain else ""
    members = [keys(terms.column(axis.dimension)) for axis in part.axes]
    return (bucket, *members, *[""] * (2 - len(members)))


def _bucket(grain: Grain, terms: Terms, chosen: Selection) -> str:
    return terms.bucket(terms.dialect.micros("started_at"), chosen.filters.period, grain)


def _largest(asked: Iterable[tuple[str, ...]]) -> list[frozenset[str]]:
    """The grouping sets to scan for: those no other one contains (the rest is summed from them)."""
    sets = {frozenset(filter(None, wanted)) for wanted in asked}
    kept = [s for s in sets if not any(s < other for other in sets)]
    return sorted(kept, key=lambda s: sorted(s))


def _within(wanted: tuple[str, ...], sets: Sequence[frozenset[str]]) -> frozenset[str]:
    own = frozenset(filter(None, wanted))
    return min((s for s in sets if own <= s), key=len)


def _mask(group: frozenset[str], columns: Sequence[str]) -> int:
    """What grouping_id(columns) is for that set: a 1 for each column not in it."""
    return int("".join("0" if c in group else "1" for c in columns) or "0", 2)


def _cells(
    terms: Terms,
    chosen: Selection,
    keys: _Names,
    aggregates: _Names,
    sets: Sequence[frozenset[str]],
    *,
    of_items: bool,
) -> str:
    whole = terms.dialect.whole
    found = ", ".join(
        [f"{whole('count(*)')} AS n"] + [f"{whole(a)} AS {p}" for a, p in aggregates.of.items()]
    )
    columns = list(keys.of.values())
    if of_items:
        source = f"FROM {_item_rows(terms, chosen, keys)}"
    else:
        added = "".join(f", {e} AS {k}" for e, k in keys.of.items())
        source = f"FROM (SELECT *{added} {events(terms, chosen)}) AS event"
    listed = "".join(f", {c}" for c in columns)
    if len(sets) == 1:
        grouped = f" GROUP BY {', '.join(columns)}" if columns else ""
        return f"SELECT 0 AS g{listed}, {found} {source}{grouped}"
    several = ", ".join(f"({', '.join(sorted(s))})" for s in sets)
    return (
        f"SELECT grouping_id({', '.join(columns)}) AS g{listed}, {found} {source}"
        f" GROUP BY GROUPING SETS ({several})"
    )


def _item_rows(terms: Terms, chosen: Selection, keys: _Names) -> str:
    """Usage items with the keys as columns; what is picked of items is kept."""
    own = {k: e for e, k in keys.of.items() if e in ("rule", "unit")}
    shared = {k: e for e, k in keys.of.items() if k not in own}
    added = "".join(f", {e} AS {k}" for k, e in own.items())
    picked = terms.grant(item_grant(chosen))
    return f"(SELECT *{added} FROM {items(terms, chosen, shared)} AS i WHERE {picked}) AS item"


def _folded(
    number: int,
    part: Part,
    wanted: tuple[str, ...],
    group: int,
    terms: Terms,
    aggregates: _Names,
    tables: list[str],
) -> str:
    """The rows of one part out of the cells; adds the ranks it needs to `tables`."""
    whole, text = terms.dialect.whole, terms.dialect.text
    bucket, *members = wanted
    picked = [f"{bucket or whole('NULL')} AS b"]
    joins = ""
    for i, alias in enumerate(members):
        if not alias:
            picked.append(f"{whole('0')} AS s{i}, {text('NULL')} AS m{i}, {whole('0')} AS c{i}")
            continue
        ranks = f"r{number}_{i}"
        place, folded, join = _placed(part, part.axes[i], alias, ranks, group, terms, aggregates, tables)
        joins += join
        picked.append(
            f"{place} AS s{i}, CASE WHEN s{i} < {OTHERS} THEN {alias} END AS m{i},"
            f" CASE WHEN s{i} = {OTHERS} THEN {folded} WHEN s{i} < {OTHERS} THEN 1 ELSE 0 END AS c{i}"
        )
    keyed = "b, s0, m0, c0, s1, m1, c1"
    found = ", ".join(
        f"{whole(f'sum({p})')} AS {p}" for p in ("n", *aggregates.of.values())
    ).replace(f"{whole('sum(n)')} AS n", f"{whole('coalesce(sum(n), 0)')} AS n")
    inner = f"SELECT {', '.join(picked)}, cells.* FROM cells{joins} WHERE g = {group}"
    grouped = f" GROUP BY {keyed}" if any(wanted) else ""
    shown = keyed if any(wanted) else NOWHERE.format(whole("NULL"), text("NULL"), whole("0"))
    cut = (
        f" ORDER BY b, s0, s1 LIMIT {terms.bind(part.limit, 'integer')}"
        if part.limit is not None
        else ""
    )
    head = f"{number} AS q, {shown}"
    return f"(SELECT {head}, {found} FROM ({inner}) AS placed{grouped}{cut})"


def _placed(
    part: Part,
    axis: Axis,
    alias: str,
    ranks: str,
    group: int,
    terms: Terms,
    aggregates: _Names,
    tables: list[str],
) -> tuple[str, str, str]:
    """(place of a cell's member, members in Others, the join that finds them)."""
    join = f" LEFT JOIN {ranks} ON {ranks}.m = cells.{alias}"
    missing = f"CASE WHEN {alias} IS NULL THEN {UNATTRIBUTED} WHEN"
    if axis.shown is not None:
        listed = terms.dialect.numbered(terms.bind(list(axis.shown), "texts"))
        tables.append(f"{ranks} AS ({listed})")
        return (
            f"{missing} {ranks}.r IS NULL THEN {OTHERS} ELSE {ranks}.r END",
            str(axis.others),
            join,
        )
    value = _value(part.measures[0], aggregates, terms.dialect)
    place = "a" if part.by_name else "r"
    tables.append(
        f"{ranks} AS (SELECT m, row_number() OVER (ORDER BY v DESC NULLS LAST, lower(m), m) AS r,"
        " row_number() OVER (ORDER BY lower(m), m) AS a, count(*) OVER () AS n"
        f" FROM (SELECT {alias} AS m, {value} AS v FROM cells"
        f" WHERE g = {group} AND {alias} IS NOT NULL GROUP BY {alias}) AS member)"
    )
    if part.top is None:
        return f"{missing} true THEN {ranks}.{place} END", "0", join
    top = terms.bind(part.top, "integer")  # a single other member keeps its own name
    return (
        f"{missing} {ranks}.r <= {top} OR {ranks}.n = {top} + 1 THEN {ranks}.{place}"
        f" ELSE {OTHERS} END",
        f"{ranks}.n - {top}",
        join,
    )


def _value(measure: Measure, aggregates: _Names, dialect: Dialect) -> str:
    """What ranks a member: the measure out of its summed cells."""
    own = [f"sum({aggregates.of[a]})" for a in measure.aggregates]
    if measure.denominator is None:
        return own[0]
    other = f" ELSE {_ratio(own[2], own[3], dialect)} END" if len(own) > 2 else " END"
    return f"CASE WHEN {own[1]} > 0 THEN {_ratio(own[0], own[1], dialect)}{other}"


def _ratio(above: str, below: str, dialect: Dialect) -> str:
    return f"{dialect.real(above)} / nullif({dialect.real(below)}, 0)"


def distinct(parts: Sequence[Part], chosen: Selection, dialect: Dialect) -> Statement:
    """Aggregates over all rows of a group: distinct counts do not sum up from cells."""
    terms = Terms(dialect)
    aggregates = _Names("p")
    source, keys, asked = _grouped(parts, chosen, terms)
    for part in parts:
        for measure in part.measures:
            for aggregate in measure.aggregates:
                aggregates(aggregate)
    found = [f"{dialect.whole(a)} AS {p}" for a, p in aggregates.of.items()]
    sets = [frozenset(filter(None, wanted)) for wanted in asked]
    text = (
        f"SELECT {_grouping(keys)} AS g{''.join(f', {k}' for k in keys)}, {', '.join(found)}"
        f" FROM ({source}) AS event GROUP BY GROUPING SETS ({_sets(sets)})"
    )
    return _statement(text, terms, aggregates, sets, asked, keys)


def percentiles(
    parts: Sequence[Part], chosen: Selection, dialect: Dialect, column: str
) -> Statement:
    """The bucket of each percentile by nearest rank, and `total`, the number of known rows.

    Buckets are 1% wide: floor(100 ln(ms) + 0.5). Source: METRICS.md 1.4.
    """
    terms = Terms(dialect)
    aggregates = _Names("p")
    source, keys, asked = _grouped(parts, chosen, terms)
    listed = "".join(f"{k}, " for k in keys)
    sets = [frozenset(filter(None, wanted)) for wanted in asked]
    marked = [frozenset((*s, "h")) for s in sets]
    found = [f"{dialect.whole('max(total)')} AS {aggregates('total')}"]
    for percent in sorted({_percent(m) for part in parts for m in part.measures}):
        reached = f"upto >= ({percent} * total + 99) // 100"
        found.append(
            f"{dialect.whole(f'min(h) FILTER (WHERE {reached})')} AS {aggregates(str(percent))}"
        )
    step = f"floor(100 * ln(greatest({column}, 1)) + 0.5)"
    text = (
        f"WITH cells AS (SELECT {_grouping(keys)} AS g, {listed}h, count(*) AS n FROM"
        f" (SELECT *, {step} AS h FROM ({source}) AS e WHERE {column} IS NOT NULL) AS event"
        f" GROUP BY GROUPING SETS ({_sets(marked)})),"
        f" running AS (SELECT *, sum(n) OVER (PARTITION BY g, {listed}1 ORDER BY h) AS upto,"
        f" sum(n) OVER (PARTITION BY g, {listed}1) AS total FROM cells)"
        f" SELECT g, {listed}{', '.join(found)} FROM running GROUP BY {listed}g"
    )
    return _statement(text, terms, aggregates, sets, asked, keys)


def _percent(measure: Measure) -> int:
    return round((measure.quantile or 0) * 100)


def facts_of_sessions(
    parts: Sequence[Part], chosen: Selection, dialect: Dialect, data_until: datetime
) -> Statement:
    """Aggregates over sessions that started in the period, with the period lifted for their length.

    Source: METRICS.md 1.3.
    """
    terms = Terms(dialect)
    aggregates = _Names("p")
    period = chosen.filters.period
    micros, whole, text = dialect.micros, dialect.whole, dialect.text
    joins, placed = _places(parts, terms)
    columns = "".join(f", {e} AS {k}" for e, k in placed.of.items())
    active = any("active_us" in m.sql for part in parts for m in part.measures)
    starts = micros("started_at")
    ends = f"coalesce({micros('ended_at')}, {starts} + latency_ms * 1000, {starts})"
    tables = [
        f"kept AS (SELECT DISTINCT session_id {events(terms, chosen)} AND session_id IS NOT NULL)",
        f"lifted AS MATERIALIZED (SELECT session_id, {starts} AS start_us, {ends} AS end_us,"
        f" ended_at IS NOT NULL OR latency_ms IS NOT NULL AS ends{columns}"
        f" FROM (SELECT * {events(terms, chosen, lifted=True)}"
        f" AND session_id IN (SELECT session_id FROM kept)) AS event{joins})",
    ]
    for part in parts:
        for measure in part.measures:
            for aggregate in measure.aggregates:
                aggregates(aggregate)
    found = ", ".join(f"{whole(a)} AS {p}" for a, p in aggregates.of.items())
    low, high = (micros(terms.instant(bound)) for bound in (period.start, period.end))
    fresh = micros(terms.instant(data_until - RUNNING))
    rows: list[str] = []
    asked: list[tuple[str, ...]] = []
    for number, part in enumerate(parts):
        keys = {placed.of[e]: e for e in (_place(axis, terms) for axis in part.axes)}
        tables.append(f"f{number} AS ({sessions(keys, active=active)})")
        names = [*keys, *[text("NULL")] * (2 - len(keys))]
        bucket = terms.bucket("started", period, part.grain) if part.grain else whole("NULL")
        still = f"CASE WHEN last <= {fresh} THEN"
        rows.append(
            f"SELECT {number} AS g, {bucket} AS k_b,"
            f" {names[0]} AS k_0, {names[1]} AS k_1, {found} FROM (SELECT * REPLACE"
            f" ({still} duration_us END AS duration_us{f', {still} active_us END AS active_us' if active else ''})"
            f" FROM f{number} WHERE started >= {low} AND started < {high}) AS session"
            f" GROUP BY ALL"
        )
        asked.append(("k_b", "k_0", "k_1"))
    compiled = Compiled(f"WITH {', '.join(tables)} {' UNION ALL '.join(rows)}", terms.params)
    return Statement(compiled, dict(aggregates.of), tuple(range(len(parts))), tuple(asked))


def _place(axis: Axis, terms: Terms) -> str:
    """The text that groups rows of that axis: the member, or where some are shown a key."""
    column = terms.column(axis.dimension)
    if axis.shown is None:
        return column
    table = _table(axis, terms)
    return (
        f"CASE WHEN {column} IS NULL THEN '{UNATTRIBUTED_KEY}' WHEN {table}.r IS NULL"
        f" THEN '{OTHERS_KEY}' ELSE '{MEMBER_KEY}' || {column} END"
    )


def _table(axis: Axis, terms: Terms) -> str:
    """The name of the joined list of shown members, after the place of its bound value."""
    bound = terms.bind(list(axis.shown or ()), "texts")
    letters = "".join(c for c in bound if c.isalnum())
    return f"shown_{axis.dimension.column}_{letters}"


def _places(parts: Sequence[Part], terms: Terms) -> tuple[str, _Names]:
    """(joins with the lists of shown members, the grouping text of each axis and its alias)."""
    joins: dict[str, str] = {}
    placed = _Names("k")
    for part in parts:
        for axis in part.axes:
            placed(_place(axis, terms))
            if axis.shown is not None:
                listed = terms.dialect.numbered(terms.bind(list(axis.shown), "texts"))
                table = _table(axis, terms)
                joins[table] = (
                    f" LEFT JOIN ({listed}) AS {table} ON {table}.m = {terms.column(axis.dimension)}"
                )
    return "".join(joins.values()), placed


def _grouped(
    parts: Sequence[Part], chosen: Selection, terms: Terms
) -> tuple[str, list[str], list[tuple[str, ...]]]:
    """(the selected rows with their keys, the keys, those of each part)."""
    joins, names = _places(parts, terms)
    asked: list[tuple[str, ...]] = []
    for part in parts:
        bucket = names(_bucket(part.grain, terms, chosen)) if part.grain else ""
        members = [names(_place(axis, terms)) for axis in part.axes]
        asked.append((bucket, *members, *[""] * (2 - len(members))))
    columns = "".join(f", {e} AS {k}" for e, k in names.of.items())
    rows = f"SELECT *{columns} FROM (SELECT * {events(terms, chosen)}) AS kept{joins}"
    return rows, list(names.of.values()), asked


def _grouping(keys: Sequence[str]) -> str:
    return f"grouping_id({', '.join(keys)})" if keys else "0"


def _sets(sets: Sequence[frozenset[str]]) -> str:
    return ", ".join(f"({', '.join(sorted(s))})" for s in dict.fromkeys(sets))


def _statement(
    text: str,
    terms: Terms,
    aggregates: _Names,
    sets: Sequence[frozenset[str]],
    asked: Sequence[tuple[str, ...]],
    keys: Sequence[str],
) -> Statement:
    masks = tuple(_mask(s, keys) for s in sets)
    return Statement(Compiled(text, terms.params), dict(aggregates.of), masks, tuple(asked))


def options(
    of: Dimension, search: str | None, limit: int, chosen: Selection, dialect: Dialect
) -> Compiled:
    """Members of all times, the newest first when there are more than `limit`, by name."""
    terms = Terms(dialect)
    column = terms.column(of)
    found = f" AND {dialect.contains(column, terms.bind(search, 'text'))}" if search else ""
    if of.items:
        rows = (
            f"SELECT {column} AS member, max(last) AS last_seen, {dialect.whole('sum(events)')} AS events"
            f" FROM {items(terms, chosen, {}, lifted=True)} AS i WHERE {terms.grant(item_grant(chosen))}"
        )
    else:
        rows = (
            f"SELECT {column} AS member, max(started_at) AS last_seen,"
            f" {dialect.whole('count(*)')} AS events {events(terms, chosen, lifted=True)}"
        )
    newest = (
        f"SELECT * FROM ({rows}{found} GROUP BY {column}) AS o"
        f" ORDER BY member IS NULL DESC, last_seen DESC, member LIMIT {terms.bind(limit, 'integer')}"
    )
    return Compiled(
        f"SELECT * FROM ({newest}) AS n ORDER BY member IS NULL, lower(member), member", terms.params
    )


def first_event(chosen: Selection, dialect: Dialect) -> Compiled:
    """When the scope's first event started, whatever the period and the picks."""
    terms = Terms(dialect)
    return Compiled(
        f"SELECT min(started_at) AS first {events(terms, chosen, lifted=True)}", terms.params
    )


def facts(chosen: Selection, dialect: Dialect) -> Compiled:
    """Per source: rows, first and last instant, cost by where it is from, what has no price.

    Nano-USD. A pick on usage items keeps the events, not the items.
    """
    terms, whole = Terms(dialect), dialect.whole
    sums = {
        "rows": "count(*)",
        "cost": "sum(cost_nano)",
        "reported": "sum(cost_nano) FILTER (WHERE cost_source = 'reported')",
        "computed": "sum(cost_nano) FILTER (WHERE cost_source = 'computed')",
        "tokens": MEASURES["total_tokens"].sql,
        **{n: MEASURES[n].sql for n in ("unpriced_events", "unpriced_requests", "unpriced_tokens")},
    }
    found = ", ".join(f"{whole(f'coalesce({e}, 0)')} AS {n}" for n, e in sums.items())
    return Compiled(
        f"SELECT source, min(started_at) AS first, max(started_at) AS last, {found}"
        f" {events(terms, without_items(chosen))} GROUP BY source ORDER BY source",
        terms.params,
    )
