"""Repricing: today's book over stored events; reported costs stay, a second time finds nothing."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from analytics_core import settings as configuration
from analytics_core.ingest.door import ingest
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.reprice import Change, reprice
from analytics_core.settings import Settings
from analytics_core.store import manifest

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 20, tzinfo=UTC)
Store = Any
EVENTS = [
    {"event_id": "e:1", "started_at": "2026-10-01T10:00:00Z", "provider": "openai",
     "model": "gpt-5-mini", "input_tokens": 10_000, "output_tokens": 1_000},
    {"event_id": "e:2", "started_at": "2026-11-01T10:00:00Z", "provider": "openai",
     "model": "gpt-5-mini", "input_tokens": 10_000, "output_tokens": 1_000, "cost_usd": "0.25"},
    {"event_id": "e:3", "started_at": "2026-11-01T11:00:00Z", "provider": "self",
     "model": "llama-9", "input_tokens": 1_000_000, "output_tokens": 10},
    {"event_id": "e:4", "started_at": "2026-11-01T12:00:00Z", "provider": "openai",
     "model": "gpt-5-mini", "input_tokens": 100, "output_tokens": 10, "credits": "3.5",
     "items": [{"rule": "web_search", "quantity": 2, "unit": "searches", "cost_usd": "0.02"}]},
]  # fmt: skip
LLAMA = ("self,llama-*,input,0.20,,,,,,,", "self,llama-*,output,0.20,,,,,,,")
HEADER = "provider,model,rule,usd,per,discount_pct,tier_above,variant,valid_from,valid_to,note\n"


def prices(store: Store, *lines: str) -> Settings:
    folder = Folders(store.data).settings
    (folder / "prices.csv").write_text(HEADER + "".join(f"{line}\n" for line in lines))
    return configuration.load(folder, {})


@pytest.fixture
def priced(store: Store) -> Store:
    drop = store.data / "drop.jsonl"
    drop.write_text("".join(json.dumps(e) + "\n" for e in EVENTS))
    folders = Folders(store.data)
    folders.check_writable()
    entries = ingest([drop], folders, store.settings, now=NOW)
    assert [e.verdict for e in entries] == ["landed"]
    return store


def costs(store: Store) -> list[tuple[Any, ...]]:
    return store.rows("event_id, cost_nano, cost_source, cost_reported_nano")


BEFORE = [
    ("e:1", 4_500_000, "computed", None),
    ("e:2", 250_000_000, "reported", 250_000_000),
    ("e:3", None, "unpriced", None),
]


def test_what_has_just_landed_has_no_difference(priced: Store) -> None:
    assert costs(priced)[:3] == BEFORE
    assert reprice(priced.events, priced.settings) == ()


def test_the_difference_is_told_by_month_and_model_and_nothing_is_written(priced: Store) -> None:
    settings = prices(priced, *LLAMA, "openai,gpt-5-mini,,,,50,,,,,")
    before = manifest.load(priced.events)
    changes = reprice(priced.events, settings)
    assert changes[0] == Change("2026-10", "gpt-5-mini", 1, 4_500_000, 2_250_000, 0, 0)
    assert [(c.month, c.model, c.rows) for c in changes] == [
        ("2026-10", "gpt-5-mini", 1), ("2026-11", "gpt-5-mini", 2), ("2026-11", "llama-9", 1),
    ]  # fmt: skip
    assert changes[2] == Change("2026-11", "llama-9", 1, 0, 200_002_000, 1, 0)
    assert manifest.load(priced.events) == before


def test_applying_rewrites_the_months_and_a_second_time_finds_nothing(priced: Store) -> None:
    settings = prices(priced, *LLAMA)
    changes = reprice(priced.events, settings, apply=True)
    assert [(c.model, c.unpriced_before, c.unpriced_after) for c in changes] == [("llama-9", 1, 0)]
    assert costs(priced)[:3] == [*BEFORE[:2], ("e:3", 200_002_000, "computed", None)]
    assert reprice(priced.events, settings, apply=True) == ()
    priced.check_intact()


def test_reported_costs_never_change(priced: Store) -> None:
    settings = prices(priced, "openai,gpt-5-mini,,,,90,,,,,")
    split = (
        "event_id, cost_nano, cost_reported_nano, cost_input_nano, cost_output_nano, credits_nano"
    )
    before = {row[0]: row for row in priced.rows(split)}
    reprice(priced.events, settings, apply=True)
    after = {row[0]: row for row in priced.rows(split)}
    assert after["e:2"] == before["e:2"]
    assert after["e:4"][-1] == 3_500_000_000
    assert after["e:1"][1] == 450_000
    priced.check_intact()


def test_taking_the_override_away_brings_every_cost_back(priced: Store) -> None:
    kept = "* EXCLUDE (price_version)"
    before = priced.rows(kept)
    reprice(priced.events, prices(priced, "openai,gpt-5-mini,,,,50,,,,,"), apply=True)
    assert priced.rows(kept) != before
    reprice(priced.events, prices(priced), apply=True)
    assert priced.rows(kept) == before
    priced.check_intact()


def test_another_cost_policy_reprices_and_keeps_what_was_reported(priced: Store) -> None:
    computed = replace(priced.settings, cost_policy="computed")
    reprice(priced.events, computed, apply=True)
    assert costs(priced)[1] == ("e:2", 4_500_000, "computed", 250_000_000)
    reprice(priced.events, priced.settings, apply=True)
    assert costs(priced)[1] == ("e:2", 250_000_000, "reported", 250_000_000)
    priced.check_intact()


def test_every_book_that_priced_events_is_kept_beside_them(priced: Store) -> None:
    settings = prices(priced, *LLAMA)
    reprice(priced.events, settings, apply=True)
    held = manifest.load(priced.events)
    assert len(held.books) == 2
    assert [path for path, _ in held.side] == [f"side/prices-{b}.parquet" for b in held.books]
    kept = duckdb.read_parquet(str(priced.events / f"side/prices-{held.books[1]}.parquet"))
    own = kept.filter("origin LIKE 'prices.csv%'").order("rule")
    assert own.project("provider, model, rule, price_pico, per").fetchall() == [
        ("self", "llama-*", "input", 200_000, 1), ("self", "llama-*", "output", 200_000, 1),
    ]  # fmt: skip
    priced.check_intact()
