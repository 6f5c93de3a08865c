"""The book that ships: what the pinned genai-prices says, read without importing it."""

import subprocess
import sys
from datetime import date, time
from decimal import Decimal

import genai_prices
import pytest
from genai_prices.types import (
    ClauseEquals,
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    PriceVariant,
    StartDateConstraint,
    Tier,
    TieredPrices,
    TimeOfDateConstraint,
)

from analytics_core.prices import book as books
from analytics_core.prices import source
from analytics_core.prices.price import pico

pytestmark = pytest.mark.money


def prices_of(**model):
    """(rule, variant, tier, from, to, hours, pico) of a made-up model of the library."""
    made = ModelInfo(id="m", match=ClauseEquals("m"), **model)
    return [
        (p.rule, p.variant, p.tier_above, p.valid_from and str(p.valid_from.date()),
         p.valid_to and str(p.valid_to.date()), (p.tod_from, p.tod_to), p.price_pico)
        for p in books._prices("p", made)
    ]  # fmt: skip


def usd(**prices):
    return ModelPrice(**{f"{rule}_mtok": Decimal(text) for rule, text in prices.items()})


ALL_DAY = (None, None)


def test_the_shipped_book_is_what_a_rebuild_makes(tmp_path):
    source.write(tmp_path, *books.build())
    for name in (source.PRICES, source.NAMES):
        assert (tmp_path / name).read_text("utf-8") == (source.HERE / name).read_text("utf-8")


def test_the_installed_version_is_the_pinned_one_and_its_date_is_known():
    assert genai_prices.__version__ == books.GENAI_PRICES == "0.2.3"
    assert source.shipped().origin == f"genai-prices {books.GENAI_PRICES}"
    known = {"0.2.3": date(2026, 11, 9)}
    assert known[books.GENAI_PRICES] == books.PRICES_AS_OF


def test_prices_go_stale_45_days_after_they_were_read():
    assert not books.is_stale(date(2026, 12, 24))
    assert books.is_stale(date(2026, 12, 25))


def test_a_cold_start_loads_nothing_of_the_library(root, tmp_path):
    code = (
        "import sys; from pathlib import Path; from analytics_core.settings import Settings;"
        "from analytics_core.prices import book;"
        f"b = book.load(Settings(folder=Path({str(tmp_path)!r})));"
        "assert b.match(None, 'gpt-5').book_id == 'gpt-5';"
        "sys.exit(any(m.split('.')[0] in ('genai_prices', 'pydantic') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


def test_the_version_changes_with_any_price_and_any_alias(book):
    alone = book().version
    contract = book("openai,gpt-5,input,1,,,,,,,").version
    other = book("openai,gpt-5,input,2,,,,,,,").version
    alias = book(aliases="dimension,value,canonical\nmodel,a,b\n").version
    assert len({alone, contract, other, alias}) == 4


def test_the_version_depends_on_the_zone_only_where_days_matter(book):
    dated = "openai,gpt-5,input,1,,,,,2026-01-01,,"
    assert book(dated).version != book(dated, zone="Europe/Madrid").version
    plain = "openai,gpt-5,input,1,,,,,,,"
    assert book(plain).version == book(plain, zone="Europe/Madrid").version


def test_a_price_is_rounded_half_even_to_the_pico():
    assert pico(Decimal("0.18000000000000002"), 10**6) == 180_000
    assert pico(Decimal("0.0000005"), 10**6) == 0
    assert pico(Decimal("0.0000015"), 10**6) == 2
    assert pico(Decimal("0.083333333333"), 10**6) == 83_333


def test_dated_prices_become_half_open_periods_in_which_the_later_entry_wins():
    first, second = date(2026, 1, 1), date(2026, 3, 1)
    assert prices_of(
        prices=[
            ConditionalPrice(prices=usd(input="1")),
            ConditionalPrice(StartDateConstraint(second), prices=usd(input="3")),
            ConditionalPrice(StartDateConstraint(first), prices=usd(input="2")),
        ]
    ) == [
        ("input", "", 0, None, "2026-01-01", ALL_DAY, 1_000_000),
        ("input", "", 0, "2026-01-01", "2026-03-01", ALL_DAY, 2_000_000),
        ("input", "", 0, "2026-03-01", None, ALL_DAY, 2_000_000),
    ]


def test_a_model_that_only_has_a_later_price_has_it_from_the_beginning():
    later = [ConditionalPrice(StartDateConstraint(date(2026, 1, 1)), prices=usd(input="1"))]
    assert [row[3:5] for row in prices_of(prices=later)] == [
        (None, "2026-01-01"), ("2026-01-01", None),
    ]  # fmt: skip


def test_hours_are_seconds_of_the_utc_day_cut_at_midnight():
    night = TimeOfDateConstraint(time(22, 0, 5), time(2, 30))
    got = prices_of(
        prices=[
            ConditionalPrice(prices=usd(input="1")),
            ConditionalPrice(night, prices=usd(input="2")),
        ]
    )
    assert [(row[5], row[6]) for row in got] == [
        (ALL_DAY, 1_000_000), ((79_205, 86_400), 2_000_000), ((0, 9_000), 2_000_000),
    ]  # fmt: skip


def test_tiers_and_variants_keep_their_conditions():
    tiered = TieredPrices(base=Decimal(1), tiers=[Tier(200_000, Decimal(2))])
    batch = {"processing": "batch"}
    since = StartDateConstraint(date(2026, 1, 1))
    got = prices_of(
        prices=ModelPrice(input_mtok=tiered),
        price_variants=[
            PriceVariant(batch, usd(input="0.4"), since),
            PriceVariant(batch, usd(input="0.5", output="9")),
            PriceVariant({"service_tier": "default"}, ModelPrice()),
            PriceVariant({"route": "eu"}, usd(input="7")),
        ],
    )
    assert got == [
        ("input", "", 0, None, None, ALL_DAY, 1_000_000),
        ("input", "", 200_000, None, None, ALL_DAY, 2_000_000),
        ("input", "batch", 0, None, "2026-01-01", ALL_DAY, 500_000),
        ("output", "batch", 0, None, "2026-01-01", ALL_DAY, 9_000_000),
        ("input", "batch", 0, "2026-01-01", None, ALL_DAY, 400_000),
        ("output", "batch", 0, "2026-01-01", None, ALL_DAY, 9_000_000),
    ]


@pytest.mark.parametrize(
    ("said", "rows"),
    [
        ({"price_comments": "Free of charge, with no paid tier."}, 2),
        ({"description": "included in the subscription"}, 2),
        ({"price_comments": "No longer listed."}, 0),
        ({}, 0),
    ],
)
def test_a_model_without_prices_is_free_only_where_the_library_says_so(said, rows):
    assert [row[-1] for row in prices_of(prices=ModelPrice(), **said)] == [0] * rows


@pytest.mark.parametrize(
    ("model", "problem"),
    [
        ({"prices": ModelPrice(input_gpixels=Decimal(1))}, "no pricing rule of ours"),
        ({"prices": usd(input="1"),
          "price_variants": [PriceVariant({"service_tier": "gold"}, usd(input="1"))]},
         "unknown variant service_tier=gold"),
        ({"prices": usd(input="1"),
          "price_variants": [PriceVariant({"mood": "batch"}, usd(input="1"))]},
         "unknown variant mood=batch"),
        ({"prices": [
            ConditionalPrice(TimeOfDateConstraint(time(1), time(2)), prices=usd(input="1")),
            ConditionalPrice(prices=usd(input="1"))]}, "follows one by time of day"),
        ({"prices": ModelPrice(audio_hours=Decimal(1), input_audio_hours=Decimal(2))},
         "input_audio_hours, which is no pricing rule"),
    ],
)  # fmt: skip
def test_a_rebuild_stops_at_what_the_book_cannot_express(model, problem):
    with pytest.raises(ValueError, match=problem):
        prices_of(**model)


def test_hours_in_another_zone_are_refused():
    from datetime import timedelta, timezone

    east = timezone(timedelta(hours=8))
    local = TimeOfDateConstraint(time(1, tzinfo=east), time(2, tzinfo=east))
    with pytest.raises(ValueError, match="not UTC"):
        prices_of(
            prices=[
                ConditionalPrice(prices=usd(input="1")),
                ConditionalPrice(local, prices=usd(input="1")),
            ]
        )


def test_the_command_says_what_ships_and_rebuilds_it(capsys, monkeypatch, tmp_path):
    assert books.main([]) == 0
    said = capsys.readouterr().out
    assert said.startswith("genai-prices 0.2.3, as of 2026-11-09: ")
    written = []
    monkeypatch.setattr(source, "write", lambda *parts: written.append(parts[1]))
    assert books.main(["--rebuild"]) == 0
    assert (written, capsys.readouterr().out) == (["genai-prices 0.2.3"], said)
