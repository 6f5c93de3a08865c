"""The price book: the prices that ship, a house's own prices.csv, and what a model name means.

`python -m analytics_core.prices.book --rebuild` makes the shipped files again from the installed
genai-prices, which nothing else imports.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from analytics_core.prices import source
from analytics_core.prices.names import Clause, Match, Names, Seller
from analytics_core.prices.overrides import Override, load_overrides
from analytics_core.prices.price import VARIANTS, Price, pico
from analytics_core.settings import Settings, table

if TYPE_CHECKING:
    from genai_prices.types import (
        MatchLogic,
        ModelInfo,
        ModelPrice,
        Provider,
        StartDateConstraint,
        TieredPrices,
        TimeOfDateConstraint,
    )

GENAI_PRICES = "0.2.3"  # the pinned version the shipped book was built from
PRICES_AS_OF = date(2026, 11, 9)  # newest price change in it that was not in the future
STALE_DAYS = 45


@dataclass(frozen=True, slots=True)
class Book:
    """Every price that is known, and the names of the models."""

    names: Names
    prices: Mapping[tuple[str, str], tuple[Price, ...]]  # by (provider, model) of the price book
    overrides: tuple[Override, ...] = ()
    version: str = ""  # first 8 hex of a hash of everything above

    def match(self, provider: str | None, model_raw: str | None) -> Match:
        """The model that a pair of an event means."""
        return self.names.match(provider, model_raw)

    def lookup(
        self, pairs: Iterable[tuple[str | None, str | None]]
    ) -> dict[tuple[str | None, str | None], Match]:
        """The meaning of each distinct (provider, model_raw) pair."""
        return {pair: self.names.match(*pair) for pair in pairs}

    def listed(self, match: Match) -> tuple[Price, ...]:
        """The list prices of a matched model, () when there are none."""
        return self.prices.get((match.owner or "", match.book_id or ""), ())


def load(settings: Settings) -> Book:
    """The shipped prices with the prices.csv and aliases.csv of the settings folder.

    Raises BadFile for a line that cannot be used or for two lines that contradict each other.
    """
    base = source.shipped()
    overrides = load_overrides(settings)
    aliases = {
        value: canonical
        for line in table(settings.folder / "aliases.csv", ("dimension", "value", "canonical"))
        if line.text("dimension") == "model"
        and (value := line.text("value"))
        and (canonical := line.text("canonical"))
    }
    folded = {value.casefold(): canonical for value, canonical in aliases.items()}
    content = repr((base.digest, overrides, sorted(aliases.items())))
    return Book(
        Names(base.sellers, folded | aliases),
        base.prices,
        overrides,
        hashlib.sha256(content.encode()).hexdigest()[:8],
    )


def is_stale(newest: date) -> bool:
    """Whether the prices are too old for events of that day: a banner asks to raise the pin."""
    return (newest - PRICES_AS_OF).days > STALE_DAYS


# --- from genai-prices -------------------------------------------------------------------------

_HOUR = 3600
_UNITS = {"mtok": 10**6, "mchars": 10**6, "kcount": 1000, "kpages": 1000, "hours": _HOUR}
_RULES = {
    "input_mtok": "input",
    "output_mtok": "output",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write",
    "cache_write_1h_mtok": "cache_write_1h",
    "input_audio_mtok": "input_audio",
    "input_image_mtok": "input_image",
    "input_video_mtok": "input_video",
    "cache_audio_read_mtok": "cache_read_audio",
    "cache_image_read_mtok": "cache_read_image",
    "output_audio_mtok": "output_audio",
    "output_image_mtok": "output_image",
    "output_video_mtok": "output_video",
    "output_reasoning_mtok": "output_reasoning",
    "output_citation_mtok": "output_citation",
    "audio_hours": "audio_second",
    "input_mchars": "character",
    "input_document_kpages": "page",
    "input_annotated_document_kpages": "annotated_page",
    "web_searches_kcount": "web_search",
    "storage_searches_kcount": "storage_search",
    "input_text_messages_kcount": "text_message",
    "requests_kcount": "request",
}
_SAME_AS = {"input_audio_hours": "audio_hours"}  # said twice; must agree
_CONTEXTS = {"processing", "service_tier", "speed"}  # keys of a variant whose value is a tier
_OTHER_CONTEXTS = {"route", "search_type"}  # no event says these
_FREE = ("free of charge", "included in the subscription")
_MINIMUM = {  # billed at least so much per request; the library has it in code, not in its data
    ("groq", "whisper-large-v3", "audio_second"): 10,
    ("groq", "whisper-large-v3-turbo", "audio_second"): 10,
}


def build() -> tuple[str, list[Price], list[Seller]]:
    """(origin, prices, names) made from the installed genai-prices.

    Raises ValueError where its data say something this book cannot express, so that a new version
    never loses a price silently.
    """
    import genai_prices
    from genai_prices.data_snapshot import get_snapshot

    providers = get_snapshot().providers
    prices = [price for p in providers for m in p.models for price in _prices(p.id, m)]
    return f"genai-prices {genai_prices.__version__}", prices, [_seller(p) for p in providers]


def _seller(provider: "Provider") -> Seller:
    return Seller(
        provider.id,
        _clause(provider.model_match) if provider.model_match else None,
        _clause(provider.provider_match) if provider.provider_match else None,
        tuple(provider.fallback_model_providers or ()),
        tuple((model.id, _clause(model.match)) for model in provider.models),
    )


def _clause(match: "MatchLogic") -> Clause:
    ((name, needle),) = vars(match).items()
    kind = {"equals": "eq", "starts_with": "starts", "ends_with": "ends"}.get(
        name, name.rstrip("_")
    )
    if kind in ("or", "and"):
        return kind, tuple(_clause(part) for part in needle)
    return kind, needle


def _prices(provider: str, model: "ModelInfo") -> Iterator[Price]:
    rows = list(_standard(provider, model))
    if not rows and _is_free(model):
        rows = [
            Price(provider=provider, model=model.id, rule=rule, price_pico=0)
            for rule in ("input", "output")
        ]
    yield from rows
    yield from _variants(provider, model)


def _is_free(model: "ModelInfo") -> bool:
    said = f"{model.price_comments} {model.description}".casefold()
    return model.id.endswith(":free") or any(words in said for words in _FREE)


def _standard(provider: str, model: "ModelInfo") -> Iterator[Price]:
    """The prices without a variant; the last entry of the library's list that holds wins."""
    from genai_prices.types import ConditionalPrice, ModelPrice, TimeOfDateConstraint

    listed = model.prices
    entries = [ConditionalPrice(prices=listed)] if isinstance(listed, ModelPrice) else listed
    dated = [e for e in entries if not isinstance(e.constraint, TimeOfDateConstraint)]
    if any(isinstance(e.constraint, TimeOfDateConstraint) for e in entries[: len(dated)]):
        raise ValueError(f"{provider} {model.id}: a dated price follows one by time of day.")
    for low, high in _spans(e.constraint for e in dated):
        chosen = [e for e in dated if _holds(e.constraint, low)] or dated[:1]
        for rule, price in _ruled(chosen[-1].prices):
            yield from _tiers(provider, model.id, rule, price, valid_from=low, valid_to=high)
    for entry in entries[len(dated) :]:
        for low, high in _hours(entry.constraint):
            for rule, price in _ruled(entry.prices):
                yield from _tiers(provider, model.id, rule, price, tod_from=low, tod_to=high)


def _variants(provider: str, model: "ModelInfo") -> Iterator[Price]:
    """The prices of batch, flex, priority and fast; the library's first one that holds wins."""
    for name in VARIANTS:
        own = [v for v in model.price_variants or () if name in _named(provider, model.id, v.when)]
        for low, high in _spans(v.constraint for v in own):
            seen: set[str] = set()
            for variant in (v for v in own if _holds(v.constraint, low)):
                for rule, price in _ruled(variant.prices):
                    if rule not in seen:
                        seen.add(rule)
                        yield from _tiers(
                            provider, model.id, rule, price,
                            variant=name, valid_from=low, valid_to=high,
                        )  # fmt: skip


def _named(provider: str, model: str, when: Mapping[str, str]) -> set[str]:
    """The tiers that a variant of the library stands for."""
    unknown = [
        f"{key}={value}"
        for key, value in when.items()
        if key not in _OTHER_CONTEXTS and not (key in _CONTEXTS and value in (*VARIANTS, "default"))
    ]
    if unknown:
        raise ValueError(f"{provider} {model}: unknown variant {', '.join(unknown)}.")
    return {value for key, value in when.items() if key in _CONTEXTS}


def _spans(
    constraints: "Iterable[StartDateConstraint | TimeOfDateConstraint | None]",
) -> list[tuple[datetime | None, datetime | None]]:
    """Consecutive half-open periods between the start dates, unbounded at both ends."""
    starts = sorted({at for c in constraints if (at := _start(c))})
    return list(zip([None, *starts], [*starts, None], strict=True))


def _start(constraint: "StartDateConstraint | TimeOfDateConstraint | None") -> datetime | None:
    day = getattr(constraint, "start_date", None)
    return datetime.combine(day, time()) if day else None


def _holds(
    constraint: "StartDateConstraint | TimeOfDateConstraint | None", at: datetime | None
) -> bool:
    start = _start(constraint)
    return start is None or (at is not None and start <= at)


def _hours(constraint: object) -> list[tuple[int, int]]:
    """A daily interval as seconds of the UTC day, cut at midnight."""
    low, high = (_second(getattr(constraint, name)) for name in ("start_time", "end_time"))
    return [(low, high)] if low < high else [(low, 86_400), (0, high)]


def _second(at: time) -> int:
    if at.utcoffset():
        raise ValueError(f"a time of day that is not UTC: {at}.")
    return at.hour * 3600 + at.minute * 60 + at.second


def _ruled(prices: "ModelPrice") -> "Iterator[tuple[str, tuple[int, TieredPrices | Decimal]]]":
    """(our rule, (units priced together, price)) of everything a model price holds."""
    held: dict[str, TieredPrices | Decimal] = {
        key: value for key, value in vars(prices).items() if value is not None
    }
    for key, value in held.items():
        if key in _SAME_AS and held.get(_SAME_AS[key]) == value:
            continue
        if key not in _RULES:
            raise ValueError(f"a price of {key}, which is no pricing rule of ours: {prices}.")
        yield _RULES[key], (_UNITS[key.rsplit("_", 1)[1]], value)


def _tiers(
    provider: str,
    model: str,
    rule: str,
    price: "tuple[int, TieredPrices | Decimal]",
    **conditions: Any,
) -> Iterator[Price]:
    units, value = price
    ladder = [(0, value)] if isinstance(value, Decimal) else [(0, value.base)]
    if not isinstance(value, Decimal):
        ladder += [(tier.start, tier.price) for tier in value.tiers]
    hours = units == _HOUR
    for above, usd in ladder:
        yield Price(
            provider=provider,
            model=model,
            rule=rule,
            price_pico=pico(usd, 1 if hours else units),
            per=_HOUR if hours else 1,
            tier_above=above,
            min_quantity=_MINIMUM.get((provider, model, rule), 0),
            **conditions,
        )


def main(arguments: list[str] | None = None) -> int:
    """Says what ships, or with --rebuild makes it again; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m analytics_core.prices.book", description=__doc__
    )
    parser.add_argument("--rebuild", action="store_true", help="write the shipped files again")
    if parser.parse_args(arguments).rebuild:
        source.write(source.HERE, *build())
        source.shipped.cache_clear()
    base = source.shipped()
    count = sum(len(own) for own in base.prices.values())
    sys.stdout.write(f"{base.origin}, as of {PRICES_AS_OF}: {count} prices.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
