"""/export: everything selected as one file, streamed, never cut."""

from collections.abc import Iterator
from dataclasses import replace

from polars.exceptions import PanicException

from analytics_core.api.answers import attached, headers, reply_of
from analytics_core.api.call import Call, Reply, asked
from analytics_core.api.operation import Operation
from analytics_core.api.parameter import Parameter, one
from analytics_core.api.selection import QUESTION, compares, question
from analytics_core.api.selection import SELECTION as PARAMETERS
from analytics_core.errors import NotAsked, StoreBusy, TooSlow, UnknownName
from analytics_core.export import columnar, csv
from analytics_core.export.answer import answered, of_selection
from analytics_core.export.rows import arrow_pages, csv_pages, parquet_pages
from analytics_core.reports.activity import without_item_picks
from analytics_core.store.sql_rows import Of
from analytics_core.store.view import View

OF = ("query", "events", "items")
FORMATS = ("csv", "parquet", "arrow", "xlsx")
_PAGES = {
    "csv": (csv_pages, csv.MIME),
    "parquet": (parquet_pages, columnar.PARQUET_MIME),
    "arrow": (arrow_pages, columnar.ARROW_MIME),
}


def _export(call: Call) -> Reply:
    of = one(call.params, "of", "query")
    UnknownName.check("of", of, OF)
    view = call.view()
    if of == "events":
        return _rows(call, without_item_picks(view), "events")
    if of == "items":
        return _rows(call, view, "items")
    asked_for = question(call.params, view.filters.period)
    limit = asked_for.limit if one(call.params, "limit") else None
    answer = answered(view, replace(asked_for, limit=limit), compare=compares(call.params))
    return reply_of(answer, call, "query")


def _rows(call: Call, view: View, of: Of) -> Reply:
    for parameter in QUESTION:
        if parameter.name in call.params:
            raise NotAsked(f"'{parameter.name}' goes with of=query; rows are exported as they are.")
    if call.format not in _PAGES:
        raise NotAsked("format=xlsx goes with of=query; csv and parquet hold any number of rows.")
    pages, mime = _PAGES[call.format]
    total = view.count(of)
    about = {**of_selection(view.store, view.filters), "row_count": total, "row_total": total}
    body = pages(view, of)
    return Reply(
        body=ending_in_an_error(body) if call.format == "csv" else body,
        mime=mime,
        rows=total,
        headers=headers(about) | attached(call.format, of, view.filters.period),
        asked=asked(call.params),
    )


def ending_in_an_error(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The parts of a CSV; one that breaks off says so in its last line."""
    try:
        yield from parts
    except (Exception, PanicException) as wrong:
        why = str(wrong) if isinstance(wrong, TooSlow | StoreBusy) else "It is in the log."
        yield f'"ERROR: this export is not complete. {why}"\r\n'.encode()
        raise


EXPORT = Operation(
    name="export",
    path="/export",
    summary="Everything selected as one file",
    about="`of=query` (the default) takes the parameters of /query, `of=events` and `of=items` every"
    " selected row (not as xlsx). Streamed and never cut: the headers `Tokentally-Rows` and"
    " `Tokentally-Rows-Total` say how many rows the file has. A CSV that breaks off ends in a line"
    " that says ERROR, a Parquet file that does cannot be read.",
    example="/export?of=events&period=last-month&format=csv",
    run=_export,
    parameters=(
        Parameter(
            name="of",
            description="What the rows are.",
            schema={"type": "string", "enum": list(OF), "default": "query"},
        ),
        *PARAMETERS,
        *QUESTION,
    ),
    formats=FORMATS,
)
