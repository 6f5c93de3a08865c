"""The frame of one part of the Data page, and its tables."""

import contextlib
from collections.abc import Callable, Generator, Sequence
from datetime import datetime
from typing import Any

import polars as pl
import streamlit as st

from analytics_core.access.roles import scope_of
from analytics_core.export import csv
from analytics_core.export.sheet import Cell, Column, Sheet
from analytics_core.semantics.filters import Scope
from analytics_core.semantics.format import UNKNOWN, cell, moment_text
from analytics_core.semantics.period import Period
from analytics_core.semantics.unit import Unit
from analytics_core.ui import login, state
from analytics_core.ui.download import Made, file_name, given
from analytics_core.ui.errors import edge

PAGE = "data"
_ROW, _MOST_HEIGHT = 35, 560  # pixels
_OUTLIER = 40  # letters; a text of more is read in the row's own page


@contextlib.contextmanager
def frame(
    name: str,
    title: str,
    note: str = "",
    sheet: Callable[[], Sheet] | None = None,
    period: Period | None = None,
) -> Generator[None]:
    """A bordered part with a title, one edge for errors, and a download of `sheet`.

    `note` is markdown. `period` is named in the file when the rows are of one.
    """
    with st.container(border=True, gap="small", key=f"panel.{PAGE}.{name}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.subheader(title, anchor=False)
            if sheet is not None:
                st.download_button(
                    "CSV",
                    data=_file(name, sheet),
                    file_name=file_name(PAGE, name, period),
                    mime=csv.MIME,
                    key=state.of_panel(f"{PAGE}.{name}", "csv"),
                    help="Download as CSV",
                    icon=":material/download:",
                    type="tertiary",
                    on_click="ignore",
                )
        if note:
            st.caption(note)
        with edge(f"{PAGE}.{name}"):
            yield


def _file(name: str, sheet: Callable[[], Sheet]) -> Callable[[], bytes]:
    """The sheet as CSV, for whoever sees at the click what they see now."""
    principal = login.who()

    def made() -> Made:
        rows = sheet()
        return Made(csv.content(rows), len(rows.rows))

    asked = {"page": PAGE, "panel": name, "format": "csv"}
    return given(made, scope_of(principal) if principal else Scope(), asked)


def table(
    sheet: Sheet, zone: str, key: str, *, chosen: Callable[[list[int]], None] | None = None
) -> None:
    """The sheet as a table, numbers and times as people read them; its only share is also a bar.

    `chosen` gets the places of the rows that were clicked, as a callback.
    """
    shown: dict[str, pl.Series] = {}
    barred = [column.unit for column in sheet.columns].count(Unit.RATIO) == 1
    config: dict[str, Any] = {}
    for at, column in enumerate(sheet.columns):
        cells = [row[at] for row in sheet.rows]
        texts = [_text(value, column, zone) for value in cells]
        shown[f"c{at}"] = pl.Series(texts, dtype=pl.String)
        side = "left" if column.unit is None else "right"
        config[f"c{at}"] = st.column_config.TextColumn(
            column.heading, alignment=side, pinned=at == 0, width=_width(texts)
        )
        if barred and column.unit is Unit.RATIO:
            shown[f"b{at}"] = pl.Series([v if isinstance(v, float) else None for v in cells])
            config[f"b{at}"] = st.column_config.ProgressColumn(
                "", min_value=0, max_value=1, format=" ", color="primary", width="small"
            )
    more: dict[str, Any] = {}
    if chosen is not None:
        more = {"on_select": lambda: chosen(_rows(key)), "selection_mode": "single-row"}
    st.dataframe(
        pl.DataFrame(shown),
        hide_index=True,
        column_config=config,
        key=key,
        height=min(_MOST_HEIGHT, _ROW * (len(sheet.rows) + 1) + 2),
        **more,
    )


def _width(texts: Sequence[str]) -> int | None:
    """The pixels of a column with a text much longer than the others, which would be cut."""
    lengths = [len(text) for text in texts]
    longest = max(lengths, default=0)
    if not longest or longest > _OUTLIER or longest * len(lengths) < 2 * sum(lengths):
        return None
    return int(6.4 * longest) + 16


def _rows(key: str) -> list[int]:
    return list(st.session_state[key].selection.rows)


def _text(value: Cell, column: Column, zone: str) -> str:
    if isinstance(value, datetime):
        return moment_text(value, zone)
    if value is None or column.unit is None:
        return UNKNOWN if value is None else str(value)
    return value if isinstance(value, str) else cell(value, column.unit)
