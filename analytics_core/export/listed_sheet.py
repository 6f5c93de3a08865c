"""Rows as listed, as rows and columns with raw numbers."""

from datetime import UTC, datetime
from typing import Any

import polars as pl

from analytics_core.export.rows import ORIGIN, json_text
from analytics_core.export.sheet import Cell, Column, Sheet
from analytics_core.semantics.unit import Unit
from analytics_core.semantics.zone import zone_info
from analytics_core.store.view import View

_NANO = "_nano"
_TOKENS = "_tokens"


def of_rows(page: pl.DataFrame, view: View) -> Sheet:
    """One row per event or usage item of a page that `view` has listed, under the headings of its CSV."""
    zone = view.filters.period.calendar.zone
    hidden = {"started_at", "place", *(() if view.scope.everything else ORIGIN)}
    names = [name for name in page.columns if name not in hidden]
    here = () if zone == "UTC" else (Column(f"started_at ({zone})"),)
    columns = (*here, Column("started_at (UTC)"), *(_column(page, name) for name in names))
    rows = tuple(
        (*_started(row["started_at"], zone), *(_cell(name, row[name]) for name in names))
        for row in page.iter_rows(named=True)
    )
    return Sheet(columns, rows)


def _column(page: pl.DataFrame, name: str) -> Column:
    kind = page.schema[name]
    if name.endswith(_NANO):
        bare = name.removesuffix(_NANO)
        return (
            Column(bare, Unit.CREDITS) if bare == "credits" else Column(f"{bare} (USD)", Unit.USD)
        )
    if name == "quantity_micro":
        return Column("quantity", Unit.COUNT)
    if isinstance(kind, pl.Datetime):
        return Column(f"{name} (UTC)")
    if kind.is_numeric():
        return Column(name, Unit.TOKENS if name.endswith(_TOKENS) else Unit.COUNT)
    return Column("pricing_rule" if name == "rule" else name)


def _started(moment: datetime, zone: str) -> tuple[datetime, ...]:
    start = moment.replace(tzinfo=UTC)
    return (start,) if zone == "UTC" else (start.astimezone(zone_info(zone)), start)


def _cell(name: str, value: Any) -> Cell:
    """None is unknown, of a text or a figure."""
    if name == "quantity_micro":
        return None if value is None else value / 1_000_000
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return None
    return value if isinstance(value, int | float | str) else json_text(value)
