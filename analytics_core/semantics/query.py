"""One question: which measures, broken down by what, over which buckets of time."""

from dataclasses import dataclass
from typing import Literal

from analytics_core.errors import BadValue, UnknownName
from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.period import Grain

MOST_TOP = 1000
MOST_LIMIT = 10**9


@dataclass(frozen=True, slots=True)
class Query:
    """Measures by at most two dimensions, per bucket of `grain` or in total.

    `top` keeps the members with the most of the FIRST measure over the whole selection and folds
    the rest into Others (METRICS.md 3); None keeps every member. `order` sorts members: by that
    measure, or by name. `limit` cuts the rows last. Raises UnknownName, BadValue.
    """

    measures: tuple[str, ...]
    by: tuple[str, ...] = ()
    grain: Grain | None = None
    top: int | None = None
    order: Literal["value", "name"] = "value"
    limit: int | None = None

    def __post_init__(self) -> None:
        if not self.measures:
            raise BadValue("measures", "", "at least one measure")
        for name in self.measures:
            UnknownName.check("measure", name, MEASURES)
        if len(set(self.measures)) < len(self.measures):
            raise BadValue("measures", ",".join(self.measures), "each measure once")
        if len(self.by) > 2:
            raise BadValue("by", ",".join(self.by), "at most two dimensions")
        if len(set(self.by)) < len(self.by):
            raise BadValue("by", ",".join(self.by), "two different dimensions")
        for name in self.by:
            dimension(name)
        for name, number, most in (("top", self.top, MOST_TOP), ("limit", self.limit, MOST_LIMIT)):
            if number is not None and not 1 <= number <= most:
                raise BadValue(name, number, f"a number from 1 to {most:,}")
