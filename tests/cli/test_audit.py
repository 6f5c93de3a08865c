"""The audit on the command line: read, found, and checked."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analytics_core.access.audit import Audit, Deed
from analytics_core.access.state import State

pytestmark = pytest.mark.access

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def data(copied: Path) -> Path:
    state = State(copied / "state.db")
    for days, who, action, rows in ((50, "ana", "export", 7), (0, "", "token made", None),
                                    (0, "ana", "api query", 12)):  # fmt: skip
        Audit(state).add(Deed(time=NOW - timedelta(days=days), action=action, result="ok",
                              principal=who, asked="=by", rows=rows, token="0a1b2c3d"))  # fmt: skip
    state.close()
    return copied


def test_the_newest_stand_first_and_are_found_by_who_what_and_when(run, data: Path):
    listed = run("audit").out.splitlines()
    assert [line.split()[0] for line in listed] == ["number", "3", "2", "1", "3"]
    assert listed[-1] == "3 rows of 3."

    def numbers(*words: str) -> list[int]:
        return [row["number"] for row in json.loads(run("audit", *words, "--json").out)["rows"]]

    assert numbers("--who", "ana") == [3, 1]
    assert numbers("--action", "token made") == [2]
    assert numbers("--period", "days:30") == [3, 2]
    assert numbers("--limit", "1") == [3]
    assert json.loads(run("audit", "--limit", "1", "--json").out)["row_total"] == 3


def test_as_csv_it_runs_nothing(run, data: Path):
    lines = list(csv.DictReader(io.StringIO(run("audit", "--format", "csv").out.lstrip("\ufeff"))))
    assert [(line["number"], line["who"], line["asked"]) for line in lines] == [
        ("3", "ana", "'=by"), ("2", "", "'=by"), ("1", "ana", "'=by"),
    ]  # fmt: skip


def test_verify_names_what_was_changed_and_fails(run, data: Path):
    sound = run("audit", "--verify", "--json")
    said = json.loads(sound.out)
    assert (sound.code, said["holds"], said["fits"]) == (0, True, 3)
    assert run("audit", "--verify", "--noted", said["last"]).code == 0
    assert run("audit", "--verify", "--noted", "3:" + "0" * 64).code == 1
    state = State(data / "state.db")
    state.write("DROP TRIGGER audit_never_changes")
    state.write("UPDATE audit SET rows = 1 WHERE id = 1")
    state.close()
    broken = run("audit", "--verify")
    assert (broken.code, broken.out.splitlines()[0]) == (1, "Wrong: number 1 was changed.")


@pytest.mark.parametrize(
    "words", [("--format", "xml"), ("--limit", "-1"), ("--verify", "--noted", "x"), ("--from", "x")]
)
def test_mistakes_are_named(run, data: Path, words: tuple[str, ...]):
    refused = run("audit", *words)
    assert refused.code == 1
    assert refused.err
