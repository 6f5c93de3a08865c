"""Usage items as a source lists them: quantities exact, costs in nano-USD."""

from typing import Any

import duckdb

from analytics_core.events import ITEMS_SQL
from analytics_core.ingest import money
from analytics_core.ingest.said import Said


def usage_items(sql: str, said: Said) -> str:
    """The list in the event's type. Items without a rule are left out; NULL when none is left."""
    listed: Any = duckdb.sqltype(said.types["items"])
    element: Any = dict(listed.children)["child"]
    members: dict[str, Any] = dict(element.children)
    quantity = _text("e.quantity", members.get("quantity"))
    made = (
        f"list_transform(list_filter({sql}, lambda e: e.rule IS NOT NULL), lambda e: struct_pack("
        f"rule := left(trim(CAST(e.rule AS VARCHAR)), 80),"
        f" quantity := TRY_CAST({quantity} AS DECIMAL(18,6)),"
        f" unit := {_text('e.unit', members.get('unit'))},"
        f" cost_nano := {_cost(members, said)}))"
    )
    return f"CAST(CASE WHEN len({sql}) > 0 THEN {made} END AS {ITEMS_SQL})"


def _text(sql: str, kind: Any) -> str:
    return "NULL" if kind is None else f"CAST({sql} AS VARCHAR)"


def _cost(members: dict[str, Any], said: Said) -> str:
    kind = members.get("cost")
    if kind is None:
        return "NULL::BIGINT"
    found = money.amount("e.cost", str(kind), said.source.cost_unit)
    if not said.converts:
        return found.nano
    other = money.converted(found.exact, said.source.cost_unit, "usd_pico")
    return f"CASE WHEN usd_pico = 1000000000000 THEN {found.nano} WHEN usd_pico IS NOT NULL THEN {other} END"
