"""What has no price, how old the prices are, and what today's prices would change."""

from typing import Any

import streamlit as st

from analytics_core.export.sheet import Cell, Column, Sheet
from analytics_core.prices import book
from analytics_core.prices.listing import Unpriced
from analytics_core.prices.overrides import COLUMNS, FILE
from analytics_core.reports.span import whole
from analytics_core.reports.unpriced import first_seen, unpriced
from analytics_core.semantics.format import UNKNOWN, date_text, signed, text
from analytics_core.semantics.unit import Unit
from analytics_core.semantics.zone import local
from analytics_core.store.view import View
from analytics_core.ui import deeds, links, login, state
from analytics_core.ui.escape import md_escape
from analytics_core.ui.intake import work
from analytics_core.ui.intake.frame import frame, table

APPLY = "reprice"
NOTABLE = 0.01  # share of tokens without a price from which the page warns
MOST_LINES = 50  # models whose lines are shown
_CHANGES = state.of_panel("data.reprice", "changes")  # (data version, what the dry run said)
_SURE = state.of_panel("data.reprice", "sure")


def draw(view: View) -> None:
    """Warnings, models without a price, and for administrators what repricing would change."""
    _warnings(view)
    _unpriced(view)
    if login.administers():
        _reprice(view)


def _warnings(view: View) -> None:
    until, zone = view.store.data_until, view.filters.period.calendar.zone
    if until and book.is_stale(local(until, zone).date()):
        st.warning(
            f"The price book ends with {date_text(book.PRICES_AS_OF)}, more than "
            f"{book.STALE_DAYS} days before the newest event. A newer version of Tokentally brings "
            "newer prices; until then, put changed ones into prices.csv.",
            icon=":material/price_change:",
        )
    share = _unpriced_share(view)
    if share is not None and share > NOTABLE:
        st.warning(
            f"{text(share, Unit.RATIO)} of all tokens have no price and are in no cost.",
            icon=":material/money_off:",
        )


def _unpriced_share(view: View) -> float | None:
    everything = whole(view)
    facts = everything.facts() if everything else None
    return facts.unpriced_tokens / facts.tokens if facts and facts.tokens else None


def _unpriced(view: View) -> None:
    note = "Of all times, the most tokens at stake first. Their events are counted, their cost is unknown."
    with frame("unpriced", "Models without a price", note, lambda: _models(view, unpriced(view))):
        found = unpriced(view)
        if not found:
            st.success("Every event has a price.", icon=":material/check_circle:")
            return
        zone = view.filters.period.calendar.zone
        table(_models(view, found), zone, state.of_panel("data.unpriced", "table"))
        _lines(view, found)


def _models(view: View, found: tuple[Unpriced, ...]) -> Sheet:
    days = first_seen(view, found)
    rows: list[tuple[Cell, ...]] = [
        (
            m.model, m.provider, m.tokens,
            date_text(days[m.provider, m.model]) if (m.provider, m.model) in days else UNKNOWN,
        )
        for m in found
    ]  # fmt: skip
    columns = (
        Column("Model"), Column("Provider"), Column("Tokens at stake", Unit.TOKENS),
        Column("First seen"),
    )  # fmt: skip
    return Sheet(columns, tuple(rows))


def _lines(view: View, found: tuple[Unpriced, ...]) -> None:
    """The lines of prices.csv that would give them a price, ready to be copied."""
    lines = [line for model in found[:MOST_LINES] for line in model.lines]
    if not lines:
        return
    if not (view.store.settings.folder / FILE).exists():
        lines.insert(0, ",".join(COLUMNS))
    links.link(
        "settings", "Enter their prices in the settings", ":material/edit:", keys=links.PRICES
    )
    whoever = "Or put" if login.administers() else "An administrator can put"
    st.markdown(
        f"{whoever} these lines into `data/settings/{FILE}`, with USD per million tokens in place of "
        "each `?`. A line of 0 means free. Repricing then counts them."
    )
    st.code("\n".join(lines), language=None)


def _reprice(view: View) -> None:
    note = "What today's price book and prices.csv would change. A reported cost never changes."
    version, changes = st.session_state.get(_CHANGES, (None, None))
    with frame("reprice", "Reprice", note):
        if st.button(
            "Show what would change", key=state.of_panel("data.reprice", "try"),
            icon=":material/calculate:",
        ):  # fmt: skip
            _try(view)
            st.rerun()
        if version != view.store.version or changes is None:
            return
        if not changes:
            st.success("Every price is as it was.", icon=":material/check_circle:")
            return
        _changes(view, changes)
        if work.asked(APPLY) is not None:
            _apply_dialog(view, len({c["month"] for c in changes}))


def _try(view: View) -> None:
    answer = work.command(view, ("reprice", "--progress"), "Pricing everything by today's prices …")
    if answer is not None:
        st.session_state[_CHANGES] = (view.store.version, answer["changes"])


def changes_sheet(changes: list[dict[str, Any]]) -> Sheet:
    """What repricing changes (`reprice --json`), by month and model."""
    rows: list[tuple[Cell, ...]] = [
        (
            c["month"], c["model"], c["rows"], c["before_nano"], c["after_nano"],
            signed(c["after_nano"] - c["before_nano"], Unit.USD),
            c["unpriced_before"], c["unpriced_after"],
        )
        for c in changes
    ]  # fmt: skip
    columns = (
        Column("Month"), Column("Model"), Column("Events", Unit.COUNT), Column("Before", Unit.USD),
        Column("After", Unit.USD), Column("Difference"), Column("Unpriced before", Unit.COUNT),
        Column("after", Unit.COUNT),
    )  # fmt: skip
    return Sheet(columns, tuple(rows))


def changes_total(changes: list[dict[str, Any]]) -> str:
    """By how much the cost changes in all, as markdown."""
    return md_escape(signed(sum(c["after_nano"] - c["before_nano"] for c in changes), Unit.USD))


def _changes(view: View, changes: list[dict[str, Any]]) -> None:
    zone = view.filters.period.calendar.zone
    table(changes_sheet(changes), zone, state.of_panel("data.reprice", "table"))
    st.markdown(f"In all the cost would change by **{changes_total(changes)}**.")
    st.button(
        "Apply…",
        key=state.of_panel("data.reprice", "apply"),
        icon=":material/published_with_changes:",
        on_click=work.ask,
        args=(APPLY,),
    )


@st.dialog("Change the stored costs?", on_dismiss=work.answered)
def _apply_dialog(view: View, months: int) -> None:
    st.markdown(
        f"The costs of {months} {'month' if months == 1 else 'months'} are written anew. "
        "Every page, export and API answer shows the new ones from then on."
    )
    sure = st.checkbox("Yes, change them", key=_SURE)
    with st.container(horizontal=True):
        if st.button("Apply", key=f"{_SURE}.do", type="primary", disabled=not sure):
            doing = "Writing the new costs …"
            with deeds.noted("reprice", "") as deed:
                answer = work.command(view, ("reprice", "--apply", "--progress"), doing)
                if answer is not None:
                    deed.done(sum(c["rows"] for c in answer["changes"]))
            work.answered()
            if answer is not None:
                done = len(answer["changes"])
                work.say(f"{done:,} {'change' if done == 1 else 'changes'} applied.", good=True)
            st.rerun()
        if st.button("Keep", key=f"{_SURE}.no"):
            work.answered()
            st.rerun()
