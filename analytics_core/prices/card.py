"""The rate card: what each rule costs one model in one tier, at one time, for one input size."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from analytics_core.prices.names import Match
from analytics_core.prices.overrides import Override, conflict
from analytics_core.prices.price import RULES, STANDARD, Price, Rule, half_even

DAY = 86_400
_PLAIN = (None, "", "standard", "default")  # tiers that are the standard price itself


@dataclass(frozen=True, slots=True)
class Rate:
    """What `per` units of a rule cost, in 1e-12 USD. `listed_pico` is without contract prices."""

    price_pico: int
    per: int
    listed_pico: int
    min_quantity: int = 0
    folded: bool = False  # borrowed from the rule it is part of
    assumed: bool = False  # the tier has no price of its own
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """The rates of events at some time, with an input of some size.

    They start in [valid_from, valid_to) and [tod_from, tod_to), seconds of the UTC day; their input
    is above `above` and at most `upto` tokens (None: no limit). `above` 0 takes an empty one too.
    """

    valid_from: datetime | None
    valid_to: datetime | None
    tod_from: int
    tod_to: int
    above: int
    upto: int | None
    rates: Mapping[str, Rate]

    @property
    def assumed(self) -> bool:
        """Whether any rate was assumed from the standard price."""
        return any(rate.assumed for rate in self.rates.values())

    def meets(self, first: datetime, last: datetime) -> bool:
        """Whether it holds at some instant of [first, last]."""
        return (self.valid_from is None or self.valid_from <= last) and (
            self.valid_to is None or first < self.valid_to
        )


def cards(
    match: Match, tier: str | None, listed: Sequence[Price], overrides: Sequence[Override]
) -> tuple[Card, ...]:
    """The rate cards of one model in one service tier: disjoint, covering all times and sizes.

    `listed` are its list prices, `overrides` all contract lines, best rank first; () when neither
    prices it. Raises BadFile when two lines of equal rank set the same price.
    """
    own = contracts(match, overrides)
    if not listed and not own:
        return ()
    variant = STANDARD if tier in _PLAIN else tier.lower()
    variants = {STANDARD, variant}
    if match.seller != match.owner:  # sold on by another house: its tiers are not the maker's
        variants = {STANDARD}
    listed = tuple(price for price in listed if price.variant in variants)
    asked = _Asked(variant, match.seller is not None, listed, own)
    return tuple(
        card
        for start, end in _periods(listed, own)
        for low, high in _hours(listed)
        for card in asked.at(start, end, low, high)
    )


def contracts(match: Match, overrides: Sequence[Override]) -> tuple[Override, ...]:
    """The lines of prices.csv about that model, best rank first."""
    providers = {n.lower() for n in (match.provider, match.seller) if n}
    models = {n.lower() for n in (match.model, match.cleaned) if n}
    return tuple(line for line in overrides if line.is_for(providers, models))


@dataclass(frozen=True, slots=True)
class _Asked:
    """One model in one tier: everything that decides its rates."""

    variant: str
    known: bool  # the provider is one of the price book's
    listed: tuple[Price, ...]
    own: tuple[Override, ...]

    def at(
        self, start: datetime | None, end: datetime | None, low: int, high: int
    ) -> Iterable[Card]:
        """The cards of one period and hours, one per input size."""
        active = [p for p in self.listed if _holds(p, start, low)]
        own = [line for line in self.own if line.holds(start)]
        sizes = sorted(
            {0} | {p.tier_above for p in active} | {line.tier_above or 0 for line in own}
        )
        rules = [r for r in RULES if own or any(p.rule == r.name for p in active)]
        for above, upto in zip(sizes, [*sizes[1:], None], strict=True):
            rates: dict[str, Rate] = {}
            for rule in rules:
                rate = self._rate(rule, above, active, own)
                if rate:
                    rates[rule.name] = rate
            yield Card(start, end, low, high, above, upto, rates | folded(rates))

    def _rate(
        self, rule: Rule, size: int, active: Sequence[Price], own: Sequence[Override]
    ) -> Rate | None:
        """The rate of a rule for inputs above `size`, None without a price of its own."""
        standard = _step(active, rule.name, STANDARD, size)
        price = _step(active, rule.name, self.variant, size) or standard
        tiered = self.variant != STANDARD and rule.of_tokens
        missing = tiered and not any(p.variant == self.variant for p in active)
        listed = price and (
            self._without_variant(price.price_pico) if missing else price.price_pico
        )
        per, origin = (price.per, price.origin) if price else (1, "")
        steps = [line.tier_above or 0 for line in own if line.rule in (None, rule.name)]
        step = max(s for s in (0, price.tier_above if price else 0, *steps) if s <= size)
        line = self._contract(rule, step, listed, own)
        contract = listed
        if line and line.price_pico is not None:
            missing = tiered and line.variant is None
            contract = line.price_pico * per
            contract = self._without_variant(contract) if missing else contract
        elif line:
            contract = line.discounted(listed or 0)
        if contract is None:
            return None
        return Rate(
            contract,
            per,
            contract if listed is None else listed,
            price.min_quantity if price else 0,
            assumed=missing and contract > 0,
            origin=f"prices.csv line {line.line}" if line else origin,
        )

    def _without_variant(self, pico: int) -> int:
        """A known provider's batch is half the standard price; other tiers cost the standard."""
        return half_even(Decimal(pico) / 2) if self.variant == "batch" and self.known else pico

    def _contract(
        self, rule: Rule, step: int, listed: int | None, own: Sequence[Override]
    ) -> Override | None:
        """The best line about the rule; a discount on a price nobody knows says nothing."""
        fitting = [
            line
            for line in own
            if line.speaks_of(rule.name, step, self.variant)
            and (line.price_pico is not None or listed is not None)
        ]
        if len(fitting) > 1 and fitting[0].rank == fitting[1].rank:
            raise conflict(fitting[0], fitting[1])
        return fitting[0] if fitting else None


def _holds(price: Price, start: datetime | None, low: int) -> bool:
    return (
        (price.valid_from is None or (start is not None and price.valid_from <= start))
        and (price.valid_to is None or start is None or start < price.valid_to)
        and (price.tod_from is None or price.tod_to is None or price.tod_from <= low < price.tod_to)
    )


def _step(active: Sequence[Price], rule: str, variant: str, size: int) -> Price | None:
    """The price of that rule for that input size; one for these hours beats one for all day."""
    own = [p for p in active if (p.rule, p.variant) == (rule, variant) and p.tier_above <= size]
    return max(own, key=lambda p: (p.tod_from is not None, p.tier_above), default=None)


def folded(rates: Mapping[str, Rate]) -> dict[str, Rate]:
    """The token rules without a price of their own, at the price of what they are part of."""
    borrowed: dict[str, Rate] = {}
    for rule in RULES:
        lender = next((name for name in rule.folds_into if name in rates), None)
        if rule.name not in rates and lender:
            borrowed[rule.name] = replace(rates[lender], folded=True)
    return borrowed


def _periods(
    listed: Sequence[Price], own: Sequence[Override]
) -> list[tuple[datetime | None, datetime | None]]:
    bounds = sorted({t for one in (*listed, *own) for t in (one.valid_from, one.valid_to) if t})
    return list(zip([None, *bounds], [*bounds, None], strict=True))


def _hours(listed: Sequence[Price]) -> list[tuple[int, int]]:
    inner = {t for price in listed for t in (price.tod_from, price.tod_to) if t is not None}
    bounds = sorted(inner | {0, DAY})
    return list(pairwise(bounds))
