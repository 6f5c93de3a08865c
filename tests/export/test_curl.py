"""The line on which a figure can be asked again over HTTP."""

import shlex
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from analytics_core.export.curl import curl, url
from analytics_core.semantics.filters import Filters, Pick
from analytics_core.semantics.period import Calendar, Grain, Period
from analytics_core.semantics.query import Query

NOW = datetime(2026, 11, 20, 16, 45, 30, tzinfo=UTC)
HOST = "https://usage.acme.example/llm"


def filters(period: str, *picks: Pick) -> Filters:
    return Filters(Period.parse(period, NOW, Calendar("Europe/Madrid")), picks)


def test_everything_that_decides_the_answer_is_on_the_line():
    query = Query(
        ("cost", "requests"), ("service_type", "tag:flow"), Grain.DAY, top=8, order="name"
    )
    picked = filters("month", Pick("project", ("Voice Bot", None)), Pick("user", ()))
    assert curl(HOST + "/", query, picked) == (
        'curl -H "Authorization: Bearer $TOKENTALLY_TOKEN"'
        " 'https://usage.acme.example/llm/api/v1/query?measures=cost%2Crequests"
        "&by=service_type%2Ctag%3Aflow&grain=day&top=8&order=name&period=2026-11"
        "&project=&project=Voice+Bot&user=%40me'"
    )


@pytest.mark.parametrize(
    ("period", "written"),
    [
        ("last-month", "2026-10"),
        ("days:7", "2026-11-14..2026-11-20"),
        ("hours:2", "2026-11-20T15:45..2026-11-20T17:45"),
    ],
)
def test_a_relative_period_is_written_out(period: str, written: str):
    asked = parse_qs(urlsplit(url(HOST, Query(("cost",)), filters(period))).query)
    assert asked == {"measures": ["cost"], "period": [written]}


def test_names_survive_the_shell_and_the_address():
    hostile = "$(rm -rf ~); `x` 'it''s' \"&project=all#%\n"
    line = curl(HOST, Query(("cost",)), filters("month", Pick("project", (hostile,))))
    words = shlex.split(line)
    assert words[:2] == ["curl", "-H"]
    assert len(words) == 4
    assert parse_qs(urlsplit(words[3]).query)["project"] == [hostile]
