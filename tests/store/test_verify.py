"""Verify: every damaged byte, lost file and false sum is named."""

import random
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from analytics_core.errors import Damaged
from analytics_core.events import COLUMNS
from analytics_core.settings import Settings
from analytics_core.store import manifest, parquet
from analytics_core.store.manifest import EventFile, Input, Manifest
from analytics_core.store.verify import Finding, broken, verify

pytestmark = pytest.mark.slow

TYPED = ", ".join(f"{c.name} {c.sql}" for c in COLUMNS)
ROW = {
    "source": "s", "file_id": "f1", "grain": "request", "requests": 1,
    "started_at": datetime(2026, 11, 1), "service_type": "text_generation",
    "event_type": "token_usage", "input_tokens": 10, "output_tokens": 5, "cost_nano": 100,
    "cost_source": "reported",
}  # fmt: skip


def table(con: duckdb.DuckDBPyConnection, *rows: dict[str, object]) -> None:
    con.execute(f"CREATE OR REPLACE TABLE made ({TYPED})")
    for number, row in enumerate(rows, 1):
        full = {"event_id": f"e:{number}", "row": number} | ROW | row
        names, marks = ", ".join(full), ", ".join("?" * len(full))
        con.execute(f"INSERT INTO made ({names}) VALUES ({marks})", list(full.values()))


def line(rows: int, cost_nano: int) -> Input:
    return Input(
        file_id="f1", sha256="f1", name="f1", source="s", group="s", grain="request",
        taken_at="2026-11-20T00:00:00", verdict="landed", read=rows, accepted=rows,
        cost_nano=cost_nano, months=("2026-11",),
    )  # fmt: skip


def landed(events: Path, *rows: dict[str, object]) -> EventFile:
    events.mkdir(exist_ok=True)
    con = duckdb.connect()
    table(con, *rows)
    made = parquet.write(con, con.table("made"), "2026-11", events)
    con.close()
    assert made is not None
    (file,) = parquet.publish(events, [made])
    return file


@pytest.fixture
def file(tmp_path: Path) -> EventFile:
    file = landed(tmp_path, {}, {"started_at": datetime(2026, 11, 2), "cost_nano": 7})
    manifest.save(tmp_path, Manifest((file,), (line(2, 107),)))
    return file


def findings(events: Path) -> tuple[Finding, ...]:
    return verify(events, Settings(events))


def test_an_intact_store_has_no_findings(tmp_path: Path, file: EventFile) -> None:
    assert findings(tmp_path) == ()
    assert findings(tmp_path / "none") == ()


def test_every_flipped_bit_is_named(tmp_path: Path, file: EventFile) -> None:
    path = tmp_path / file.path
    path.chmod(0o644)
    whole = path.read_bytes()
    chance = random.Random(7)
    for _ in range(40):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        assert [f.path for f in findings(tmp_path)] == [file.path]
        with pytest.raises(Damaged, match="its SHA-256 is not the manifest's"):
            parquet.check(tmp_path, file)
    path.write_bytes(whole)
    assert findings(tmp_path) == ()


def test_a_cut_and_a_missing_file_are_named(tmp_path: Path, file: EventFile) -> None:
    path = tmp_path / file.path
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1])
    (cut,) = findings(tmp_path)
    path.unlink()
    (missing,) = findings(tmp_path)
    assert "it is cut off" in cut.problem
    assert "it is missing" in missing.problem


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"rows": 3}, "rows is 2, the manifest says 3"),
        ({"cost_nano": 0}, "cost_nano is 107, the manifest says 0"),
        ({"unpriced_rows": 1}, "unpriced_rows is 0, the manifest says 1"),
        ({"max_started_at": "2026-11-03T00:00:00"}, "last is 2026-11-02"),
        ({"month": "2026-12"}, "holds a row of 2026-11-01"),
    ],
)
def test_a_manifest_that_says_something_else_than_its_file_is_named(
    tmp_path: Path, file: EventFile, changes: dict[str, object], problem: str
) -> None:
    manifest.save(tmp_path, Manifest((replace(file, **changes),), (line(2, 107),)))
    assert any(f.problem.startswith(problem) for f in findings(tmp_path))


def test_a_ledger_that_disagrees_with_the_rows_is_named(tmp_path: Path, file: EventFile) -> None:
    manifest.save(tmp_path, Manifest((file,), (line(2, 106),)))
    (cost,) = findings(tmp_path)
    manifest.save(tmp_path, Manifest((file,), ()))
    (unnamed,) = findings(tmp_path)
    assert cost.problem == ("2 rows and 107 nano-USD of file f1, its ledger line says 2 and 106")
    assert unnamed.problem == "2 rows of file f1, which no ledger line names"


def test_a_manifest_edited_by_hand_is_named(tmp_path: Path, file: EventFile) -> None:
    path = manifest.path_of(tmp_path)
    path.write_text(path.read_text().replace(Manifest((file,)).version, "0" * 16))
    (found,) = findings(tmp_path)
    assert found.problem == "its file list is not the one its version was made from"


def test_two_rows_of_one_id_are_named(tmp_path: Path) -> None:
    one, other = landed(tmp_path, {}), landed(tmp_path, {"started_at": datetime(2026, 11, 9)})
    manifest.save(tmp_path, Manifest((one, other), (line(2, 200),)))
    (found,) = findings(tmp_path)
    assert found.problem == "1 rows share an event_id with another"


def test_a_changed_side_file_is_named(tmp_path: Path, file: EventFile) -> None:
    (tmp_path / "side").mkdir()
    (tmp_path / "side" / "a.parquet").write_bytes(b"changed")
    side = (("side/a.parquet", "00"),)
    manifest.save(tmp_path, Manifest((file,), (line(2, 107),), side=side))
    assert [f.path for f in findings(tmp_path)] == ["side/a.parquet"]


ITEM = [{"rule": "web_search", "quantity": 1, "unit": "searches", "cost_nano": 40}]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"cache_read_tokens": 6, "cache_write_tokens": 5}, "cache parts exceed input_tokens"),
        ({"cache_write_tokens": 1, "cache_write_1h_tokens": 2},
         "cache_write_1h_tokens exceed cache_write_tokens"),
        ({"reasoning_tokens": 6}, "reasoning_tokens exceed output_tokens"),
        ({"reasoning_tokens": -1}, "a count is below zero"),
        ({"requests": 2}, "a request row counts more than one request"),
        ({"grain": "day"}, "grain is neither kind"),
        ({"cost_source": "guessed"}, "cost_source is none of the four"),
        ({"cost_nano": None}, "unpriced and a missing cost disagree"),
        ({"cost_nano": None, "cost_source": "unpriced", "cost_output_nano": 1},
         "an unpriced row has a priced part"),
        ({"cost_nano": None, "cost_source": "unpriced", "items": ITEM},
         "an unpriced row has a priced part"),
        ({"cost_source": "free"}, "free and not 0"),
        ({"cost_source": "computed", "cost_input_nano": 61, "items": ITEM},
         "a computed cost is not the sum of its parts"),
        ({"service_type": None}, "a required column is NULL"),
    ],
)  # fmt: skip
def test_a_row_that_breaks_a_rule_is_counted(row: dict[str, object], rule: str) -> None:
    con = duckdb.connect()
    table(con, {}, row)
    assert broken(con, "made") == ((rule, 1),)


@pytest.mark.parametrize(
    "row",
    [
        {"cache_read_tokens": 6, "cache_write_tokens": 4, "cache_write_1h_tokens": 4},
        {"input_tokens": None, "output_tokens": None, "requests": 0},
        {"grain": "bucket", "requests": 900},
        {"grain": "bucket", "requests": None},
        {"cost_nano": None, "cost_source": "unpriced"},
        {"cost_nano": 0, "cost_source": "free"},
        {"cost_source": "computed", "cost_input_nano": 60, "items": ITEM},
        {"cost_nano": -5},
    ],
)
def test_a_row_within_the_rules_is_not(row: dict[str, object]) -> None:
    con = duckdb.connect()
    table(con, row)
    assert broken(con, "made") == ()
