"""The formats of an answer, and the answer in each of them."""

from collections.abc import Callable
from dataclasses import dataclass

from analytics_core.errors import UnknownName
from analytics_core.export import columnar, csv, document
from analytics_core.export.answer import Answer, about, key, rows
from analytics_core.export.native_chart import of_answer
from analytics_core.export.sheet import Column, Sheet
from analytics_core.export.table import aligned
from analytics_core.export.workbook import MIME, Part, workbook
from analytics_core.export.workbook_about import lines
from analytics_core.semantics.format import bucket_when, cell, period_text
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.member import Member


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write an answer down; `name` is also the ending of a file's name."""

    name: str
    mime: str
    written: Callable[[Answer], bytes]


def as_json(answer: Answer) -> bytes:
    """The rows with all that is to be known of them."""
    return "".join(document.document(about(answer), rows(answer))).encode()


def as_csv(answer: Answer) -> bytes:
    """The rows as CSV: plain decimal digits, text guarded against formulas, "" for unknown."""
    units, names = answer.units, _columns(answer)
    lines = tuple(
        tuple(
            v if n in units else str(key(v)) if v is not None else ""
            for n, v in zip(names, row, strict=True)
        )
        for row in answer.frame.select(names).iter_rows()
    )
    return csv.content(Sheet(tuple(Column(n, units.get(n)) for n in names), lines))


def _columns(answer: Answer) -> list[str]:
    """The columns a reader gets: what the rows are of, its kinds, and the figures."""
    kinds = [f"{name}_kind" for name in answer.query.by]
    wanted = {*answer.keys, *kinds, *answer.units}
    return [name for name in answer.frame.columns if name in wanted]


def as_parquet(answer: Answer) -> bytes:
    """The rows as Parquet (columnar.table)."""
    return columnar.as_parquet(columnar.table(answer.frame, answer.units, about(answer)))


def as_arrow(answer: Answer) -> bytes:
    """The rows as an Arrow IPC stream (columnar.table)."""
    return columnar.as_arrow(columnar.table(answer.frame, answer.units, about(answer)))


def as_xlsx(answer: Answer) -> bytes:
    """The rows as a workbook: raw numbers, a chart where they are over time, what it is about."""
    units, names = answer.units, _columns(answer)
    rows = tuple(
        tuple(
            "" if cell is None and name not in units else cell
            for name, cell in zip(names, row, strict=True)
        )
        for row in answer.frame.select(names).iter_rows()
    )
    sheet = Sheet(tuple(Column(name, units.get(name)) for name in names), rows)
    part = Part("Answer", sheet, of_answer(answer), answer.total)
    return workbook([part], tuple(lines(answer.view)))


def as_table(answer: Answer) -> bytes:
    """The rows for a terminal: labels, figures with their unit, and what period they are of."""
    query, period = answer.query, answer.view.filters.period
    additive = {name: MEASURES[name].additive for name in query.measures}
    lines: list[list[str]] = []
    for row in answer.frame.iter_rows(named=True):
        cells: list[str] = []
        if query.grain:
            cells.append(bucket_when(row["bucket"], query.grain, period.calendar))
        cells += [Member(row[d], row[f"{d}_kind"], row[f"{d}_members"]).label(d) for d in query.by]
        cells += [
            cell(row[name], unit, additive=additive.get(name.removesuffix("_previous"), True))
            for name, unit in answer.units.items()
        ]
        lines.append(cells)
    head = (*answer.keys, *answer.units)
    before = f" · against {period_text(answer.previous)}" if answer.previous else ""
    said = f"{period_text(period)}{before} · {period.calendar.zone}"
    return "\n".join([said, *aligned(head, lines, left=len(answer.keys)), ""]).encode()


FORMATS: dict[str, Format] = {
    f.name: f
    for f in (
        Format("table", "text/plain", as_table),
        Format("csv", csv.MIME, as_csv),
        Format("json", document.MIME, as_json),
        Format("parquet", columnar.PARQUET_MIME, as_parquet),
        Format("arrow", columnar.ARROW_MIME, as_arrow),
        Format("xlsx", MIME, as_xlsx),
    )
}


def format_of(name: str) -> Format:
    """The format of that name. Raises UnknownName."""
    UnknownName.check("format", name, FORMATS)
    return FORMATS[name]
