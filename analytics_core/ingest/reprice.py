"""Pricing what is stored by today's price book: the difference first, the months when asked."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from duckdb import DuckDBPyConnection

from analytics_core.ingest.connection import connect, workspace
from analytics_core.ingest.land import keep_book
from analytics_core.ingest.sources.detect import candidates
from analytics_core.ingest.sources.mapping import saved
from analytics_core.prices import book, cost, rates, statements
from analytics_core.prices.book import Book
from analytics_core.prices.cost import Policy
from analytics_core.prices.rates import Rates
from analytics_core.settings import Settings
from analytics_core.store import manifest, parquet
from analytics_core.store.lock import locked
from analytics_core.store.manifest import EventFile, Input, Manifest
from analytics_core.store.verify import broken

# Credits that today's rates make of the stored cost were made by a rate, others were reported.
_DERIVED = """
    CREATE OR REPLACE TEMP VIEW derived AS
    SELECT stored.*, _rounded(cost_nano::HUGEINT * r.per_usd_micro, 1000000) AS derived
    FROM stored LEFT JOIN credit_rate r ON started_at >= r.start_at AND started_at < r.end_at"""

# A stored event as pricing takes it. A reported 0 that was no price is NULL since it landed, so
# every 0 that is left means free. Items of reported costs keep theirs; of others the book says it.
_STRIPPED = """
    CREATE OR REPLACE TEMP TABLE stripped AS
    SELECT file_row_number AS _at, * EXCLUDE (filename, file_row_number, derived, model, cost_nano,
            cost_computed_nano, cost_list_nano, cost_source, cost_input_nano, cost_cache_read_nano,
            cost_cache_write_nano, cost_cache_write_1h_nano, cost_output_nano, cache_savings_nano,
            price_version)
        REPLACE (
            CASE WHEN credits_nano IS DISTINCT FROM derived THEN credits_nano END AS credits_nano,
            CASE WHEN cost_source = 'reported' THEN items
                ELSE list_transform(items, lambda i: struct_pack(rule := i.rule,
                    quantity := i.quantity, unit := i.unit,
                    cost_nano := CASE WHEN i.quantity IS NULL THEN i.cost_nano END)) END AS items),
        CASE WHEN cost_computed_nano IS NULL THEN cost_list_nano END AS _cost_list_nano,
        CASE WHEN json_extract_string(metadata, '$.parts_exceed_total') = 'true'
            THEN ['parts_exceed_total'] ELSE []::VARCHAR[] END AS _flags
    FROM derived WHERE file_id IN (SELECT unnest($files))"""

# Rows the book still prices, but not an item of theirs that has a cost: the items stay as they are.
_KEPT = """
    CREATE OR REPLACE TEMP TABLE kept AS
    SELECT stored.file_row_number AS _at, stored.items
    FROM stored JOIN repriced ON repriced._at = stored.file_row_number
    WHERE repriced.cost_source IN ('reported', 'computed') AND stored.items IS NOT NULL
        AND len(list_filter(stored.items, lambda i: i.cost_nano IS NOT NULL))
            > len(list_filter(repriced.items, lambda i: i.cost_nano IS NOT NULL))"""
_KEEP = "UPDATE stripped SET items = kept.items FROM kept WHERE kept._at = stripped._at"

# A reported cost that is split already keeps its split: the source itself may have made it.
_REVISED = """
    CREATE OR REPLACE TEMP VIEW revised AS
    SELECT * EXCLUDE (old, stays) REPLACE (
        CASE WHEN stays THEN old.items ELSE items END AS items,
        CASE WHEN stays THEN old.cost_input_nano ELSE cost_input_nano END AS cost_input_nano,
        CASE WHEN stays THEN old.cost_cache_read_nano ELSE cost_cache_read_nano END
            AS cost_cache_read_nano,
        CASE WHEN stays THEN old.cost_cache_write_nano ELSE cost_cache_write_nano END
            AS cost_cache_write_nano,
        CASE WHEN stays THEN old.cost_cache_write_1h_nano ELSE cost_cache_write_1h_nano END
            AS cost_cache_write_1h_nano,
        CASE WHEN stays THEN old.cost_output_nano ELSE cost_output_nano END AS cost_output_nano)
    FROM (
        SELECT repriced.* EXCLUDE (_flags), old,
            old.cost_source = 'reported' AND repriced.cost_source = 'reported'
            AND old.cost_nano = repriced.cost_nano AND coalesce(old.cost_input_nano,
                old.cost_cache_read_nano, old.cost_cache_write_nano,
                old.cost_cache_write_1h_nano, old.cost_output_nano) IS NOT NULL AS stays
        FROM repriced JOIN stored AS old ON old.file_row_number = repriced._at)"""
_CHANGED = """
    INSERT INTO changed BY NAME
    SELECT revised.*, stored.cost_nano AS before
    FROM revised JOIN stored ON stored.file_row_number = revised._at
    WHERE (revised.model, revised.provider, revised.cost_nano, revised.cost_computed_nano,
            revised.cost_list_nano, revised.cost_source, revised.cost_input_nano,
            revised.cost_cache_read_nano, revised.cost_cache_write_nano,
            revised.cost_cache_write_1h_nano, revised.cost_output_nano,
            revised.cache_savings_nano, revised.credits_nano, revised.items)
        IS DISTINCT FROM (stored.model, stored.provider, stored.cost_nano,
            stored.cost_computed_nano, stored.cost_list_nano, stored.cost_source,
            stored.cost_input_nano, stored.cost_cache_read_nano, stored.cost_cache_write_nano,
            stored.cost_cache_write_1h_nano, stored.cost_output_nano, stored.cache_savings_nano,
            stored.credits_nano, stored.items)"""
_NOTHING_CHANGED = """
    CREATE OR REPLACE TEMP TABLE changed AS
    SELECT * EXCLUDE (filename, file_row_number), file_row_number AS _at, cost_nano AS before
    FROM stored WHERE false"""
_BY_MODEL = """
    SELECT model, count(*), coalesce(sum(before), 0)::BIGINT, coalesce(sum(cost_nano), 0)::BIGINT,
        count(*) FILTER (before IS NULL), count(*) FILTER (cost_nano IS NULL)
    FROM changed GROUP BY model ORDER BY model NULLS LAST"""
_BY_INPUT = """
    SELECT file_id, sum(before)::BIGINT, sum(cost_nano)::BIGINT, count(*) FILTER (before IS NULL),
        count(*) FILTER (cost_nano IS NULL)
    FROM changed GROUP BY file_id"""
_NEW_MONTH = """
    CREATE OR REPLACE TEMP VIEW new_month AS
    SELECT * EXCLUDE (filename, file_row_number)
    FROM stored ANTI JOIN changed ON changed._at = stored.file_row_number
    UNION ALL BY NAME SELECT * EXCLUDE (_at, before) FROM changed"""


@dataclass(frozen=True, slots=True)
class Change:
    """What today's book changes for one model in one month; costs in nano-USD, NULL as 0."""

    month: str
    model: str | None
    rows: int
    before_nano: int
    after_nano: int
    unpriced_before: int
    unpriced_after: int

    def __add__(self, other: "Change") -> "Change":
        return Change(
            self.month, self.model, self.rows + other.rows, self.before_nano + other.before_nano,
            self.after_nano + other.after_nano, self.unpriced_before + other.unpriced_before,
            self.unpriced_after + other.unpriced_after,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Prices:
    """Today's prices, and by which policy the rows of each ledger line are priced."""

    book: Book
    rates: Rates
    policies: tuple[tuple[Policy, tuple[str, ...]], ...]


def reprice(
    events: Path,
    settings: Settings,
    *,
    apply: bool = False,
    far: Callable[[int, int], None] | None = None,
) -> tuple[Change, ...]:
    """The rows whose price, split or model today's book changes, by month and model.

    Reported costs never change. With `apply` their months are rewritten in one manifest step;
    doing it again then finds nothing. `far` is told how many files are done, of how many. Raises
    StoreBusy, BadFile (prices.csv), Damaged.
    """
    with locked(events):
        held = manifest.load(events)
        prices = _Prices(book.load(settings), rates.load(settings), _policies(held, settings))
        changes: dict[tuple[str, str | None], Change] = {}
        made: list[tuple[Path, EventFile]] = []
        inputs = {i.file_id: i for i in held.inputs}
        replaced: list[EventFile] = []
        with connect(events, settings) as con:
            prices.rates.register(con)
            con.execute(statements.ROUNDED)
            for done, file in enumerate(held.files):
                if far:
                    far(done, len(held.files))
                parquet.check(events, file)
                found = _changes(con, events, file, prices)
                for change in found:
                    key = (change.month, change.model)
                    changes[key] = changes[key] + change if key in changes else change
                if found and apply:
                    made += _rewritten(con, file, workspace(events))
                    inputs |= _corrected(con, inputs)
                    replaced.append(file)
            if replaced:
                _save(events, held, prices, tuple(replaced), made, inputs)
    return tuple(changes[key] for key in sorted(changes, key=lambda k: (k[0], k[1] or "~")))


def _policies(held: Manifest, settings: Settings) -> tuple[tuple[Policy, tuple[str, ...]], ...]:
    own = {s.name: s.policy for s in candidates(saved(settings.folder)) if s.policy != "auto"}
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for entry in held.inputs:
        if entry.verdict == "landed":
            grouped[own.get(entry.source or "", settings.cost_policy)].append(entry.file_id)
    return tuple((_policy(name), tuple(ids)) for name, ids in sorted(grouped.items()))


def _policy(name: str) -> Policy:
    return "reported" if name == "reported" else "computed" if name == "computed" else "auto"


def _changes(
    con: DuckDBPyConnection, events: Path, file: EventFile, prices: _Prices
) -> list[Change]:
    """Makes the table `changed`: the rows of `file` as they should be, `_at` and `before`."""
    parquet.stored(con, events, (file,)).create_view("stored", replace=True)
    con.execute(_DERIVED)
    con.execute(_NOTHING_CHANGED)
    for policy, files in prices.policies:
        con.execute(_STRIPPED, {"files": list(files)})
        if not con.table("stripped").aggregate("count(*)").fetchall()[0][0]:
            continue
        _price(con, policy, prices)
        con.execute(_KEPT)
        if con.table("kept").aggregate("count(*)").fetchall()[0][0]:
            con.execute(_KEEP)
            _price(con, policy, prices)
        con.execute(_REVISED)
        con.execute(_CHANGED)
    return [Change(file.month, *row) for row in con.execute(_BY_MODEL).fetchall()]


def _price(con: DuckDBPyConnection, policy: Policy, prices: _Prices) -> None:
    cost.price(
        con, "stripped", "repriced", prices.book, policy=policy, zero_cost="free",
        rates=prices.rates,
    )  # fmt: skip


def _rewritten(
    con: DuckDBPyConnection, file: EventFile, place: Path
) -> Iterable[tuple[Path, EventFile]]:
    con.execute(_NEW_MONTH)
    faults = broken(con, "new_month")
    if faults:
        raise RuntimeError(f"{file.path}: {faults}")
    written = parquet.write(con, con.table("new_month"), file.month, place)
    return [written] if written else []


def _corrected(con: DuckDBPyConnection, inputs: dict[str, Input]) -> dict[str, Input]:
    """The ledger lines of the changed rows with their new cost."""
    corrected: dict[str, Input] = {}
    for file_id, before, after, unpriced_before, unpriced in con.execute(_BY_INPUT).fetchall():
        line = inputs[file_id]
        known = [n for n in (line.cost_nano, after) if n is not None]
        corrected[file_id] = replace(
            line,
            cost_nano=sum(known) - (before or 0) if known else None,
            unpriced_rows=line.unpriced_rows + unpriced - unpriced_before,
        )
    return corrected


def _save(
    events: Path,
    held: Manifest,
    prices: _Prices,
    replaced: tuple[EventFile, ...],
    made: list[tuple[Path, EventFile]],
    inputs: dict[str, Input],
) -> None:
    files = parquet.publish(events, made)
    side = keep_book(events, held, prices.book, workspace(events))
    parquet.retire(events, (f.path for f in replaced))
    step = replace(
        held,
        files=(*(f for f in held.files if f not in replaced), *files),
        inputs=tuple(inputs.values()),
        books=tuple(dict.fromkeys((*held.books, prices.book.version))),
        side=(*held.side, *side),
    )
    manifest.save(events, step)
