"""The price book for reading: the history of a model's prices, and which models lack one."""

import csv
import glob
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from io import StringIO

from analytics_core.prices.book import Book
from analytics_core.prices.card import DAY, Card, Rate, cards, contracts
from analytics_core.prices.dated import EVER
from analytics_core.prices.names import Match
from analytics_core.prices.price import LEAVES, RULES, STANDARD, VARIANTS, Price


@dataclass(frozen=True, slots=True)
class Unpriced:
    """A model without a price, the tokens at stake, and lines for prices.csv.

    The lines are complete but for the price, a `?`, which is refused until a number replaces it.
    They are () for events that name no model.
    """

    provider: str | None
    model: str | None
    tokens: int
    lines: tuple[str, ...]


def unpriced(rows: Iterable[tuple[str | None, str | None, int | None]]) -> tuple[Unpriced, ...]:
    """The models of unpriced events, most tokens first. Rows: (provider, model, tokens)."""
    tokens: dict[tuple[str | None, str | None], int] = {}
    for provider, model, count in rows:
        tokens[provider, model] = tokens.get((provider, model), 0) + (count or 0)
    ordered = sorted(tokens, key=lambda pair: (-tokens[pair], pair[1] or "", pair[0] or ""))
    return tuple(
        Unpriced(provider, model, tokens[provider, model], _lines(provider, model))
        for provider, model in ordered
    )


def _lines(provider: str | None, model: str | None) -> tuple[str, ...]:
    if model is None:
        return ()
    named = (provider or "*", glob.escape(model))
    return tuple(_csv((*named, rule, "?", *[""] * 7)) for rule in ("input", "output"))


def _csv(cells: tuple[str, ...]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()


def history(book: Book, provider: str | None, model: str) -> tuple[Price, ...]:
    """Every price of a model, contract lines applied, by rule, variant, tier and time; () if none.

    Equal prices of consecutive periods are one row. Rows of a variant are those that differ from
    the standard price. Leaves at a borrowed price say so (`folded`).
    """
    match = book.match(provider, model)
    listed = book.listed(match)
    standard = cards(match, STANDARD, listed, book.overrides)
    rows = list(_rows(match, STANDARD, standard, ()))
    for variant in VARIANTS:
        if any(price.variant == variant for price in (*listed, *contracts(match, book.overrides))):
            own = cards(match, variant, listed, book.overrides)
            rows.extend(_rows(match, variant, own, standard))
    rows.sort(key=lambda p: (_ORDER[p.rule], p.variant, p.tier_above, p.tod_from or 0))
    return tuple(_joined(rows))


_ORDER = {rule.name: place for place, rule in enumerate(RULES)}


def _rows(
    match: Match, variant: str, own: Iterable[Card], standard: Sequence[Card]
) -> Iterable[Price]:
    """A row per rule and card, without repeats of the price of a smaller input or of `standard`."""
    smaller: dict[str, Rate] = {}
    for card in own:
        smaller = smaller if card.above else {}
        all_day = (card.tod_from, card.tod_to) == (0, DAY)
        for rule, rate in card.rates.items():
            if smaller.get(rule) == rate or (rate.folded and rule not in LEAVES):
                continue
            if any(_says(other, card, rule, rate.price_pico) for other in standard):
                continue
            smaller[rule] = rate
            yield Price(
                provider=match.owner or match.provider or "",
                model=match.model or "",
                rule=rule,
                price_pico=rate.price_pico,
                per=rate.per,
                list_price_pico=rate.listed_pico,
                tier_above=card.above,
                variant=variant,
                tod_from=None if all_day else card.tod_from,
                tod_to=None if all_day else card.tod_to,
                valid_from=card.valid_from,
                valid_to=card.valid_to,
                min_quantity=rate.min_quantity,
                origin=rate.origin,
                folded=rate.folded,
            )


def _says(wide: Card, narrow: Card, rule: str, price_pico: int) -> bool:
    """Whether `wide` has that price of the rule where `narrow` begins."""
    start = narrow.valid_from or EVER[0]
    same = (wide.tod_from, wide.above) == (narrow.tod_from, narrow.above)
    return same and wide.meets(start, start) and wide.rates[rule].price_pico == price_pico


def _joined(rows: Iterable[Price]) -> Iterable[Price]:
    """The rows (periods of one price in order) with equal neighbours in time made one."""
    held: Price | None = None
    for row in rows:
        longer = held and replace(held, valid_to=row.valid_to)
        if held and longer == replace(row, valid_from=held.valid_from) and _touch(held, row):
            held = longer
        else:
            if held:
                yield held
            held = row
    if held:
        yield held


def _touch(one: Price, other: Price) -> bool:
    return one.valid_to is not None and one.valid_to == other.valid_from
