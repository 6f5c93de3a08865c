"""The audit, for administrators: who did what, found and paged, as CSV, and whether it holds."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import polars as pl
import streamlit as st

from analytics_core.access.audit import Audit, Deed, Wanted
from analytics_core.access.audit_chain import check
from analytics_core.export import csv
from analytics_core.export.audit_sheet import of_deeds
from analytics_core.semantics.format import UNKNOWN, moment_text
from analytics_core.store.view import View
from analytics_core.ui import login, state
from analytics_core.ui.download import GONE, File, Made, download
from analytics_core.ui.escape import md_escape
from analytics_core.ui.tables import ROW_HEIGHT

NAME = "settings.audit"
PAGE = 50
SHOWN_ROWS = 15  # of a page, before it scrolls
_PERIODS = {"": "All times", "1": "Last 24 hours", "7": "Last 7 days", "30": "Last 30 days",
            "90": "Last 90 days"}  # fmt: skip
_WHO = (
    "An account, with the id of its token where it used one. – is the command line, a name that"
    " nobody has, or a call without a valid token"
)
_AT = state.of_panel(NAME, "at")  # (what is wanted, the marks of the pages before this one)


def draw(view: View) -> None:
    """The filters, the page that is open, and what can be done with all of it."""
    audit = Audit(login.gate().state)
    with st.container(border=True, key=NAME):
        st.subheader("Audit", anchor=False)
        st.caption(
            "Sign-ins, calls of the API, exports and changes: who, of which selection, how many rows."
            " Never values, passwords or tokens. Kept for 400 days."
        )
        chosen, wanted = _choose(audit)
        marks = _marks(chosen)
        deeds = audit.newest(PAGE, marks[-1] if marks else None, wanted)
        if not deeds:
            st.info("Nothing was done that matches.")
        else:
            _table(view, [deed for _, deed in deeds])
            _pager(audit, wanted, chosen, marks, deeds)
        with st.container(horizontal=True, gap="small"):
            download(view, NAME, _file(audit, wanted, chosen))
            asked = st.button(
                "Verify", key=state.of_panel(NAME, "verify"), icon=":material/verified:",
                type="tertiary", help="Reads the chain of hashes again",
            )  # fmt: skip
        if asked:
            _verify(audit)


def _choose(audit: Audit) -> tuple[tuple[str, ...], Wanted]:
    """What the boxes say, and what is wanted then."""
    with st.container(horizontal=True, gap="small"):
        who = _box("who", "Who", ("", *audit.principals()), lambda name: name or "Everybody")
        action = _box(
            "action", "Action", ("", *audit.actions()), lambda name: name or "Every action"
        )
        days = _box("period", "Period", tuple(_PERIODS), _PERIODS.__getitem__)
    since = datetime.now(UTC) - timedelta(days=int(days)) if days else None
    return (who, action, days), Wanted(who, action, since)


def _box(part: str, label: str, choices: Sequence[str], words: Callable[[str], str]) -> str:
    key = state.control(NAME, part, choices)
    return st.selectbox(label, choices, key=key, format_func=words, persist_state="session")


def _marks(chosen: tuple[str, ...]) -> tuple[int, ...]:
    """The last number of each page before this one; none when another selection was shown."""
    about, marks = st.session_state.get(_AT, (None, ()))
    return marks if about == chosen else ()


def _table(view: View, deeds: Sequence[Deed]) -> None:
    zone = view.filters.period.calendar.zone
    columns = {
        "time": [moment_text(deed.time, zone, seconds=True) for deed in deeds],
        "who": [_who(deed) for deed in deeds],
        "action": [deed.action for deed in deeds],
        "asked": [deed.asked for deed in deeds],
        "rows": ["" if deed.rows is None else f"{deed.rows:,}" for deed in deeds],
        "result": [deed.result for deed in deeds],
        "address": [deed.address for deed in deeds],
    }
    text = st.column_config.TextColumn
    st.dataframe(
        pl.DataFrame(columns),
        hide_index=True,
        key=state.of_panel(NAME, "table"),
        height=ROW_HEIGHT * (min(len(deeds), SHOWN_ROWS) + 1) + 2,
        column_config={
            "time": text("Time", help=f"In {zone}", width=170),
            "who": text("Who", help=_WHO),
            "action": text("Action"),
            "asked": text("Of what", width=380),
            "rows": text("Rows", alignment="right"),
            "result": text("Result"),
            "address": text("From"),
        },
    )


def _who(deed: Deed) -> str:
    who = deed.principal or UNKNOWN
    return f"{who}, token {deed.token}" if deed.token else who


def _pager(
    audit: Audit, wanted: Wanted, chosen: tuple[str, ...], marks: tuple[int, ...],
    deeds: Sequence[tuple[int, Deed]],
) -> None:  # fmt: skip
    newest, oldest = deeds[0][0], deeds[-1][0]
    total, newer = audit.count(wanted), audit.count(wanted, newer_than=newest)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _step("‹ Newer", chosen, marks[:-1], off=not marks)
        _step("Older ›", chosen, (*marks, oldest), off=newer + len(deeds) >= total)
        st.caption(f"rows {newer + 1:,}–{newer + len(deeds):,} of {total:,}")


def _step(label: str, chosen: tuple[str, ...], marks: tuple[int, ...], *, off: bool) -> None:
    def go() -> None:
        st.session_state[_AT] = (chosen, marks)

    st.button(label, key=state.of_panel(NAME, label), on_click=go, disabled=off)


def _file(audit: Audit, wanted: Wanted, chosen: tuple[str, ...]) -> File:
    """All that match, for whoever is an administrator at the click."""
    there = login.whoever()

    def made() -> Made:
        principal = there()
        if principal is None or not principal.has_role("admin"):
            return Made(GONE, 0)
        sheet = of_deeds(audit.every(wanted))
        return Made(csv.content(sheet), len(sheet.rows))

    asked = {k: v for k, v in zip(("who", "action", "days"), chosen, strict=True) if v}
    return File(
        label="CSV", ending="csv", mime=csv.MIME, about="All that match", made=made, asked=asked
    )


def _verify(audit: Audit) -> None:
    verdict = check(audit.state)
    for fault in verdict.faults:
        st.error(f"{md_escape(fault[:1].upper() + fault[1:])}.", icon=":material/gpp_bad:")
    if verdict.holds:
        older = f", {verdict.unchained:,} older ones have no hash" if verdict.unchained else ""
        st.success(f"{verdict.fits:,} rows are as they were written{older}.")
    if verdict.last:
        st.caption("To be noted elsewhere, so that a chain made anew would show:")
        st.code("{}:{}".format(*verdict.last), language=None)
