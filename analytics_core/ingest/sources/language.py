"""The language of mappings people write, checked line by line (EVENTS.md 4.3)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import available_timezones

import duckdb

from analytics_core.errors import nearest
from analytics_core.ingest.literals import literal
from analytics_core.ingest.sources import operators, packaged
from analytics_core.ingest.sources.document import Node
from analytics_core.ingest.sources.expression import Value
from analytics_core.ingest.sources.source import ANY_KIND, MAPPED, PLAIN_CSV, CsvFormat, Kind

KEYS = (
    "name", "label", "group", "match", "rows", "grain", "convention", "policy", "role",
    "zero_cost", "negative_cost", "time", "id", "columns", "tags", "items", "drop", "dedupe", "csv",
)  # fmt: skip
UNITS = ("auto", "s", "ms", "us", "ns", "iso")
ELSEWHERE = {  # event columns with a key of their own
    "started_at": "time", "id": "id", "tags": "tags", "items": "items",
    "currency": "columns.cost_reported.currency",
}  # fmt: skip
SYNONYMS = {"model": "model_raw", "user": "user_id", "session": "session_id",
            "conversation": "conversation_id"}  # fmt: skip
COLUMNS = (
    *(name for name in MAPPED if name not in ("skip", "reject", "flags", "metadata", "grain",
                                              "source", *ELSEWHERE)),
    *SYNONYMS,
)  # fmt: skip
PARTS = ("cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens", "reasoning_tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """Where the time of an event is and how it is written."""

    value: Value
    unit: str = "auto"  # of UNITS, or a strptime format
    zone: str | None = None
    offset_from: datetime | None = None  # instant to which relative times are added


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One usage item a row may have."""

    rule: str
    unit: str
    quantity: Value | None = None
    cost: Value | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dedupe:
    """Which of several rows with one id stays, and columns taken from the first or last of them."""

    keep: str = "last"
    order_by: tuple[Value, ...] = ()
    first_of: tuple[str, ...] = ()
    last_of: tuple[str, ...] = ()


KEEP_LAST = Dedupe()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A checked mapping file: nothing in it is SQL."""

    name: str
    label: str
    group: str
    kinds: tuple[Kind, ...]
    all: tuple[str, ...]
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    unnest: str | None = None
    keep: tuple[tuple[str, tuple[str, ...]], ...] = ()
    grain: str = "request"
    convention: str = "inclusive"
    policy: str = "auto"
    role: str = "events"
    zero_cost: str = "missing"
    negative_cost: bool = False
    time: Time
    ids: tuple[str, ...] = ()
    namespace: str
    columns: tuple[tuple[str, Value], ...] = ()
    cost_unit: str = "usd"
    currency: str = "USD"
    currency_of: Value | None = None
    tags: tuple[tuple[str, Value], ...] | Value = ()
    items: tuple[Item, ...] = ()
    drop: tuple[str, ...] = ()
    dedupe: Dedupe = KEEP_LAST
    csv: CsvFormat = PLAIN_CSV


def parse(document: Node) -> Mapping:
    """The mapping of a composed document. Raises BadFile."""
    given = document.table(KEYS, required=("name", "match", "time"))
    name = _name(given["name"])
    match = given["match"].table(("kinds", "all", "any", "none"), required=("all",))
    kinds = tuple(map(_kind, match["kinds"].list())) if "kinds" in match else ANY_KIND
    if not match["all"].texts():
        raise match["all"].wrong("must name at least one column.")
    fields: dict[str, Any] = {
        "name": name,
        "label": _text(given, "label", name),
        "group": _text(given, "group", name),
        "kinds": kinds,
        **{
            key: tuple(map(operators.path, match[key].list()))
            for key in ("all", "any", "none")
            if key in match
        },
        "grain": _choice(given, "grain", ("request", "bucket")),
        "policy": _choice(given, "policy", ("auto", "reported", "computed")),
        "role": _choice(given, "role", ("events", "statement")),
        "zero_cost": _choice(given, "zero_cost", ("missing", "free")),
        "negative_cost": "negative_cost" in given and given["negative_cost"].flag(),
        "time": _time(given["time"]),
        "drop": tuple(map(operators.path, given["drop"].list())) if "drop" in given else (),
        "namespace": name,
    }
    if "rows" in given:
        fields |= _rows(given["rows"])
    if "id" in given:
        fields |= _id(given["id"], name)
    fields |= _columns(given["columns"]) if "columns" in given else {}
    fields["convention"] = _convention(given, fields.get("columns", ()))
    if "tags" in given:
        fields["tags"] = _tags(given["tags"])
    if "items" in given:
        fields["items"] = tuple(map(_item, given["items"].list()))
    if "dedupe" in given:
        fields["dedupe"] = _dedupe(given["dedupe"], fields)
    if "csv" in given:
        fields["csv"] = _csv(given["csv"])
    return Mapping(**fields)


def _name(node: Node) -> str:
    name = node.text()
    if not re.fullmatch(r"[a-z0-9-]{1,40}", name):
        raise node.wrong("must be 1 to 40 of a-z, 0-9 and -.")
    if name in packaged.names():
        raise node.wrong(
            f"'{name}' is a packaged source; use 'extends: {name}' to set its options."
        )
    return name


def _kind(node: Node) -> Kind:
    return "parquet" if node.text() == "pq" else cast(Kind, node.choice(ANY_KIND))


def _text(given: dict[str, Node], key: str, default: str) -> str:
    return given[key].text() if key in given else default


def _choice(given: dict[str, Node], key: str, known: Sequence[str]) -> str:
    return given[key].choice(known) if key in given else known[0]


def _rows(node: Node) -> dict[str, Any]:
    given = node.table(("unnest", "keep"))
    made: dict[str, Any] = {}
    if "unnest" in given and not given["unnest"].is_null:
        made["unnest"] = operators.path(given["unnest"])
    if "keep" in given:
        made["keep"] = tuple((path, v.texts()) for path, v in given["keep"].items().items())
    return made


def _id(node: Node, name: str) -> dict[str, Any]:
    given = node.table(("columns", "namespace"))
    made: dict[str, Any] = {"namespace": _text(given, "namespace", name)}
    if not re.fullmatch(r"[a-z0-9-]{1,40}", made["namespace"]):
        raise given["namespace"].wrong("must be 1 to 40 of a-z, 0-9 and -.")
    if "columns" in given:
        made["ids"] = tuple(map(operators.path, given["columns"].list()))
    return made


def _time(node: Node) -> Time:
    given = node.table((*operators.OPERATORS, *operators.AFTER, "unit", "zone", "offset_from"))
    unit = given["unit"].text() if "unit" in given else "auto"
    if unit not in UNITS:
        if "%" not in unit:
            near = nearest(unit, UNITS)
            hint = f" Did you mean '{near}'?" if near else ""
            raise given["unit"].wrong(
                f"'{unit}' is neither one of {', '.join(UNITS)} nor a strptime format.{hint}"
            )
        _check_format(given["unit"], unit)
    zone = None
    if "zone" in given and not given["zone"].is_null:
        zone = given["zone"].text()
        if zone not in available_timezones():
            near = nearest(zone, available_timezones())
            hint = f" Did you mean '{near}'?" if near else ""
            raise given["zone"].wrong(f"'{zone}' is not an IANA time zone.{hint}")
    start = None
    if "offset_from" in given and not given["offset_from"].is_null:
        start = _instant(given["offset_from"])
        if unit not in ("s", "ms", "us", "ns"):
            raise given["offset_from"].wrong("needs 'unit' s, ms, us or ns.")
    return Time(
        value=operators.value(node, ("unit", "zone", "offset_from")),
        unit=unit,
        zone=zone,
        offset_from=start,
    )


def _check_format(node: Node, written: str) -> None:
    try:
        operators.ask(f"SELECT strptime('x', {literal(written)})")
    except duckdb.InvalidInputException as wrong:
        if "Failed to parse format specifier" in str(wrong):
            raise node.wrong(f"'{written}' is not a strptime format.") from None


def _instant(node: Node) -> datetime:
    try:
        found = datetime.fromisoformat(node.text())
    except ValueError:
        raise node.wrong("is not an instant such as 2025-02-25T00:00:00Z.") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _columns(node: Node) -> dict[str, Any]:
    """The columns, and what stands beside the reported cost."""
    made: dict[str, Any] = {}
    columns: dict[str, Value] = {}
    for key, child in node.items().items():
        if key in ELSEWHERE:
            raise child.wrong(f"'{key}' has its own place: {ELSEWHERE[key]}.")
        if key not in COLUMNS:
            near = nearest(key, COLUMNS)
            hint = f" Did you mean '{near}'?" if near else " See docs/sources.md for the columns."
            raise child.wrong(f"is not an event column.{hint}")
        name = SYNONYMS.get(key, key)
        if name in columns:
            raise child.wrong(f"'{name}' is mapped twice.")
        if key == "cost_reported":
            made |= _cost(child)
            columns[name] = operators.value(child, ("currency", "unit"))
        else:
            columns[name] = operators.value(child)
    return made | {"columns": tuple(columns.items())}


def _cost(node: Node) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if not node.is_table:
        return made
    given = node.items()
    if "unit" in given:
        made["cost_unit"] = given["unit"].choice(("usd", "cents", "nano"))
    if "currency" in given:
        if given["currency"].is_table:
            made["currency_of"] = operators.value(given["currency"])
        elif re.fullmatch(r"[A-Za-z]{3}", given["currency"].text()):
            made["currency"] = given["currency"].text().upper()
        else:
            raise given["currency"].wrong("must be a currency such as USD, or {column: path}.")
    return made


def _convention(given: dict[str, Node], columns: Sequence[tuple[str, Value]]) -> str:
    known = ("inclusive", "exclusive", "disjoint")
    if "convention" in given:
        return given["convention"].choice(known)
    part = next((name for name, _ in columns if name in PARTS), None)
    if part:
        raise given["columns"].wrong(
            f"'{part}' needs 'convention': inclusive (input includes cached tokens), exclusive"
            " (it does not) or disjoint (nor does output include reasoning)."
        )
    return known[0]


def _tags(node: Node) -> tuple[tuple[str, Value], ...] | Value:
    if not node.is_table or any(key in node.items() for key in operators.OPERATORS):
        return operators.value(node)
    return tuple((key, operators.value(child)) for key, child in node.items().items())


def _item(node: Node) -> Item:
    given = node.table(("rule", "unit", "quantity", "cost"), required=("rule", "unit"))
    if "quantity" not in given and "cost" not in given:
        raise node.wrong("needs 'quantity', 'cost' or both.")
    return Item(
        rule=given["rule"].text(),
        unit=given["unit"].text(),
        quantity=operators.value(given["quantity"]) if "quantity" in given else None,
        cost=operators.value(given["cost"]) if "cost" in given else None,
    )


def _dedupe(node: Node, fields: dict[str, Any]) -> Dedupe:
    given = node.table(("keep", "order_by", "first_of", "last_of"))
    mapped = tuple(name for name, _ in fields.get("columns", ()))
    taken = {
        key: tuple(
            SYNONYMS.get(c, c)
            for c in (n.choice((*mapped, *SYNONYMS, "started_at")) for n in given[key].list())
        )
        for key in ("first_of", "last_of")
        if key in given
    }
    if not fields.get("ids") and (taken.get("first_of") or taken.get("last_of")):
        raise node.wrong("needs 'id.columns': rows are the same when their id is.")
    return Dedupe(
        keep=_choice(given, "keep", ("last", "first")),
        order_by=tuple(map(operators.value, given["order_by"].list()))
        if "order_by" in given
        else (),
        first_of=taken.get("first_of", ()),
        last_of=taken.get("last_of", ()),
    )


def _csv(node: Node) -> CsvFormat:
    given = node.table(("delimiter", "decimal", "thousands", "encoding"))
    decimal = _choice(given, "decimal", (".", ","))
    thousands = given["thousands"].text() if "thousands" in given else ""
    if thousands == decimal:
        raise given["thousands"].wrong("is the decimal mark, too.")
    return CsvFormat(
        delimiter=given["delimiter"].choice((",", ";", "\t", "|"))
        if "delimiter" in given
        else None,
        decimal=decimal,
        thousands=thousands,
        encoding=given["encoding"].choice(("utf-8", "utf-16")) if "encoding" in given else None,
    )
