"""One event as JSON: every column by name, money and quantities as exact decimal text."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from analytics_core.export.rows import ORIGIN
from analytics_core.reports.activity import MICRO, Event
from analytics_core.semantics.format import csv_number
from analytics_core.semantics.unit import Unit

_SUFFIX = "_nano"


def as_json(event: Event) -> str:
    """The event as a person copies it: null where the source does not say."""
    return json.dumps(document(event), ensure_ascii=False, indent=1)


def document(event: Event) -> dict[str, Any]:
    """The event as JSON carries it; `items` are all its usage items, whose costs sum to `cost`."""
    found = {
        name.removesuffix(_SUFFIX): plain(name, value)
        for name, value in event.fields.items()
        if name not in (*ORIGIN, "items")
    }
    found["items"] = [_item(row) for row in event.items.iter_rows(named=True)]
    if event.file is not None:
        found |= {"file": event.file, "row": event.fields["row"]}
    return found


def plain(name: str, value: Any) -> Any:
    """One value of a column of the event as JSON carries it."""
    if value is None:
        return None
    if name.endswith(_SUFFIX):
        return csv_number(value, Unit.USD)
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")
    if name == "metadata":
        return _parsed(value)
    return value


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _item(row: Mapping[str, Any]) -> dict[str, Any]:
    quantity = row["quantity_micro"]
    return {
        "pricing_rule": row["rule"],
        "quantity": None if quantity is None else csv_number(Decimal(quantity) / MICRO, Unit.COUNT),
        "unit": row["unit"],
        "cost": plain("cost_nano", row["cost_nano"]),
    }
