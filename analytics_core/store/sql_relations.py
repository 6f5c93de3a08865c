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
UNSPLIT = "unsplit"  # what no rule explains
RULES = (*(rule for rule, _ in LEAVES), UNSPLIT)
FIELDS = ("rule", "unit", "quantity_micro", "cost_nano", "events")
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

    Columns: the keys, rule, unit, quantity_micro, cost_nano, events, with `lifted` (all times)
    also last. An event's five token leaves, what no rule explains (`unsplit`) and its own items;
    parts of nothing are left out. Exact: summing before unpivoting changes no sum.
    Source: EVENTS.md 2.
    """
    unnested, kept = terms.dialect.unnested, events(terms, without_items(chosen), lifted=lifted)
    names = "".join(f"{alias}, " for alias in keys)
    columns = "".join(f", {expression} AS {alias}" for alias, expression in keys.items())
    fields = (*FIELDS, "last") if lifted else FIELDS
    picked = ", ".join(f"item.{field}" for field in fields)
    newest = ", max(started_at)" if lifted else ""
    leaves = (
        f"SELECT {names}{picked} FROM (SELECT {names}{unnested(_structs(fields))} AS item"
        f" FROM (SELECT {names}{_leaf_sums(lifted=lifted)} FROM (SELECT *{columns}, {leaf_columns()}"
        f" FROM (SELECT *, {own_parts()} {kept}) AS e) AS event GROUP BY ALL) AS summed) AS leaf"
        " WHERE item.events > 0"
    )
    own = (
        f"SELECT {names}item.rule, item.unit, sum(item.quantity::DECIMAL(38, 6) * {MICRO})::HUGEINT,"
        f" sum(item.cost_nano), count(*){newest} FROM (SELECT {names}started_at,"
        f" {unnested('items')} AS item FROM (SELECT started_at, items{columns} {kept}) AS event)"
        " AS own WHERE item.quantity <> 0 OR item.cost_nano <> 0 GROUP BY ALL"
    )
    return f"({leaves} UNION ALL {own})"


def own_parts() -> str:
    """What an event's own items take out of its leaves: input_parts, output_parts, items_nano."""

    def some(name: str, listed: str) -> str:
        return f"CASE WHEN items IS NULL THEN 0 ELSE coalesce(list_sum({listed}), 0) END AS {name}"

    def of(rules: tuple[str, ...]) -> str:
        named = ", ".join(f"'{rule}'" for rule in rules)
        return f"[i.quantity::BIGINT for i in items if i.rule IN ({named})]"

    return ", ".join(
        (
            some("input_parts", of(INPUT_PARTS)),
            some("output_parts", of(OUTPUT_PARTS)),
            some("items_nano", "[i.cost_nano for i in items]"),
        )
    )


def leaf_columns() -> str:
    """q_<rule> and c_<rule> of each leaf: quantity and cost in one event."""
    read, write = "coalesce(cache_read_tokens, 0)", "coalesce(cache_write_tokens, 0)"
    quantities = {
        "input": f"input_tokens - {read} - {write} - input_parts",
        "cache_read": "cache_read_tokens",
        "cache_write": "cache_write_tokens - coalesce(cache_write_1h_tokens, 0)",
        "cache_write_1h": "cache_write_1h_tokens",
        "output": "output_tokens - output_parts",
    }
    explained = " - ".join(f"coalesce({cost}, 0)" for _, cost in LEAVES)
    return ", ".join(
        (
            *(f"{quantities[rule]} AS q_{rule}, {cost} AS c_{rule}" for rule, cost in LEAVES),
            f"NULL::BIGINT AS q_unsplit, cost_nano - items_nano - {explained} AS c_unsplit",
        )
    )


def _leaf_sums(*, lifted: bool) -> str:
    """The leaves summed over events; `n_<rule>` counts those that have the leaf."""
    sums: list[str] = []
    for rule in RULES:
        there = f"FILTER (WHERE q_{rule} <> 0 OR c_{rule} <> 0)"
        sums.append(f"sum(q_{rule}) {there} * {MICRO} AS q_{rule}")
        sums.append(f"sum(c_{rule}) {there} AS c_{rule}, count(*) {there} AS n_{rule}")
        if lifted:
            sums.append(f"max(started_at) {there} AS l_{rule}")
    return ", ".join(sums)


def _structs(fields: tuple[str, ...]) -> str:
    """The summed leaves as a list of structs, to be unnested."""

    def struct(rule: str) -> str:
        unit = "NULL" if rule == UNSPLIT else "'tokens'"
        values = (f"'{rule}'", unit, f"q_{rule}", f"c_{rule}", f"n_{rule}", f"l_{rule}")
        pairs = zip(fields, values, strict=False)
        return "{" + ", ".join(f"'{field}': {value}" for field, value in pairs) + "}"

    return f"[{', '.join(map(struct, RULES))}]"


def in_sessions(terms: Terms, chosen: Selection) -> str:
    """FROM and WHERE of the selected events that name a session."""
    return f"{events(terms, chosen)} AND session_id IS NOT NULL"


def lifted_sessions(
    terms: Terms, chosen: Selection, columns: str = "", joined: str = "", kept: str = ""
) -> list[str]:
    """Tables `kept` (sessions with an event in the period) and `lifted`: all their events ever.

    `lifted`: session_id, start_us, end_us, ends (whether its end is known), and `columns`. Another
    statement that finds `kept` may be given; it has a column session_id.
    """
    micros = terms.dialect.micros
    starts = micros("started_at")
    ends = f"coalesce({micros('ended_at')}, {starts} + latency_ms * 1000, {starts})"
    kept = kept or f"SELECT DISTINCT session_id {in_sessions(terms, chosen)}"
    return [
        f"kept AS ({kept})",
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
    added = (  # what an event adds to the time covered before it
        f"CASE WHEN before IS NULL OR start_us > before + {BRIDGED_US} THEN end_us - start_us"
        " ELSE greatest(end_us, before) - before END"
    )
    covered = (
        f"SELECT session_id{names}, sum({added}) AS us"
        f" FROM (SELECT *, {earlier} AS before FROM lifted) AS o GROUP BY session_id{names}"
    )
    return (
        f"SELECT f.*, CASE WHEN duration_us IS NOT NULL THEN w.us END AS active_us"
        f" FROM ({facts}) AS f JOIN ({covered}) AS w ON f.session_id = w.session_id{same}"
    )
