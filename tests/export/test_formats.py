"""An answer as JSON, CSV, Parquet, Arrow and text, with nothing rounded."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics_core.errors import UnknownName
from analytics_core.export.answer import about, answered, rows
from analytics_core.export.formats import FORMATS, as_csv, as_json, as_parquet, as_table, format_of
from analytics_core.semantics.period import Grain
from analytics_core.semantics.query import Query
from analytics_core.store.view import View

EVENTS = [
    {"started_at": datetime(2026, 11, 2, 9), "project": "=Search", "cost_nano": 1_000_000_001},
    {"started_at": datetime(2026, 11, 2, 9), "project": "Atlas\n", "cost_nano": None},
    {"started_at": datetime(2026, 11, 3, 9), "project": None, "cost_nano": 2},
]
BY_PROJECT = Query(("cost", "requests"), ("project",))


@pytest.fixture
def view(viewed: Callable[..., View]) -> View:
    return viewed(EVENTS)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_has_the_same_cost(view: View, kind: str, sheets) -> None:
    answer = answered(view, Query(("cost",)))
    made = format_of(kind).written(answer)
    assert made == format_of(kind).written(answer)
    if kind == "table":
        assert made.decode() == "November 2026 · UTC\n cost\n$1.00\n"
    elif kind == "csv":
        assert made.decode("utf-8-sig") == "cost\r\n1.000000003\r\n"
    elif kind == "json":
        assert json.loads(made)["rows"] == [{"cost": "1.000000003"}]
    elif kind == "xlsx":
        assert sheets(made)["Answer"] == [["cost"], [1.000000003]]
    else:
        read = pl.read_parquet if kind == "parquet" else pl.read_ipc_stream
        assert read(io.BytesIO(made)).rows() == [(Decimal("1.000000003"), 1_000_000_003)]


@pytest.mark.parametrize("query", [BY_PROJECT, Query(("cost",), ("team",))])
def test_a_document_is_what_it_is_about_and_its_rows(view: View, query: Query) -> None:
    answer = answered(view, query)
    made = as_json(answer)
    assert json.loads(made) == about(answer) | {"rows": list(rows(answer))}
    assert sum(line.startswith(b"  {") for line in made.splitlines()) == answer.total


def test_columns_keep_kinds_and_unknown_apart_in_csv(view: View) -> None:
    assert as_csv(answered(view, BY_PROJECT)).decode("utf-8-sig") == (
        "project,project_kind,cost,requests\r\n'=Search,member,1.000000001,1\r\n"
        '"Atlas\n",member,,1\r\n,unattributed,0.000000002,1\r\n'
    )


def test_files_in_columns_say_what_they_are_about(view: View) -> None:
    answer = answered(view, BY_PROJECT)
    held = pq.read_schema(io.BytesIO(as_parquet(answer)))
    assert json.loads(held.metadata[b"tokentally"]) == about(answer)
    assert held.field("cost").type == pa.decimal128(38, 9)
    assert held.names == [
        "project", "project_kind", "project_members", "cost", "requests", "cost_nano",
    ]  # fmt: skip


def test_a_comparison_is_the_same_in_every_format(view: View) -> None:
    answer = answered(view, Query(("cost",)), compare=True)
    assert as_csv(answer).decode("utf-8-sig").splitlines()[1] == "1.000000003,0,"
    (row,) = pl.read_parquet(io.BytesIO(as_parquet(answer))).rows(named=True)
    assert (row["cost_previous"], row["cost_previous_nano"], row["cost_change"]) == (0, 0, None)
    assert as_table(answer).decode().splitlines()[0] == (
        "November 2026 · against 1 Oct 2026, 00:00 – 3 Oct 2026, 09:00 · UTC"
    )


def test_a_price_per_request_is_a_number_of_dollars_in_parquet(view: View) -> None:
    (row,) = pl.read_parquet(
        io.BytesIO(as_parquet(answered(view, Query(("cost_per_request",)))))
    ).rows()
    assert row == (pytest.approx(0.5000000015),)


def test_a_workbook_keeps_kinds_and_unknown_apart_and_says_what_it_holds(
    view: View, sheets
) -> None:
    made = sheets(format_of("xlsx").written(answered(view, replace(BY_PROJECT, limit=2))))
    assert made["Answer"] == [
        ["project", "project_kind", "cost", "requests"],
        ["=Search", "member", 1.000000001, 1],
        ["Atlas\n", "member", None, 1],
        ["2 of 3 rows; the others are not in this file."],
    ]
    said = dict(made["About this file"])
    assert said["Period"] == "November 2026 (UTC)"
    assert (
        said["Period in UTC"] == "2026-11-01 00:00:00 to 2026-12-01 00:00:00, the end not included"
    )
    assert (said["Filters"], said["Data version"]) == ("none", view.store.version)
    assert said["Rows of 'Answer'"] == "2 of 3"


def test_a_workbook_draws_the_first_measure_over_time(view: View, sheets) -> None:
    query = Query(("cost",), ("project",), grain=Grain.DAY)
    made = format_of("xlsx").written(answered(view, query))
    assert sheets(made)["Chart data"] == [
        ["Cost"],
        ["day", "=Search", "Atlas\n", "(unattributed)"],
        ["Mon 2 Nov 2026", 1.000000001],
        ["Tue 3 Nov 2026", None, None, 2e-9],
    ]
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        assert "xl/charts/chart1.xml" in book.namelist()
    assert list(sheets(format_of("xlsx").written(answered(view, BY_PROJECT)))) == [
        "Answer", "About this file",
    ]  # fmt: skip


def test_another_format_is_named_with_the_nearest_one() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'csv'"):
        format_of("cvs")
