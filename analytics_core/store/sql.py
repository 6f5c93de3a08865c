"""Every statement that reads events: questions in, text and bound values out.

The one for everything that sums up is in sql_sums.py, those that list rows are in sql_rows.py; no
other module writes a SELECT.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from analytics_core.errors import UnknownName
from analytics_core.events import NAMES
from analytics_core.semantics.dimension import Dimension
from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.period import Grain, Period
from analytics_core.store.engine import Compiled, Dialect
from analytics_core.store.sql_parts import (
    Grouping,
    Keys,
    Names,
    Part,
    Statement,
    aggregates,
    found,
    joins,
    padded,
    place,
)
from analytics_core.store.sql_relations import (
    Selection,
    events,
    item_grant,
    items,
    lifted_sessions,
    session_facts,
    without_items,
)
from analytics_core.store.sql_terms import Terms, bucket_number

MOST_BITS = 120  # of a signed 128-bit number
RUNNING = timedelta(minutes=30)  # a session this fresh may go on


def distinct(parts: Sequence[Part], chosen: Selection, dialect: Dialect) -> Statement:
    """Aggregates over all rows of a group: distinct counts do not sum up from cells."""
    terms = Terms(dialect)
    keys, asked, rows = _grouped(parts, chosen, terms)
    names, grouping = aggregates(parts), Grouping.by(asked, keys)
    values = found(names, terms)
    text = f"SELECT {grouping.number} AS g{keys.columns()}, {values} {rows}{grouping.clause}"
    groups = tuple(map(grouping.of, asked))
    return Statement(Compiled(text, terms.params), dict(names.of), groups, tuple(asked))


def spread(parts: Sequence[Part], chosen: Selection, dialect: Dialect, column: str) -> Statement:
    """How many ids there are in all and in each bucket of time.

    Each id is looked at once: it gets a number with a bit for each bucket it occurs in. No
    dimensions; grains of a day or longer and at most MOST_BITS buckets.
    """
    terms, names, period = Terms(dialect), aggregates(parts), chosen.filters.period
    grains = sorted({part.grain for part in parts if part.grain})
    bits = {grain: f"b{i}" for i, grain in enumerate(grains)}
    started = dialect.micros("started_at")
    masks: list[str] = []
    for grain, alias in bits.items():
        bucket, (first, _) = terms.bucket(started, period, grain), bucket_bounds(period, grain)
        masks.append(f"bit_or(1::HUGEINT << ({bucket} - {first})::HUGEINT) AS {alias}")
    listed = ", ".join(bits.values())
    rows: list[str] = []
    for number, part in enumerate(parts):
        counted = f"{dialect.whole('sum(n)')} AS {names(part.measures[0].sql)}"
        nobody = f"{dialect.text('NULL')} AS j0, {dialect.text('NULL')} AS j1"
        if part.grain is None:
            rows.append(
                f"SELECT {number} AS g, {dialect.whole('NULL')} AS b, {nobody}, {counted} FROM ids"
            )
            continue
        first, last = bucket_bounds(period, part.grain)
        there = f"({bits[part.grain]} >> place::HUGEINT) & 1 = 1"
        rows.append(
            f"SELECT {number} AS g, place + {first} AS b, {nobody}, {counted} FROM ids,"
            f" range({last - first + 1}) AS bucket(place) WHERE {there} GROUP BY place"
        )
    text = (
        f"WITH ids AS MATERIALIZED (SELECT {listed}, count(*) AS n FROM (SELECT"
        f" {', '.join(masks)} {events(terms, chosen)} AND {column} IS NOT NULL GROUP BY {column})"
        f" AS id GROUP BY {listed}) {' UNION ALL '.join(rows)}"
    )
    keys: tuple[Keys, ...] = (("b", "j0", "j1"),) * len(parts)
    return Statement(Compiled(text, terms.params), dict(names.of), tuple(range(len(parts))), keys)


def bucket_bounds(period: Period, grain: Grain) -> tuple[int, int]:
    """The numbers of the first and the last bucket of a period; grains of a day or longer."""
    last = period.end - timedelta(microseconds=1)
    first, last = (bucket_number(moment, period, grain) for moment in (period.start, last))
    return first, last


def percentiles(
    parts: Sequence[Part], chosen: Selection, dialect: Dialect, column: str
) -> Statement:
    """The bucket of each percentile by nearest rank, and `total`, the number of known rows.

    Groups without a known row are there too. Buckets are 1% wide: floor(100 ln(ms) + 0.5). Source: METRICS.md 1.4.
    """
    terms = Terms(dialect)
    keys, asked, rows = _grouped(parts, chosen, terms)
    listed = "".join(f"{column}, " for column in keys.of.values())
    group, names = f"PARTITION BY {listed}g", Names("p")
    values = [f"{dialect.whole('max(total)')} AS {names('total')}"]
    for percent in sorted({percent_of(m) for part in parts for m in part.measures}):
        reached = f"min(h) FILTER (WHERE h IS NOT NULL AND upto >= ({percent} * total + 99) // 100)"
        values.append(f"{dialect.whole(reached)} AS {names(str(percent))}")
    keys.of[
        f"CASE WHEN {column} IS NOT NULL THEN floor(100 * ln(greatest({column}, 1)) + 0.5) END"
    ] = "h"
    grouping = Grouping.by(((*wanted, "h") for wanted in asked), keys)
    text = (
        f"WITH cells AS (SELECT {grouping.number} AS g{keys.columns()}, count(*) AS n {rows}"
        f"{grouping.clause}),"
        f" running AS (SELECT *, sum(n) OVER ({group} ORDER BY h) AS upto,"
        f" sum(n) FILTER (WHERE h IS NOT NULL) OVER ({group}) AS total FROM cells)"
        f" SELECT g, {listed}{', '.join(values)} FROM running GROUP BY {listed}g"
    )
    groups = tuple(grouping.of((*wanted, "h")) for wanted in asked)
    return Statement(Compiled(text, terms.params), dict(names.of), groups, tuple(asked))


def percent_of(measure: Measure) -> int:
    """50 for a median."""
    return round((measure.quantile or 0) * 100)


def facts_of_sessions(
    parts: Sequence[Part], chosen: Selection, dialect: Dialect, data_until: datetime
) -> Statement:
    """Aggregates over sessions that started in the period, the period lifted for their length.

    A session whose last event is fresh at `data_until` is still running: no length yet.
    Source: METRICS.md 1.3.
    """
    terms, names, placed = Terms(dialect), aggregates(parts), Names("k")
    period, whole, text = chosen.filters.period, dialect.whole, dialect.text
    for part in parts:
        for axis in part.axes:
            placed(place(axis, terms))
    active = any("active_us" in name for name in names.of)
    tables = lifted_sessions(terms, chosen, placed.columns(), joins(parts, terms))
    low, high = (dialect.micros(terms.instant(bound)) for bound in (period.start, period.end))
    still = f"CASE WHEN last <= {dialect.micros(terms.instant(data_until - RUNNING))} THEN"
    rows: list[str] = []
    for number, part in enumerate(parts):
        keys = [placed(place(axis, terms)) for axis in part.axes]
        tables.append(f"f{number} AS ({session_facts(keys, active=active)})")
        bucket = terms.bucket("started", period, part.grain) if part.grain else whole("NULL")
        members = ", ".join(
            f"{k or text('NULL')} AS j{i}" for i, k in enumerate(padded("", keys)[1:])
        )
        running = ", ".join(
            f"{still} {column} END AS {column}"
            for column in (["duration_us", "active_us"] if active else ["duration_us"])
        )
        rows.append(
            f"SELECT {number} AS g, {bucket} AS b, {members}, {found(names, terms)}"
            f" FROM (SELECT * REPLACE ({running}) FROM f{number}"
            f" WHERE started >= {low} AND started < {high}) AS session GROUP BY ALL HAVING count(*) > 0"
        )
    compiled = Compiled(f"WITH {', '.join(tables)} {' UNION ALL '.join(rows)}", terms.params)
    keys_of_all: tuple[Keys, ...] = (("b", "j0", "j1"),) * len(parts)
    return Statement(compiled, dict(names.of), tuple(range(len(parts))), keys_of_all)


def _grouped(
    parts: Sequence[Part], chosen: Selection, terms: Terms
) -> tuple[Names, list[Keys], str]:
    """(the keys of all parts, those of each part, FROM and WHERE of the selected rows)."""
    names, period = Names("k"), chosen.filters.period
    started = terms.dialect.micros("started_at")
    asked: list[Keys] = []
    for part in parts:
        bucket = names(terms.bucket(started, period, part.grain)) if part.grain else ""
        asked.append(padded(bucket, [names(place(axis, terms)) for axis in part.axes]))
    rows, joined = events(terms, chosen), joins(parts, terms)
    return names, asked, f"FROM (SELECT * {rows}) AS kept{joined}" if joined else rows


def members(of: Sequence[Dimension], chosen: Selection, dialect: Dialect) -> Compiled:
    """The members of several dimensions in every file: file, g, member, last_seen, events.

    `g` is `members_group(place, count)` of the dimension at that place of `of`. At least one file.
    """
    terms, whole = Terms(dialect), dialect.whole
    names = Names("k", {dialect.file(): "file"})
    columns = [names(terms.column(one)) for one in of]
    grouping = Grouping.by((("file", column) for column in columns), names)
    return Compiled(
        f"SELECT file, {grouping.number} AS g, coalesce({', '.join(columns)}) AS member,"
        f" max(started_at) AS last_seen, {whole('count(*)')} AS events"
        f" FROM (SELECT *{names.columns()} {events(terms, chosen, lifted=True)}) AS event"
        f"{grouping.clause}",
        terms.params,
    )


def members_group(at: int, count: int) -> int:
    """What `g` is in `members` for the dimension at that place of `count`."""
    return (1 << count) - 1 - (1 << (count - 1 - at))


def found_members(
    of: Dimension, search: str | None, limit: int, chosen: Selection, dialect: Dialect
) -> Compiled:
    """Members of one dimension at all times, the last seen first: member, last_seen, events."""
    terms, whole = Terms(dialect), dialect.whole
    column = terms.column(of)
    matched = f" AND {dialect.contains(column, terms.bind(search, 'text'))}" if search else ""
    if of.items:
        listed = items(terms, chosen, {}, lifted=True)
        columns, counted = "max(last)", "sum(events)"
        rows = f"FROM {listed} AS i WHERE {terms.grant(item_grant(chosen))}"
    else:
        columns, counted = "max(started_at)", "count(*)"
        rows = events(terms, chosen, lifted=True)
    return Compiled(
        f"SELECT {column} AS member, {columns} AS last_seen, {whole(counted)} AS events"
        f" {rows}{matched} GROUP BY {column}"
        f" ORDER BY member IS NULL DESC, last_seen DESC, member LIMIT {terms.bind(limit, 'integer')}",
        terms.params,
    )


def tag_keys(chosen: Selection, dialect: Dialect) -> Compiled:
    """The tags of every file: file, key, last_seen, events, members (how many values).

    At least one file.
    """
    terms, whole = Terms(dialect), dialect.whole
    return Compiled(
        f"SELECT file, tag.key AS key, max(started_at) AS last_seen, {whole('count(*)')} AS events,"
        f" {whole('count(DISTINCT tag.value)')} AS members FROM (SELECT {dialect.file()} AS file,"
        f" started_at, {dialect.unnested(dialect.tags())} AS tag"
        f" {events(terms, chosen, lifted=True)}) AS event GROUP BY file, tag.key",
        terms.params,
    )


def first_event(chosen: Selection, dialect: Dialect) -> Compiled:
    """When the first event of all times started."""
    terms = Terms(dialect)
    text = f"SELECT min(started_at) AS first {events(terms, chosen, lifted=True)}"
    return Compiled(text, terms.params)


def facts(chosen: Selection, dialect: Dialect) -> Compiled:
    """Per source: rows, first and last instant, cost by where it is from, what has no price.

    Nano-USD. A pick on usage items keeps the events, not the items.
    """
    terms = Terms(dialect)
    sums = {
        "rows": "count(*)",
        "cost": "sum(cost_nano)",
        "reported": "sum(cost_nano) FILTER (WHERE cost_source = 'reported')",
        "computed": "sum(cost_nano) FILTER (WHERE cost_source = 'computed')",
        "tokens": MEASURES["total_tokens"].sql,
        **{n: MEASURES[n].sql for n in ("unpriced_events", "unpriced_requests", "unpriced_tokens")},
    }
    values = ", ".join(f"{dialect.whole(f'coalesce({e}, 0)')} AS {n}" for n, e in sums.items())
    return Compiled(
        f"SELECT source, min(started_at) AS first, max(started_at) AS last, {values}"
        f" {events(terms, without_items(chosen))} GROUP BY source ORDER BY source",
        terms.params,
    )


def known(columns: Sequence[str], chosen: Selection, dialect: Dialect) -> Compiled:
    """Per source: rows, and of each of those event columns how many rows know it.

    A pick on usage items keeps the events. Raises UnknownName for what is no column.
    """
    terms, whole = Terms(dialect), dialect.whole
    for name in columns:
        UnknownName.check("event column", name, NAMES)
    counted = "".join(f", {whole(f'count({name})')} AS {name}" for name in columns)
    return Compiled(
        f"SELECT source, {whole('count(*)')} AS rows{counted}"
        f" {events(terms, without_items(chosen))} GROUP BY source ORDER BY source",
        terms.params,
    )
