"""A panel that lists rows: usage requests or usage items, newest first, 50 to a page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
import streamlit as st

from analytics_core.export import csv
from analytics_core.export.columnar import PARQUET_MIME
from analytics_core.export.listed_sheet import of_rows
from analytics_core.export.rows import MOST, csv_pages, parquet
from analytics_core.export.sheet import Sheet
from analytics_core.reports.activity import Page, page, without_item_picks
from analytics_core.semantics.filters import Filters
from analytics_core.semantics.query import Query
from analytics_core.store.sql_rows import Cut, Mark, Of
from analytics_core.store.view import View
from analytics_core.ui import state
from analytics_core.ui.download import File, Made, menu
from analytics_core.ui.errors import edge
from analytics_core.ui.event import show
from analytics_core.ui.explain import explain
from analytics_core.ui.login import still_sees
from analytics_core.ui.opener import opener
from analytics_core.ui.page_file import remember
from analytics_core.ui.quick_filters import quick_filters
from analytics_core.ui.row_columns import COLUMNS, PROJECT, Column, time_text
from analytics_core.ui.tables import table

IN_A_WORKBOOK = 10_000  # rows of the page's workbook; it says so, and of how many
_ELSEWHERE = (
    "Choose a shorter period, or stream all of them: `/api/v1/export` or `python -m analytics_core"
    " export`."
)
SHOWN_ROWS = 15  # of a page, before it scrolls
QUESTIONS = {
    "events": Query(("events",)),
    "items": Query(("cost", "quantity"), ("pricing_rule",)),
}
_FILTERS = ("event_type", "status", "provider", "model", "feature", "customer")
FILTERS = {"events": _FILTERS, "items": ("pricing_rule", *_FILTERS)}


@dataclass(frozen=True, slots=True)
class Listing:
    """A panel (`page.panel`) of the selected events or their usage items.

    With `live` a switch holds the list still; on, the newest rows stand first as soon as they have
    landed (every page looks for new data: ui/inbox.py). A time opens its event, on a page that has
    the URL key of ui/event.py.
    """

    name: str
    title: str
    of: Of
    live: bool = False

    def questions(self, view: View) -> Sequence[Query]:
        """None: rows are no figures."""
        return ()

    def present(self, view: View) -> bool:
        """Always."""
        return True

    def draw(self, view: View) -> None:
        """Draws the panel."""
        _draw(view, self)


@st.fragment
def _draw(view: View, listing: Listing) -> None:
    """The panel; its controls run it alone."""
    if state.moved() or not still_sees(view.scope):
        st.rerun()
    name = listing.name
    with st.container(border=True, key=f"panel.{name}"):
        head = st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
        head.subheader(listing.title, anchor=False)
        with edge(name):
            about = view if listing.of == "items" else without_item_picks(view)
            place = _Place(name, about.filters)
            shown = page(about, listing.of, place.at)
            if shown.first <= 1 and place.at and place.at.after:
                place.go(None)
            with head, st.container(horizontal=True, width="content", gap="xsmall"):
                explain(about, QUESTIONS[listing.of], name)
                _downloads(about, listing, shown.total)
            remember(about, name, listing.title, lambda: _newest(about, listing.of), shown.total)
            _controls(view, listing, shown, place)
            if about.filters != view.filters:
                st.caption("Filters on pricing rule or unit hold for the usage items alone.")
            _table(about, listing, shown)
            _pager(listing, shown, place, view)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a reader stands in a list: beside a row, or (None) at the newest rows."""

    panel: str
    filters: Filters

    @property
    def at(self) -> Cut | None:
        """The rows to show; the newest when the selection is another one than before."""
        about, at = st.session_state.get(state.of_panel(self.panel, "at"), (None, None))
        return at if about == self.filters.to_params() else None

    def go(self, at: Cut | None) -> None:
        """Stands elsewhere; for callbacks too."""
        st.session_state[state.of_panel(self.panel, "at")] = (self.filters.to_params(), at)

    def hold(self, live: str, first: Mark) -> None:
        """For the Live switch: follows the newest rows, or stays at `first` and those below it."""
        follow = st.session_state[live]
        self.go(None if follow else Cut(before=replace(first, place=first.place + 1)))


def _newest(view: View, of: Of) -> Sheet:
    return of_rows(view.rows(of, Cut(IN_A_WORKBOOK)), view)


def _downloads(view: View, listing: Listing, total: int) -> None:
    """All rows as a file; too many to be made at once are not cut, but had elsewhere."""

    def as_csv() -> Made:
        return Made(b"".join(csv_pages(view, listing.of)), total)

    def as_parquet() -> Made:
        return Made(parquet(view, listing.of), total)

    about = f"All {total:,} rows"
    files = (
        File(label="CSV", ending="csv", mime=csv.MIME, about=about, made=as_csv),
        File(label="Parquet", ending="parquet", mime=PARQUET_MIME, about=about, made=as_parquet),
    )
    note = f"A file made here holds at most {MOST:,} of the {total:,} rows."
    menu(
        view, listing.name, lambda: files if total <= MOST else (),
        f"{note} {_ELSEWHERE}" if total > MOST else "",
    )  # fmt: skip


def _controls(view: View, listing: Listing, shown: Page, place: _Place) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if listing.live and shown.total:
            key = state.of_panel(listing.name, "live")
            st.session_state[key] = place.at is None
            st.toggle(
                "Live",
                key=key,
                help="New requests appear as soon as they have landed. Off, the list holds still.",
                on_change=place.hold,
                args=(key, shown.mark(0)),
            )
        quick_filters(view, listing.name, FILTERS[listing.of])
        with st.popover("Columns", icon=":material/view_column:", type="tertiary"):
            _choose_columns(listing)


def _choose_columns(listing: Listing) -> None:
    offered = {c.field: c.label for c in COLUMNS[listing.of] if c is not PROJECT}
    st.pills(
        "Columns",
        tuple(offered),
        selection_mode="multi",
        key=_column_key(listing),
        format_func=offered.__getitem__,
        label_visibility="collapsed",
        persist_state="session",
        width=420,
    )


def _column_key(listing: Listing) -> str:
    key = state.of_panel(listing.name, "columns")
    shown = [c.field for c in COLUMNS[listing.of] if c.shown and c is not PROJECT]
    st.session_state.setdefault(key, shown)
    return key


def _chosen(listing: Listing) -> list[Column]:
    """The columns a reader wants, in their own order; the project always."""
    wanted = {PROJECT.field, *st.session_state[_column_key(listing)]}
    return [column for column in COLUMNS[listing.of] if column.field in wanted]


def _table(view: View, listing: Listing, shown: Page) -> None:
    if not shown.total:
        st.info("No usage item matches these filters.")
        return
    zone = view.filters.period.calendar.zone
    rows = list(shown.frame.iter_rows(named=True))
    cells = {"time": pl.Series([time_text(row, zone) for row in rows])}
    config: dict[str, Any] = {"time": _time_column(listing, zone, shown)}
    for column in _chosen(listing):
        cells[column.field] = pl.Series([column.text(row, view.names) for row in rows])
        config[column.field] = st.column_config.TextColumn(
            column.label,
            alignment="right" if column.right else "left",
            help=column.help,
            width=column.width,
        )
    table(pl.DataFrame(cells), config, state.of_panel(listing.name, "table"), seen=SHOWN_ROWS)


def _time_column(listing: Listing, zone: str, shown: Page) -> Any:
    marks = tuple(shown.mark(at) for at in range(shown.frame.height))
    key = state.of_panel(listing.name, "opened")
    return st.column_config.ButtonColumn(
        f"Time ({zone})",
        type="tertiary",
        alignment="left",
        pinned=True,
        key=key,
        on_click=_open,
        args=(key, marks),
        help="Opens the event",
    )


def _open(key: str, marks: Sequence[Mark]) -> None:
    """Opens the event of the row whose time was pressed."""
    pressed = st.session_state[key]
    if pressed is not None and pressed["row"] < len(marks):
        show(marks[pressed["row"]])


def _pager(listing: Listing, shown: Page, place: _Place, view: View) -> None:
    if not shown.total:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for label, cut, off in (
            ("‹ Newer", Cut(after=shown.mark(0)), shown.first <= 1),
            ("Older ›", Cut(before=shown.mark(-1)), shown.last >= shown.total),
        ):
            st.button(
                label,
                key=state.of_panel(listing.name, label),
                on_click=place.go,
                args=(cut,),
                disabled=off,
            )
        st.caption(f"rows {shown.first:,}–{shown.last:,} of {shown.total:,}")
        if shown.total > MOST:
            st.caption(f"A file made here holds at most {MOST:,} rows. {_ELSEWHERE}")
        _open_without_mouse(listing, shown, view)


def _open_without_mouse(listing: Listing, shown: Page, view: View) -> None:
    rows, zone = shown.frame.iter_rows(named=True), view.filters.period.calendar.zone
    names = [
        f"{at:,}. {time_text(row, zone)}, {PROJECT.text(row, view.names)}"
        for at, row in enumerate(rows, shown.first)
    ]
    opener(listing.name, "Open an event", names, lambda at: show(shown.mark(at)))
