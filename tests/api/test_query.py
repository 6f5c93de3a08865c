"""/query: the question of an address, and its answer in every format."""

import csv
import io
from datetime import UTC, datetime

import polars as pl
import pytest

from analytics_core.access.audit import Audit

NOVEMBER = "period=2026-11"
EVENTS = [
    {
        "started_at": datetime(2026, 11, day, 9), "cost_nano": nano, "project": project,
        "user_id": user, "team": "core", "organization": "acme", "model": "m", "tags": tags,
    }
    for day, nano, project, user, tags in (
        (1, 7_000_000_001, "Search", "ana", [("env", "a,b")]),
        (2, 500_000_000, "Voice Bot", "mia", [("env", "=1")]),
        (2, None, "Voice Bot", "leo", []),
        (3, 20, None, "mia", []),
    )
]  # fmt: skip


def test_rows_say_kind_and_exact_money(world):
    answer = world(EVENTS).get(f"/query?{NOVEMBER}&by=project&measures=cost,requests")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    document = answer.json()
    assert document.pop("data_version")
    assert document == {
        "period": {
            "name": "2026-11",
            "start": "2026-11-01T00:00:00+00:00",
            "end": "2026-12-01T00:00:00+00:00",
            "zone": "UTC",
        },
        "filters": {},
        "data_until": "2026-11-03T09:00:00+00:00",
        "measures": {"cost": "usd", "requests": "count"},
        "row_count": 3,
        "row_total": 3,
        "rows": [
            {"project": "Search", "project_kind": "member", "project_members": 1,
             "cost": "7.000000001", "requests": 1},
            {"project": "Voice Bot", "project_kind": "member", "project_members": 1,
             "cost": "0.5", "requests": 2},
            {"project": None, "project_kind": "unattributed", "project_members": 0,
             "cost": "0.00000002", "requests": 1},
        ],
    }  # fmt: skip


def test_parameters_are_those_of_the_apps_addresses(world):
    here = world(EVENTS)
    token = here.token()
    for asked, costs in (
        ("", ["7.500000021"]),
        ("&measure=cost", ["7.500000021"]),
        ("&measures=cost&view=table&show=share", ["7.500000021"]),
        ("&project=Search", ["7.000000001"]),
        ("&project=Search&project=Voice+Bot", ["7.500000001"]),
        ("&project=", ["0.00000002"]),
        ("&tag:env=a,b", ["7.000000001"]),
        ("&user=@me&user=mia", ["0.50000002"]),
        ("&user=nobody", ["0"]),
        ("&grain=day", ["7.000000001", "0.5", "0.00000002"]),
        ("&grain=auto&limit=1", ["7.000000001"]),
        ("&by=project&top=1", ["7.000000001", "0.5", "0.00000002"]),
        ("&by=project&then=user&limit=2", ["7.000000001", "0.5"]),
        ("&by=project&order=name", ["7.000000001", "0.5", "0.00000002"]),
        ("&by=project&rank=requests", ["0.5", "7.000000001", "0.00000002"]),
        ("&by=tag:env", ["7.000000001", "0.5", "0.00000002"]),
    ):
        rows = here.rows(f"/query?{NOVEMBER}{asked}", token)
        assert (asked, [row["cost"] for row in rows]) == (asked, costs)


def test_the_period_before_stands_beside(world):
    document = world(EVENTS).get("/query?period=2026-11-02..2026-11-02&compare=previous").json()
    assert document["rows"] == [
        {"cost": "0.5", "cost_previous": "7.000000001", "cost_change": pytest.approx(-0.9286, abs=1e-4)}
    ]  # fmt: skip
    assert document["previous"]["start"] == "2026-11-01T00:00:00+00:00"


def test_the_header_accept_chooses_a_format_and_the_parameter_wins(world):
    here = world(EVENTS)
    token = here.token()
    for accept, mime in (
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/json;q=0.5, text/csv", "text/csv; charset=utf-8"),
        ("text/csv;q=0, application/json", "application/json"),
        ("application/vnd.apache.parquet", "application/vnd.apache.parquet"),
        ("application/x-parquet;q=nonsense, application/vnd.apache.arrow.stream",
         "application/vnd.apache.arrow.stream"),
    ):  # fmt: skip
        assert here.get("/query", token, Accept=accept).headers["content-type"] == mime
        chosen = here.get("/query?format=csv", token, Accept=accept)
        assert chosen.headers["content-type"] == "text/csv; charset=utf-8"


def test_every_format_holds_the_same_rows_and_says_what_they_are_of(world):
    here, address = world(EVENTS), f"/query?{NOVEMBER}&by=project&project=Search&project="
    token = here.token()
    text = here.get(f"{address}&format=csv", token)
    parquet = here.get(f"{address}&format=parquet", token)
    arrow = here.get(f"{address}&format=arrow", token)
    expected = [row["cost"] for row in here.rows(address, token)]
    assert [
        r["cost"] for r in csv.DictReader(io.StringIO(text.content.decode("utf-8-sig")))
    ] == expected
    for frame in (pl.read_parquet(parquet.content), pl.read_ipc_stream(arrow.content)):
        assert frame["cost_nano"].to_list() == [7_000_000_001, 20]
        assert [f"{v:f}".rstrip("0") for v in frame["cost"]] == expected
    for answer in (text, parquet, arrow):
        said = {k: v for k, v in answer.headers.items() if k.startswith("tokentally-")}
        assert said.pop("tokentally-data-version")
        assert said == {
            "tokentally-period": "2026-11-01T00:00:00+00:00/2026-12-01T00:00:00+00:00",
            "tokentally-zone": "UTC",
            "tokentally-filters": "project=&project=Search",
            "tokentally-data-until": "2026-11-03T09:00:00+00:00",
            "tokentally-rows": "2",
            "tokentally-rows-total": "2",
        }
        assert answer.headers["content-disposition"].startswith(
            'attachment; filename="tokentally-api-query-2026-11-01_2026-11-30-'
        )


@pytest.mark.parametrize("path", ["query", "export"])
def test_a_question_answers_as_a_workbook(world, sheets, path):
    asked = f"/{path}?{NOVEMBER}&by=project&measures=cost,requests&format=xlsx"
    answer = world(EVENTS).get(asked)
    assert answer.headers["content-type"].endswith(".spreadsheetml.sheet")
    assert answer.headers["content-disposition"].endswith('.xlsx"')
    assert sheets(answer.content)["Answer"] == [
        ["project", "project_kind", "cost", "requests"],
        ["Search", "member", 7.000000001, 1],
        ["Voice Bot", "member", 0.5, 2],
        [None, "unattributed", 2e-8, 1],
    ]


def test_names_that_would_be_formulas_are_only_text(world):
    text = world(EVENTS).get(f"/query?{NOVEMBER}&by=tag:env&format=csv").content.decode("utf-8-sig")
    assert "'=1,member,0.5" in text


def test_a_question_is_in_the_audit_with_its_rows_and_without_its_answer(world):
    here = world(EVENTS)
    token = here.token("mia")
    here.get(f"/query?{NOVEMBER}&by=project&format=csv", token)
    ((_, deed),) = Audit(here.gate.state).newest(10)
    assert (deed.action, deed.result, deed.principal, deed.token) == (
        "api query", "ok", "mia", token[3:11],
    )  # fmt: skip
    assert (deed.asked, deed.rows) == ("period=2026-11&by=project&format=csv", 2)
    assert abs((deed.time - datetime.now(UTC)).total_seconds()) < 60
    kept = str(here.gate.state.rows("SELECT * FROM audit"))
    assert token not in kept
    assert "0.5" not in kept
