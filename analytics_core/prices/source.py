"""The prices that ship: one line per price and per model name, read without genai-prices."""

import csv
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import StringIO
from pathlib import Path

from analytics_core.prices.names import Seller, from_lines, to_lines
from analytics_core.prices.price import Price

HERE = Path(__file__).parent
PRICES, NAMES = "book.csv", "names.jsonl"
_COLUMNS = (
    "provider", "model", "rule", "price_pico", "per", "tier_above", "variant",
    "tod_from", "tod_to", "valid_from", "valid_to", "min_quantity",
)  # fmt: skip
_UNBOUNDED = {"per": "1", "tier_above": "0", "min_quantity": "0"}


@dataclass(frozen=True, slots=True)
class Shipped:
    """The prebuilt book: its version of genai-prices, the prices by (provider, model), the names."""

    origin: str
    prices: Mapping[tuple[str, str], tuple[Price, ...]]
    sellers: tuple[Seller, ...]
    digest: str  # SHA-256 of both files


def to_text(origin: str, prices: Iterable[Price]) -> str:
    """The CSV that ships: first line names the origin, defaults are left blank."""
    out = StringIO()
    out.write(f"# {origin}\n")
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for price in prices:
        rows.writerow([_cell(price, name) for name in _COLUMNS])
    return out.getvalue()


def _cell(price: Price, name: str) -> str:
    value = getattr(price, name)
    if value is None or str(value) == _UNBOUNDED.get(name):
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def write(folder: Path, origin: str, prices: Iterable[Price], sellers: Iterable[Seller]) -> None:
    """Writes both files of the prebuilt book."""
    (folder / PRICES).write_text(to_text(origin, prices), "utf-8")
    (folder / NAMES).write_text(to_lines(sellers), "utf-8")


@cache
def shipped(folder: Path = HERE) -> Shipped:
    """The prebuilt book of `folder`, read once per process."""
    prices, names = (folder / PRICES).read_bytes(), (folder / NAMES).read_bytes()
    head, *lines = prices.decode().splitlines()
    origin = head.removeprefix("# ")
    found: dict[tuple[str, str], list[Price]] = {}
    for row in csv.DictReader(lines):
        found.setdefault((row["provider"], row["model"]), []).append(_price(row, origin))
    return Shipped(
        origin,
        {key: tuple(own) for key, own in found.items()},
        from_lines(names.decode()),
        hashlib.sha256(prices + b"\0" + names).hexdigest(),
    )


def _price(row: Mapping[str, str], origin: str) -> Price:
    price = int(row["price_pico"])
    return Price(
        provider=row["provider"],
        model=row["model"],
        rule=row["rule"],
        price_pico=price,
        per=int(row["per"] or 1),
        list_price_pico=price,
        tier_above=int(row["tier_above"] or 0),
        variant=row["variant"],
        tod_from=_integer(row["tod_from"]),
        tod_to=_integer(row["tod_to"]),
        valid_from=_time(row["valid_from"]),
        valid_to=_time(row["valid_to"]),
        min_quantity=int(row["min_quantity"] or 0),
        origin=origin,
    )


def _integer(cell: str) -> int | None:
    return int(cell) if cell else None


def _time(cell: str) -> datetime | None:
    return datetime.fromisoformat(cell) if cell else None
