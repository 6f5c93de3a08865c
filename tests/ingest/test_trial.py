"""Trying a mapping: the rows as they would land, and why they would not; nothing is kept."""

from pathlib import Path

import pytest

from analytics_core.errors import BadFile
from analytics_core.ingest.apart import attempt, inspect
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.sources.draft import of_proposal
from analytics_core.ingest.sources.mapping import save, saved
from analytics_core.ingest.trial import Trial, trial
from analytics_core.settings import Settings
from tests.conftest import NOW

pytestmark = pytest.mark.slow

CSV = (
    "zeit;modell;rein;raus;kosten\n"
    "01.11.2026 12:00;gpt-5;1.234;100;1.234,56\n"
    "02.11.2026 12:00;house;200;100;\n"
    "03.11.2026 12:00;gpt-5;-5;1;\n"
)
MAPPING = """\
name: mine
match: {all: [zeit, rein]}
time: {column: zeit, unit: '%d.%m.%Y %H:%M', zone: Europe/Berlin}
columns: {model: modell, input_tokens: rein, output_tokens: raus, cost_reported: kosten}
csv: {delimiter: ';', decimal: ',', thousands: '.'}
"""


@pytest.fixture
def attempted(tmp_path: Path):
    def attempt_it(mapping: str = MAPPING, content: str = CSV) -> Trial:
        path = tmp_path / "drop"
        path.write_text(content, "utf-8")
        settings = Settings(tmp_path / "settings")
        known = saved(settings.folder)
        return trial(path, "drop.csv", mapping, settings, known, tmp_path / "desk", NOW)

    return attempt_it


def test_a_trial_counts_and_sums_what_would_land(attempted):
    found = attempted()
    assert (found.problem, found.read, found.accepted, found.rejected) == ("", 3, 2, 1)
    assert (found.input_tokens, found.cost_nano, found.unpriced) == (1434, 1_234_560_000_000, 1)
    assert (found.first, found.last) == ("2026-11-01T11:00:00", "2026-11-02T11:00:00")
    assert dict(found.reasons)["negative_tokens"] == 1
    assert dict(found.reasons)["model_unknown"] == 1
    assert [(e.row, e.code) for e in found.examples] == [(3, "negative_tokens")]


def test_the_first_rows_are_shown_as_events(attempted):
    found = attempted()
    first = dict(zip(found.columns, found.rows[0], strict=True))
    assert (first["started_at"], first["model"], first["input_tokens"]) == (
        "2026-11-01T11:00:00", "gpt-5", 1234,
    )  # fmt: skip
    assert "team" not in found.columns  # nothing fills it


def test_a_file_in_which_no_row_is_good_says_so(attempted):
    found = attempted(MAPPING.replace("%d.%m.%Y", "%Y-%m-%d"))
    said = "In 3 of them, first in row 1: The time is missing or cannot be read."
    assert (found.problem, found.rejected) == (f"Every row is rejected. {said}", 3)
    assert found.examples[0].code == "no_time"
    assert found.reasons == (("no_time", 3),)  # all of them, not the one that is the example


def test_a_mapping_that_another_source_would_beat_is_told(attempted):
    found = attempted(
        "name: mine\nmatch: {all: [spend]}\ntime: {column: starttime}\n",
        "request_id,startTime,endTime,spend,prompt_tokens,call_type\na,2026-11-01,,1,2,x\n",
    )
    assert "would still be read as litellm" in found.problem


def test_a_mapping_that_asks_for_other_columns_is_told(attempted):
    assert "No source reads these columns" in attempted(MAPPING.replace("[zeit", "[datum")).problem


def test_a_mapping_with_a_mistake_names_its_key(attempted):
    with pytest.raises(BadFile, match=r"time.zone.*Did you mean 'Europe/Berlin'"):
        attempted(MAPPING.replace("Berlin", "Berlim"))


def test_both_run_apart_within_limits_and_leave_nothing(tmp_path: Path):
    folders, settings = Folders(tmp_path / "data"), Settings(tmp_path / "data" / "settings")
    path = tmp_path / "drop.csv"
    path.write_text(CSV, "utf-8")
    draft = of_proposal(inspect(path, "drop.csv", folders, settings).proposal, "csv", ";")
    assert draft.time == "zeit"
    assert attempt(path, "drop.csv", MAPPING, folders, settings, NOW).accepted == 2
    assert list(folders.cache.iterdir()) == []
    assert not folders.events.exists()


def test_a_saved_mapping_never_takes_the_name_of_another(tmp_path: Path):
    kept = save(tmp_path, MAPPING)
    assert (kept.name, kept.read_text("utf-8")) == ("mine.yaml", MAPPING)
    assert [source.name for source in saved(tmp_path)] == ["mine"]
    with pytest.raises(BadFile, match="the name 'mine' is taken"):
        save(tmp_path, MAPPING)
    assert [path.name for path in (tmp_path / "sources").iterdir()] == ["mine.yaml"]
