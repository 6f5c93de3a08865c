"""Usage items of a pushed event, under the names of a column or of what the API answers."""

from decimal import Decimal
from typing import Any

from analytics_core.errors import nearest
from analytics_core.ingest.push.bodies import Record
from analytics_core.ingest.push.row import Row, decimal

MOST_ITEMS = 100  # of an event
LONGEST_RULE = 80
_MOST = Decimal(10) ** 12  # DECIMAL(18,6) holds less
_MOST_USD, _NANO = 10**6, 10**9
# How the column calls what an item may also be called.
_CALLED = {"pricing_rule": "rule", "cost": "cost_usd"}
_KEYS = ("rule", "quantity", "unit", "cost_usd", "cost_nano", *_CALLED)
_NEGATIVE = "discount"  # the one rule whose cost is below 0


def listed_items(row: Row, given: object) -> list[Record]:
    """The items as the door reads them. Raises NotTaken, naming the key: items[2].quantity."""
    if not isinstance(given, list):
        raise row.wrong("items", "is no array of objects such as"
                        ' {"rule": "web_search", "quantity": 3, "unit": "calls", "cost_usd": "0.03"}.')  # fmt: skip
    listed: list[Any] = given
    if len(listed) > MOST_ITEMS:
        raise row.wrong("items", f"has more than {MOST_ITEMS} items.")
    return [_item(row, f"items[{n}]", each) for n, each in enumerate(listed, 1)]


def _item(row: Row, place: str, given: object) -> Record:
    if not isinstance(given, dict):
        raise row.wrong(place, "is no object.")
    said: Record = given
    made: Record = {}
    for key, value in said.items():
        if key not in _KEYS:
            near = nearest(key[:40], _KEYS)
            meant = f" Is it '{near}'?" if near else f" An item has {', '.join(_KEYS[:5])}."
            raise row.wrong(f"{place}.{key[:40]}", f"is no key of an item.{meant}")
        name = _CALLED.get(key, key)
        if name in made:
            raise row.wrong(f"{place}.{key}", f"says {name} a second time.")
        made[name] = value
    rule = made.get("rule")
    if not isinstance(rule, str) or not 0 < len(rule.strip()) <= LONGEST_RULE:
        raise row.wrong(f"{place}.rule", f"must be text of 1 to {LONGEST_RULE} characters.")
    if not isinstance(made.get("unit"), str | None):
        raise row.wrong(f"{place}.unit", "is no text.")
    low = -1 if rule.strip() == _NEGATIVE else 0
    _between(row, f"{place}.quantity", made.get("quantity"), 0, _MOST - 1)
    _between(row, f"{place}.cost_usd", made.get("cost_usd"), low * _MOST_USD, _MOST_USD)
    nano = _MOST_USD * _NANO
    _between(row, f"{place}.cost_nano", made.get("cost_nano"), low * nano, nano, whole=True)
    if all(made.get(name) is None for name in ("quantity", "cost_usd", "cost_nano")):
        raise row.wrong(f"{place}.quantity", "is missing, and so is a cost.")
    return made


def _between(
    row: Row, key: str, value: object, low: Decimal | int, high: Decimal | int, *,
    whole: bool = False,
) -> None:  # fmt: skip
    if value is None:
        return
    number = decimal(value)
    if number is None or (whole and number != number.to_integral_value()):
        raise row.wrong(key, "is no whole number." if whole else "is no decimal number.")
    if not low <= number <= high:
        raise row.wrong(key, f"is not between {low:,} and {high:,}.")
