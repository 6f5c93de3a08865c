"""The one way to the data: a View is a store, what may be seen, and what was picked."""

import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

import polars as pl

from analytics_core.errors import Damaged
from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.filters import Filters, Grant, Scope, Value
from analytics_core.semantics.house import House
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.names import Names
from analytics_core.semantics.query import Query
from analytics_core.settings import Settings
from analytics_core.store import explained, options, sql
from analytics_core.store.answer import answers
from analytics_core.store.asked import Asking, Study
from analytics_core.store.derived import Derived
from analytics_core.store.duck import Duck, Limits
from analytics_core.store.engine import Engine
from analytics_core.store.explained import Explained, Facts
from analytics_core.store.generation import Generation
from analytics_core.store.generations import Generations
from analytics_core.store.lists import Lists
from analytics_core.store.manifest import Manifest
from analytics_core.store.options import MOST_OPTIONS
from analytics_core.store.results import Results
from analytics_core.store.rows import Rows
from analytics_core.store.sql_relations import Selection
from analytics_core.store.sql_rows import Cut, Mark, Of
from analytics_core.store.workers import Workers

T = TypeVar("T")
MOST_DERIVED = 4096  # reports of a few hundred rows each


def clock() -> datetime:
    """Now, aware UTC."""
    return datetime.now(UTC)


class Store:
    """The events under a data folder. Thread-safe; one per process.

    Reads the manifest again whenever it was replaced (one stat per question, within `steady` one
    for all). `now` is its clock;
    `house` says what the settings folder says now (SettingsFolder.now).
    """

    def __init__(
        self,
        data: Path,
        settings: Settings,
        *,
        now: Callable[[], datetime] = clock,
        house: Callable[[], House] | None = None,
    ) -> None:
        self.data = data
        self._house = house or cache(lambda: House.of(settings))
        self._limits = Limits(
            settings.query_memory_mb, settings.query_threads, settings.query_seconds
        )
        self.results = Results(settings.query_cache_mb << 20)
        self.derived = Derived(MOST_DERIVED)
        self._events = data.absolute() / "events"
        self.now = now
        self._workers = Workers(settings.query_threads)
        self._generations = Generations(self._events, self._opened)

    @property
    def house(self) -> House:
        """What the organisation has set, as of now; without `house` as it was when first asked."""
        return self._house()

    @property
    def settings(self) -> Settings:
        """The settings as of now; limits of memory, threads and time are those of the start."""
        return self.house.settings

    @property
    def manifest(self) -> Manifest:
        """What the store holds now."""
        return self._generations.current.manifest

    @property
    def version(self) -> str:
        """The data version: changes exactly when the event files do."""
        return self._generations.current.version

    @property
    def data_until(self) -> datetime | None:
        """The newest event's instant (aware UTC), not later than now; None when there is none."""
        newest = self._generations.current.newest
        return min(newest, self.now()) if newest else None

    def close(self) -> None:
        """Ends running questions and frees the engine."""
        self._generations.interrupt()
        self._workers.close()
        self._generations.close()

    def over(self, work: Callable[[Generation], T]) -> T:
        """What `work` makes of the generation of now, which stays open until it ends.

        Raises StoreBusy, TooSlow, Damaged; a file taken away meanwhile is looked for once more.
        """
        with self.in_use() as generation:
            try:
                return work(generation)
            except Damaged:
                self._generations.look_again()
                if self.version == generation.version:
                    raise
        with self.in_use() as generation:
            return work(generation)

    def turn(self, job: Callable[[], T]) -> T:
        """The job's result, run on a worker when its turn has come."""
        return self._workers.run(job)

    def until(self, generation: Generation) -> datetime:
        """`data_until` of a generation; for an empty one the beginning of time."""
        newest = generation.newest
        return min(newest, self.now()) if newest else datetime(1970, 1, 1, tzinfo=UTC)

    def in_use(self) -> AbstractContextManager[Generation]:
        """The generation of now, which stays open meanwhile."""
        return self._generations.in_use()

    def steady(self) -> AbstractContextManager[None]:
        """Within it everything this thread asks is of one generation; for a page."""
        return self._generations.steady()

    def _opened(self, listed: Manifest) -> Engine:
        temp = self.data.absolute() / "cache" / "spill"
        try:
            temp.mkdir(parents=True, exist_ok=True)
        except OSError:
            temp = None  # a read-only disk: questions then stay within their memory
        return Duck({self._events / f.path: f.rows for f in listed.files}, self._limits, temp)


@dataclass(frozen=True, slots=True)
class View:
    """What a principal may see of a store, under the filters that were picked."""

    store: Store
    scope: Scope
    filters: Filters

    @property
    def names(self) -> Names:
        """What people read for members."""
        return self.store.house.names

    def ask(self, query: Query) -> pl.DataFrame:
        """The answer, sorted by bucket, then by rank; Others after the members, unattributed last.

        Columns in this order. `bucket` if the query has a grain: the first local day (Date), for
        hours the instant (Datetime us, naive UTC). Per dimension d of `by`: `<d>` (text or null),
        `<d>_kind` (member, others, unattributed) and `<d>_members` (how many members the row
        stands for; 0 for unattributed). Then the measures by name: Int64 (usd and credits in
        nano), Float64 for ratios, means and percentiles; null is unknown. Without `by` and grain
        there is always one row. Only buckets with events come back.
        Raises NotAsked, StoreBusy, TooSlow, Damaged. Source: METRICS.md 1, 3.
        """
        return self.ask_all((query,))[0]

    def ask_all(self, queries: Sequence[Query]) -> list[pl.DataFrame]:
        """What `ask` answers to each, in as few statements as sensible."""

        def work(generation: Generation) -> list[pl.DataFrame]:
            until = self.store.until(generation)

            def compute(places: Sequence[int]) -> list[pl.DataFrame]:
                wanted = [queries[place] for place in places]
                return self.store.turn(lambda: answers(wanted, self._asking(generation)))

            keys = self._keys(queries, generation, until)
            return self.store.results.fetch(keys, compute)

        return self.store.over(work)

    def answered(self, queries: Sequence[Query]) -> bool:
        """Whether the answers are at hand, so that asking takes no time."""

        def work(generation: Generation) -> bool:
            keys = self._keys(queries, generation, self.store.until(generation))
            return self.store.results.holds(keys)

        return self.store.over(work)

    def _keys(
        self, queries: Sequence[Query], generation: Generation, until: datetime
    ) -> list[tuple[object, ...]]:
        return [
            self._key(generation, ("ask", query, _running(query, until)), picked=True)
            for query in queries
        ]

    def rows(self, of: Of, cut: Cut) -> pl.DataFrame:
        """The selected events, or their usage items, that a cut names, newest first; times naive UTC.

        Events have every column of an event; a pick on usage items keeps them. Items are those an
        event's cost is split into, exactly, with columns ITEM_NAMES: quantity_micro in millionths
        of the unit, cost_nano in nano-USD, both null where unknown; within an event they stand in
        the order of the split. Raises NotAsked, StoreBusy, TooSlow, Damaged.
        """
        return self._kept(("rows", of, cut), lambda g: self._rows(of, g).page(cut), picked=True)

    def count(self, of: Of, newer_than: Mark | None = None) -> int:
        """How many selected events or usage items there are, or how many newer than a mark."""

        def job(generation: Generation) -> pl.DataFrame:
            return pl.DataFrame({"rows": [self._rows(of, generation).count(newer_than)]})

        return self._kept(("count", of, newer_than), job, picked=True)["rows"][0]

    def pages(self, of: Of) -> Iterator[pl.DataFrame]:
        """All that `rows` finds, page by page, of one state of the store; nothing is kept."""
        with self.store.in_use() as generation:
            pages = self._rows(of, generation).pages()
            while (page := self.store.turn(lambda: next(pages, None))) is not None:
                yield page

    def _rows(self, of: Of, generation: Generation) -> Rows:
        return Rows(of, self.filters, self.scope, generation)

    def study(self, of: Study) -> pl.DataFrame:
        """What a question says of the selection that no Query can ask: the columns it documents.

        Raises NotAsked, StoreBusy, TooSlow, Damaged.
        """
        return self._kept(("study", of), lambda g: of.answered(self._asking(g)), picked=True)

    def derived(self, about: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        """What `make` works out of this View's answers, kept under `about` while they stay the same.

        For results of reports, which are never changed in place; `about` names the report and all
        its arguments. Scope and filters are part of the key.
        """
        store = self.store
        versions = store.version, store.settings.version, store.data_until
        return store.derived.value((*versions, self.scope, self.filters, *about), make)

    def options(
        self,
        name: str,
        search: str | None = None,
        limit: int = MOST_OPTIONS,
        *,
        among: tuple[Value, ...] | None = None,
    ) -> pl.DataFrame:
        """Members of a dimension to choose from: member (null is unattributed), last_seen, events.

        Same scope, period lifted, no picks but those on the dimension's ancestors; the `limit` seen
        last when there are more; in the order of `options.listed`. `search` keeps members whose id
        or display name contains it, whatever the case, `among` those it names. Raises UnknownName.
        """
        of = dimension(name)
        picks = options.picks_above(of, self.filters)
        return self.store.over(lambda g: self._lists(g, picks).offered(of, search, limit, among))

    def tag_keys(self) -> pl.DataFrame:
        """The tags of events of all times within the scope, by name.

        Columns: key, last_seen, events, members (at most so many values).
        """
        return self.store.over(lambda g: self._lists(g, ()).tag_keys())

    def first_event(self) -> datetime | None:
        """When the first event within the scope started (aware UTC), whatever is picked."""
        view = replace(self, filters=Filters(self.filters.period))
        frame = view._kept(
            ("first",),
            lambda g: g.engine.run(sql.first_event(view.selection(g), g.engine.dialect)),
        )
        first: datetime | None = frame["first"][0]
        return first.replace(tzinfo=UTC) if first else None

    def facts(self) -> Facts:
        """How many events are selected, from which sources, and where their cost comes from."""
        frame = self._kept(
            ("facts",),
            lambda g: g.engine.run(sql.facts(self.selection(g), g.engine.dialect)),
            picked=True,
        )
        return explained.facts_of(frame)

    def known(self, columns: Sequence[str]) -> pl.DataFrame:
        """Per source of the selection: source, rows, and how many rows know each event column."""
        return self._kept(
            ("known", *columns),
            lambda g: g.engine.run(sql.known(columns, self.selection(g), g.engine.dialect)),
            picked=True,
        )

    def explained(self, query: Query) -> Explained:
        """How the answer to `query` comes about; asked anew, so that its time is true."""
        until = self.store.data_until

        def job(generation: Generation) -> Explained:
            asking = self._asking(generation)
            started = time.perf_counter()
            answers((query,), asking)
            ms = (time.perf_counter() - started) * 1000
            return explained.explained(query, asking, ms, generation.version, until)

        return self.store.over(lambda generation: self.store.turn(lambda: job(generation)))

    def selection(self, generation: Generation) -> Selection:
        """This view's events in that generation, pruned to the files that may hold them."""
        period = self.filters.period
        return Selection(
            self.filters, self.scope, generation.over(period.start, period.end), generation.files
        )

    def _asking(self, generation: Generation) -> Asking:
        return Asking(generation.engine, self.selection(generation), self.store.until(generation))

    def _kept(
        self,
        about: tuple[object, ...],
        job: Callable[[Generation], pl.DataFrame],
        *,
        picked: bool = False,
    ) -> pl.DataFrame:
        """The frame of a job, from the cache where this scope has asked it before."""
        store = self.store

        def work(generation: Generation) -> pl.DataFrame:
            def compute(_: Sequence[int]) -> list[pl.DataFrame]:
                return [store.turn(lambda: job(generation))]

            return store.results.fetch([self._key(generation, about, picked=picked)], compute)[0]

        return store.over(work)

    def _lists(self, generation: Generation, picks: Grant) -> Lists:
        """The option lists under these picks."""
        view = replace(self, filters=replace(self.filters, picks=picks))
        house, chosen = self.store.house, view.selection(generation)
        version = generation.version, house.settings.version
        results, turn = self.store.results, self.store.turn
        return Lists(generation, chosen, version, results, turn, house.names.of)

    def _key(
        self, generation: Generation, about: tuple[object, ...], *, picked: bool
    ) -> tuple[object, ...]:
        """Frozen values compared by equality: whoever asks the same within the same scope.

        With `picked` the filters belong to it, without the period's name: two names for the same
        days have one answer.
        """
        period = self.filters.period
        filters = (period.start, period.end, period.calendar, self.filters.picks)
        version = generation.version, self.store.settings.version
        return (*version, self.scope, filters if picked else None, about)


def _running(query: Query, until: datetime) -> datetime | None:
    """What decides which sessions still run, where that matters."""
    of_sessions = any(MEASURES[name].relation == "sessions" for name in query.measures)
    return until if of_sessions else None
