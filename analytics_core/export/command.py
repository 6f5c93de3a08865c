"""A question as the line that asks it again on the command line."""

import csv
import io
import shlex
from collections.abc import Sequence

from analytics_core.semantics.filters import Filters, Value
from analytics_core.semantics.query import Query


def command(query: Query, filters: Filters, username: str | None = None) -> str:
    """`python -m analytics_core query …` for `query` under `filters`, seen as `username`.

    None asks with the rights of whoever runs the machine. The bounds are written out, so that the
    line means the same tomorrow.
    """
    period = filters.period
    start, _, end = period.between(period.start, period.end, period.calendar).kind.partition("..")
    words = ["python", "-m", "analytics_core", "query", "--measures", ",".join(query.measures)]
    for name, value in (
        ("--by", ",".join(query.by)),
        ("--grain", query.grain),
        ("--top", query.top),
        ("--from" if end else "--period", start),
        ("--to", end),
    ):
        words += [name, str(value)] if value else []
    for pick in filters.picks:
        words += ["--where", f"{pick.dimension}={_listed(pick.values)}"]
    if username is not None:
        words += ["--as", username]
    return shlex.join(words)


def _listed(values: Sequence[Value]) -> str:
    """Comma separated; a value that holds a comma is quoted as in CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([value or "" for value in values])
    return "" if tuple(values) == (None,) else out.getvalue()
