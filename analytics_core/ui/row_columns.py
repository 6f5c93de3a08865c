"""The columns of the lists of usage requests and usage items, declared once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from typing import Any

from analytics_core.reports.activity import MICRO, unit_price
from analytics_core.semantics.dimension import DIMENSIONS
from analytics_core.semantics.format import UNKNOWN, cell, moment_text, text
from analytics_core.semantics.names import Names
from analytics_core.semantics.unit import Unit
from analytics_core.store.sql_rows import Of

PER_MILLION = ("tokens", "characters")  # units of which one costs too little to be read


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field of a row it shows, its heading, and the unit of its figures.

    `dimension` names what its texts are members of; `shown` says whether it is there before a
    reader chooses; `width` is in pixels.
    """

    field: str
    label: str
    unit: Unit | None = None
    dimension: str = ""
    shown: bool = True
    help: str | None = None
    width: int | None = None

    @property
    def right(self) -> bool:
        """Whether its cells are figures."""
        return self.unit is not None or self.field in ("quantity_micro", "unit_price")

    def text(self, row: Mapping[str, Any], names: Names) -> str:
        """What its cell says of a row of `View.rows`; untrusted text. `names` are View.names."""
        if self.field == "unit_price":
            return unit_price_text(row["cost_nano"], row["quantity_micro"], row["unit"])
        value = row[self.field]
        if value is None:
            return UNKNOWN
        if self.field == "quantity_micro":
            return cell(Decimal(value) / MICRO, Unit.COUNT)
        if self.unit is not None:
            return cell(value, self.unit, additive=self.unit is not Unit.USD)
        return names.label(self.dimension, str(value))


def _of(name: str, width: int | None = None, *, shown: bool = True) -> Column:
    of = DIMENSIONS[name]
    return Column(of.column, of.label, None, name, shown, of.description, width)


PROJECT = _of("project", 105)  # in every list, whatever is chosen
_COST = Column("cost_nano", "Cost", Unit.USD, help="– means that no price is known.", width=76)
_MORE = tuple(
    _of(name, shown=False)
    for name in (
        "organization", "team", "session", "conversation", "repository", "environment", "api_key",
        "operation", "service_tier", "source",
    )
)  # fmt: skip
_ID = Column("event_id", "Event", shown=False)

EVENT_COLUMNS: tuple[Column, ...] = (
    _of("event_type", 85),
    PROJECT,
    _of("user", 105),
    _of("customer", 88),
    _of("feature", 88),
    _of("model", 105),
    Column("input_tokens", "Input", Unit.TOKENS, help="Cached tokens included.", width=62),
    Column("output_tokens", "Output", Unit.TOKENS, help="Reasoning included.", width=62),
    _COST,
    Column("cache_read_tokens", "Cached", Unit.TOKENS, help="Input read from cache.", width=62),
    Column("latency_ms", "Latency", Unit.MILLISECONDS, width=75),
    _of("status", 75),
    *map(_of, ("provider", "service_type", "agent")),
    Column("requests", "Requests", Unit.COUNT, shown=False, help="More than 1: already summed."),
    Column("cache_write_tokens", "Written to cache", Unit.TOKENS, shown=False),
    Column("reasoning_tokens", "Reasoning", Unit.TOKENS, shown=False),
    Column("ttft_ms", "Time to first token", Unit.MILLISECONDS, shown=False),
    Column("http_status", "HTTP status", shown=False),
    Column("error_type", "Error", shown=False),
    Column("finish_reason", "Finish reason", shown=False),
    *_MORE,
    Column("cost_source", "Cost is", shown=False, help="Reported, computed, free or unpriced."),
    _ID,
)
ITEM_COLUMNS: tuple[Column, ...] = (
    PROJECT,
    Column("rule", "Pricing rule", dimension="pricing_rule"),
    Column("quantity_micro", "Quantity"),
    Column("unit", "Unit"),
    Column("unit_price", "Unit price", help="Cost / quantity; of tokens for 1M."),
    _COST,
    *map(_of, ("model", "user")),
    *(
        _of(name, shown=False)
        for name in (
            "customer", "feature", "agent", "provider", "service_type", "event_type", "status",
        )
    ),
    *_MORE,
    Column("cost_source", "Cost is", shown=False, help="Reported, computed, free or unpriced."),
    _ID,
)  # fmt: skip
COLUMNS: Mapping[Of, tuple[Column, ...]] = {"events": EVENT_COLUMNS, "items": ITEM_COLUMNS}


def time_text(row: Mapping[str, Any], zone: str) -> str:
    """When a row started, to the second."""
    return moment_text(row["started_at"].replace(tzinfo=UTC), zone, seconds=True)


def unit_price_text(cost_nano: int | None, quantity_micro: int | None, unit: str | None) -> str:
    """What one of a unit cost, or a million of those of which one costs next to nothing."""
    price = unit_price(cost_nano, quantity_micro)
    if price is None or unit not in PER_MILLION:
        return text(price, Unit.USD, additive=False)
    return f"{text(price * MICRO, Unit.USD, additive=False)} / 1M"
