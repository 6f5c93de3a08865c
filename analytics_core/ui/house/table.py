"""A settings CSV as an editable table: its lines, and beside them what might be added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from analytics_core.semantics.csv_edit import Row
from analytics_core.ui.house.editing import Editing

LISTED, LINE, OFFER = "listed", "line", "offer"
_ROW, _MOST_HEIGHT = 35, 560  # pixels


@dataclass(frozen=True, slots=True)
class Table:
    """How a file is edited: its columns with their editors, and the words for its lines.

    `marks` are further columns that say something of a row and cannot be edited.
    """

    columns: Mapping[str, Any]  # name -> st.column_config
    marks: Mapping[str, Any]


def edited(
    editing: Editing,
    table: Table,
    held: Sequence[Row],
    offered: Sequence[Row] = (),
    marks: Mapping[str, Sequence[str]] | None = None,
) -> list[Row]:
    """Draws the lines of the file and the offered ones; the lines the file is to have.

    An offered row is taken once it is ticked, or any of its cells says something else than offered.
    `marks` are the cells of Table.marks, for the held rows and then the offered ones.
    """
    rows = [*held, *offered]
    data = {
        LISTED: pl.Series([True] * len(held) + [False] * len(offered), dtype=pl.Boolean),
        **{
            name: pl.Series([row.cell(name) for row in rows], dtype=pl.String)
            for name in table.columns
        },
        **{name: pl.Series(cells, dtype=pl.String) for name, cells in (marks or {}).items()},
        # As text: a number that may be missing comes back from the editor as a float.
        LINE: pl.Series([str(row.number or "") for row in rows], dtype=pl.String),
        OFFER: pl.Series([""] * len(held) + [str(n) for n in range(len(offered))], dtype=pl.String),
    }
    tick = st.column_config.CheckboxColumn(
        "Line",
        default=True,
        width=60,
        help="Has a line in the file; untick it to take the line out",
    )
    frame: Any = st.data_editor(
        pl.DataFrame(data),
        key=editing.key("table"),
        num_rows="dynamic",
        hide_index=True,
        column_order=[LISTED, *table.marks, *table.columns],
        column_config={LISTED: tick, **table.columns, **table.marks},
        disabled=[*table.marks],
        placeholder=" ",
        # A height that is set hides the line that somebody adds: it then scrolls out of sight.
        height="content" if _ROW * (len(rows) + 2) < _MOST_HEIGHT else _MOST_HEIGHT,
    )
    return wanted(frame, list(table.columns), offered)


def wanted(frame: pl.DataFrame, columns: Sequence[str], offered: Sequence[Row] = ()) -> list[Row]:
    """The lines that an edited table stands for, in its order."""
    found: list[Row] = []
    for row in frame.iter_rows(named=True):
        cells = {name: (row[name] or "").strip() for name in columns}
        if row[OFFER]:
            as_offered = offered[int(row[OFFER])]
            taken = row[LISTED] or any(cells[c] != as_offered.cell(c) for c in columns)
        else:
            taken = row[LISTED] is not False and (row[LINE] or any(cells.values()))
        if taken:
            found.append(Row(int(row[LINE]) if row[LINE] else None, cells))
    return found
