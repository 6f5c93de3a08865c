"""The demo data: the same rows for the same recipe, with everything a page has to show."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from analytics_core.ingest.demo import cast, make

NOW = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
SMALL = make.Recipe(NOW, events=6_000, months=12, seed=7)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return make.write(SMALL, tmp_path_factory.mktemp("demo"), lambda done, of: None)


def test_the_same_recipe_makes_the_same_rows_and_another_seed_others() -> None:
    tiny = make.Recipe(NOW, events=400, months=2, seed=7)
    assert make.digest(tiny) == make.digest(tiny) == "e56154213127dab7"
    assert make.digest(make.Recipe(NOW, events=400, months=2, seed=8)) != make.digest(tiny)


def test_there_is_one_file_a_month_and_one_each_of_buckets_late_rows_and_damage(
    files: list[Path],
) -> None:
    names = [p.name for p in files]
    assert names[0] == "gateway-2025-12.parquet"
    assert names[11:] == [
        "gateway-2026-11.parquet",
        "provider-console.parquet",
        "gateway-late.parquet",
        "gateway-interrupted-copy.parquet",
    ]


def test_no_event_lies_in_the_future_nor_outside_its_month(files: list[Path]) -> None:
    for path in files[:12]:
        started = pq.read_table(path)["started_at"]
        assert f"{pc.min(started).as_py():%Y-%m}" == path.stem[-7:]
        assert f"{pc.max(started).as_py():%Y-%m}" == path.stem[-7:]
    assert pc.max(pq.read_table(files[11])["started_at"]).as_py() < datetime(2026, 11, 20, 16)


def test_the_cast_is_as_large_as_the_pages_need() -> None:
    people = cast.people()
    assert sum(not p.service for p in people) == 160
    assert sum(p.service for p in people) == 12
    assert len({p.user_id for p in people}) == 172
    assert (len(cast.TEAMS), len(cast.PROJECTS), len(cast.REPOSITORIES)) == (9, 14, 24)
    assert (len(cast.CUSTOMERS), len(cast.FEATURES), len(cast.AGENTS)) == (40, 18, 14)
    assert (len(cast.KEYS), len(cast.MODELS)) == (30, 18)
    assert {"mia.keller@acme.example", "leo.brandt@acme.example"} <= {p.user_id for p in people}


def test_every_service_type_occurs_and_six_percent_of_sessions_have_no_project(
    files: list[Path],
) -> None:
    october = pq.read_table(files[10])
    assert len(set(october["service_type"].to_pylist())) >= 9
    unknown = october["project"].null_count / october.num_rows
    assert 0.02 < unknown < 0.12


def test_twelve_of_fourteen_projects_are_active_in_the_newest_whole_month(
    files: list[Path],
) -> None:
    active = set(pq.read_table(files[10])["project"].to_pylist()) - {None}
    assert set(cast.PROJECT_NAMES) - active == {cast.RETIRED_PROJECT, cast.FUTURE_PROJECT}


def test_rejected_and_repeated_rows_are_in_the_newest_whole_month(files: list[Path]) -> None:
    october = pq.read_table(files[10])
    assert pc.sum(pc.equal(october["input_tokens"], -1)).as_py() == make.REJECTED
    assert october.num_rows - len(set(october["event_id"].to_pylist())) == make.DUPLICATES


def test_settings_are_written_only_where_absent_and_taken_away_again(tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text("provider,model\n")
    assert make.write_settings(SMALL, tmp_path) == ["projects.csv"]
    assert make.remove_settings(tmp_path) == ["projects.csv"]
    assert (tmp_path / "prices.csv").exists()
