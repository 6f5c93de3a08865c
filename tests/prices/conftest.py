"""The table that ingest hands to pricing, from literal rows, and a book from literal lines."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analytics_core.events import COLUMNS
from analytics_core.prices import book as books
from analytics_core.prices import rates
from analytics_core.prices.book import Book
from analytics_core.prices.cost import price
from analytics_core.prices.rates import Rates
from analytics_core.settings import Settings

MADE_HERE = {
    "model", "cost_nano", "cost_computed_nano", "cost_list_nano", "cost_source", "cost_input_nano",
    "cost_cache_read_nano", "cost_cache_write_nano", "cost_cache_write_1h_nano",
    "cost_output_nano", "cache_savings_nano", "price_version",
}  # fmt: skip
TYPED = {c.name: c.sql for c in COLUMNS if c.name not in MADE_HERE} | {
    "_updated_at": "TIMESTAMP",
    "_flags": "VARCHAR[]",
    "_cost_list_nano": "BIGINT",
}
PLAIN: dict[str, Any] = {
    "event_id": "test:1",
    "source": "test",
    "file_id": "0" * 16,
    "row": 1,
    "grain": "request",
    "requests": 1,
    "started_at": datetime(2026, 11, 20),
    "service_type": "text_generation",
    "event_type": "token_usage",
    "status": "ok",
    "_flags": [],
}
ITEM = {"rule": None, "quantity": None, "unit": None, "cost_nano": None}


def typed(con: duckdb.DuckDBPyConnection, rows: list[Mapping[str, Any]]) -> None:
    """Makes the temp table `typed`: one event per mapping, everything not said is PLAIN or NULL."""
    con.execute(f"CREATE TEMP TABLE typed ({', '.join(f'{n} {t}' for n, t in TYPED.items())})")
    for at, row in enumerate(rows, 1):
        event = PLAIN | {"event_id": f"test:{at}", "row": at} | row
        if event.get("items"):
            event["items"] = [ITEM | item for item in event["items"]]
        marks = ", ".join(f"${name}::{TYPED[name]}" for name in event)
        con.execute(f"INSERT INTO typed ({', '.join(event)}) VALUES ({marks})", event)


Priced = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as opened:
        yield opened


@pytest.fixture
def typed_table(con: duckdb.DuckDBPyConnection) -> Callable[[list[Mapping[str, Any]]], None]:
    """Makes the temp table `typed` on `con` from literal rows."""
    return lambda rows: typed(con, rows)


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., Settings]:
    """Settings whose folder holds the files given as keyword `prices="header\\nline"` and so on."""

    def written(zone: str = "UTC", **files: str) -> Settings:
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, "utf-8")
        return Settings(folder=tmp_path, zone=zone)

    return written


HEADER = "provider,model,rule,usd,per,discount_pct,tier_above,variant,valid_from,valid_to,note\n"


@pytest.fixture
def book(settings: Callable[..., Settings]) -> Callable[..., Book]:
    """The shipped book with these lines of prices.csv."""

    def loaded(*lines: str, zone: str = "UTC", **files: str) -> Book:
        given = {"prices": HEADER + "\n".join(lines)} if lines else {}
        return books.load(settings(zone, **given, **files))

    return loaded


@pytest.fixture
def priced(con: duckdb.DuckDBPyConnection, book: Callable[..., Book]) -> Priced:
    """Prices literal events: `priced([{…}, …], book=…)` returns the rows in order as dicts."""

    def run(
        rows: list[Mapping[str, Any]],
        by: Book | None = None,
        policy: str = "auto",
        zero_cost: str = "missing",
        worth: Rates | None = None,
    ) -> list[dict[str, Any]]:
        typed(con, rows)
        price(
            con, "typed", "priced", by or book(),
            policy=policy, zero_cost=zero_cost, rates=worth or rates.Rates(),
        )  # fmt: skip
        found = con.execute("FROM priced ORDER BY row")
        names = [column[0] for column in found.description or ()]
        events = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        con.execute("DROP TABLE typed")
        return events

    return run
