"""startDate and endDate: the period as callers from elsewhere say it."""

from collections.abc import Sequence

from analytics_core.api.parameter import TEXT, Parameter, Params, one
from analytics_core.errors import BadValue

START, END = "startDate", "endDate"
DATES = (
    Parameter(
        name=START,
        description="The first day, or an instant such as 2026-11-01T00:00:00Z; with `endDate`, in"
        " place of `period`.",
        schema=TEXT,
    ),
    Parameter(
        name=END,
        description="The last day, which is included, or an instant, which is not.",
        schema=TEXT,
    ),
)


def with_period(params: Params) -> dict[str, Sequence[str]]:
    """The parameters with the two dates as a period. Raises BadValue where one is missing."""
    start, end = one(params, START), one(params, END)
    if not start and not end:
        return dict(params)
    for name, value in ((START, start), (END, end)):
        if not value:
            raise BadValue(name, value, "a date: both are needed, or neither")
        if ".." in value:
            raise BadValue(name, value, "one date, not a range")
    if one(params, "period"):
        raise BadValue("period", one(params, "period"), "either a period or two dates")
    return {**params, "period": [f"{start}..{end}"]}
