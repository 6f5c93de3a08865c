"""The price book that computed stored costs, kept beside them so that they can be explained."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analytics_core.prices.book import Book
from analytics_core.prices.overrides import Override

_MICROS = pa.timestamp("us")
_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("provider", "model", "rule", "unit")),
        *((name, pa.int64()) for name in ("price_pico", "per", "list_price_pico", "tier_above")),
        ("variant", pa.string()),
        *((name, pa.int64()) for name in ("tod_from", "tod_to")),
        *((name, _MICROS) for name in ("valid_from", "valid_to")),
        ("min_quantity", pa.int64()),
        ("origin", pa.string()),
        ("folded", pa.bool_()),
        ("discount_pct", pa.string()),  # of a line of prices.csv that states no price
    ]
)


def name_of(version: str) -> str:
    """Where the book of that version stands, relative to data/events."""
    return f"side/prices-{version}.parquet"


def write_book(book: Book, folder: Path) -> Path:
    """Writes every price of the book, then the lines of prices.csv, as Parquet under `folder`."""
    own = pa.Table.from_pylist([_own(line) for line in book.overrides], _SCHEMA)
    path = folder / f"prices-{book.version}.parquet"
    pq.write_table(pa.concat_tables([_listed(book), own]), path, compression="zstd")
    return path


def _listed(book: Book) -> pa.Table:
    # Column by column: a book has some thousand prices, and each landing into a new store writes one.
    prices = [price for of_a_model in book.prices.values() for price in of_a_model]
    columns = {
        name: [getattr(price, name, None) for price in prices]  # discount_pct is a line's alone
        for name in _SCHEMA.names
    }
    return pa.table(columns, _SCHEMA)


def _own(line: Override) -> dict[str, object]:
    same = ("provider", "model", "rule", "price_pico", "tier_above", "variant", "valid_from",
            "valid_to")  # fmt: skip
    discount = None if line.discount_pct is None else str(line.discount_pct)
    origin = f"prices.csv line {line.line}"
    return {name: getattr(line, name) for name in same} | {
        "per": 1, "origin": origin, "discount_pct": discount,
    }  # fmt: skip
