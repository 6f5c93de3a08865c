"""The lines of prices.csv: contract prices, own models; models without a price are offered."""

import csv
from collections.abc import Sequence

import streamlit as st

from analytics_core.prices import overrides
from analytics_core.prices.listing import Unpriced
from analytics_core.prices.overrides import COLUMNS, FILE
from analytics_core.prices.price import BY_NAME, VARIANTS
from analytics_core.reports.unpriced import unpriced
from analytics_core.semantics.csv_edit import Row, mistakes, revised, rows
from analytics_core.semantics.format import cell
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View
from analytics_core.ui.escape import md_escape
from analytics_core.ui.house.editing import Editing, Offer, complain
from analytics_core.ui.house.table import Table, edited
from analytics_core.ui.house.trial import failed, offer_with_trial

MOST_OFFERED = 50  # models
AT_STAKE = "tokens"


def draw(view: View) -> None:
    """The table, what is wrong with it, what would change and what a dry run says."""
    file = Editing.of(view, FILE)
    held = rows(file.text, file.path, COLUMNS)
    without = [m for m in unpriced(view) if m.lines][:MOST_OFFERED]
    there = {_about(row) for row in held}
    lacking = [(m, row) for m in without for row in _offered(m) if _about(row) not in there]
    st.caption(
        "Prices of your own, above those of the price book; an exact model beats a pattern. They are"
        " USD per million tokens, unless Per says another number of units. Models of your usage that"
        " have no price are offered at the end: a price makes the line count."
    )
    stakes = [""] * len(held) + [cell(model.tokens, Unit.TOKENS) for model, _ in lacking]
    wanted = edited(file, _table(), held, [row for _, row in lacking], {AT_STAKE: stakes})
    zone = view.store.settings.zone
    found = mistakes(
        file.text, file.path, COLUMNS, wanted, lambda text: overrides.parse(text, file.path, zone)
    )
    complain(found, "model")
    if not found:
        text = revised(file.text, file.path, COLUMNS, wanted)
        offer_with_trial(view, file, Offer(text, _words(held, wanted)))
    if why := failed(file):
        st.error(md_escape(why))


def _table() -> Table:
    text, choice = st.column_config.TextColumn, st.column_config.SelectboxColumn
    day = r"^\d{4}-\d{2}-\d{2}$"
    return Table(
        {
            "provider": text("Provider", help="* is every one"),
            "model": text("Model", help="As the source calls it; * and ? stand for any letters"),
            "rule": choice("What", options=["", *BY_NAME], help="Blank: all its tokens"),
            "usd": text("USD", help="Or a discount"),
            "per": text("Per", width=60, help="Units; blank is a million tokens, else one"),
            "discount_pct": text("Off %", width=76, help="A discount on the list price"),
            "tier_above": text("Above", width=78, help="Only for requests with more input tokens"),
            "variant": choice(
                "Variant", width=80, options=["", *VARIANTS], help="Blank: every one"
            ),
            "valid_from": text("From", width=92, validate=day, help="First day, YYYY-MM-DD"),
            "valid_to": text("To", width=92, validate=day, help="The day after the last"),
            "note": text("Note"),
        },
        {AT_STAKE: text("Tokens at stake", help="Of a model without a price")},
    )


def _offered(model: Unpriced) -> list[Row]:
    """Its lines for prices.csv, without the price."""
    cells = (dict(zip(COLUMNS, line, strict=False)) for line in csv.reader(model.lines))
    return [Row(None, {**line, "usd": ""}) for line in cells]


def _about(row: Row) -> tuple[str, ...]:
    return tuple(row.cell(column).lower() for column in COLUMNS[:3])


def _words(held: Sequence[Row], wanted: Sequence[Row]) -> list[str]:
    kept = {row.number for row in wanted if row.number is not None}
    gone = len(held) - len(kept)
    fresh = sum(row.number is None for row in wanted)
    before = {row.number: row for row in held}
    changed = sum(
        any(row.cell(c) != before[row.number].cell(c) for c in COLUMNS)
        for row in wanted
        if row.number is not None
    )
    said = ((fresh, "added"), (changed, "changed"), (gone, "taken out"))
    counts = ", ".join(f"{n:,} {'line' if n == 1 else 'lines'} {how}" for n, how in said if n)
    return [
        f"{counts}.",
        "Save prices what is taken in from now on; Save and apply also what has landed.",
    ]
