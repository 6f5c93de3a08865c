"""The statements that list rows: whole events, or their usage items, in the order of time."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from analytics_core.events import LEAVES, NAMES
from analytics_core.semantics.dimension import DIMENSIONS
from analytics_core.store.engine import Compiled, Dialect
from analytics_core.store.sql_relations import (
    MICRO,
    RULES,
    UNSPLIT,
    Selection,
    events,
    item_grant,
    items,
    leaf_columns,
    own_parts,
    without_items,
)
from analytics_core.store.sql_terms import HOUR, Terms

Of = Literal["events", "items"]
LAST = -1_000_000_000  # the place of what no rule explains: after every item
# What a usage item has of its event: what it can be broken down by.
CARRIED = (
    "event_id",
    "started_at",
    *dict.fromkeys(d.column for d in DIMENSIONS.values() if not d.items),
)
ITEM_NAMES = (*CARRIED, "rule", "unit", "quantity_micro", "cost_nano", "place")
_READ = tuple(
    dict.fromkeys(
        (
            *CARRIED, "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens",
            "cache_write_1h_tokens", "cost_nano", *(column for _, column in LEAVES), "items",
        )
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """Where one row stands in the order of time: its event, and its place among the event's items.

    Places fall from -1, so that items are listed in the order of the split; 0 is the event.
    """

    started_at: datetime  # aware
    event_id: str
    place: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """Which of the selected rows: at most `limit` of those older than `before`, newer than `after`.

    `of` keeps the rows of that event; without any of the three the newest are meant.
    """

    limit: int | None = None
    before: Mark | None = None
    after: Mark | None = None
    of: Mark | None = None


def listed_events(chosen: Selection, cut: Cut, dialect: Dialect) -> Compiled:
    """Whole events, newest first."""
    terms = Terms(dialect)
    where = " AND ".join(_beside(cut, "0", terms))
    rows = f"SELECT {', '.join(NAMES)} {events(terms, without_items(chosen))} AND {where}"
    return Compiled(_cut(rows, cut, terms), terms.params)


def listed_items(
    chosen: Selection, cut: Cut, dialect: Dialect, *, few: int | None = None
) -> Compiled:
    """Usage items (ITEM_NAMES) in the order of `listed_events`, those of one event by their place.

    The same items as `items` sums up. `few` looks at no more than that many events beside the
    mark: as long as those have enough items, they are the ones asked for.
    """
    terms = Terms(dialect)
    around = Cut(few, _moved(cut.before, 1), _moved(cut.after, LAST - 1), cut.of)
    names = ", ".join(CARRIED)
    rows = (
        f"SELECT {', '.join(_READ)} {events(terms, without_items(chosen))}"
        f" AND {' AND '.join(_beside(around, '0', terms))}"
    )
    rows = _cut(rows, around, terms) if few else rows
    listed = terms.dialect.unnested(f"list_concat([{', '.join(map(_leaf, RULES))}], {_OWN})")
    fields = "item.rule, item.unit, item.quantity_micro, item.cost_nano, item.place"
    kept = " AND ".join((terms.grant(item_grant(chosen)), *_beside(cut, "place", terms)))
    whole = ", ".join(
        f"{dialect.whole(name)} AS {name}" for name in ("quantity_micro", "cost_nano", "place")
    )
    text = (
        f"SELECT {names}, rule, unit, {whole} FROM (SELECT {names}, {fields}"
        f" FROM (SELECT {names}, {listed} AS item FROM (SELECT *, {leaf_columns()}"
        f" FROM (SELECT *, {own_parts()} FROM ({rows}) AS e) AS event) AS split) AS listed"
        f" WHERE item.quantity_micro <> 0 OR item.cost_nano <> 0) AS item WHERE {kept}"
    )
    return Compiled(_cut(text, cut, terms, "place"), terms.params)


def counted(of: Of, chosen: Selection, newer_than: Mark | None, dialect: Dialect) -> Compiled:
    """How many rows there are, or how many of them are newer: one row, `rows`.

    Items of the mark's own event are left out: see `listed_items` for those.
    """
    terms = Terms(dialect)
    newer = "true"
    if newer_than is not None:
        newer = " AND ".join(_beside(Cut(after=_moved(newer_than, 0)), "0", terms))
    if of == "events":
        rows, number = f"{events(terms, without_items(chosen))} AND {newer}", "count(*)"
    else:
        listed = items(terms, chosen, {"newer": newer})
        kept = terms.grant(item_grant(chosen))
        rows, number = f"FROM {listed} AS item WHERE newer AND {kept}", "coalesce(sum(events), 0)"
    return Compiled(f"SELECT {dialect.whole(number)} AS rows {rows}", terms.params)


def hours(chosen: Selection, dialect: Dialect) -> Compiled:
    """The hours (UTC, numbered since 1970) with events, the newest first: hour, rows."""
    terms = Terms(dialect)
    hour = f"{dialect.micros('started_at')} // {HOUR}"
    return Compiled(
        f"SELECT {hour} AS hour, count(*) AS rows {events(terms, without_items(chosen))}"
        " GROUP BY hour ORDER BY hour DESC",
        terms.params,
    )


def _beside(cut: Cut, place: str, terms: Terms) -> tuple[str, ...]:
    """The rows on the asked side of a mark; the bare bound on the time lets files be skipped."""
    found = ["true"]
    for mark, side in ((cut.before, "<"), (cut.after, ">")):
        if mark is not None:
            at, name = terms.instant(mark.started_at), terms.bind(mark.event_id, "text")
            number = terms.bind(mark.place, "integer")
            found.append(f"started_at {side}= {at}")
            found.append(f"(started_at, event_id, {place}) {side} ({at}, {name}, {number})")
    if cut.of is not None:
        at, name = terms.instant(cut.of.started_at), terms.bind(cut.of.event_id, "text")
        found.append(f"started_at = {at} AND event_id = {name}")
    return tuple(found)


def _moved(mark: Mark | None, place: int) -> Mark | None:
    """The same event's mark at another place: above 0 the event lies before it, at 0 nowhere."""
    return mark and replace(mark, place=place)


def _cut(rows: str, cut: Cut, terms: Terms, *more: str) -> str:
    """The rows of a cut, newest first; those after a mark are found from it on, oldest first."""
    order = {
        way: ", ".join(f"{name} {way}" for name in ("started_at", "event_id", *more))
        for way in ("ASC", "DESC")
    }
    limit = "" if cut.limit is None else f" LIMIT {terms.bind(cut.limit, 'integer')}"
    if cut.after and limit:
        rows = f"SELECT * FROM ({rows} ORDER BY {order['ASC']}{limit}) AS near"
    return f"{rows} ORDER BY {order['DESC']}{limit}"


def _leaf(rule: str) -> str:
    """One leaf of an event as a struct."""
    place = LAST if rule == UNSPLIT else -1 - RULES.index(rule)
    unit = "NULL" if rule == UNSPLIT else "'tokens'"
    return (
        f"{{'rule': '{rule}', 'unit': {unit}, 'quantity_micro': q_{rule} * {MICRO},"
        f" 'cost_nano': c_{rule}, 'place': {place}}}"
    )


# An event's own items as structs of the same fields, after its leaves.
_OWN = (
    "[{'rule': i.rule, 'unit': i.unit,"
    f" 'quantity_micro': (i.quantity::DECIMAL(38, 6) * {MICRO})::HUGEINT,"
    f" 'cost_nano': i.cost_nano, 'place': -{len(RULES)} - n}} for i, n in items]"
)
