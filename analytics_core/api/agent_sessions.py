"""/{org}/sessions/analytics/…: sessions of agents, in the shapes that tools of this field ask for."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from analytics_core.api.call import Call, Reply
from analytics_core.api.dates import DATES, with_period
from analytics_core.api.operation import Operation
from analytics_core.api.parameter import TEXT, Parameter, Schema, one, whole
from analytics_core.api.schemas import KIND, MONEY, SELECTION, TEXT_OR_NULL, many, record
from analytics_core.api.selection import AUTO, PERIOD, PICKS, TAGS, grain_of
from analytics_core.export.answer import key, of_selection, plain
from analytics_core.export.document import MIME
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.period import Grain
from analytics_core.semantics.query import MOST_TOP, Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View

Names = Mapping[str, str]  # what the field calls a figure: the measure that it is

TOTALS: Names = {
    "totalSessions": "sessions",
    "totalCost": "cost",
    "totalTokens": "total_tokens",
    "inputTokens": "input_tokens",
    "outputTokens": "output_tokens",
    "averageSessionDurationSeconds": "session_duration_mean",
    "medianSessionDurationSeconds": "session_duration_median",
    "averageCostPerSession": "cost_per_session",
    "uniqueUsers": "users",
}
COURSE: Names = {"sessions": "sessions", "cost": "cost", "totalTokens": "total_tokens"}
AGENTS: Names = {
    "sessions": "sessions",
    "averageCostPerSession": "cost_per_session",
    "averageSessionDurationSeconds": "session_duration_mean",
    "totalTokens": "total_tokens",
    "cost": "cost",
}
SPLITS = {"byModel": "model", "byProject": "project", "byUser": "user"}


def _summary(call: Call) -> Reply:
    view = _view(call)
    row = view.ask(Query(tuple(TOTALS.values()))).row(0, named=True)
    return _reply(view, {"summary": _figures(row, TOTALS)}, 1)


def _timeseries(call: Call) -> Reply:
    view = _view(call)
    grain = grain_of(one(call.params, "grain", AUTO), view.filters.period)
    frame = view.ask(Query(tuple(COURSE.values()), grain=grain))
    points = [
        {"bucket": key(row["bucket"]), **_figures(row, COURSE)}
        for row in frame.iter_rows(named=True)
    ]
    return _reply(view, {"grain": grain, "timeseries": points}, len(points))


def _by_agent(call: Call) -> Reply:
    view = _view(call)
    frame = view.ask(Query(tuple(AGENTS.values()), ("agent",), top=_top(call)))
    agents = [_member(row, "agent", AGENTS) for row in frame.iter_rows(named=True)]
    return _reply(view, {"agents": agents}, len(agents))


def _cost_breakdown(call: Call) -> Reply:
    view, top = _view(call), _top(call)
    asked_of = [Query(("cost",)), *(Query(("cost",), (d,), top=top) for d in SPLITS.values())]
    whole_frame, *frames = view.ask_all(asked_of)
    total: int | None = whole_frame["cost"][0]
    split = {
        name: _shared(frame, dimension, total)
        for (name, dimension), frame in zip(SPLITS.items(), frames, strict=True)
    }
    said = {"totalCost": plain(total, Unit.USD), **split}
    return _reply(view, said, sum(frame.height for frame in frames))


def _view(call: Call) -> View:
    """The usage of one organization; one out of sight has none, like one that does not exist."""
    return call.view({**with_period(call.params), "organization": [call.path["org"]]})


def _top(call: Call) -> int | None:
    return whole(call.params, "top", 1, MOST_TOP)


def _figures(row: Mapping[str, Any], names: Names) -> dict[str, object]:
    return {name: plain(row[measure], MEASURES[measure].unit) for name, measure in names.items()}


def _member(row: Mapping[str, Any], dimension: str, names: Names) -> dict[str, object]:
    who = {dimension: row[dimension], "kind": row[f"{dimension}_kind"]}
    return {**who, **_figures(row, names)}


def _shared(frame: pl.DataFrame, dimension: str, total: int | None) -> list[dict[str, object]]:
    """Each member's cost, and which share of the total it is; unknown unless that is above 0."""
    return [
        {
            **_member(row, dimension, {"cost": "cost"}),
            "share": row["cost"] / total
            if total and total > 0 and row["cost"] is not None
            else None,
        }
        for row in frame.iter_rows(named=True)
    ]


def _reply(view: View, found: Mapping[str, object], rows: int) -> Reply:
    said = {**of_selection(view.store, view.filters), **found}
    body = json.dumps(said, ensure_ascii=False, indent=1).encode() + b"\n"
    return Reply(body=body, mime=MIME, rows=rows)


def _schema(names: Names) -> dict[str, Schema]:
    number: Schema = {"type": ["number", "null"]}
    return {n: MONEY if MEASURES[m].unit is Unit.USD else number for n, m in names.items()}


def _operation(
    name: str,
    summary: str,
    about: str,
    run: Callable[[Call], Reply],
    found: Mapping[str, Schema],
    *more: Parameter,
) -> Operation:
    picks = tuple(parameter for parameter in PICKS if parameter.name != "organization")
    return Operation(
        name=f"sessions-{name}",
        path=f"/{{org:path}}/sessions/analytics/{name}",
        summary=summary,
        about=about,
        example=f"/Acme/sessions/analytics/{name}?startDate=2026-11-01&endDate=2026-11-30",
        schema=record({**SELECTION, **found}),
        run=run,
        parameters=(ORG, *DATES, PERIOD, *picks, TAGS, *more),
    )


ORG = Parameter(
    name="org",
    description="An organization; one that you do not see answers as one that does not exist.",
    schema=TEXT,
    place="path",
)
GRAIN = Parameter(
    name="grain",
    description="The size of a bucket; `auto` (the default) suits the period.",
    schema={"type": "string", "enum": [AUTO, *(grain.value for grain in Grain)], "default": AUTO},
)
TOP = Parameter(
    name="top",
    description="Only this many members, the rest folded into one row of kind `others`.",
    schema={"type": "integer", "minimum": 1, "maximum": MOST_TOP},
)
_SHARE: Schema = {"type": ["number", "null"]}

SESSION_OPERATIONS = (
    _operation(
        "summary", "Sessions of an organization in figures",
        "Sessions, cost, tokens (input and output), how long sessions last and what they cost on"
        " average, and how many people had one.",
        _summary, {"summary": record(_schema(TOTALS))},
    ),
    _operation(
        "timeseries", "Sessions, cost and tokens over time",
        "One point per bucket with usage. A session counts in every bucket in which it has a"
        " request, so the points do not add up to the summary.",
        _timeseries,
        {"grain": {"enum": [g.value for g in Grain]},
         "timeseries": many(record({"bucket": TEXT, **_schema(COURSE)}))},
        GRAIN,
    ),
    _operation(
        "by-agent", "Sessions by agent",
        "For each agent how often it is used, what a session costs and how long it lasts.",
        _by_agent,
        {"agents": many(record({"agent": TEXT_OR_NULL, "kind": KIND, **_schema(AGENTS)}))},
        TOP,
    ),
    _operation(
        "cost-breakdown", "What the cost comes from",
        "Cost by model, by project and by user, each with its share of the total.",
        _cost_breakdown,
        {"totalCost": MONEY,
         **{name: many(record({d: TEXT_OR_NULL, "kind": KIND, "cost": MONEY, "share": _SHARE}))
            for name, d in SPLITS.items()}},
        TOP,
    ),
)  # fmt: skip
