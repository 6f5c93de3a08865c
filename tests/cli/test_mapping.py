"""inspect, map: from a file nobody reads to one that lands."""

import json
from pathlib import Path

import pytest
import yaml

from tests.ingest.test_trial import CSV, MAPPING

pytestmark = pytest.mark.slow


@pytest.fixture
def odd(run, tmp_path: Path) -> str:
    """The id of a file in quarantine."""
    (tmp_path / "data").mkdir()
    (tmp_path / "odd.csv").write_text(CSV, "utf-8")
    assert run("ingest", "odd.csv").code == 1
    (tmp_path / "mine.yaml").write_text(MAPPING, "utf-8")
    return json.loads(run("files", "--json").out)[0]["file_id"]


def test_a_file_in_quarantine_is_mapped_saved_and_taken_in(run, odd: str, tmp_path: Path):
    looked = json.loads(run("inspect", odd, "--json").out)
    assert (looked["name"], looked["columns"][0]["name"]) == ("odd.csv", "zeit")
    assert "column: zeit" in looked["draft"]
    tried = run("map", odd, "--mapping", "mine.yaml")
    assert (tried.code, "3 rows read: 2 accepted, 1 rejected" in tried.out) == (0, True)
    assert json.loads(run("files", "--json").out)[0]["verdict"] == "unknown_columns"
    kept = run("map", odd, "--mapping", "mine.yaml", "--save")
    assert kept.code == 0
    assert "odd.csv: taken in, 2 events." in kept.out
    (line,) = json.loads(run("files", "--json").out)
    assert (line["verdict"], line["source"], line["name"]) == ("landed", "mine", "odd.csv")


def test_a_file_of_semicolons_and_decimal_commas_lands_by_its_own_draft(run, shared, tmp_path):
    (tmp_path / "data").mkdir()
    assert run("ingest", shared / "broken" / "32_bom_semicolon.csv").code == 1
    file_id = json.loads(run("files", "--json").out)[0]["file_id"]
    draft = yaml.safe_load(json.loads(run("inspect", file_id, "--json").out)["draft"])
    draft["time"]["zone"] = "UTC"
    kept = run("map", file_id, "--mapping", "-", "--save", stdin=yaml.safe_dump(draft))
    assert kept.code == 0
    (line,) = json.loads(run("files", "--json").out)
    assert (line["accepted"], line["cost_nano"]) == (1, 1_234_560_000_000)
    assert line["min_started_at"] == "2026-11-01T12:00:00"


def test_a_mapping_that_lands_nothing_is_not_kept(run, odd: str, tmp_path: Path):
    (tmp_path / "mine.yaml").write_text(MAPPING.replace("%d.%m.%Y", "%Y"), "utf-8")
    ran = run("map", odd, "--mapping", "mine.yaml", "--save")
    assert (ran.code, "Every row is rejected." in ran.out) == (1, True)
    assert not (tmp_path / "data" / "settings" / "sources").exists()


def test_a_file_that_is_neither_path_nor_id_is_named(run, tmp_path: Path):
    ran = run("inspect", "nowhere.csv")
    assert (ran.code, ran.err) == (1, "nowhere.csv: does not exist.\n")
