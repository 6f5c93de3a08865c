"""Every selected row as a file: nothing cut, nothing rounded, nothing that runs."""

import csv
import io
import json
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_core.events import NAMES, schema
from analytics_core.export.csv import guarded, guarded_column
from analytics_core.export.rows import ORIGIN, csv_pages, parquet
from analytics_core.semantics.filters import Pick, Scope
from analytics_core.semantics.query import Query
from analytics_core.store import rows as store_rows

START = datetime(2026, 11, 1, 9)
EVENTS = [
    {"event_id": "a", "started_at": START, "project": "=HYPERLINK(1)", "user_id": "ana",
     "input_tokens": 10, "output_tokens": 4, "cost_nano": 12_345_678_901,
     "cost_input_nano": 12_345_678_000, "cost_output_nano": 900, "tags": [("flow", "x")],
     "metadata": '{"a": 1}', "stream": True},
    {"event_id": "b", "started_at": START + timedelta(hours=2, microseconds=1500), "user_id": "bo",
     "cost_nano": -500_000_000, "items": [
         {"rule": "discount", "quantity": None, "unit": None, "cost_nano": -700_000_000},
         {"rule": "page", "quantity": Decimal("1.5"), "unit": "pages", "cost_nano": 200_000_000}]},
    {"event_id": "c", "started_at": START + timedelta(days=1), "user_id": "bo", "input_tokens": 5},
]  # fmt: skip
EXACT = Decimal("11.845678901")
HERS = Scope(((Pick("user", ("ana",)),),))


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    monkeypatch.setattr(store_rows, "PAGE", {"events": 1, "items": 1})


def _read(view, of) -> list[dict[str, str]]:
    made = b"".join(csv_pages(view, of))
    assert made.startswith(b"\xef\xbb\xbfstarted_at (")
    return list(csv.DictReader(io.StringIO(made.decode("utf-8-sig"), newline="")))


@pytest.mark.money
@pytest.mark.parametrize("of", ["events", "items"])
def test_the_costs_of_all_rows_sum_to_the_cost_to_the_nano(viewed, of):
    view = viewed(EVENTS)
    assert view.ask(Query(("cost",)))["cost"][0] == EXACT * 10**9
    costs = [row["cost (USD)"] for row in _read(view, of)]
    assert sum(Decimal(cost) for cost in costs if cost) == EXACT
    made = pq.read_table(io.BytesIO(parquet(view, of)))
    assert sum(cost or 0 for cost in made.column("cost_nano").to_pylist()) == EXACT * 10**9
    assert len(costs) == made.num_rows == view.count(of)


def test_a_line_of_an_event_has_every_column_and_both_clocks(viewed):
    rows = _read(viewed(EVENTS, zone="Europe/Madrid"), "events")
    assert [row["event_id"] for row in rows] == ["c", "b", "a"]
    a, b = rows[2], rows[1]
    assert a["started_at (Europe/Madrid)"] == "2026-11-01T10:00:00+01:00"
    assert (a["started_at (UTC)"], b["started_at (UTC)"]) == (
        "2026-11-01T09:00:00Z", "2026-11-01T11:00:00.001500Z",
    )  # fmt: skip
    assert (a["project"], a["cost (USD)"], b["cost (USD)"]) == (
        "'=HYPERLINK(1)", "12.345678901", "-0.5",
    )  # fmt: skip
    assert (a["latency_ms"], a["stream"], a["input_tokens"]) == ("", "true", "10")
    assert (json.loads(a["tags"]), json.loads(a["metadata"])) == ({"flow": "x"}, {"a": 1})
    assert json.loads(b["items"])[1] == {
        "rule": "page", "quantity": "1.500000", "unit": "pages", "cost_nano": 200_000_000,
    }  # fmt: skip
    heads = {head.split(" (")[0] for head in a}
    assert heads == {name.removesuffix("_nano") for name in NAMES}


def test_a_line_of_an_item_has_its_price(viewed):
    rows = _read(viewed(EVENTS), "items")
    names = ("event_id", "pricing_rule", "quantity", "unit", "cost (USD)", "unit_price (USD)")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("c", "input", "5", "tokens", "", ""),
        ("b", "discount", "", "", "-0.7", ""),
        ("b", "page", "1.5", "pages", "0.2", "0.1333333333333333333333333333"),
        ("a", "input", "10", "tokens", "12.345678", "1.2345678"),
        ("a", "output", "4", "tokens", "0.0000009", "0.000000225"),
        ("a", "unsplit", "", "", "0.000000001", ""),
    ]


def test_parquet_has_the_columns_of_the_store_and_says_what_it_is(viewed):
    view = viewed(EVENTS)
    file = pq.ParquetFile(io.BytesIO(parquet(view, "events")))
    made = file.read()
    assert made.schema.equals(schema())
    assert made.column("event_id").to_pylist() == ["c", "b", "a"]
    about = json.loads(file.metadata.metadata[b"tokentally"])
    assert (about["rows"], about["row_count"], about["data_version"]) == (
        "events", 3, view.store.version,
    )  # fmt: skip
    assert about["period"]["start"] == "2026-11-01T00:00:00+00:00"
    items = pq.read_table(io.BytesIO(parquet(view, "items")))
    assert items.schema.field("quantity").type == pa.decimal128(38, 6)
    assert items.column("quantity").to_pylist()[:3] == [5, None, Decimal("1.5")]
    assert items.column("pricing_rule").to_pylist()[:3] == ["input", "discount", "page"]


@pytest.mark.access
@pytest.mark.parametrize("of", ["events", "items"])
def test_a_file_holds_the_rows_of_the_scope_and_nothing_of_the_dropped_file(viewed, of):
    hers = replace(viewed(EVENTS), scope=HERS)
    rows = _read(hers, of)
    assert {row["event_id"] for row in rows} == {"a"}
    assert not set(ORIGIN) & set(rows[0])
    made = pq.read_table(io.BytesIO(parquet(hers, of)))
    assert set(made.column("event_id").to_pylist()) == {"a"}
    assert not set(ORIGIN) & set(made.schema.names)


@pytest.mark.parametrize("of", ["events", "items"])
def test_without_rows_a_file_has_its_header(viewed, of):
    nothing = viewed(EVENTS, period="2020-01")
    assert _read(nothing, of) == []
    assert pq.read_table(io.BytesIO(parquet(nothing, of))).num_rows == 0


@given(st.text(max_size=6) | st.text("=+-@\t\r\x0b\x1c\x1f\x85\xa0\uff1d a", max_size=4))
def test_a_column_is_guarded_like_each_of_its_cells(text):
    frame = pl.DataFrame({"x": [text, None]})
    assert frame.select(guarded_column("x"))["x"].to_list() == [guarded(text), None]
