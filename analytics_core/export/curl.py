"""A question as the line that asks it again over HTTP."""

import shlex
from urllib.parse import urlencode

from analytics_core.semantics.filters import ME, Filters, params_of
from analytics_core.semantics.query import Query

PATH = "/api/v1/query"
VARIABLE = "TOKENTALLY_TOKEN"  # the environment variable that holds the token


def curl(base: str, query: Query, filters: Filters) -> str:
    """`curl …` for `query` under `filters`; `base` is the address of the app.

    It answers with the rights of the token that the variable holds.
    """
    return f'curl -H "Authorization: Bearer ${VARIABLE}" {shlex.quote(url(base, query, filters))}'


def url(base: str, query: Query, filters: Filters) -> str:
    """The address alone. The bounds are written out, so that it means the same tomorrow."""
    period = filters.period
    params: dict[str, str | list[str]] = {"measures": ",".join(query.measures)}
    for name, value in (
        ("by", ",".join(query.by)),
        ("grain", query.grain),
        ("top", query.top),
        ("order", query.order if query.order != "value" else None),
        ("period", period.between(period.start, period.end, period.calendar).kind),
    ):
        if value:
            params[name] = str(value)
    # Only the picks of a reader without an id of their own have no values: they kept themselves.
    picks = {name: values or [ME] for name, values in params_of(filters.picks).items()}
    return f"{base.rstrip('/')}{PATH}?{urlencode({**params, **picks}, doseq=True)}"
