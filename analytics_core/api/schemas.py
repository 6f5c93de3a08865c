"""JSON Schemas that several answers share."""

from collections.abc import Mapping

from analytics_core.api.parameter import Schema
from analytics_core.semantics.unit import Unit

TEXT: Schema = {"type": "string"}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
WHOLE: Schema = {"type": "integer", "minimum": 0}
MOMENT: Schema = {"type": "string", "format": "date-time"}
MOMENT_OR_NULL: Schema = {"type": ["string", "null"], "format": "date-time"}
MONEY: Schema = {
    "type": ["string", "null"],
    "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
    "description": "USD as decimal text, exact to the last digit; null is unknown.",
}
KIND: Schema = {"enum": ["member", "others", "unattributed"]}


def record(fields: Mapping[str, Schema], about: str = "") -> Schema:
    """An object with exactly these fields, all of them required."""
    said = {"description": about} if about else {}
    return {
        "type": "object",
        "properties": dict(fields),
        "required": list(fields),
        "additionalProperties": False,
        **said,
    }


def many(of: Schema) -> Schema:
    """A list of them."""
    return {"type": "array", "items": of}


PERIOD: Schema = record(
    {"name": TEXT, "start": MOMENT, "end": MOMENT, "zone": TEXT},
    "Half-open: `end` is not part of it.",
)
PICKS: Schema = {
    "type": "object",
    "additionalProperties": many(TEXT),
    "description": "The picks in force by dimension; an empty text is usage without a member.",
}
SELECTION: Mapping[str, Schema] = {
    "period": PERIOD,
    "filters": PICKS,
    "data_version": TEXT,
    "data_until": MOMENT_OR_NULL,
}
COUNTS: Mapping[str, Schema] = {"row_count": WHOLE, "row_total": WHOLE}
UNITS: Schema = {"enum": [unit.value for unit in Unit]}
