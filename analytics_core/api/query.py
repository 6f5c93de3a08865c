"""/query: any measures by any two dimensions."""

from analytics_core.api.answers import reply_of
from analytics_core.api.call import Call, Reply
from analytics_core.api.operation import FORMATS, Operation
from analytics_core.api.parameter import Schema
from analytics_core.api.schemas import COUNTS, PERIOD, SELECTION, UNITS, many
from analytics_core.api.selection import QUESTION, compares, question
from analytics_core.api.selection import SELECTION as PARAMETERS
from analytics_core.export.answer import answered


def _query(call: Call) -> Reply:
    view, compare = call.view(), compares(call.params)
    query = question(call.params, view.filters.period)
    return reply_of(answered(view, query, compare=compare), call, "query")


_FIELDS: dict[str, Schema] = {
    **SELECTION,
    "previous": PERIOD,
    "measures": {"type": "object", "additionalProperties": UNITS},
    **COUNTS,
    "rows": many({"type": "object"}),
}
ANSWER: Schema = {
    "type": "object",
    "properties": _FIELDS,
    "required": [name for name in _FIELDS if name != "previous"],
    "additionalProperties": False,
}

QUERY = Operation(
    name="query",
    path="/query",
    summary="Any measures by any two dimensions",
    about="One row per bucket and pair of members: `bucket`, then for each dimension its name,"
    " `<dimension>_kind` (member, others, unattributed) and `<dimension>_members`, then the"
    " measures. Money is decimal text, null is unknown. The page of the app with the same"
    " parameters shows the same figures.",
    example="/query?measures=cost,requests&by=project&period=last-month&top=5",
    schema=ANSWER,
    run=_query,
    parameters=(*PARAMETERS, *QUESTION),
    formats=(*FORMATS, "xlsx"),
)
