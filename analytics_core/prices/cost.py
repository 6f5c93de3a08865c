"""Prices events: joins them with the rate cards, chooses their cost and splits it (EVENTS.md 2, 5).

Integers throughout: weights are tokens x pico-USD, costs nano-USD rounded once, half even.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import duckdb
import pyarrow as pa

from analytics_core.prices import statements
from analytics_core.prices.book import Book
from analytics_core.prices.card import DAY, Card, Rate, cards, contracts
from analytics_core.prices.names import Match
from analytics_core.prices.price import BY_NAME, LEAVES, RULES
from analytics_core.prices.rates import EVER, Rates

Policy = Literal["auto", "reported", "computed"]
ZeroCost = Literal["missing", "free"]
Key = tuple[str | None, str | None, str | None]  # provider, model_raw, service_tier

_NO_LIMIT = (1 << 63) - 1
_NARROW_WEIGHT, _NARROW_COST = 1 << 60, 1 << 50  # beyond these 64-bit steps could overflow
IMPLIED = ("request", "output_reasoning")  # priced from columns, without an item of the source


def price(
    con: duckdb.DuckDBPyConnection,
    source_table: str,
    target_table: str,
    book: Book,
    *,
    policy: Policy,
    zero_cost: ZeroCost,
    rates: Rates,
) -> None:
    """Makes the temp table `target_table`: `source_table` with every price column of the event.

    provider, model, items, credits_nano, cost_reported_nano and `_flags` are made again; `_flags`
    gains model_unknown, zero_cost_reported, cost_outlier, batch_assumed, tier_assumed,
    item_unpriced. `_cost_list_nano` (the source's own list cost) is used up.
    """
    for name in (source_table, target_table):
        if not name.isidentifier():
            raise ValueError(f"not the name of a table: {name!r}")
    named = partial(_named, source=source_table, target=target_table)
    keys = con.execute(named(statements.KEYS)).fetchall()
    most_tokens, most_cost, itemised = con.execute(named(statements.SIZES)).fetchall()[0]
    made = _made(book, keys)
    wide = most_tokens * _dearest(made) >= _NARROW_WEIGHT or most_cost >= _NARROW_COST
    _register(con, made)
    for macro in (
        statements.ROUNDED,
        statements.THOUSANDTH,
        statements.WIDE_GUESS if wide else statements.GUESS,
        statements.WIDE_SHARE if wide else statements.SHARE,
    ):
        con.execute(macro)
    implied = any(_implied(card) for row in made for card in row.cards)
    con.execute(named(statements.ITEMS if itemised or implied else statements.NO_ITEMS))
    con.execute(statements.ITEMISED)
    con.execute(
        named(statements.PRICED, wide="HUGEINT" if wide else "BIGINT"),
        {"policy": policy, "zero_missing": zero_cost == "missing", "version": book.version},
    )
    if rates.credits:
        rates.register(con)
        con.execute(named(statements.CREDITS))


@dataclass(frozen=True, slots=True)
class _Priced:
    """What one distinct key of the events means and costs; no cards: no price is known."""

    key: Key
    match: Match
    unknown: bool
    cards: tuple[Card, ...]


def _made(book: Book, keys: Iterable[tuple[Any, ...]]) -> list[_Priced]:
    """One entry per (provider, model_raw, service_tier, first, last started_at) of the events."""
    shared: dict[object, tuple[Card, ...]] = {}
    rows: list[_Priced] = []
    for provider, raw, tier, first, last in keys:
        match = book.match(provider, raw)
        own = contracts(match, book.overrides)
        same = (match.seller, match.owner, match.book_id, own, (tier or "").lower())
        if same not in shared:
            shared[same] = cards(match, tier, book.listed(match), own)
        needed = tuple(card for card in shared[same] if card.meets(first, last))
        unknown = raw is not None and not match.book_id and not own
        rows.append(_Priced((provider, raw, tier), match, unknown, needed))
    return rows


def _dearest(made: Iterable[_Priced]) -> int:
    """The greatest price of a token leaf, pico-USD."""
    return max(
        (
            max(rate.price_pico, rate.listed_pico)
            for row in made
            for card in row.cards
            for leaf, rate in card.rates.items()
            if leaf in LEAVES
        ),
        default=0,
    )


def _implied(card: Card) -> bool:
    return any(name in card.rates and not card.rates[name].folded for name in IMPLIED)


_NO_CARD = Card(None, None, 0, DAY, 0, None, {})


def _register(con: duckdb.DuckDBPyConnection, made: Sequence[_Priced]) -> None:
    """Makes the relations _card (one row per key and card), _card_rate and _rule on `con`."""
    numbered = [(row, card) for row in made for card in row.cards or (_NO_CARD,)]
    con.register("_card", pa.Table.from_pylist(_cards(numbered), _CARD))
    con.register("_card_rate", pa.Table.from_pylist(_rates(numbered), _RATE))
    con.register(
        "_rule",
        pa.table(
            {
                "rule": [rule.name for rule in RULES],
                "part_of": [rule.part_of for rule in RULES],
                "leaf": [rule.name in LEAVES for rule in RULES],
            }
        ),
    )


_CARD = pa.schema(
    [
        *((name, pa.string()) for name in ("_provider", "_model_raw", "_tier")),
        ("_card", pa.int64()),
        ("_from", pa.timestamp("us")),
        ("_to", pa.timestamp("us")),
        *((name, pa.bool_()) for name in ("_all_day", "_any_size", "_implied", "_unknown")),
        *((name, pa.int64()) for name in ("_tod_from", "_tod_to", "_least", "_most")),
        *((f"_price{leaf}", pa.int64()) for leaf in range(1, 6)),
        *((f"_list{leaf}", pa.int64()) for leaf in range(1, 6)),
        *((name, pa.string()) for name in ("_book_provider", "_book_model", "_assumed")),
    ]
)
_RATE = pa.schema(
    [
        ("_card", pa.int64()),
        ("rule", pa.string()),
        ("unit", pa.string()),
        *((name, pa.int64()) for name in ("price_pico", "list_pico", "per", "least")),
        ("implied", pa.bool_()),
    ]
)


def _cards(numbered: Iterable[tuple[_Priced, Card]]) -> list[dict[str, Any]]:
    return [
        {
            **dict(zip(("_provider", "_model_raw", "_tier"), row.key, strict=True)),
            "_card": number,
            "_from": card.valid_from or EVER[0],
            "_to": card.valid_to or EVER[1],
            "_all_day": (card.tod_from, card.tod_to) == (0, DAY),
            "_any_size": card.above == 0 and card.upto is None,
            "_implied": _implied(card),
            "_unknown": row.unknown,
            "_tod_from": card.tod_from,
            "_tod_to": card.tod_to,
            "_least": card.above + 1 if card.above else 0,
            "_most": _NO_LIMIT if card.upto is None else card.upto,
            **{f"_price{n}": r.price_pico for n, r in _leaves(card)},
            **{f"_list{n}": r.listed_pico for n, r in _leaves(card)},
            "_book_provider": row.match.provider,
            "_book_model": row.match.model,
            "_assumed": _assumed(row, card),
        }
        for number, (row, card) in enumerate(numbered)
    ]


def _leaves(card: Card) -> Iterable[tuple[int, Rate]]:
    return ((n, card.rates[leaf]) for n, leaf in enumerate(LEAVES, 1) if leaf in card.rates)


def _assumed(row: _Priced, card: Card) -> str | None:
    if not card.assumed:
        return None
    return "batch_assumed" if (row.key[2] or "").lower() == "batch" else "tier_assumed"


def _rates(numbered: Iterable[tuple[_Priced, Card]]) -> list[dict[str, Any]]:
    return [
        {
            "_card": number,
            "rule": name,
            "unit": BY_NAME[name].unit,
            "price_pico": rate.price_pico,
            "list_pico": rate.listed_pico,
            "per": rate.per,
            "least": rate.min_quantity,
            "implied": name in IMPLIED and not rate.folded,
        }
        for number, (_, card) in enumerate(numbered)
        for name, rate in card.rates.items()
    ]


def _named(statement: str, **names: str) -> str:
    for place, name in names.items():
        statement = statement.replace("{" + place + "}", name)
    return statement
