"""/analytics/usage: what a customer used between two dates, by day, model and feature."""

from collections.abc import Mapping, Sequence

from analytics_core.api.answers import reply_of
from analytics_core.api.call import Call, Reply
from analytics_core.api.dates import DATES, with_period
from analytics_core.api.operation import FORMATS, Operation
from analytics_core.api.parameter import TEXT, Parameter, one
from analytics_core.api.query import ANSWER
from analytics_core.api.selection import AUTO, MOST_ROWS, PERIOD, PICKS, TAGS, grain_of
from analytics_core.errors import BadValue
from analytics_core.export.answer import answered
from analytics_core.semantics.period import Grain
from analytics_core.semantics.query import Query

CUSTOMER = "customerId"
MEASURES = ("cost", "requests", "input_tokens", "output_tokens", "total_tokens")
BY = ("model", "feature")


def _usage(call: Call) -> Reply:
    view = call.view(_params(call.params))
    grain = grain_of(one(call.params, "grain", Grain.DAY), view.filters.period)
    query = Query(MEASURES, BY, grain, limit=MOST_ROWS)
    return reply_of(answered(view, query), call, "usage")


def _params(params: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """With the customers as picks. Raises BadValue for one without a name."""
    customers = params.get(CUSTOMER, ())
    if "" in customers:
        raise BadValue(CUSTOMER, "", "the name of a customer; leave it out for all of them")
    picks = {"customer": customers} if customers else {}
    return {**with_period(params), **picks}


USAGE = Operation(
    name="usage",
    path="/analytics/usage",
    summary="What a customer used",
    about="One row per day, model and feature: requests, tokens and cost. Without `customerId`"
    " everybody's usage that you see.",
    example="/analytics/usage?customerId=Alder%20Foods&startDate=2026-11-01&endDate=2026-11-30",
    schema=ANSWER,
    run=_usage,
    parameters=(
        Parameter(
            name=CUSTOMER,
            description="A customer; repeated, any of them.",
            schema={**TEXT, "minLength": 1},
            many=True,
        ),
        *DATES,
        PERIOD,
        Parameter(
            name="grain",
            description="The size of a bucket, `day` unless said; `auto` suits the period.",
            schema={
                "type": "string",
                "enum": [AUTO, *(grain.value for grain in Grain)],
                "default": Grain.DAY.value,
            },
        ),
        *(p for p in PICKS if p.name != "customer"),
        TAGS,
    ),
    formats=FORMATS,
)
