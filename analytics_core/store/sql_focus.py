"""The statement behind FOCUS rows: priced usage items summed by hour and by what they are of."""

from analytics_core.events import LEAVES
from analytics_core.store.engine import Compiled, Dialect
from analytics_core.store.sql_relations import (
    MICRO,
    RULES,
    UNSPLIT,
    Selection,
    events,
    item_grant,
    leaf_columns,
    own_parts,
    without_items,
)
from analytics_core.store.sql_terms import HOUR, Terms

KEYS = ("hour", "account", "project", "provider", "model", "service_type", "tags")
REQUESTS = "Requests"
_OF_EVENTS = ("requests", "cost_nano", "cost_list_nano", "items", "source")
_READ = tuple(
    dict.fromkeys(
        (
            *_OF_EVENTS, "started_at", "organization", "project", "provider", "model",
            "service_type", "tags", "input_tokens", "output_tokens", "cache_read_tokens",
            "cache_write_tokens", "cache_write_1h_tokens", *(column for _, column in LEAVES),
        )
    )
)  # fmt: skip


def focus_rows(chosen: Selection, account: str, dialect: Dialect) -> Compiled:
    """KEYS, rule, unit, quantity_micro, cost_nano, sources: one row per group with a known cost.

    `hour` is numbered since 1970 (UTC), `tags` a sorted list of structs, NULL without any; an event
    without an organization is of `account`. What no rule explains counts requests. Each group of KEYS
    also has a row without a rule: its cost, and in place of a quantity its list cost, in nano-USD, whatever
    is picked of usage items.
    """
    terms = Terms(dialect)
    keys = {
        "hour": f"{dialect.micros('started_at')} // {HOUR}",
        "account": f"coalesce(organization, {terms.bind(account, 'text')})",
        "project": "project",
        "provider": "coalesce(provider, 'unknown')",
        "model": "model",
        "service_type": "service_type",
        "tags": f"list_sort({dialect.tags()})",
    }
    named = ", ".join(f"{expression} AS {name}" for name, expression in keys.items())
    names = ", ".join(keys)
    rows = (
        f"SELECT {', '.join(_READ)} {events(terms, without_items(chosen))}"
        " AND cost_nano IS NOT NULL"
    )
    parts = ", ".join(map(_leaf, RULES))
    whole = (
        "{'rule': NULL, 'unit': NULL, 'shown': NULL, 'cost_nano': cost_nano,"
        " 'quantity_micro': coalesce(cost_list_nano, cost_nano)::HUGEINT}"
    )
    listed = dialect.unnested(f"list_concat([{parts}, {whole}], {_OWN})")
    fields = "item.rule, item.unit, item.shown, item.quantity_micro, item.cost_nano"
    kept = terms.grant(item_grant(chosen))
    known = f"cost_nano IS NOT NULL AND (quantity_micro <> 0 OR cost_nano <> 0) AND {kept}"
    summed = (
        f"SELECT {names}, rule, shown, source, sum(quantity_micro) AS q, sum(cost_nano) AS c"
        f" FROM (SELECT {names}, source, {fields} FROM (SELECT {named}, source, {listed} AS item"
        f" FROM (SELECT *, {leaf_columns()} FROM (SELECT *, {own_parts()} FROM ({rows}) AS e)"
        f" AS event) AS split) AS listed) AS item WHERE rule IS NULL OR ({known}) GROUP BY ALL"
    )
    return Compiled(
        f"SELECT {names}, rule, shown AS unit, {dialect.whole('sum(q)')} AS quantity_micro,"
        f" {dialect.whole('sum(c)')} AS cost_nano, string_agg(source, ',' ORDER BY source)"
        f" AS sources FROM ({summed}) AS summed GROUP BY {names}, rule, shown"
        f" ORDER BY {names}, rule, shown",
        terms.params,
    )


def counted(chosen: Selection, account: str, dialect: Dialect) -> Compiled:
    """How many rows `focus_rows` has, without those that have no rule: one row, `rows`."""
    rows = focus_rows(chosen, account, dialect)
    return Compiled(
        f"SELECT {dialect.whole('count(*)')} AS rows FROM ({rows.text}) AS r WHERE rule IS NOT NULL",
        rows.params,
    )


def _leaf(rule: str) -> str:
    """One leaf of an event as a struct; what no rule explains is counted in requests."""
    if rule == UNSPLIT:
        quantity, shown = f"CASE WHEN c_{rule} <> 0 THEN coalesce(requests, 0) ELSE 0 END", REQUESTS
    else:
        quantity, shown = f"q_{rule}", "Tokens"
    unit = "NULL" if rule == UNSPLIT else "'tokens'"
    return (
        f"{{'rule': '{rule}', 'unit': {unit}, 'shown': '{shown}', 'cost_nano': c_{rule},"
        f" 'quantity_micro': ({quantity})::HUGEINT * {MICRO}}}"
    )


# An event's own items as structs of the same fields; one without a quantity is of its requests.
_OWN = (
    f"[{{'rule': i.rule, 'unit': i.unit, 'shown': CASE WHEN i.quantity IS NULL THEN '{REQUESTS}'"
    " ELSE coalesce(upper(left(i.unit, 1)) || lower(substr(i.unit, 2)), 'Units') END,"
    " 'cost_nano': i.cost_nano, 'quantity_micro': CASE WHEN i.quantity IS NULL"
    f" THEN coalesce(requests, 0)::HUGEINT * {MICRO}"
    f" ELSE (i.quantity::DECIMAL(38, 6) * {MICRO})::HUGEINT END}} for i in items]"
)
