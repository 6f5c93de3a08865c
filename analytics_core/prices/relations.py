"""The relations that pricing joins with: a row per distinct key of the events and rate card."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from analytics_core.prices.book import Book
from analytics_core.prices.card import DAY, Card, Rate, cards, contracts
from analytics_core.prices.dated import EVER
from analytics_core.prices.lists import relation
from analytics_core.prices.names import Match
from analytics_core.prices.price import BY_NAME, LEAVES, RULES

IMPLIED = ("request", "output_reasoning")  # priced from columns when the source lists no such item
_NO_LIMIT = (1 << 63) - 1
_NO_CARD = Card(None, None, 0, DAY, 0, None, {})

_CARD: dict[str, str] = {
    **dict.fromkeys(("_provider", "_model_raw", "_tier"), "VARCHAR"),
    "_card": "BIGINT",
    **dict.fromkeys(("_from", "_to"), "TIMESTAMP"),
    **dict.fromkeys(("_all_day", "_any_size", "_implied", "_unknown"), "BOOLEAN"),
    **dict.fromkeys(("_tod_from", "_tod_to", "_least", "_most"), "BIGINT"),
    **{f"_price{leaf}": "BIGINT" for leaf in range(1, 6)},
    **{f"_list{leaf}": "BIGINT" for leaf in range(1, 6)},
    **dict.fromkeys(("_book_provider", "_book_model", "_assumed"), "VARCHAR"),
}
_RATE: dict[str, str] = {
    "_card": "BIGINT",
    **dict.fromkeys(("rule", "unit"), "VARCHAR"),
    **dict.fromkeys(("price_pico", "list_pico", "per", "least"), "BIGINT"),
    "implied": "BOOLEAN",
}
_RULE = {"rule": "VARCHAR", "part_of": "VARCHAR", "leaf": "BOOLEAN"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one distinct key of the events means and costs; no cards: no price is known."""

    provider: str | None
    model_raw: str | None
    tier: str | None
    match: Match
    unknown: bool  # a model that neither the book nor prices.csv has
    cards: tuple[Card, ...]


def meanings(book: Book, keys: Iterable[tuple[Any, ...]]) -> list[Meaning]:
    """One entry per (provider, model_raw, service_tier, first, last started_at) of the events."""
    shared: dict[object, tuple[Card, ...]] = {}
    found: list[Meaning] = []
    for provider, raw, tier, first, last in keys:
        match = book.match(provider, raw)
        own = contracts(match, book.overrides)
        same = (match.seller, match.owner, match.book_id, own, tier)
        if same not in shared:
            shared[same] = cards(match, tier, book.listed(match), own)
        needed = tuple(card for card in shared[same] if card.meets(first, last))
        unknown = raw is not None and not match.book_id and not own
        found.append(Meaning(provider, raw, tier, match, unknown, needed))
    return found


def dearest(found: Iterable[Meaning]) -> int:
    """The greatest price of a token leaf, pico-USD; 0 without one."""
    rates = (rate for one in found for card in one.cards for _, rate in _leaves(card))
    return max((max(rate.price_pico, rate.listed_pico) for rate in rates), default=0)


def implies(card: Card) -> bool:
    """Whether the card prices something that events say in a column, not in an item."""
    return any(name in card.rates and not card.rates[name].folded for name in IMPLIED)


def register(con: duckdb.DuckDBPyConnection, found: Sequence[Meaning]) -> None:
    """Makes the relations _card, _card_rate (by _card and rule) and _rule on `con`."""
    numbered = list(enumerate((one, card) for one in found for card in one.cards or (_NO_CARD,)))
    relation(con, "_card", _CARD, (_card(n, *pair) for n, pair in numbered))
    rates = (row for n, (_, card) in numbered for row in _rates(n, card))
    relation(con, "_card_rate", _RATE, rates)
    rules = ({"rule": r.name, "part_of": r.part_of, "leaf": r.name in LEAVES} for r in RULES)
    relation(con, "_rule", _RULE, rules)


def _card(number: int, one: Meaning, card: Card) -> dict[str, Any]:
    leaves = list(_leaves(card))
    batch = (one.tier or "").lower() == "batch"
    return {
        "_provider": one.provider,
        "_model_raw": one.model_raw,
        "_tier": one.tier,
        "_card": number,
        "_from": card.valid_from or EVER[0],
        "_to": card.valid_to or EVER[1],
        "_all_day": (card.tod_from, card.tod_to) == (0, DAY),
        "_any_size": card.above == 0 and card.upto is None,
        "_implied": implies(card),
        "_unknown": one.unknown,
        "_tod_from": card.tod_from,
        "_tod_to": card.tod_to,
        "_least": card.above + 1 if card.above else 0,
        "_most": _NO_LIMIT if card.upto is None else card.upto,
        **{f"_price{leaf}": rate.price_pico for leaf, rate in leaves},
        **{f"_list{leaf}": rate.listed_pico for leaf, rate in leaves},
        "_book_provider": one.match.provider,
        "_book_model": one.match.model,
        "_assumed": ("batch_assumed" if batch else "tier_assumed") if card.assumed else None,
    }


def _leaves(card: Card) -> Iterator[tuple[int, Rate]]:
    for number, leaf in enumerate(LEAVES, 1):
        if leaf in card.rates:
            yield number, card.rates[leaf]


def _rates(number: int, card: Card) -> Iterator[dict[str, Any]]:
    for name, rate in card.rates.items():
        yield {
            "_card": number,
            "rule": name,
            "unit": BY_NAME[name].unit,
            "price_pico": rate.price_pico,
            "list_pico": rate.listed_pico,
            "per": rate.per,
            "least": rate.min_quantity,
            "implied": name in IMPLIED and not rate.folded,
        }
