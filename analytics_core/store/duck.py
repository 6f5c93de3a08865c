"""DuckDB, locked down: it reads the manifest's files and nothing else (TRUST.md 4)."""

import threading
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from analytics_core.errors import Damaged, TooSlow
from analytics_core.events import COLUMNS
from analytics_core.store.engine import Compiled, Kind

FEW = 16  # up to here looking through a list beats joining with it
FEW_ROWS = 500_000  # up to here a second thread costs more than it saves
NO_EVENTS = "no_events"
warnings.filterwarnings("ignore", "Arrow output on a DB-API result makes an extra copy")
_TYPES: dict[Kind, str] = {
    "text": "VARCHAR", "texts": "VARCHAR[]", "integer": "BIGINT", "instant": "TIMESTAMP",
}  # fmt: skip


class DuckDialect:
    """How DuckDB 2 spells it; what each method means is said in `Dialect`."""

    def bound(self, name: str, kind: Kind) -> str:
        """With its type, so that an empty list has one."""
        return f"${name}::{_TYPES[kind]}"

    def events(self, files: str) -> str:
        """Without the column that the folder names month=… would add."""
        return f"read_parquet({files}, hive_partitioning = false)"

    def file(self) -> str:
        """A column that read_parquet has without being asked."""
        return "filename"

    def no_events(self) -> str:
        """A table, because read_parquet refuses an empty list."""
        return NO_EVENTS

    def among(self, column: str, texts: str, count: int) -> str:
        """Looked up one by one while they are few: inside an OR that is half the cost of a join."""
        if count <= FEW:
            return f"list_contains({texts}, {column})"
        return f"{column} IN (SELECT unnest({texts}))"

    def numbered(self, texts: str) -> str:
        """Two list functions side by side advance together."""
        return f"SELECT unnest({texts}) AS m, generate_subscripts({texts}, 1) AS r"

    def tag(self, key: str) -> str:
        """A missing key is NULL."""
        return f"tags[{key}]"

    def tags(self) -> str:
        """NULL where there is none."""
        return "map_entries(tags)"

    def whole(self, expression: str) -> str:
        """The sum of a BIGINT is a HUGEINT, which would arrive as a decimal."""
        return f"({expression})::BIGINT"

    def text(self, expression: str) -> str:
        """Types a NULL."""
        return f"({expression})::VARCHAR"

    def micros(self, column: str) -> str:
        """Integer arithmetic on it is cheaper than intervals."""
        return f"epoch_us({column})"

    def month(self, micros: str) -> str:
        """January is 0."""
        return f"(year(make_timestamp({micros})) * 12 + month(make_timestamp({micros})) - 1)"

    def unnested(self, structs: str) -> str:
        """NULL and the empty list give no row."""
        return f"unnest({structs})"

    def contains(self, column: str, text: str) -> str:
        """Never a pattern: % and _ mean themselves."""
        return f"contains(lower({column}), lower({text}))"


@dataclass(frozen=True, slots=True)
class Limits:
    """What questions may take."""

    memory_mb: int
    threads: int
    seconds: float


class Duck:
    """Two locked in-memory instances over a fixed list of files; a cursor of each per thread.

    One has all threads. The other has a single one, for statements over few rows, which it answers
    with a fifth less processor time, so that many people wait less for each other; it may take half
    the memory besides. `files` say how many rows each has.
    """

    def __init__(self, files: Mapping[Path, int], limits: Limits, temp: Path | None) -> None:
        self.dialect = DuckDialect()
        self._files, self._limits = tuple(files), limits
        self._rows = {str(path): rows for path, rows in files.items()}
        self._own = threading.local()
        self._cursors: list[duckdb.DuckDBPyConnection] = []
        alone = replace(limits, threads=1, memory_mb=limits.memory_mb // 2)
        self._instances = {
            wide: _opened(self._files, limits if wide else alone, temp) for wide in (True, False)
        }

    def run(self, statement: Compiled) -> pl.DataFrame:
        """The rows, drained. Raises TooSlow, Damaged."""
        try:
            # A relation would be planned twice, first for its columns alone: for a page's questions
            # that is a third of their time, and the copy of a few rows next to nothing.
            done: Any = self._cursor(statement).execute(statement.text, dict(statement.params))
            return pl.DataFrame(done.to_arrow_table())
        except duckdb.InterruptException:
            raise TooSlow.after(self._limits.seconds) from None
        except duckdb.Error as wrong:
            damaged = next(((f, why) for f in self._files if (why := _unreadable(f))), None)
            if damaged is None:
                raise
            raise Damaged(*damaged) from wrong

    def interrupt(self) -> None:
        """Ends the statements that are running; whoever asked is told TooSlow."""
        for cursor in self._cursors:
            cursor.interrupt()

    def close(self) -> None:
        """Closes the instances; their cursors end with them."""
        for instance in self._instances.values():
            instance.close()

    def _cursor(self, statement: Compiled) -> duckdb.DuckDBPyConnection:
        wide = self._rows_of(statement) > FEW_ROWS
        own: dict[bool, duckdb.DuckDBPyConnection] | None = getattr(self._own, "cursors", None)
        if own is None:
            own = self._own.cursors = {}
        if wide not in own:
            own[wide] = self._instances[wide].cursor()
            self._cursors.append(own[wide])
        return own[wide]

    def _rows_of(self, statement: Compiled) -> int:
        """The rows of the files it names."""
        named = (texts for texts in statement.params.values() if isinstance(texts, list))
        return sum(self._rows.get(text, 0) for texts in named for text in texts)


def _opened(files: Sequence[Path], limits: Limits, temp: Path | None) -> duckdb.DuckDBPyConnection:
    """In this order: `allowed_paths` cannot be set once access is off, nothing after the lock."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{limits.memory_mb}MiB",
            "threads": str(limits.threads),
            "temp_directory": str(temp) if temp else "",
            "autoload_known_extensions": "false",
            "autoinstall_known_extensions": "false",
        },
    )
    run = connection.execute
    run("SET enable_progress_bar = false")
    if temp:
        run("SET GLOBAL max_temp_directory_size = '4GB'")
    # Without it DuckDB 2.0 hands the chunks of an ORDER BY over in any order, now and then.
    run("SET GLOBAL preserve_insertion_order = true")
    run("SET GLOBAL TimeZone = 'UTC'")
    run("SET GLOBAL python_enable_replacements = false")
    run("SET GLOBAL parquet_metadata_cache = true")  # a landed file never changes
    run("SET GLOBAL late_materialization_max_rows = 1000")  # a page of whole events
    run("SET GLOBAL max_execution_time = $ms::UBIGINT", {"ms": int(limits.seconds * 1000)})
    run(f"CREATE TABLE {NO_EVENTS} ({', '.join(f'{c.name} {c.sql}' for c in COLUMNS)})")
    run("SET GLOBAL allowed_paths = $paths::VARCHAR[]", {"paths": [str(f) for f in files]})
    run("SET GLOBAL enable_external_access = false")
    run("SET GLOBAL lock_configuration = true")
    return connection


def _unreadable(file: Path) -> str | None:
    """Why a landed file cannot be read, as far as its outside tells; None when it can."""
    try:
        with file.open("rb") as held:
            begins = held.read(4)
            held.seek(max(0, file.stat().st_size - 4))
            ends = held.read(4)
    except FileNotFoundError:
        return "it is missing"
    except OSError as wrong:
        return wrong.strerror or str(wrong)
    return None if begins == ends == b"PAR1" else "it is cut off"
