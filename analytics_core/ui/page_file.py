"""The page as one workbook: what its panels show now, a worksheet each."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from analytics_core.errors import TokentallyError
from analytics_core.export import columnar, csv, workbook
from analytics_core.export.answer import of_selection
from analytics_core.export.native_chart import chart
from analytics_core.export.sheet import Column, Sheet
from analytics_core.export.workbook import Part
from analytics_core.export.workbook_about import lines
from analytics_core.semantics.format import filters_text
from analytics_core.store.view import View
from analytics_core.ui import state
from analytics_core.ui.download import File, Made, menu
from analytics_core.ui.errors import words
from analytics_core.ui.focus_files import ELSEWHERE, few, focus_files
from analytics_core.ui.login import still_sees

OF_FOCUS = ("costs", "explore")  # the pages where FOCUS rows are offered
_PANELS = state.of_panel("page", "panels")
_ICON = re.compile(r":material/\w+:\s*")
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Panel:
    """What one panel of the page shows: of which View, and its rows; `of` how many there are in all."""

    title: str
    view: View
    sheet: Callable[[], Sheet]
    of: int | None = None

    def part(self) -> Part:
        """Its worksheet; one that cannot be had says why."""
        try:
            sheet = self.sheet()
        except TokentallyError as wrong:
            return Part(self.title, Sheet((Column("not available"),), ((words(wrong),),)))
        drawn = chart(self.view, self.title, sheet.drawn) if sheet.drawn else None
        return Part(self.title, sheet, drawn, self.of)


def begin() -> None:
    """Forgets the panels of another run; before the page draws its own."""
    st.session_state[_PANELS] = {}


def remember(
    view: View, name: str, title: str, sheet: Callable[[], Sheet], of: int | None = None
) -> Panel:
    """Makes a panel, called `name` and titled in markdown, part of the page's workbook."""
    words = _ESCAPED.sub(r"\1", _ICON.sub("", title))
    panel = Panel(words, view, sheet, of)
    st.session_state.setdefault(_PANELS, {})[name] = panel
    return panel


def panel_menu(name: str, panel: Panel) -> None:
    """The files of one panel."""
    scope = state.scope_words()
    menu(panel.view, name, lambda: _files(name, panel, scope))


def _files(name: str, panel: Panel, scope: str) -> Iterator[File]:
    view, sheet = panel.view, panel.sheet

    def as_csv() -> Made:
        rows = sheet()
        return Made(csv.content(rows), len(rows.rows))

    def as_workbook() -> Made:
        part = panel.part()
        about = (("Panel", panel.title), *lines(view, scope))
        return Made(workbook.workbook([part], about), part.rows)

    def as_parquet() -> Made:
        rows = sheet()
        number = len(rows.rows)
        about = {"panel": name, **of_selection(view.store, view.filters),
                 "row_count": number, "row_total": number}  # fmt: skip
        return Made(columnar.as_parquet(columnar.of_sheet(rows, about)), number)

    yield File(label="CSV", ending="csv", mime=csv.MIME, about="Plain text", made=as_csv)
    yield File(
        label="Excel", ending="xlsx", mime=workbook.MIME, made=as_workbook,
        about="A workbook with a chart and what it is about",
    )  # fmt: skip
    yield File(
        label="Parquet", ending="parquet", mime=columnar.PARQUET_MIME, made=as_parquet,
        about="For programs: exact amounts",
    )  # fmt: skip


@st.fragment
def page_menu(view: View, title: str) -> None:
    """The files of the whole page."""
    if not still_sees(view.scope):
        st.rerun()
    panels: Mapping[str, Panel] = st.session_state[_PANELS]
    scope = state.scope_words()

    def made() -> Made:
        shown = list(panels.values())
        parts = [panel.part() for panel in shown]
        about = (("Page", title), *lines(view, scope), *_others(view, shown))
        return Made(workbook.workbook(parts, about), sum(part.rows for part in parts))

    file = File(
        label="This page as a workbook", ending="xlsx", mime=workbook.MIME, made=made, name="page",
        about="A worksheet for each panel, charts, and what the file is about (XLSX)",
    )  # fmt: skip
    path = state.path() or "overview"
    if path not in OF_FOCUS:
        menu(view, f"{path}.page", lambda: (file,))
    elif few(view):
        menu(view, f"{path}.page", lambda: (file, *focus_files(view)))
    else:
        menu(view, f"{path}.page", lambda: (file,), ELSEWHERE)


def _others(view: View, panels: Sequence[Panel]) -> Iterator[tuple[str, str]]:
    """The selection of each panel that looks at another one than the page."""
    for panel in panels:
        of = panel.view.filters
        if of != view.filters:
            yield f"Selection of '{panel.title}'", filters_text(of, view.names.label)
