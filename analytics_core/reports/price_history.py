"""What the price book says of one model: every price, and how those of plain tokens moved."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from analytics_core.prices import book, listing
from analytics_core.prices.price import LEAVES, STANDARD, Price, half_even
from analytics_core.semantics.format import date_text
from analytics_core.semantics.query import Query
from analytics_core.store.view import View

_MILLION = ("tokens", "characters")  # units priced a million at a time
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Step:
    """One price of a rule, in nano-USD per 1M tokens, in [start, end) aware UTC."""

    rule: str
    nano: int
    start: datetime
    end: datetime
    origin: str
    first: bool  # whether it holds from the beginning, as far as anybody knows


@dataclass(frozen=True, slots=True)
class PriceHistory:
    """Every price of a model at one provider, in the order of rules, tiers and time.

    [start, end) is the time worth drawing: from the first event or change to now or the last change.
    """

    provider: str | None
    model: str
    prices: tuple[Price, ...]
    start: datetime  # aware UTC
    end: datetime
    origin: str  # which book, and how many lines of prices.csv stand above it

    @property
    def steps(self) -> tuple[Step, ...]:
        """The standard prices of plain tokens that are not borrowed from another rule, by rule and time."""
        return tuple(self._steps())

    def _steps(self) -> Iterator[Step]:
        for price in self.prices:
            if not _plain(price):
                continue
            start = max(_aware(price.valid_from) or self.start, self.start)
            end = min(_aware(price.valid_to) or self.end, self.end)
            if start < end:
                first = price.valid_from is None
                yield Step(price.rule, quoted(price), start, end, price.origin, first)


def providers(view: View) -> tuple[str, ...]:
    """Who served the model of the selection, most requests first; "" where nobody says."""
    found = view.ask(Query(("requests",), ("provider",)))
    return tuple(name or "" for name in found["provider"])


def price_history(view: View, provider: str | None, model: str) -> PriceHistory:
    """The prices of a model of a provider as the book has them now. Raises BadFile for prices.csv."""
    known = book.load(view.store.settings)
    prices = listing.history(known, provider, model)
    now = view.store.now()
    changes = [at for price in prices if _plain(price) and (at := _aware(price.valid_from))]
    start = min([view.first_event() or now, *changes])
    last = max([now, *changes])
    end = last + (last - start) / 20 if last > now else max(now, start + timedelta(days=1))
    return PriceHistory(provider, model, prices, start, end, _origin(len(known.overrides)))


def _origin(own: int) -> str:
    shipped = f"genai-prices {book.GENAI_PRICES} of {date_text(book.PRICES_AS_OF)}"
    if not own:
        return shipped
    return f"{shipped}, {own} {'line' if own == 1 else 'lines'} of prices.csv above it"


def quoted(price: Price) -> int:
    """The price in nano-USD of as many units as `quantity` says."""
    scale = 1_000_000 // price.per if price.unit in _MILLION else 1
    return half_even(Decimal(price.price_pico * scale) / 1000)


def listed(price: Price) -> int | None:
    """The list price in nano-USD of as many units; None where none is known."""
    if price.list_price_pico is None:
        return None
    return quoted(replace(price, price_pico=price.list_price_pico))


def quantity(price: Price) -> str:
    """What the price is for: "1M tokens", "hour", "image"."""
    if price.unit in _MILLION:
        return f"1M {price.unit}"
    if price.unit == "seconds" and price.per == _HOUR:
        return "hour"
    one = {"searches": "search"}.get(price.unit, price.unit.removesuffix("s"))
    return one if price.per == 1 else f"{price.per:,} {price.unit}"


def _plain(price: Price) -> bool:
    """Whether it is what a request of tokens pays that is neither long, nor of a tier or an hour."""
    return (
        price.rule in LEAVES
        and price.variant == STANDARD
        and not price.tier_above
        and price.tod_from is None
        and not price.folded
    )


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
