"""/events and /items: the rows behind the figures, newest first, a page at a time."""

from analytics_core.api.answers import attached, headers
from analytics_core.api.call import Call, Reply
from analytics_core.api.cursor import from_text, to_text
from analytics_core.api.operation import FORMATS, Operation
from analytics_core.api.parameter import TEXT, Parameter, Schema, one, whole
from analytics_core.api.schemas import (
    COUNTS,
    MOMENT,
    MONEY,
    SELECTION,
    TEXT_OR_NULL,
    many,
    record,
)
from analytics_core.api.selection import SELECTION as PARAMETERS
from analytics_core.events import COLUMNS
from analytics_core.export import columnar, csv
from analytics_core.export.answer import of_selection
from analytics_core.export.document import MIME, document
from analytics_core.export.listed import rows
from analytics_core.export.rows import ORIGIN, csv_of, table_of
from analytics_core.reports.activity import mark_of, without_item_picks
from analytics_core.store.sql_rows import CARRIED, Cut, Of

SHOWN, MOST = 50, 1000  # rows of one page

_PAGE = (
    Parameter(
        name="limit",
        description=f"At most this many rows (default: {SHOWN}).",
        schema={"type": "integer", "minimum": 1, "maximum": MOST, "default": SHOWN},
    ),
    Parameter(
        name="cursor",
        description="The rows after a page: what its `next` says.",
        schema=TEXT,
    ),
)


def _listed(call: Call, of: Of) -> Reply:
    view = call.view() if of == "items" else without_item_picks(call.view())
    limit = whole(call.params, "limit", 1, MOST) or SHOWN
    at = one(call.params, "cursor")
    page = view.rows(of, Cut(limit + 1, before=from_text(at) if at else None))
    shown = page.head(limit)
    more = page.height > limit
    about = {
        **of_selection(view.store, view.filters),
        "row_count": shown.height,
        "row_total": view.count(of),
        "next": to_text(mark_of(shown.row(-1, named=True))) if more else None,
    }
    said = headers(about) | attached(call.format, of, view.filters.period)
    said |= {"Tokentally-Next": str(about["next"])} if more else {}
    if call.format == "json":
        body, mime = "".join(document(about, rows(shown, view, of))).encode(), MIME
    elif call.format == "csv":
        body, mime = csv_of(shown, view, of), csv.MIME
    elif call.format == "parquet":
        body, mime = columnar.as_parquet(table_of(shown, view, of)), columnar.PARQUET_MIME
    else:
        body, mime = columnar.as_arrow(table_of(shown, view, of)), columnar.ARROW_MIME
    return Reply(body=body, mime=mime, rows=shown.height, headers=said)


_OWN_ITEM = record(
    {"pricing_rule": TEXT, "quantity": TEXT_OR_NULL, "unit": TEXT_OR_NULL, "cost": MONEY}
)
_TYPES: dict[str, Schema] = {
    "VARCHAR": TEXT_OR_NULL,
    "BIGINT": {"type": ["integer", "null"]},
    "INTEGER": {"type": ["integer", "null"]},
    "SMALLINT": {"type": ["integer", "null"]},
    "BOOLEAN": {"type": ["boolean", "null"]},
    "TIMESTAMP": {"type": ["string", "null"], "format": "date-time"},
}
_OWN: dict[str, Schema] = {
    "items": {"anyOf": [many(_OWN_ITEM), {"type": "null"}]},
    "tags": {"type": ["object", "null"], "additionalProperties": TEXT},
    "metadata": {"description": "Any JSON: what the source said beside the columns."},
}


def _event() -> Schema:
    """The event as JSON: its columns, money without `_nano`."""
    fields: dict[str, Schema] = {}
    for column in COLUMNS:
        money = column.name.endswith("_nano")
        kind = _OWN.get(column.name) or (MONEY if money else _TYPES[column.sql])
        fields[column.name.removesuffix("_nano")] = {**kind, "description": column.meaning}
    required = [name for name in fields if name not in ORIGIN]
    return {**record(fields), "required": required}


def _page(row: Schema) -> Schema:
    return record({**SELECTION, **COUNTS, "next": TEXT_OR_NULL, "rows": many(row)})


_ITEM = record(
    {
        **dict.fromkeys(CARRIED, TEXT_OR_NULL),
        "started_at": MOMENT,
        "pricing_rule": TEXT,
        "unit": TEXT_OR_NULL,
        "quantity": TEXT_OR_NULL,
        "unit_price": MONEY,
        "cost": MONEY,
    }
)

EVENTS = Operation(
    name="events",
    path="/events",
    summary="Usage events, newest first",
    about="Every column of the selected events, a page at a time: send `next` back as `cursor`"
    " until it is null. Columns about the dropped file are for those who see every row.",
    example="/events?period=last-month&limit=10",
    schema=_page(_event()),
    run=lambda call: _listed(call, "events"),
    parameters=(*PARAMETERS, *_PAGE),
    formats=FORMATS,
)

ITEMS = Operation(
    name="items",
    path="/items",
    summary="Usage items, newest first",
    about="What the cost of each selected event is made of: pricing rule, quantity, price of one"
    " and cost. Within an event they sum to its cost.",
    example="/items?period=last-month&limit=10",
    schema=_page(_ITEM),
    run=lambda call: _listed(call, "items"),
    parameters=(*PARAMETERS, *_PAGE),
    formats=FORMATS,
)
