"""The option lists of a reader: found once per landed file, ordered once per list, then kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from analytics_core.semantics.dimension import Dimension
from analytics_core.semantics.filters import Filters, Pick, Value
from analytics_core.store import options, sql
from analytics_core.store.generation import Generation
from analytics_core.store.results import Results
from analytics_core.store.sql_relations import Selection

Job = Callable[[], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists over one generation, under a scope and the picks of `chosen`.

    `versions` tell one content of the store and the settings from another; `turn` runs a job on a
    worker; `labels` says what people read for the members of a dimension that have a display name.
    """

    generation: Generation
    chosen: Selection
    versions: tuple[str, str]
    results: Results
    turn: Callable[[Job], pl.DataFrame]
    labels: Callable[[str], Mapping[str, str]]

    def offered(
        self, of: Dimension, search: str | None, limit: int, among: tuple[Value, ...] | None
    ) -> pl.DataFrame:
        """What `View.options` answers."""

        def listed() -> pl.DataFrame:
            found = self._found(of, search, limit, among)
            return options.listed(found, search, limit, self.labels(of.name))

        return self._kept(("options", of, search, limit, among), listed)

    def tag_keys(self) -> pl.DataFrame:
        """What `View.tag_keys` answers."""
        engine = self.generation.engine

        def read() -> pl.DataFrame:
            keys = self._by_file(("tag keys",), lambda chosen: options.tag_keys(chosen, engine))
            return options.merged_keys(keys)

        return self._kept(("tag keys",), lambda: self.turn(read))

    def _found(
        self, of: Dimension, search: str | None, limit: int, among: tuple[Value, ...] | None
    ) -> pl.DataFrame:
        """The members of a dimension; those found by the engine are only those asked for."""
        group = self._together(of)
        if of in group:
            found = self._kept(("members", group), lambda: self.turn(lambda: self._members(group)))
            found = found.filter(pl.col("dimension") == of.name)
            return found if among is None else options.among(found, among)
        engine, chosen = self.generation.engine, self._among(of, among)
        statement = sql.found_members(of, search, limit, chosen, engine.dialect)
        return self.turn(lambda: engine.run(statement))

    def _together(self, of: Dimension) -> tuple[Dimension, ...]:
        if of.tag is None:
            return options.together(of, self.chosen.filters)
        return options.tags_together(self.tag_keys())

    def _among(self, of: Dimension, among: tuple[Value, ...] | None) -> Selection:
        """The selection; of those members only, where they are named."""
        if among is None:
            return self.chosen
        filters, chosen = self.chosen.filters, self.chosen
        picked = Filters(filters.period, (*filters.picks, Pick(of.name, among)))
        return Selection(picked, chosen.scope, chosen.files, chosen.every)

    def _members(self, of: tuple[Dimension, ...]) -> pl.DataFrame:
        """The members in every file."""
        engine = self.generation.engine
        return options.merged(
            self._by_file(("members of", of), lambda chosen: options.members(of, chosen, engine))
        )

    def _by_file(
        self, about: tuple[object, ...], read: Callable[[Selection], pl.DataFrame]
    ) -> list[pl.DataFrame]:
        """What is read of every file; a file never changes, so each is read once per scope.

        `read` says of each row in which `file` it was found; files not read yet share a scan.
        """
        files, filters, scope = self.generation.files, self.chosen.filters, self.chosen.scope
        keys = [(*about, path, scope, filters.picks) for path in files]

        def compute(places: Sequence[int]) -> list[pl.DataFrame]:
            wanted = tuple(files[at] for at in places)
            rows = read(Selection(filters, scope, (), wanted))
            parts = rows.partition_by("file", as_dict=True, include_key=False)
            nothing = rows.clear().drop("file")
            found = [parts.pop((path,), nothing) for path in wanted]
            if parts:
                raise LookupError(f"rows of files that were not asked for: {sorted(parts)}")
            return found

        return self.results.fetch(keys, compute)

    def _kept(self, about: tuple[object, ...], job: Job) -> pl.DataFrame:
        """The frame of a job, from the cache where the same was asked within the same scope."""

        def compute(_: Sequence[int]) -> list[pl.DataFrame]:
            return [job()]

        key = (*self.versions, self.chosen.scope, self.chosen.filters.picks, about)
        return self.results.fetch([key], compute)[0]
