"""A mapping as a source: its SELECT over the columns of one file."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from analytics_core.ingest.literals import literal
from analytics_core.ingest.names import normalised
from analytics_core.ingest.raw import Head, Raw, RawColumns
from analytics_core.ingest.sources import expression, reading
from analytics_core.ingest.sources.elements import elements
from analytics_core.ingest.sources.expression import Fields, Value
from analytics_core.ingest.sources.language import KEEP_LAST, Dedupe, Item, Mapping, Time
from analytics_core.ingest.sources.reading import Reading, selected, statement
from analytics_core.ingest.sources.source import Source

NUMBERS = frozenset(
    {
        "latency_ms", "ttft_ms", "requests", "input_tokens", "output_tokens", "cache_read_tokens",
        "cache_write_tokens", "cache_write_1h_tokens", "reasoning_tokens", "total_tokens",
        "cost_reported", "cost_list", "credits", "http_status",
    }
)  # fmt: skip
TIMES = ("ended_at", "updated_at")
MICROS = {"s": Decimal(1_000_000), "ms": Decimal(1000), "us": Decimal(1), "ns": Decimal("0.001")}


def source(mapping: Mapping) -> Source:
    """The source that reads files by `mapping`."""
    return Source(
        name=mapping.name,
        label=mapping.label,
        group=mapping.group,
        grain=mapping.grain,  # pyright: ignore[reportArgumentType] (checked when parsed)
        convention=mapping.convention,  # pyright: ignore[reportArgumentType]
        policy=mapping.policy,  # pyright: ignore[reportArgumentType]
        role=mapping.role,  # pyright: ignore[reportArgumentType]
        zone=mapping.time.zone,
        namespace=mapping.namespace,
        zero_cost=mapping.zero_cost,  # pyright: ignore[reportArgumentType]
        negative_cost=mapping.negative_cost,
        cost_unit=mapping.cost_unit,  # pyright: ignore[reportArgumentType]
        currency=mapping.currency,
        kinds=mapping.kinds,
        required=tuple(map(normalised, mapping.all)),
        forbidden=tuple(map(normalised, mapping.none)),
        matches=_matcher(mapping.any),
        select=_Select(mapping),
        packaged=False,
        csv=mapping.csv,
    )


def _matcher(names: tuple[str, ...]) -> Callable[[Head], bool] | None:
    if not names:
        return None
    wanted = frozenset(map(normalised, names))
    return lambda head: not wanted.isdisjoint(head.columns)


@dataclass(frozen=True, slots=True)
class _Select:
    """The select of one mapping; hashable, unlike a closure over it."""

    mapping: Mapping

    def __call__(self, columns: RawColumns, head: Head) -> str:
        return _select(self.mapping, columns, head)


def _select(mapping: Mapping, columns: RawColumns, head: Head) -> str:
    rows = elements(columns, head, _levels(mapping.unnest, head)) if mapping.unnest else None
    at = Reading(columns, head, rows)
    plain, numbers = _Noted(at), _Noted(at, mapping.csv.decimal, mapping.csv.thousands)
    outputs: dict[str, str | None] = {"skip": _skip(mapping, plain)}
    outputs["started_at"] = _time(mapping.time, mapping.time.value.find(plain))
    for name, value in mapping.columns:
        raw = value.find(numbers if name in NUMBERS else plain)
        outputs[name] = _time(mapping.time, raw) if name in TIMES else (raw.sql if raw else None)
    if mapping.convention == "disjoint":
        _add_up(outputs)
    outputs["currency"] = _sql(mapping.currency_of, plain)
    outputs["id"] = _id(mapping, plain)
    outputs["tags"] = _tags(mapping, plain)
    outputs["items"] = reading.items([_item(item, numbers) for item in mapping.items])
    at.ignored(*mapping.drop)
    outputs["metadata"] = at.rest()
    origin = rows.origin() if rows else "raw"
    if outputs["id"] is None or mapping.dedupe == KEEP_LAST:
        return statement(outputs, origin)
    orders = {f"_order{n}": _sql(value, plain) for n, value in enumerate(mapping.dedupe.order_by)}
    return _collapsed(mapping.dedupe, outputs, orders, origin)


def _levels(path: str | None, head: Head) -> tuple[str, ...]:
    """The arrays on the way to `path`, outermost first: data, then data.results."""
    parts = (path or "").split(".")
    prefixes = [".".join(parts[:n]) for n in range(1, len(parts) + 1)]
    arrays = [p for p in prefixes[:-1] if _is_array(head, p)]
    return (*arrays, prefixes[-1])


def _is_array(head: Head, path: str) -> bool:
    for record in head.sample:
        value: Any = record
        for key in path.split("."):
            if isinstance(value, list):
                value = value[0] if value else None
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None:
            return isinstance(value, list)
    return False


@dataclass(frozen=True, slots=True)
class _Noted:
    """The fields of a reading, noted as used; texts may carry another decimal mark."""

    reading: Reading
    decimal: str = "."
    thousands: str = ""

    def find(self, path: str) -> Raw | None:
        raw = self.reading.raw(path)
        if (
            raw is None
            or not expression.is_text(raw)
            or (self.decimal == "." and not self.thousands)
        ):
            return raw
        sql = expression.text(raw)
        if self.thousands:
            sql = f"replace({sql}, {literal(self.thousands)}, '')"
        if self.decimal != ".":
            sql = f"replace({sql}, {literal(self.decimal)}, '.')"
        return Raw(sql, "VARCHAR")


def _sql(value: Value | None, fields: Fields) -> str | None:
    raw = value.find(fields) if value else None
    return raw.sql if raw else None


def _skip(mapping: Mapping, fields: Fields) -> str | None:
    """not_usage on rows whose columns do not have one of the values to keep."""
    kept: list[str] = []
    for path, values in mapping.keep:
        raw = fields.find(path)
        if raw is None:
            return "'not_usage'"
        kept.append(
            f"coalesce({expression.text(raw)} IN ({', '.join(map(literal, values))}), false)"
        )
    return f"CASE WHEN {' AND '.join(kept)} THEN NULL ELSE 'not_usage' END" if kept else None


def _time(time: Time, raw: Raw | None) -> str | None:
    """A time in the stated unit. Epochs become TIMESTAMPTZ: they have no zone to assume."""
    if raw is None:
        return None
    if time.unit in ("auto", "iso") or raw.type.startswith(("TIMESTAMP", "DATE")):
        return raw.sql
    if time.unit not in MICROS:
        return f"try_strptime({expression.text(raw)}, {literal(time.unit)})"
    micros = expression.scaled(
        f"CAST({expression.number(raw)} AS DECIMAL(38,18))", MICROS[time.unit], Decimal(1)
    )
    whole = f"CAST(round({micros}) AS BIGINT)"
    if time.offset_from:
        start = literal(time.offset_from.strftime("%Y-%m-%d %H:%M:%S.%f"))
        whole = f"epoch_us(TIMESTAMP {start}) + {whole}"
    return f"TRY(make_timestamptz({whole}))"


def _add_up(outputs: dict[str, str | None]) -> None:
    """Disjoint parts: input and output become sums of theirs (EVENTS.md 4)."""
    for whole, parts in (
        ("input_tokens", ("input_tokens", "cache_read_tokens", "cache_write_tokens")),
        ("output_tokens", ("output_tokens", "reasoning_tokens")),
    ):
        found = [
            f"TRY_CAST({sql} AS DECIMAL(38,9))" for name in parts if (sql := outputs.get(name))
        ]
        if found:
            total = " + ".join(f"coalesce({sql}, 0)" for sql in found)
            outputs[whole] = f"CASE WHEN coalesce({', '.join(found)}) IS NOT NULL THEN {total} END"


def _id(mapping: Mapping, fields: Fields) -> str | None:
    """The texts of the id columns joined by `:`; NULL where any is unknown."""
    found = [fields.find(path) for path in mapping.ids]
    raws = [expression.known(expression.text(raw)) for raw in found if raw is not None]
    if not raws or len(raws) < len(mapping.ids):
        return None
    return " || ':' || ".join(raws)


def _tags(mapping: Mapping, fields: Fields) -> str | None:
    if not isinstance(mapping.tags, tuple):
        return _sql(mapping.tags, fields)
    named: dict[str, str | None] = {}
    for key, value in mapping.tags:
        raw = value.find(fields)
        named[key] = expression.text(raw) if raw else None
    return reading.tags(named)


def _item(item: Item, fields: Fields) -> str | None:
    quantity, cost = _sql(item.quantity, fields), _sql(item.cost, fields)
    return reading.item(literal(item.rule), quantity, literal(item.unit), cost)


def _collapsed(
    dedupe: Dedupe, outputs: dict[str, str | None], orders: dict[str, str | None], origin: str
) -> str:
    """The SELECT with repeats of an id in this file folded into the row that stays."""
    outputs = {"skip": "NULL::VARCHAR", **{k: v for k, v in outputs.items() if v is not None}}
    orders = {name: sql for name, sql in orders.items() if sql is not None}
    keys = [*orders, "_row"]
    own = "PARTITION BY id, id IS NULL, skip"
    direction = "DESC" if dedupe.keep == "last" else "ASC"
    ranked = ", ".join(f"{key} {direction} NULLS LAST" for key in keys)
    replaced = [
        f"{side}_value({name} IGNORE NULLS) OVER ({own} ORDER BY {', '.join(keys)}"
        f" ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS {name}"
        for side, names in (("first", dedupe.first_of), ("last", dedupe.last_of))
        for name in names
        if name in outputs
    ]
    lost = f"id IS NOT NULL AND row_number() OVER ({own} ORDER BY {ranked}) > 1"
    replaced.append(f"CASE WHEN skip IS NULL AND {lost} THEN 'duplicate' ELSE skip END AS skip")
    hidden = f" EXCLUDE ({', '.join(orders)})" if orders else ""
    inner = statement({**outputs, **orders}, origin)
    return selected(f"*{hidden} REPLACE ({', '.join(replaced)})", inner)
