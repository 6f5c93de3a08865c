"""A house's own prices: data/settings/prices.csv, read, checked and ranked (EVENTS.md 5).

A blank rule, tier or variant means every one; `*` stands for every provider.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from itertools import combinations
from pathlib import Path

from analytics_core.errors import BadFile, did_you_mean
from analytics_core.prices.dated import decimal, overlap, validity
from analytics_core.prices.price import BY_NAME, VARIANTS, half_even, pico
from analytics_core.settings import Line, Settings, table, table_of

FILE = "prices.csv"
_MOST_USD = 1_000_000  # beyond it a price is a slip, and its nano-USD would leave BIGINT
COLUMNS = (
    "provider", "model", "rule", "usd", "per", "discount_pct", "tier_above", "variant",
    "valid_from", "valid_to", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One line of prices.csv. Either `price_pico` (for one unit) or `discount_pct` is set.

    `model` is a lower-case glob. `rule`, `tier_above` and `variant` None mean every one; a price
    above 0 without a rule is a price of tokens.
    """

    line: int
    provider: str
    model: str
    rule: str | None
    price_pico: int | None
    discount_pct: Decimal | None
    tier_above: int | None
    variant: str | None
    valid_from: datetime | None
    valid_to: datetime | None
    path: str = field(default=FILE, repr=False, compare=False)

    @property
    def rank(self) -> tuple[bool, int, bool, bool, bool, bool, bool]:
        """Greater wins: exact model, longer glob, named provider, rule, variant, tier, price."""
        return (
            not _is_glob(self.model),
            len(self.model),
            self.provider != "*",
            self.rule is not None,
            self.variant is not None,
            self.tier_above is not None,
            self.price_pico is not None,
        )

    @property
    def claim(self) -> tuple[object, ...]:
        """What the line is about; two lines with one claim may not hold at the same time."""
        return self.provider, self.model, self.rule, self.tier_above, self.variant, self.rank[-1]

    def speaks_of(self, rule: str, tier_above: int, variant: str) -> bool:
        """Whether the line is about that rule, tier and variant."""
        return (
            (self.rule is None or self.rule == rule)
            and (self.rule is not None or not self.price_pico or BY_NAME[rule].of_tokens)
            and self.tier_above in (None, tier_above)
            and self.variant in (None, variant)
        )

    def is_for(self, providers: Iterable[str], models: Iterable[str]) -> bool:
        """Whether it is about a model known by any of these names (lower case)."""
        return (self.provider == "*" or self.provider in providers) and any(
            fnmatchcase(model, self.model) for model in models
        )

    def holds(self, start: datetime | None) -> bool:
        """Whether it is valid at `start`, where None is the beginning of time."""
        return (self.valid_from is None or (start is not None and self.valid_from <= start)) and (
            self.valid_to is None or start is None or start < self.valid_to
        )

    def discounted(self, listed: int) -> int:
        """The contract price, rounded to the pico, of a list price."""
        return half_even(listed * (100 - (self.discount_pct or Decimal(0))) / 100)


def _is_glob(model: str) -> bool:
    return any(sign in model for sign in "*?[")


def load_overrides(settings: Settings) -> tuple[Override, ...]:
    """The lines of prices.csv, best rank first. Raises BadFile naming line and key.

    Two lines of one rank that are about the same thing at the same time are refused.
    """
    return _ranked(table(settings.folder / FILE, COLUMNS[:2], COLUMNS[2:]), settings.zone)


def parse(text: str, path: Path, zone: str) -> tuple[Override, ...]:
    """The lines of a file that holds `text`. Raises BadFile as `load_overrides` does."""
    return _ranked(table_of(text, path, COLUMNS[:2], COLUMNS[2:]), zone)


def _ranked(written: Iterable[Line], zone: str) -> tuple[Override, ...]:
    lines = [_override(line, zone) for line in written]
    check(lines)
    return tuple(sorted(lines, key=lambda one: (one.rank, one.line), reverse=True))


def check(lines: Sequence[Override]) -> None:
    """Raises BadFile naming both lines where two of equal rank contradict each other."""
    for one, other in combinations(lines, 2):
        if (
            one.rank == other.rank
            and one.claim == other.claim
            and overlap((one.valid_from, one.valid_to), (other.valid_from, other.valid_to))
        ):
            raise conflict(one, other)


def conflict(one: Override, other: Override) -> BadFile:
    """The error of two lines that claim the same price at the same time."""
    low, high = sorted((one.line, other.line))
    return BadFile(
        one.path,
        f"contradicts line {low}: both set the price of the same model and rule at the same time,"
        " and neither is more exact. Name the model in full, or let one end where the other begins.",
        line=high,
    )


def _override(line: Line, zone: str) -> Override:
    rule, variant = _known(line, "rule", BY_NAME), _known(line, "variant", VARIANTS)
    usd, discount = decimal(line, "usd"), decimal(line, "discount_pct")
    if (usd is None) == (discount is None):
        raise line.wrong("usd", "give either usd or discount_pct.")
    if usd is not None and usd < 0:
        raise line.wrong("usd", f"'{usd}' is negative.")
    if usd is not None and usd > _MOST_USD:
        raise line.wrong("usd", f"'{usd}' is more than {_MOST_USD:,} USD.")
    if discount is not None and not -100 <= discount <= 100:
        raise line.wrong("discount_pct", f"'{discount}' is not between -100 and 100.")
    start, end = validity(line, zone)
    return Override(
        line=line.number,
        provider=_name(line, "provider"),
        model=_name(line, "model"),
        rule=rule,
        price_pico=None if usd is None else pico(usd, _per(line, rule)),
        discount_pct=discount,
        tier_above=_whole(line, "tier_above", 0),
        variant=variant,
        valid_from=start,
        valid_to=end,
        path=str(line.path),
    )


def _per(line: Line, rule: str | None) -> int:
    tokens = rule is None or BY_NAME[rule].of_tokens
    return _whole(line, "per", 1) or (1_000_000 if tokens else 1)


def _whole(line: Line, key: str, least: int) -> int | None:
    number = decimal(line, key)
    if number is None:
        return None
    if number != int(number) or number < least:
        raise line.wrong(key, f"'{number}' is no whole number from {least}.")
    return int(number)


def _name(line: Line, key: str) -> str:
    text = line.text(key)
    if text is None:
        raise line.wrong(key, "is blank; * means every one.")
    return text.lower()


def _known(line: Line, key: str, known: Iterable[str]) -> str | None:
    names = tuple(known)
    text = line.text(key)
    if text is not None and text.lower() not in names:
        hint = did_you_mean(text, names) or f" Known: {', '.join(names)}."
        raise line.wrong(key, f"no {key} is called '{text}'.{hint}")
    return text.lower() if text else None
