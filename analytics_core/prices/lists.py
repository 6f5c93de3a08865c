"""Small relations made of Python values, bound and never written into a statement."""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

_MADE = "CREATE OR REPLACE TEMP TABLE {name} AS SELECT {columns}"


def relation(
    con: duckdb.DuckDBPyConnection,
    name: str,
    types: Mapping[str, str],
    rows: Iterable[Mapping[str, Any]],
) -> None:
    """Makes the temp table `name` with the columns of `types` (name -> DuckDB type).

    A column that a row does not say is NULL. For hundreds of rows: one list is bound per column.
    """
    said = list(rows)
    columns = [f"unnest(${column}::{kind}[]) AS {column}" for column, kind in types.items()]
    statement = _MADE.replace("{name}", name).replace("{columns}", ", ".join(columns))
    con.execute(statement, {column: [row.get(column) for row in said] for column in types})
