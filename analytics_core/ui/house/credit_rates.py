"""The lines of credits.csv: how many credits a dollar of cost is, and how many were bought."""

import streamlit as st

from analytics_core.prices import rates
from analytics_core.prices.rates import COLUMNS, FILE
from analytics_core.semantics.csv_edit import mistakes, revised, rows
from analytics_core.store.view import View
from analytics_core.ui.escape import md_escape
from analytics_core.ui.house.editing import Editing, Offer, complain
from analytics_core.ui.house.table import Table, edited
from analytics_core.ui.house.trial import failed, offer_with_trial


def draw(view: View) -> None:
    """The table, what is wrong with it, what would change and what a dry run says."""
    file = Editing.of(view, FILE)
    held = rows(file.text, file.path, COLUMNS)
    st.caption(
        "Without a line there are no credits, unless a source reports them itself. At any time one"
        " rate may hold."
    )
    wanted = edited(file, _table(), held)
    zone = view.store.settings.zone
    found = mistakes(
        file.text, file.path, COLUMNS, wanted, lambda text: rates.parse(text, file.path, zone)
    )
    complain(found, "name")
    if not found:
        words = [
            "Save counts for what is taken in from now on; Save and apply also what has landed."
        ]
        text = revised(file.text, file.path, COLUMNS, wanted)
        offer_with_trial(view, file, Offer(text, words))
    if why := failed(file):
        st.error(md_escape(why))


def _table() -> Table:
    text = st.column_config.TextColumn
    day = r"^\d{4}-\d{2}-\d{2}$"
    return Table(
        {
            "name": text("Name", help="What a credit is called; blank is credits"),
            "credits_per_usd": text("Credits per USD"),
            "valid_from": text("From", validate=day, help="First day, YYYY-MM-DD"),
            "valid_to": text("To", validate=day, help="The day after the last"),
            "granted": text("Bought", help="Credits bought for that time, if you wish to say"),
        },
        {},
    )
