"""Pages of events and of usage items as JSON carries them: money and quantities as decimal text."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from analytics_core.export.event import plain
from analytics_core.export.rows import ORIGIN
from analytics_core.reports.activity import MICRO, unit_price
from analytics_core.semantics.format import csv_number
from analytics_core.semantics.unit import Unit
from analytics_core.store.sql_rows import CARRIED, Of
from analytics_core.store.view import View

_SUFFIX = "_nano"


def rows(page: pl.DataFrame, view: View, of: Of) -> Iterator[dict[str, Any]]:
    """One mapping per row of a page that `view` has listed, null where the source does not say.

    Events have the columns of docs/events.md, money without `_nano`; what is about the dropped
    file only for those who see all of it.
    """
    hidden = () if view.scope.everything else ORIGIN
    for row in page.iter_rows(named=True):
        yield _event(row, hidden) if of == "events" else _item(row)


def _event(row: Mapping[str, Any], hidden: tuple[str, ...]) -> dict[str, Any]:
    found = {
        name.removesuffix(_SUFFIX): plain(name, value)
        for name, value in row.items()
        if name not in hidden
    }
    own = row["items"]
    if own is not None:
        found["items"] = [
            {
                "pricing_rule": item["rule"],
                "quantity": csv_number(item["quantity"], Unit.COUNT) or None,
                "unit": item["unit"],
                "cost": plain("cost_nano", item["cost_nano"]),
            }
            for item in own
        ]
    return found


def _item(row: Mapping[str, Any]) -> dict[str, Any]:
    quantity, cost = row["quantity_micro"], row["cost_nano"]
    return {
        **{name: plain(name, row[name]) for name in CARRIED},
        "pricing_rule": row["rule"],
        "unit": row["unit"],
        "quantity": None if quantity is None else csv_number(Decimal(quantity) / MICRO, Unit.COUNT),
        "unit_price": csv_number(unit_price(cost, quantity), Unit.USD) or None,
        "cost": plain("cost_nano", cost),
    }
