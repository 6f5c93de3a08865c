"""Prices events: joins them with the rate cards, chooses their cost and splits it (EVENTS.md 2, 5).

Integers throughout: weights are tokens x pico-USD, costs nano-USD rounded once, half even.
"""

from typing import Literal

import duckdb

from analytics_core.prices import relations, statements
from analytics_core.prices.book import Book
from analytics_core.prices.rates import Rates

Policy = Literal["auto", "reported", "computed"]
ZeroCost = Literal["missing", "free"]

_NARROW_WEIGHT, _NARROW_COST = 1 << 60, 1 << 50  # beyond these, steps in 64 bits could overflow


def price(
    con: duckdb.DuckDBPyConnection,
    source_table: str,
    target_table: str,
    book: Book,
    *,
    policy: Policy,
    zero_cost: ZeroCost,
    rates: Rates,
) -> None:
    """Makes the temp table `target_table`: `source_table` with every price column of the event.

    provider, items, credits_nano, cost_reported_nano and `_flags` are made again; `_flags` gains
    model_unknown, zero_cost_reported, cost_outlier, batch_assumed, tier_assumed, item_unpriced.
    `_cost_list_nano` (the source's own list cost) is used up. Both names are plain identifiers of
    ours; a target in an attached database (`stage.priced`) is a table there. Raises BadFile when two lines of prices.csv set the same price.
    """
    kind = "TABLE" if "." in target_table else "TEMP TABLE"
    names = {
        "source": source_table,
        "target": target_table,
        "meets": statements.MEETS,
        "kind": kind,
    }
    keys = con.execute(_named(statements.KEYS, **names)).fetchall()
    sizes = con.execute(_named(statements.SIZES, **names)).fetchall()[0]
    most_tokens, most_cost, itemised = sizes
    found = relations.meanings(book, keys)
    relations.register(con, found)
    implied = any(relations.implies(card) for one in found for card in one.cards)
    wide = most_tokens * relations.dearest(found) >= _NARROW_WEIGHT or most_cost >= _NARROW_COST
    for macro in (
        statements.ROUNDED,
        statements.THOUSANDTH,
        statements.WIDE_GUESS if wide else statements.GUESS,
        statements.WIDE_SHARE if wide else statements.SHARE,
    ):
        con.execute(macro)
    con.execute(_named(statements.ITEMS if itemised or implied else statements.NO_ITEMS, **names))
    con.execute(statements.ITEMISED)
    con.execute(
        _named(statements.PRICED, wide="HUGEINT" if wide else "BIGINT", **names),
        {"policy": policy, "zero_missing": zero_cost == "missing", "version": book.version},
    )
    if rates.credits:
        rates.register(con)
        con.execute(_named(statements.CREDITS, **names))
    for leftover in statements.LEFTOVERS:
        con.execute(leftover)


def _named(statement: str, **names: str) -> str:
    for place, name in names.items():
        statement = statement.replace("{" + place + "}", name)
    return statement
