"""Pages of rows: which files and statements find them, the newest month first."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import polars as pl

from analytics_core.semantics.filters import Filters, Scope
from analytics_core.store import sql_rows
from analytics_core.store.engine import Compiled
from analytics_core.store.generation import Generation
from analytics_core.store.sql_relations import Selection
from analytics_core.store.sql_rows import Cut, Mark, Of

FEW = 1000  # events looked at for a page of items, as many as the engine finds late
# Events in a page of all rows, unless one hour has more; each has two or three items.
PAGE: dict[Of, int] = {"events": 20_000, "items": 8_000}
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one selection in one generation: its events, or their usage items."""

    of: Of
    filters: Filters
    scope: Scope
    generation: Generation

    def page(self, cut: Cut) -> pl.DataFrame:
        """The rows of a cut, newest first, month by month until there are enough."""
        months = self._months(cut)
        found: list[pl.DataFrame] = []
        missing = cut.limit
        for files in reversed(months) if cut.after else months:
            found.append(self._of_month(files, replace(cut, limit=missing)))
            if missing is not None:
                missing -= found[-1].height
                if missing <= 0:
                    break
        return pl.concat(reversed(found) if cut.after else found)

    def count(self, newer_than: Mark | None = None) -> int:
        """How many rows there are in all, or newer than a mark."""
        cut = Cut(after=newer_than)
        files = tuple(file for month in self._months(cut) for file in month)
        dialect = self.generation.engine.dialect
        counted = sql_rows.counted(self.of, self._selection(files), newer_than, dialect)
        rows: int = self._run(counted)["rows"][0]
        if newer_than is None or self.of == "events":
            return rows
        return rows + self.page(replace(cut, of=newer_than)).height

    def pages(self) -> Iterator[pl.DataFrame]:
        """Every row, newest first, a few hours at a time."""
        return (part.page(Cut()) for part in self.slices(PAGE[self.of]))

    def slices(self, size: int) -> Iterator["Rows"]:
        """The selection cut at whole hours, newest first: parts of `size` events, or of one hour."""
        dialect = self.generation.engine.dialect
        files = tuple(file for month in self._months(Cut()) for file in month)
        hours = self._run(sql_rows.hours(self._selection(files), dialect))
        end, held = self.filters.period.end, 0
        for hour, rows in hours.iter_rows():
            held += rows
            if held >= size:
                start = max(EPOCH + timedelta(hours=hour), self.filters.period.start)
                yield self._between(start, end)
                end, held = start, 0
        if held:
            yield self._between(self.filters.period.start, end)

    def _months(self, cut: Cut) -> list[tuple[str, ...]]:
        """The files that may hold rows of a cut, at least one lot, the newest month first."""
        start, end = self.filters.period.start, self.filters.period.end
        for newest in (cut.before, cut.of):
            end = min(end, newest.started_at + MICROSECOND) if newest else end
        for oldest in (cut.after, cut.of):
            start = max(start, oldest.started_at) if oldest else start
        return (self.generation.months(start, end) if start < end else []) or [()]

    def _between(self, start: datetime, end: datetime) -> "Rows":
        period = self.filters.period
        cut = period.between(start, end, period.calendar)
        return replace(self, filters=replace(self.filters, period=cut))

    def _of_month(self, files: tuple[str, ...], cut: Cut) -> pl.DataFrame:
        chosen = self._selection(files)
        dialect = self.generation.engine.dialect
        if self.of == "events":
            return self._run(sql_rows.listed_events(chosen, cut, dialect))
        if cut.limit is not None and cut.of is None:
            found = self._run(sql_rows.listed_items(chosen, cut, dialect, few=FEW))
            if found.height == cut.limit:
                return found
        return self._run(sql_rows.listed_items(chosen, cut, dialect))

    def _selection(self, files: tuple[str, ...]) -> Selection:
        return Selection(self.filters, self.scope, files, files)

    def _run(self, statement: Compiled) -> pl.DataFrame:
        return self.generation.engine.run(statement)
