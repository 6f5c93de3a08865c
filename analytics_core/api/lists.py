"""/measures, /dimensions, /options: what can be asked for, and which members there are."""

from collections.abc import Iterable, Mapping

from analytics_core.api.call import Call, Reply
from analytics_core.api.operation import Operation
from analytics_core.api.parameter import TEXT, Parameter, one, whole
from analytics_core.api.schemas import (
    MOMENT,
    TEXT_OR_NULL,
    UNITS,
    WHOLE,
    many,
    record,
)
from analytics_core.api.selection import PICKS, TAGS
from analytics_core.export.answer import key
from analytics_core.export.document import MIME, document
from analytics_core.semantics.dimension import DIMENSIONS, dimension
from analytics_core.semantics.filters import params_of
from analytics_core.semantics.measure import MEASURES
from analytics_core.store.options import MOST_OPTIONS

SHOWN = 100  # options of one answer unless another number is asked for
_FLAG = {"type": "boolean"}


def _measures(_: Call) -> Reply:
    return _all(
        {
            "name": m.name,
            "label": m.label,
            "unit": m.unit.value,
            "additive": m.additive,
            "better": m.better,
            "formula": m.formula,
            "description": m.description,
        }
        for m in MEASURES.values()
    )


def _dimensions(_: Call) -> Reply:
    return _all(
        {
            "name": d.name,
            "label": d.label,
            "description": d.description,
            "parent": d.parent,
        }
        for d in DIMENSIONS.values()
    )


def _all(records: Iterable[Mapping[str, object]]) -> Reply:
    rows = list(records)
    body = "".join(document({"row_count": len(rows)}, rows)).encode()
    return Reply(body=body, mime=MIME, rows=len(rows))


def _options(call: Call) -> Reply:
    of = dimension(call.path["dimension"])
    limit = whole(call.params, "limit", 1, MOST_OPTIONS) or SHOWN
    view = call.view()
    found = view.options(of.name, one(call.params, "search") or None, limit)
    rows = [
        {"member": member, "last_seen": key(seen), "events": events}
        for member, seen, events in found.select("member", "last_seen", "events").iter_rows()
    ]
    about = {
        "dimension": of.name,
        "filters": params_of(view.filters.picks),
        "data_version": view.store.version,
        "row_count": len(rows),
    }
    body = "".join(document(about, rows)).encode()
    return Reply(body=body, mime=MIME, rows=len(rows))


MEASURES_LISTED = Operation(
    name="measures",
    path="/measures",
    summary="Every measure",
    about="Name, label, unit, formula and meaning of everything that can be asked for.",
    example="/measures",
    schema=record(
        {
            "row_count": WHOLE,
            "rows": many(
                record(
                    {
                        "name": TEXT,
                        "label": TEXT,
                        "unit": UNITS,
                        "additive": _FLAG,
                        "better": {"enum": ["lower", "higher", "neither"]},
                        "formula": TEXT,
                        "description": TEXT,
                    }
                )
            ),
        }
    ),
    run=_measures,
)

DIMENSIONS_LISTED = Operation(
    name="dimensions",
    path="/dimensions",
    summary="Every dimension",
    about="What usage can be broken down by and picked on; `tag:KEY` is one for any key of the tags.",
    example="/dimensions",
    schema=record(
        {
            "row_count": WHOLE,
            "rows": many(
                record({"name": TEXT, "label": TEXT, "description": TEXT, "parent": TEXT_OR_NULL})
            ),
        }
    ),
    run=_dimensions,
)

OPTIONS = Operation(
    name="options",
    path="/options/{dimension:path}",
    summary="The members of one dimension",
    about="What can be picked, of all times, by name; those seen last when there are more than the"
    " limit. Only picks on the dimensions above it narrow the list (a user's team, a model's"
    " provider). A null member is usage without one.",
    example="/options/project?search=a&limit=10",
    schema=record(
        {
            "dimension": TEXT,
            "filters": {"type": "object", "additionalProperties": many(TEXT)},
            "data_version": TEXT,
            "row_count": WHOLE,
            "rows": many(record({"member": TEXT_OR_NULL, "last_seen": MOMENT, "events": WHOLE})),
        }
    ),
    run=_options,
    parameters=(
        Parameter(
            name="dimension",
            description="The name of a dimension, or `tag:KEY`.",
            schema=TEXT,
            place="path",
        ),
        Parameter(name="search", description="Members that contain this text.", schema=TEXT),
        Parameter(
            name="limit",
            description=f"At most this many members (default: {SHOWN}).",
            schema={"type": "integer", "minimum": 1, "maximum": MOST_OPTIONS, "default": SHOWN},
        ),
        *PICKS,
        TAGS,
    ),
)
