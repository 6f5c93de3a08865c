"""query: every option, and the same exact number in every format."""

import csv
import io
import json
import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analytics_core.cli.main import main
from analytics_core.export.command import command
from analytics_core.semantics.filters import Filters, Pick
from analytics_core.semantics.period import Calendar, Period
from analytics_core.semantics.query import Query

JUNE = ("--period", "2025-06")
MAY = ("--period", "2025-05")


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2025, 6, day, hour)


# Five events of 2025-06, one event per line: 1.5 + 2.000000001 + 0.25 + unknown + 4 USD.
FIVE: list[dict[str, Any]] = [
    {"started_at": at(1), "project": "Search", "model": "gpt-5", "user_id": "ann",
     "cost_nano": 1_500_000_000, "tags": [("workflow", "intake")]},
    {"started_at": at(1, 23), "project": "Maps, Routes", "model": "gpt-5", "user_id": "ann",
     "cost_nano": 2_000_000_001, "tags": [("workflow", "triage")]},
    {"started_at": at(2), "project": "=cmd()", "model": "veo", "user_id": "leo",
     "cost_nano": 250_000_000, "tags": [("workflow", "intake")]},
    {"started_at": at(3), "project": "Search", "model": "new", "user_id": "leo",
     "cost_nano": None, "requests": 2},
    {"started_at": at(30, 22), "project": None, "model": "gpt-5", "user_id": None,
     "cost_nano": 4_000_000_000},
]  # fmt: skip


@pytest.fixture
def five(landed: Callable[..., Path]) -> Path:
    return landed(FIVE)


@pytest.fixture
def ask(run, five: Path) -> Callable[..., Any]:
    """The JSON answer of a query over the five events."""

    def answer(*words: str) -> Any:
        ran = run("query", "--json", *words)
        assert (ran.code, ran.err) == (0, "")
        return json.loads(ran.out)

    return answer


def test_json_says_what_it_is_about(ask) -> None:
    document = ask("--measures", "cost,requests,cost_per_request", *JUNE)
    version = document.pop("data_version")
    assert len(version) == 16
    assert document == {
        "period": {
            "name": "2025-06",
            "start": "2025-06-01T00:00:00+00:00",
            "end": "2025-07-01T00:00:00+00:00",
            "zone": "UTC",
        },
        "filters": {},
        "data_until": "2025-06-30T22:00:00+00:00",
        "measures": {"cost": "usd", "requests": "count", "cost_per_request": "usd"},
        "row_count": 1,
        "row_total": 1,
        "rows": [{"cost": "7.750000001", "requests": 6, "cost_per_request": "1.93750000025"}],
    }


def test_money_beyond_what_a_double_holds_is_exact(run, landed) -> None:
    landed([{"started_at": at(1), "cost_nano": 4_611_686_018_427_387_901}])
    ran = run("query", "--measures", "cost", "--json", *JUNE)
    assert json.loads(ran.out)["rows"] == [{"cost": "4611686018.427387901"}]
    assert run("query", "--measures", "cost", "--format", "csv", *JUNE).out == (
        "\ufeffcost\r\n4611686018.427387901\r\n"
    )


def test_unknown_is_null_and_never_zero(ask) -> None:
    rows = ask("--measures", "cost", "--by", "model", "--where", "model=new", *JUNE)["rows"]
    assert rows == [{"model": "new", "model_kind": "member", "model_members": 1, "cost": None}]


def test_the_most_come_first_then_others_then_unattributed(ask) -> None:
    rows = ask("--measures", "cost", "--by", "project", "--top", "1", *JUNE)["rows"]
    assert [(r["project"], r["project_kind"], r["project_members"], r["cost"]) for r in rows] == [
        ("Maps, Routes", "member", 1, "2.000000001"),
        (None, "others", 2, "1.75"),
        (None, "unattributed", 0, "4"),
    ]


def test_a_repeated_list_goes_on(ask) -> None:
    whole = ask("--measures", "cost,requests", "--by", "project,model", *JUNE)
    assert len(whole["rows"]) > 1
    assert whole == ask(
        "--measures", "cost", "--measures", "requests", "--by", "project", "--by", "model", *JUNE
    )


def test_members_may_stand_by_name(ask) -> None:
    rows = ask("--measures", "cost", "--by", "model", "--order", "name", *JUNE)["rows"]
    assert [r["model"] for r in rows] == ["gpt-5", "new", "veo"]


def test_two_dimensions_and_a_grain_make_one_row_each(ask) -> None:
    words = ("--measures", "cost", "--by", "user, model", "--grain", "day", "--where", "user=ann")
    rows = ask(*words, *JUNE)["rows"]
    assert [(r["bucket"], r["user"], r["model"], r["cost"]) for r in rows] == [
        ("2025-06-01", "ann", "gpt-5", "3.500000001")
    ]


def test_json_has_every_row_unless_a_limit_says_otherwise(run, landed) -> None:
    landed([{"started_at": at(1), "user_id": f"u{n:04}", "cost_nano": n} for n in range(1500)])
    words = ("query", "--measures", "cost", "--by", "user", "--json", *JUNE)
    assert len(json.loads(run(*words).out)["rows"]) == 1500
    assert len(json.loads(run(*words, "--limit", "7").out)["rows"]) == 7


@pytest.mark.parametrize(
    ("where", "cost"),
    [
        (["project=Search"], "1.5"),
        (["project=Search,=cmd()"], "1.75"),
        (['project="Maps, Routes",Search'], "3.500000001"),
        (["project=Search", "project=Nothing"], "1.5"),
        (["project="], "4"),
        (["project=,Search"], "5.5"),
        (["model=gpt-5", "user=ann"], "3.500000001"),
        (["model=gpt-5", "user=leo"], "0"),
        (["tag:workflow=intake"], "1.75"),
        (["tag:workflow="], "4"),
        (["project=nosuch"], "0"),
    ],
    ids=" ".join,
)
def test_picks_hold_together_and_their_values_are_written_as_in_csv(run, five, where, cost) -> None:
    words = [word for one in where for word in ("--where", one)]
    ran = run("query", "--json", "--measures", "cost", *JUNE, *words)
    assert json.loads(ran.out)["rows"] == [{"cost": cost}]


def test_a_tag_breaks_down_like_any_dimension(ask) -> None:
    rows = ask("--measures", "cost", "--by", "tag:workflow", *JUNE)["rows"]
    assert [(r["tag:workflow"], r["tag:workflow_kind"], r["cost"]) for r in rows] == [
        ("triage", "member", "2.000000001"),
        ("intake", "member", "1.75"),
        (None, "unattributed", "4"),
    ]


@pytest.mark.parametrize(
    ("start", "end", "bounds", "cost"),
    [
        ("2025-06-01", "2025-06-01", ("2025-06-01T00:00", "2025-06-02T00:00"), "3.500000001"),
        ("2025-06-01", "2025-06-30", ("2025-06-01T00:00", "2025-07-01T00:00"), "7.750000001"),
        ("2025-06-01T12:00", "2025-06-01T23:00", ("2025-06-01T12:00", "2025-06-01T23:00"), "1.5"),
        ("2025-06-01T14:00+02:00", "2025-06-02", ("2025-06-01T12:00", "2025-06-03T00:00"), "3.75"),
    ],
)
def test_an_end_day_is_included_and_an_end_time_is_not(ask, start, end, bounds, cost) -> None:
    document = ask("--measures", "cost", "--from", start, "--to", end)
    period = document["period"]
    assert (period["start"][:16], period["end"][:16]) == bounds
    assert document["rows"][0]["cost"].startswith(cost)


def test_days_are_those_of_the_reporting_zone(run, five, monkeypatch) -> None:
    monkeypatch.setenv("TOKENTALLY_ZONE", "Europe/Madrid")
    ran = run("query", "--json", "--measures", "cost", "--from", "2025-07-01", "--to", "2025-07-01")
    document = json.loads(ran.out)
    assert document["period"]["start"] == "2025-06-30T22:00:00+00:00"
    assert document["period"]["zone"] == "Europe/Madrid"
    assert document["rows"] == [{"cost": "4"}]


def test_hours_say_their_day_and_the_hour_that_comes_twice_says_so(
    run, landed, monkeypatch
) -> None:
    monkeypatch.setenv("TOKENTALLY_ZONE", "Europe/Madrid")
    hours = (datetime(2024, 10, 27, 0, 30), datetime(2024, 10, 27, 1, 30))  # 02:30 twice
    landed([{"started_at": h, "cost_nano": 10**9} for h in hours])
    words = ("query", "--measures", "cost", "--grain", "hour", "--period", "2024-10")
    assert run(*words).out == (
        "October 2024 · Europe/Madrid\n"
        "bucket                         cost\n"
        "Sun 27 Oct 2024, 02:00        $1.00\n"
        "Sun 27 Oct 2024, 02:00 (2nd)  $1.00\n"
    )
    assert [r["bucket"] for r in json.loads(run(*words, "--json").out)["rows"]] == [
        "2024-10-27T00:00:00+00:00",
        "2024-10-27T01:00:00+00:00",
    ]


def test_a_table_says_its_period_and_zone_and_has_labels_and_units(run, five) -> None:
    ran = run("query", "--measures", "cost,requests", "--by", "project", "--top", "1", *JUNE)
    assert ran.out == (
        "June 2025 · UTC\n"
        "project          cost  requests\n"
        "Maps, Routes    $2.00         1\n"
        "Others (2)      $1.75         4\n"
        "(unattributed)  $4.00         1\n"
    )


def test_csv_guards_what_a_spreadsheet_would_run(run, five) -> None:
    ran = run("query", "--measures", "cost", "--by", "project", "--format", "csv", *JUNE)
    assert list(csv.reader(io.StringIO(ran.out.removeprefix("\ufeff")))) == [
        ["project", "project_kind", "cost"],
        ["Maps, Routes", "member", "2.000000001"],
        ["Search", "member", "1.5"],
        ["'=cmd()", "member", "0.25"],
        ["", "unattributed", "4"],
    ]


def test_parquet_has_exact_decimals_and_the_nano_dollars(run, five, tmp_path: Path) -> None:
    target = tmp_path / "cost.parquet"
    words = ("--by", "model", "--format", "parquet", "--out", target, *JUNE)
    ran = run("query", "--measures", "cost,requests", *words)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    frame = pl.read_parquet(target)
    assert frame.schema["cost"] == pl.Decimal(38, 9)
    assert frame.select("model", "cost", "cost_nano", "requests").rows() == [
        ("gpt-5", Decimal("7.500000001"), 7_500_000_001, 3),
        ("veo", Decimal("0.25"), 250_000_000, 1),
        ("new", None, None, 2),
    ]


def test_out_takes_any_format_and_leaves_standard_output_alone(run, five, tmp_path: Path) -> None:
    target = tmp_path / "cost.json"
    printed = run("query", "--measures", "cost", "--json", *JUNE).out
    ran = run("query", "--measures", "cost", "--json", "--out", target, *JUNE)
    assert (ran.code, ran.out) == (0, "")
    assert target.read_text("utf-8") == printed


def test_parquet_is_not_thrown_at_a_terminal(run, five, monkeypatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    ran = run("query", "--measures", "cost", "--format", "parquet", *JUNE)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "--format: 'parquet' cannot be read. Expected a file to write it to: --out FILE.\n"
    )


def test_names_cannot_colour_the_terminal(run, landed) -> None:
    landed([{"started_at": at(1), "project": "a\x1b[31mb", "cost_nano": 10**9}])
    assert run("query", "--measures", "cost", "--by", "project", *JUNE).out.splitlines()[2] == (
        "a\ufffd[31mb  $1.00"
    )


@pytest.mark.access
@pytest.mark.parametrize(
    ("who", "own", "granted"),
    [
        ("mia", "mia.keller@acme.example", "user=mia.keller@acme.example"),
        ("leo", "leo.brandt@acme.example", "team=Core Platform"),
        ("ana", "ana.ruiz@acme.example", "project=Search,Support Copilot"),
        ("max", "max.weber@acme.example", "organization=Acme"),
    ],
)
def test_a_demo_account_sees_its_own_usage_and_what_it_was_granted(
    run, demo: Path, who: str, own: str, granted: str
) -> None:
    def events(*words: str) -> int:
        ran = run("query", "--data", demo, "--json", "--measures", "events", *MAY, *words)
        return json.loads(ran.out)["rows"][0]["events"]

    mine, theirs = ("--where", f"user={own}"), ("--where", granted)
    overlap = events(*mine, *theirs) if who != "mia" else events(*mine)
    assert events("--as", who) == events(*mine) + events(*theirs) - overlap
    assert 0 < events("--as", who) < events("--as", "ada") == events()


@pytest.mark.access
def test_an_account_of_the_file_is_asked_for_by_its_own_rights(run, five, tmp_path: Path) -> None:
    password = "a-password-of-some-length\n"
    assert (
        run("user", "add", "ann", "--role", "member", "--user-id", "ann", stdin=password).code == 0
    )
    words = ("query", "--json", "--measures", "cost", *JUNE, "--as", "ann")
    assert json.loads(run(*words).out)["rows"] == [{"cost": "3.500000001"}]
    mine = json.loads(run(*words, "--where", "user=@me").out)["rows"]
    assert mine == [{"cost": "3.500000001"}]
    assert json.loads(run(*words, "--where", "user=leo").out)["rows"] == [{"cost": "0"}]


@pytest.mark.access
def test_beside_usage_of_ones_own_there_are_no_demo_accounts(run, five) -> None:
    ran = run("query", "--measures", "cost", "--as", "ada", *JUNE)
    assert (ran.code, ran.err) == (1, "No account is called 'ada'. There is none yet.\n")


def test_the_line_that_explain_shows_asks_the_same_again(ask, five) -> None:
    period = Period.parse("2025-06", datetime(2025, 6, 20, tzinfo=UTC), Calendar())
    picks = (Pick("project", (None, "Maps, Routes")),)
    line = command(Query(("cost",)), Filters(period, picks))
    assert ask(*shlex.split(line)[4:])["rows"] == [{"cost": "6.000000001"}]


def test_the_answer_is_the_same_twice(capsysbinary, five) -> None:
    words = ["query", "--measures", "cost", "--by", "project,model", "--json", *JUNE]
    answers = [(main(words), capsysbinary.readouterr().out) for _ in range(2)]
    assert answers[0] == answers[1]


def test_a_measure_of_a_report_is_answered_like_any_other(ask) -> None:
    (row,) = ask(*JUNE, "--measures", "daily_users,users")["rows"]
    assert row == {"daily_users": 3 / 29, "users": 2}
    rows = ask(*JUNE, "--measures", "adoption", "--by", "tag:workflow")["rows"]
    assert [(row["tag:workflow"], row["adoption"]) for row in rows] == [
        ("intake", 1.0), ("triage", 0.5), (None, None),
    ]  # fmt: skip


def test_a_measure_of_a_report_says_in_which_shape_it_is_asked(run, five: Path) -> None:
    ran = run("query", *JUNE, "--measures", "adoption")
    assert (ran.code, ran.out) == (1, "")
    assert "ask for it by feature" in ran.err
