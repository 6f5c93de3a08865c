"""The line on which a figure can be asked again."""

import csv
import shlex
from datetime import UTC, datetime

import pytest

from analytics_core.export.command import command
from analytics_core.semantics.filters import Filters, Pick
from analytics_core.semantics.period import Calendar, Grain, Period
from analytics_core.semantics.query import Query

NOW = datetime(2026, 11, 20, 16, 45, 30, tzinfo=UTC)


def _filters(period: str, *picks: Pick) -> Filters:
    return Filters(Period.parse(period, NOW, Calendar("Europe/Madrid")), picks)


def test_everything_that_decides_the_answer_is_on_the_line():
    query = Query(("cost",), ("service_type",), Grain.DAY, top=8)
    assert command(query, _filters("month", Pick("project", ("Voice Bot", "Search"))), "ana") == (
        "python -m analytics_core query --measures cost --by service_type --grain day --top 8"
        " --period 2026-11 --where 'project=Search,Voice Bot' --as ana"
    )


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("last-month", ["--period", "2026-10"]),
        ("days:7", ["--from", "2026-11-14", "--to", "2026-11-20"]),
        ("hours:2", ["--from", "2026-11-20T15:45", "--to", "2026-11-20T17:45"]),
    ],
)
def test_a_relative_period_is_written_out(period: str, words: list[str]):
    assert shlex.split(command(Query(("cost",)), _filters(period)))[6:] == words


@pytest.mark.parametrize(
    ("values", "after"),
    [
        ((None,), "project="),
        ((None, "a"), "project=,a"),
        (("$(rm -rf ~); `x`", "it's"), "project=$(rm -rf ~); `x`,it's"),
        (('say "hi", now',), 'project="say ""hi"", now"'),
    ],
)
def test_values_survive_the_shell_and_commas_inside_them(values, after: str):
    line = command(Query(("cost",)), _filters("month", Pick("project", values)))
    said = shlex.split(line)[-1]
    assert said == after
    read = next(csv.reader([said.removeprefix("project=")])) or [""]
    assert tuple(value or None for value in read) == values
