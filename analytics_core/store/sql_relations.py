"""The relations questions are asked of: selected events, usage items, session facts."""

from collections.abc import Iterable
from dataclasses import dataclass

from analytics_core.errors import NotAsked
from analytics_core.events import LEAVES
from analytics_core.semantics.filters import Filters, Grant, Pick, Scope
from analytics_core.store.sql_terms import Terms

MICRO = 1_000_000
INPUT_PARTS = ("input_audio", "input_image", "input_video", "cache_read_audio", "cache_read_image")
OUTPUT_PARTS = (
    "output_audio", "output_image", "output_video", "output_reasoning", "output_citation",
)  # fmt: skip
BRIDGED_US = 5 * 60 * MICRO  # a pause this long does not end active time


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events: those of `filters` that `scope` admits, and the files they may stand in.

    `files` hold the period, `every` the whole store; absolute paths, from the manifest alone.
    """

    filters: Filters
    scope: Scope
    files: tuple[str, ...]
    every: tuple[str, ...]


def events(terms: Terms, chosen: Selection, *, lifted: bool = False) -> str:
    """FROM and WHERE of the selected events; with `lifted` of all times.

    One AND over three closed terms: what was picked can only narrow what may be seen.
    """
    files = chosen.every if lifted else chosen.files
    span = "true" if lifted else terms.period(chosen.filters.period)
    seen, picks = terms.scope(chosen.scope), terms.grant(chosen.filters.picks)
    read = (
        terms.dialect.events(terms.bind(list(files), "texts"))
        if files
        else terms.dialect.no_events()
    )
    return f"FROM {read} WHERE {span} AND {seen} AND {picks}"


def of_items(picks: Iterable[Pick]) -> Grant:
    """The picks that only a usage item has."""
    return tuple(p for p in picks if p.of.items)


def of_events(picks: Iterable[Pick]) -> Grant:
    """The picks that an event has."""
    return tuple(p for p in picks if not p.of.items)


def item_grant(chosen: Selection) -> Grant:
    """The picks on usage items that hold for every row: those picked, and those of the scope.

    Raises NotAsked when grants of the scope differ in them.
    """
    kinds = {of_items(grant) for grant in chosen.scope.grants}
    if len(kinds) > 1:
        raise NotAsked("Usage items cannot be told apart by only some of the rights of a reader.")
    return (*of_items(chosen.filters.picks), *(kinds.pop() if kinds else ()))


def without_items(chosen: Selection) -> Selection:
    """The same selection without the picks that only usage items have."""
    grants = tuple(of_events(grant) for grant in chosen.scope.grants)
    filters = Filters(chosen.filters.period, of_events(chosen.filters.picks))
    return Selection(filters, Scope(grants), chosen.files, chosen.every)


def items(terms: Terms, chosen: Selection, keys: dict[str, str], *, lifted: bool = False) -> str:
    """A relation of usage items, summed over events that share all `keys` (alias: expression).

    Columns: the keys, rule, unit, quantity_micro, cost_nano, events, last. An event's five token
    leaves, what no rule explains (`unsplit`), and its own items; parts of nothing are left out.
    Exact: summing before unpivoting changes no sum. Source: EVENTS.md 2.
    """
    dialect = terms.dialect
    kept = events(terms, without_items(chosen), lifted=lifted)
    columns = "".join(f"{expression} AS {alias}, " for alias, expression in keys.items())
    names = "".join(f"{alias}, " for alias in keys)
    leaves = _leaves()
    sums = ", ".join(
        f"sum({quantity}) * {MICRO} AS q_{rule}, sum({cost}) AS c_{rule},"
        f" count(*) FILTER (WHERE {quantity} <> 0 OR {cost} <> 0) AS n_{rule},"
        f" max(started_at) FILTER (WHERE {quantity} <> 0 OR {cost} <> 0) AS l_{rule}"
        for rule, quantity, cost in leaves
    )
    structs = ", ".join(
        f"{{'rule': '{rule}', 'unit': {_unit(rule)}, 'quantity_micro': q_{rule},"
        f" 'cost_nano': c_{rule}, 'events': n_{rule}, 'last': l_{rule}}}"
        for rule, _, _ in leaves
    )
    fields = "item.rule, item.unit, item.quantity_micro, item.cost_nano, item.events, item.last"
    return (
        f"(SELECT {names}{fields} FROM (SELECT {names}{dialect.unnested(f'[{structs}]')} AS item"
        f" FROM (SELECT {names}{sums} FROM (SELECT *, {columns}"
        f"{_parts_of('input_parts', INPUT_PARTS)}, {_parts_of('output_parts', OUTPUT_PARTS)},"
        " list_sum([i.cost_nano for i in items]) AS items_nano"
        f" {kept}) AS event GROUP BY ALL) AS summed) AS leaf WHERE item.events > 0"
        f" UNION ALL SELECT {names}item.rule, item.unit,"
        f" sum(item.quantity::DECIMAL(38, 6) * {MICRO})::HUGEINT, sum(item.cost_nano), count(*),"
        f" max(started_at) FROM (SELECT {names}started_at, {dialect.unnested('items')} AS item"
        f" FROM (SELECT started_at, items{', ' + columns.rstrip(', ') if columns else ''} {kept}) AS event)"
        " AS own WHERE item.quantity <> 0 OR item.cost_nano <> 0 GROUP BY ALL)"
    )


def _parts_of(name: str, rules: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{rule}'" for rule in rules)
    return f"coalesce(list_sum([i.quantity for i in items if i.rule IN ({listed})]), 0)::BIGINT AS {name}"


def _unit(rule: str) -> str:
    return "NULL" if rule == "unsplit" else "'tokens'"


def _leaves() -> tuple[tuple[str, str, str], ...]:
    """(rule, quantity, cost) of each leaf as expressions over one event."""
    read, write = "coalesce(cache_read_tokens, 0)", "coalesce(cache_write_tokens, 0)"
    hour = "coalesce(cache_write_1h_tokens, 0)"
    quantities = {
        "input": f"(input_tokens - {read} - {write} - input_parts)",
        "cache_read": "cache_read_tokens",
        "cache_write": f"(cache_write_tokens - {hour})",
        "cache_write_1h": "cache_write_1h_tokens",
        "output": "(output_tokens - output_parts)",
    }
    explained = " - ".join(f"coalesce({cost}, 0)" for _, cost in LEAVES)
    return (
        *((rule, quantities[rule], cost) for rule, cost in LEAVES),
        ("unsplit", "NULL::BIGINT", f"(cost_nano - coalesce(items_nano, 0) - {explained})"),
    )


def lifted_sessions(terms: Terms, chosen: Selection, columns: str, joined: str) -> list[str]:
    """Tables `kept` (sessions with an event in the period) and `lifted`: all their events ever.

    `lifted`: session_id, start_us, end_us, ends (whether its end is known), and `columns`.
    """
    micros = terms.dialect.micros
    starts = micros("started_at")
    ends = f"coalesce({micros('ended_at')}, {starts} + latency_ms * 1000, {starts})"
    return [
        f"kept AS (SELECT DISTINCT session_id {events(terms, chosen)} AND session_id IS NOT NULL)",
        f"lifted AS MATERIALIZED (SELECT session_id, {starts} AS start_us, {ends} AS end_us,"
        f" ended_at IS NOT NULL OR latency_ms IS NOT NULL AS ends{columns}"
        f" FROM (SELECT * {events(terms, chosen, lifted=True)}"
        f" AND session_id IN (SELECT session_id FROM kept)) AS event{joined})",
    ]


def session_facts(keys: Iterable[str], *, active: bool) -> str:
    """Facts per session and `keys`, columns of `lifted`.

    Columns: session_id, the keys, started and last (us), duration_us, with `active` active_us;
    NULL where nothing says how long. Source: METRICS.md 1.3.
    """
    names = "".join(f", {key}" for key in keys)
    facts = (
        f"SELECT session_id{names}, min(start_us) AS started, max(start_us) AS last,"
        " CASE WHEN count(*) > 1 OR bool_or(ends) THEN max(end_us) - min(start_us) END"
        f" AS duration_us FROM lifted GROUP BY session_id{names}"
    )
    if not active:
        return facts
    same = "".join(f" AND f.{key} IS NOT DISTINCT FROM w.{key}" for key in keys)
    ordered = f"PARTITION BY session_id{names} ORDER BY start_us, end_us ROWS"
    earlier = f"max(end_us) OVER ({ordered} BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    opened = f"CASE WHEN start_us > {earlier} + {BRIDGED_US} THEN 1 ELSE 0 END"
    blocks = (
        f"SELECT session_id{names}, max(end_us) - min(start_us) AS block_us FROM (SELECT *,"
        f" sum(opens) OVER ({ordered} UNBOUNDED PRECEDING) AS block"
        f" FROM (SELECT *, {opened} AS opens FROM lifted) AS o) AS b"
        f" GROUP BY session_id{names}, block"
    )
    covered = f"SELECT session_id{names}, sum(block_us) AS us FROM ({blocks}) AS k GROUP BY ALL"
    return (
        f"SELECT f.*, CASE WHEN duration_us IS NOT NULL THEN w.us END AS active_us"
        f" FROM ({facts}) AS f JOIN ({covered}) AS w ON f.session_id = w.session_id{same}"
    )
