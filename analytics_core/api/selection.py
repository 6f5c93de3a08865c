"""The parameters that say which usage is meant, and which question is asked of it."""

from analytics_core.api.parameter import TAG, TEXT, Parameter, Params, listed, one, whole
from analytics_core.errors import BadValue, UnknownName
from analytics_core.semantics.dimension import DIMENSIONS
from analytics_core.semantics.period import Grain, Period
from analytics_core.semantics.query import MOST_TOP, Query

MOST_ROWS = 1_000_000  # of one answer; an export has no such limit
ORDERS = ("value", "name")
PREVIOUS = "previous"
AUTO = "auto"  # the grain that suits the period

PERIOD = Parameter(
    name="period",
    description="month (the default), last-month, today, yesterday, week, last-week, quarter, year,"
    " hour, days:30, hours:6, a month such as 2026-11, a day such as 2026-11-27, or a range A..B of"
    " days or times. A day as an end is included, a time is not.",
    schema={"type": "string", "default": "month"},
)
PICKS = tuple(
    Parameter(
        name=d.name,
        description=d.description + (" `@me` is whoever asks." if d.name == "user" else ""),
        schema=TEXT,
        many=True,
    )
    for d in DIMENSIONS.values()
)
TAGS = Parameter(
    name=TAG,
    description="The value of the tag KEY, for any key.",
    schema=TEXT,
    many=True,
)
SELECTION = (PERIOD, *PICKS, TAGS)

QUESTION = (
    Parameter(
        name="measures",
        description="What is asked for, comma separated or repeated; the first one ranks.",
        schema={"type": "string", "default": "cost"},
        many=True,
    ),
    Parameter(name="measure", description="The same as `measures`.", schema=TEXT, many=True),
    Parameter(
        name="by",
        description="At most two dimensions to break down by, comma separated or repeated;"
        " `tag:KEY` is one for any key.",
        schema=TEXT,
        many=True,
    ),
    Parameter(name="then", description="The second dimension, as Explore writes it.", schema=TEXT),
    Parameter(
        name="grain",
        description="A row per bucket of this size (`auto`: that suits the period); without it one"
        " for the whole period.",
        schema={"type": "string", "enum": [AUTO, *(grain.value for grain in Grain)]},
    ),
    Parameter(
        name="top",
        description="Only this many members, the rest folded into Others.",
        schema={"type": "integer", "minimum": 1, "maximum": MOST_TOP},
    ),
    Parameter(
        name="rank",
        description="The measure that ranks, in place of the first one.",
        schema=TEXT,
    ),
    Parameter(
        name="order",
        description="How members are sorted: by the first measure, or by name.",
        schema={"type": "string", "enum": list(ORDERS), "default": "value"},
    ),
    Parameter(
        name="limit",
        description="At most this many rows; `row_total` says how many there are.",
        schema={"type": "integer", "minimum": 1, "maximum": MOST_ROWS},
    ),
    Parameter(
        name="compare",
        description="`previous` puts the figures of the period before beside each: `<measure>"
        "_previous` and `<measure>_change` (0.25 is a quarter more). Not with a grain.",
        schema={"type": "string", "enum": [PREVIOUS]},
    ),
)


def question(params: Params, period: Period) -> Query:
    """The query that the parameters mean. Raises UnknownName, BadValue, NotAsked."""
    order, rank = one(params, "order", "value"), one(params, "rank")
    UnknownName.check("order", order, ORDERS)
    measures = listed(params, "measures", "measure") or ("cost",)
    if rank:
        measures = (rank, *(name for name in measures if name != rank))
    return Query(
        measures=measures,
        by=listed(params, "by", "then"),
        grain=grain_of(one(params, "grain"), period),
        top=whole(params, "top", 1, MOST_TOP),
        order="name" if order == "name" else "value",
        limit=whole(params, "limit", 1, MOST_ROWS) or MOST_ROWS,
    )


def grain_of(name: str, period: Period) -> Grain | None:
    """The size of a bucket by its name, None without one. Raises UnknownName."""
    if not name:
        return None
    UnknownName.check("grain", name, (AUTO, *(grain.value for grain in Grain)))
    return period.grain() if name == AUTO else Grain(name)


def compares(params: Params) -> bool:
    """Whether the period before is asked for too. Raises BadValue."""
    asked = one(params, "compare")
    if asked not in ("", PREVIOUS):
        raise BadValue("compare", asked, PREVIOUS)
    return asked == PREVIOUS
