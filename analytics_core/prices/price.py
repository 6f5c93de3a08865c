"""What a price is: a rule, how its quantity is counted, and one dated integer price of it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

STANDARD = ""  # the variant that is no variant
VARIANTS: tuple[str, ...] = ("batch", "flex", "priority", "fast")


@dataclass(frozen=True, slots=True)
class Rule:
    """One priced quantity (EVENTS.md 2): its unit, whose part it is, whose price it may borrow."""

    name: str
    unit: str
    part_of: str | None = None  # input or output: its quantity is inside those tokens
    folds_into: tuple[str, ...] = ()  # a rule without a price takes the first of these that has one

    @property
    def of_tokens(self) -> bool:
        """Whether it is priced per token, so that list prices are given per million."""
        return self.unit == "tokens"


RULES: tuple[Rule, ...] = (
    Rule("input", "tokens", "input"),
    Rule("cache_read", "tokens", "input", ("input",)),
    Rule("cache_write", "tokens", "input", ("input",)),
    Rule("cache_write_1h", "tokens", "input", ("cache_write", "input")),
    Rule("output", "tokens", "output"),
    Rule("input_audio", "tokens", "input", ("input",)),
    Rule("input_image", "tokens", "input", ("input",)),
    Rule("input_video", "tokens", "input", ("input",)),
    Rule("cache_read_audio", "tokens", "input", ("cache_read", "input_audio", "input")),
    Rule("cache_read_image", "tokens", "input", ("cache_read", "input_image", "input")),
    Rule("output_audio", "tokens", "output", ("output",)),
    Rule("output_image", "tokens", "output", ("output",)),
    Rule("output_video", "tokens", "output", ("output",)),
    Rule("output_reasoning", "tokens", "output", ("output",)),
    Rule("output_citation", "tokens", "output", ("output",)),
    Rule("image", "images"),
    Rule("audio_second", "seconds"),
    Rule("video_second", "seconds"),
    Rule("character", "characters"),
    Rule("page", "pages"),
    Rule("annotated_page", "pages"),
    Rule("web_search", "searches"),
    Rule("storage_search", "searches"),
    Rule("text_message", "messages"),
    Rule("request", "requests"),
    Rule("code_session", "sessions"),
    Rule("storage_gb_day", "GB days"),
    Rule("tool", "calls"),
)
BY_NAME: dict[str, Rule] = {rule.name: rule for rule in RULES}
LEAVES: tuple[str, ...] = ("input", "cache_read", "cache_write", "cache_write_1h", "output")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One row of the price book: what `per` units of a rule cost, when and under which conditions.

    `price_pico` is 1e-12 USD. Times are naive UTC, half-open; None is unbounded. `tod_*` are
    seconds of the UTC day. `tier_above` applies when the request's input exceeds it.
    """

    provider: str
    model: str
    rule: str
    price_pico: int
    per: int = 1
    list_price_pico: int | None = None  # None: no list price is known
    tier_above: int = 0
    variant: str = STANDARD
    tod_from: int | None = None
    tod_to: int | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    min_quantity: int = 0
    origin: str = ""
    folded: bool = False  # borrowed from another rule

    @property
    def unit(self) -> str:
        """What is counted."""
        return BY_NAME[self.rule].unit


def half_even(amount: Decimal) -> int:
    """The nearest integer, ties to the even one."""
    return int(amount.to_integral_value(ROUND_HALF_EVEN))


def pico(usd: Decimal, units: int) -> int:
    """The price of one unit in 1e-12 USD when `units` of them cost `usd`, half even."""
    return half_even(usd * 10**12 / units)
