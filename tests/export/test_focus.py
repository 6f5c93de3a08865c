"""FOCUS 1.2 rows: what the specification asks of each column, and the same cost as everywhere else."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from analytics_core.export.focus import COLUMNS, about, csv_pages, parquet_pages
from analytics_core.ingest.door import ingest
from analytics_core.ingest.folders import Folders
from analytics_core.semantics.filters import EVERYTHING, Filters, Pick, Scope
from analytics_core.semantics.period import Calendar, Period
from analytics_core.semantics.query import Query
from analytics_core.settings import load
from analytics_core.store import focus
from analytics_core.store.view import Store, View

pytestmark = [pytest.mark.money, pytest.mark.slow]

USD = 1_000_000_000
AUDIO = {"rule": "audio_second", "quantity": 60, "unit": "seconds", "cost_nano": 2 * USD}
UNCOUNTED = {"rule": "extra", "quantity": None, "unit": None, "cost_nano": 5}
EVENTS: list[dict[str, Any]] = [
    {"started_at": datetime(2026, 11, 1, 9, 5), "provider": "openai", "model": "gpt-5", "requests": 1,
     "project": "Search", "organization": "acme", "input_tokens": 1000, "output_tokens": 10,
     "cache_read_tokens": 400, "cost_nano": 700, "cost_input_nano": 500, "cost_output_nano": 150,
     "cost_cache_read_nano": 50, "tags": [("team", "core"), ("env", 'p"d')]},
    {"started_at": datetime(2026, 11, 1, 9, 55), "provider": "openai", "model": "gpt-5", "requests": 1,
     "project": "Search", "organization": "acme", "input_tokens": 1, "output_tokens": 0,
     "cost_nano": 7, "cost_input_nano": 7, "cost_output_nano": 0,
     "tags": [("env", 'p"d'), ("team", "core")], "cost_list_nano": 10},
    {"started_at": datetime(2026, 11, 1, 23, 59), "provider": None, "model": None, "requests": 12,
     "grain": "bucket", "cost_nano": 3 * USD + 1, "cost_source": "reported"},  # not itemised
    {"started_at": datetime(2026, 11, 2, 1), "provider": "deepgram", "model": "nova", "requests": 3,
     "project": "=cmd", "cost_nano": 2 * USD + 5, "items": [AUDIO, UNCOUNTED],
     "service_type": "speech_to_text"},
    {"started_at": datetime(2026, 11, 2, 2), "provider": "self", "model": "free", "requests": 1,
     "input_tokens": 5, "output_tokens": 0, "cost_nano": 0, "cost_input_nano": 0,
     "cost_output_nano": 0, "cost_source": "free"},
    {"started_at": datetime(2026, 11, 2, 3), "provider": "x", "model": "unpriced", "requests": 1,
     "input_tokens": 5, "cost_nano": None},
    {"started_at": datetime(2026, 12, 31, 21, 30), "provider": "openai", "model": "gpt-5", "requests": 1,
     "cost_nano": -40, "input_tokens": 0},
]  # fmt: skip
ALL = "2026-10-01..2026-12-31"
# FOCUS 1.2, mandatory columns, and those that METRICS 4.11 adds: (may be null, allowed values).
TEXT, INSTANT, DECIMAL = "text", "instant", "decimal"
ASKED: dict[str, tuple[str, bool, tuple[str, ...]]] = {
    "BilledCost": (DECIMAL, False, ()), "BillingAccountId": (TEXT, False, ()),
    "BillingAccountName": (TEXT, True, ()), "BillingCurrency": (TEXT, False, ("USD",)),
    "BillingPeriodEnd": (INSTANT, False, ()), "BillingPeriodStart": (INSTANT, False, ()),
    "ChargeCategory": (TEXT, False, ("Usage", "Purchase", "Tax", "Credit", "Adjustment")),
    "ChargeClass": (TEXT, True, ("Correction",)), "ChargeDescription": (TEXT, True, ()),
    "ChargePeriodEnd": (INSTANT, False, ()), "ChargePeriodStart": (INSTANT, False, ()),
    "ContractedCost": (DECIMAL, False, ()), "EffectiveCost": (DECIMAL, False, ()),
    "InvoiceIssuerName": (TEXT, False, ()), "ListCost": (DECIMAL, False, ()),
    "PricingQuantity": (DECIMAL, False, ()), "PricingUnit": (TEXT, False, ()),
    "ProviderName": (TEXT, False, ()), "PublisherName": (TEXT, False, ()),
    "ServiceCategory": (TEXT, False, ("AI and Machine Learning",)),
    "ServiceName": (TEXT, False, ()),
    "ServiceSubcategory": (TEXT, False, ("Generative AI",)),
    "ChargeFrequency": (TEXT, False, ("One-Time", "Recurring", "Usage-Based")),
    "ConsumedQuantity": (DECIMAL, False, ()), "ConsumedUnit": (TEXT, False, ()),
    "SkuMeter": (TEXT, True, ()), "SkuId": (TEXT, True, ()), "ResourceName": (TEXT, True, ()),
    "SubAccountId": (TEXT, True, ()), "SubAccountName": (TEXT, True, ()), "Tags": (TEXT, True, ()),
}  # fmt: skip
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:00:00Z")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")


@pytest.fixture
def view(viewed: Callable[..., View]) -> View:
    return viewed(EVENTS, period=ALL, zone="Europe/Madrid")


def _lines(view: View) -> list[dict[str, str]]:
    made = b"".join(csv_pages(view)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(made, newline="")))


def _faults(line: dict[str, str]) -> Iterator[str]:
    """What FOCUS 1.2 would find wrong with a row."""
    for name, (kind, nullable, allowed) in ASKED.items():
        cell = line[name]
        if not cell:
            if not nullable:
                yield f"{name} is null"
        elif kind == INSTANT and not _INSTANT.fullmatch(cell):
            yield f"{name} is no instant: {cell}"
        elif kind == DECIMAL and not _DECIMAL.fullmatch(cell):
            yield f"{name} is no decimal: {cell}"
        elif allowed and cell not in allowed:
            yield f"{name} may not be {cell}"
    start, end = (datetime.fromisoformat(line[f"ChargePeriod{x}"]) for x in ("Start", "End"))
    first, after = (datetime.fromisoformat(line[f"BillingPeriod{x}"]) for x in ("Start", "End"))
    if (end - start).total_seconds() != 3600 or not first <= start < end <= after:
        yield "periods do not fit into each other"
    if (first.day, first.hour, after.day, after.hour) != (1, 0, 1, 0):
        yield "a billing period is no month"
    if line["Tags"] and not all(isinstance(v, str) for v in json.loads(line["Tags"]).values()):
        yield "Tags is no object of texts"


def test_every_row_has_what_the_specification_asks_of_its_columns(view: View) -> None:
    lines = _lines(view)
    assert list(lines[0]) == [column.name for column in COLUMNS]
    assert set(ASKED) | {"x_Source"} == set(lines[0])
    assert [fault for line in lines for fault in _faults(line)] == []
    empty = {name for line in lines for name, cell in line.items() if not cell}
    assert empty <= {column.name for column in COLUMNS if not column.filled}


def test_the_rows_sum_to_the_cost_of_the_selection_exactly(view: View) -> None:
    expected = Decimal(view.ask(Query(("cost",)))["cost"][0]) / USD
    lines = _lines(view)
    for name in ("BilledCost", "EffectiveCost", "ContractedCost"):
        assert sum(Decimal(line[name]) for line in lines) == expected
    assert sum(Decimal(line["ListCost"]) for line in lines) == expected + Decimal(3) / USD
    table = pl.read_parquet(io.BytesIO(b"".join(parquet_pages(view))))
    assert table["EffectiveCost"].sum() == expected
    assert table.height == len(lines) == focus.count(view)
    for name in ("PricingQuantity", "ConsumedQuantity"):
        assert table[name].to_list() == [Decimal(line[name]) for line in lines]


def test_a_row_is_of_one_hour_model_rule_project_and_tags(view: View) -> None:
    shown = ("ChargePeriodStart", "ProviderName", "ResourceName", "SkuMeter", "SubAccountName",
             "ConsumedQuantity", "ConsumedUnit", "PricingQuantity", "PricingUnit", "EffectiveCost")  # fmt: skip
    rows = sorted(tuple(line[name] for name in shown) for line in _lines(view))
    assert rows == [
        ("2026-11-01T09:00:00Z", "openai", "gpt-5", "cache_read", "Search",
         "400", "Tokens", "0.0004", "1000000 Tokens", "0.000000050"),
        ("2026-11-01T09:00:00Z", "openai", "gpt-5", "input", "Search",
         "601", "Tokens", "0.000601", "1000000 Tokens", "0.000000507"),
        ("2026-11-01T09:00:00Z", "openai", "gpt-5", "output", "Search",
         "10", "Tokens", "0.00001", "1000000 Tokens", "0.000000150"),
        ("2026-11-01T23:00:00Z", "unknown", "", "(not itemised)", "",
         "12", "Requests", "12", "Requests", "3.000000001"),
        ("2026-11-02T01:00:00Z", "deepgram", "nova", "audio_second", "'=cmd",
         "60", "Seconds", "60", "Seconds", "2.000000000"),
        ("2026-11-02T01:00:00Z", "deepgram", "nova", "extra", "'=cmd",
         "3", "Requests", "3", "Requests", "0.000000005"),
        ("2026-11-02T02:00:00Z", "self", "free", "input", "",
         "5", "Tokens", "0.000005", "1000000 Tokens", "0.000000000"),
        ("2026-12-31T21:00:00Z", "openai", "gpt-5", "(not itemised)", "",
         "1", "Requests", "1", "Requests", "-0.000000040"),
    ]  # fmt: skip


def test_what_the_source_does_not_say_is_filled_where_it_may_not_be_null(view: View) -> None:
    by_account = {line["BillingAccountId"]: line for line in _lines(view)}
    assert set(by_account) == {"acme", "default"}
    assert json.loads(by_account["acme"]["Tags"]) == {"env": 'p"d', "team": "core"}


def test_events_without_a_cost_are_left_out_and_counted(view: View) -> None:
    assert "unpriced" not in {line["ResourceName"] for line in _lines(view)}
    assert about(view)["unpriced_events"] == 1
    held = pq.read_metadata(io.BytesIO(b"".join(parquet_pages(view)))).metadata
    said = json.loads(held[b"tokentally"])
    assert (said["unpriced_events"], said["row_count"], said["focus_version"]) == (1, 8, "1.2")


def test_picks_and_scope_hold_for_the_rows(viewed: Callable[..., View]) -> None:
    only = Scope(((Pick("project", ("=cmd",)),),))
    rows = _lines(viewed(EVENTS, period=ALL, scope=only, picks=(Pick("pricing_rule", ("extra",)),)))
    assert [(row["SkuMeter"], row["EffectiveCost"]) for row in rows] == [("extra", "0.000000005")]
    assert _lines(viewed(EVENTS, period=ALL, scope=Scope(()))) == []


def test_hours_are_whole_whatever_one_statement_looks_at(view: View, monkeypatch) -> None:
    whole = sorted(map(tuple, (line.values() for line in _lines(view))))
    monkeypatch.setattr(focus, "EVENTS", 1)
    assert sorted(map(tuple, (line.values() for line in _lines(view)))) == whole


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_our_own_export_read_back_has_the_same_cost(view: View, tmp_path: Path, kind: str) -> None:
    made = tmp_path / f"focus.{kind}"
    made.write_bytes(b"".join({"csv": csv_pages, "parquet": parquet_pages}[kind](view)))
    folders, settings = Folders(tmp_path / "other"), load(tmp_path / "none", {})
    (entry,) = ingest([made], folders, settings, now=datetime(2027, 1, 2, tzinfo=UTC))
    assert (entry.verdict, entry.source, entry.rejected) == ("landed", "focus", 0)
    store = Store(folders.data, settings)
    there = View(
        store, EVERYTHING, Filters(Period.parse(ALL, datetime(2027, 1, 2, tzinfo=UTC), Calendar()))
    )
    measures = ("cost", "events")
    asked = {
        row[0]: row[1:]
        for row in there.ask(Query(measures, ("project",))).select("project", *measures).rows()
    }
    assert sum(cost for cost, _ in asked.values()) == view.ask(Query(("cost",)))["cost"][0]
    assert sum(count for _, count in asked.values()) == focus.count(view)
    assert asked["Search"] == (707, 3)
    store.close()
