"""/export: everything selected as one file, streamed, never cut."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from analytics_core.api.answers import attached, headers, reply_of
from analytics_core.api.call import Call, Reply
from analytics_core.api.operation import Operation
from analytics_core.api.parameter import Parameter, one
from analytics_core.api.selection import QUESTION, compares, question
from analytics_core.api.selection import SELECTION as PARAMETERS
from analytics_core.errors import NotAsked, UnknownName
from analytics_core.export import focus
from analytics_core.export.answer import answered, of_selection
from analytics_core.export.formats import format_of
from analytics_core.export.rows import arrow_pages, csv_pages, parquet_pages
from analytics_core.export.stream import ending_in_an_error
from analytics_core.reports.activity import without_item_picks
from analytics_core.store.focus import count as rows_of_focus
from analytics_core.store.sql_rows import Of
from analytics_core.store.view import View

OF = ("query", "events", "items", "focus")
FORMATS = ("csv", "parquet", "arrow", "xlsx")
_PAGES = {"csv": csv_pages, "parquet": parquet_pages, "arrow": arrow_pages}
_FOCUS = {"csv": focus.csv_pages, "parquet": focus.parquet_pages}


def _export(call: Call) -> Reply:
    of = one(call.params, "of", "query")
    UnknownName.check("of", of, OF)
    view = call.view()
    if of == "events":
        return _rows(call, without_item_picks(view), "events")
    if of == "items":
        return _rows(call, view, "items")
    if of == "focus":
        return _focus(call, view)
    asked_for = question(call.params, view.filters.period)
    limit = asked_for.limit if one(call.params, "limit") else None
    answer = answered(view, replace(asked_for, limit=limit), compare=compares(call.params))
    return reply_of(answer, call, "query")


def _rows(call: Call, view: View, of: Of) -> Reply:
    _check(call, of, _PAGES)
    total = view.count(of)
    about = {**of_selection(view.store, view.filters), "row_count": total, "row_total": total}
    return _streamed(call, view, of, _PAGES[call.format](view, of), about)


def _focus(call: Call, view: View) -> Reply:
    _check(call, "focus", _FOCUS)
    total, about = rows_of_focus(view), focus.about(view)
    reply = _streamed(
        call, view, "focus", _FOCUS[call.format](view),
        {**about, "row_count": total, "row_total": total},
    )  # fmt: skip
    more = {"Tokentally-Unpriced-Events": str(about["unpriced_events"])}
    return replace(reply, headers={**reply.headers, **more})


def _check(call: Call, of: str, formats: Iterable[str]) -> None:
    """Raises NotAsked for what goes with of=query only."""
    for parameter in QUESTION:
        if parameter.name in call.params:
            said = f"'{parameter.name}' goes with of=query; rows are exported as they are."
            raise NotAsked(said, parameter.name)
    if call.format not in formats:
        said = f"of={of} is exported as {' or '.join(formats)}, not as {call.format}."
        raise NotAsked(said, "format")


def _streamed(
    call: Call, view: View, of: str, body: Iterator[bytes], about: Mapping[str, object]
) -> Reply:
    total = about["row_count"]
    assert isinstance(total, int)
    return Reply(
        body=ending_in_an_error(body) if call.format == "csv" else body,
        mime=format_of(call.format).mime,
        rows=total,
        headers=headers(about) | attached(call.format, of, view.filters.period),
    )


EXPORT = Operation(
    name="export",
    path="/export",
    summary="Everything selected as one file",
    about="`of=query` (the default) takes the parameters of /query, `of=events` and `of=items` every"
    " selected row, `of=focus` cost and usage as FOCUS 1.2 rows (docs/focus.md; CSV or Parquet; the"
    " header `Tokentally-Unpriced-Events` says how many events without a cost are not in it). Only"
    " of=query comes as xlsx. Streamed and never cut: the headers `Tokentally-Rows` and"
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
