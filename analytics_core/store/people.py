"""What can be asked of people's habits beside measures."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.period import Grain
from analytics_core.store.asked import Asking
from analytics_core.store.sql_people import adopters, weeks_of_users
from analytics_core.store.sql_terms import bucket_number


@dataclass(frozen=True, slots=True)
class Adopters:
    """Per member of a dimension its users, those who came back, and those new to it: `adopters`."""

    by: str

    def answered(self, asking: Asking) -> pl.DataFrame:
        """Columns g (1: all members together), m, users, repeat, fresh; by g, then by name."""
        return asking.run(adopters(dimension(self.by), asking.chosen, asking.engine.dialect))


@dataclass(frozen=True, slots=True)
class WeeksOfUsers:
    """In which weeks users were active, by the week of their first event: `weeks_of_users`.

    `first` and `last` are instants inside the outer two weeks; asked of a period that reaches back
    to the first event.
    """

    first: datetime
    last: datetime

    def answered(self, asking: Asking) -> pl.DataFrame:
        """Columns cohort and week, numbers from 0 (-1: before the first), active, stayed, gone."""
        period = asking.chosen.filters.period
        first, last = (bucket_number(at, period, Grain.WEEK) for at in (self.first, self.last))
        found = asking.run(weeks_of_users(first, last, asking.chosen, asking.engine.dialect))
        return found.with_columns(pl.col("cohort", "week").cast(pl.Int64) - first)
