"""demo, ingest, files, forget, verify, prices, reprice: what changes a store, and what checks it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from analytics_core import settings
from analytics_core.api.background import wants_demo
from analytics_core.ingest.door import ingest
from analytics_core.ingest.folders import Folders
from analytics_core.store import manifest

pytestmark = pytest.mark.slow

NOW = datetime(2025, 6, 20, 16, tzinfo=UTC)
DEMO = ("demo", "--events", "300", "--months", "1", "--now", "2025-06-20T16:00")
OWN = (
    '{"event_id":"a","started_at":"2025-06-02T08:00:00Z","provider":"openai","model_raw":"gpt-5",'
    '"input_tokens":1000000,"output_tokens":0,"project":"Mine"}\n'
)


def ledger(run: Callable[..., Any]) -> dict[str, dict[str, Any]]:
    """The ledger of data/ by name."""
    return {line["name"]: line for line in json.loads(run("files", "--json").out)}


def under(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


@pytest.fixture
def own_file(tmp_path: Path) -> Path:
    path = tmp_path / "own.jsonl"
    path.write_text(OWN, "utf-8")
    return path


def landed(path: Path, data: Path) -> None:
    """Lands a file without a process of its own, which the command takes."""
    folders = Folders(data)
    (entry,) = ingest([path], folders, settings.load(folders.settings, {}), now=NOW)
    assert entry.verdict == "landed"


def test_the_demo_has_something_of_everything_that_can_happen_to_a_file(run, demo: Path) -> None:
    lines = json.loads(run("files", "--data", demo, "--json").out)
    assert {line["verdict"] for line in lines} == {"landed", "unreadable"}
    assert sum(line["rejected"] for line in lines) == 25
    assert sum(line["duplicate"] for line in lines) == 40
    assert all(
        line["read"] == line["accepted"] + line["rejected"] + line["skipped"] + line["duplicate"]
        for line in lines
    )


def test_removing_the_demo_leaves_nothing_of_it_and_the_app_makes_no_other(run, copied) -> None:
    assert under(copied / "archive")
    assert under(copied / "quarantine")
    held = manifest.load(copied / "events").rows
    ran = run("demo", "--remove")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith(
        f"projects.csv of the demo is gone from {copied / 'settings'}.\n"
        f"prices.csv of the demo is gone from {copied / 'settings'}.\n"
    )
    for place in ("archive", "quarantine", "settings"):
        assert under(copied / place) == []
    (audited,) = json.loads(run("audit", "--json").out)["rows"]
    assert (audited["action"], audited["result"]) == ("demo removed", "ok")
    assert audited["rows"] == held
    assert run("files").out == "No files.\n"
    assert json.loads(run("query", "--measures", "events", "--json").out)["data_until"] is None
    assert not wants_demo(copied)
    assert json.loads(run("demo", "--remove", "--json").out) == {
        "files": 0, "rows": 0, "settings": [],
    }  # fmt: skip


def test_whoever_removes_the_demo_before_the_first_start_gets_none(run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert wants_demo(tmp_path / "data")
    assert run("demo", "--remove").code == 0
    assert not wants_demo(tmp_path / "data")


def test_settings_that_somebody_changed_outlive_the_demo(run, copied: Path) -> None:
    projects = copied / "settings" / "projects.csv"
    text = projects.read_text("utf-8") + "Mine,#029be6,,\n"
    projects.write_text(text, "utf-8")
    ran = run("demo", "--remove", "--json")
    assert json.loads(ran.out)["settings"] == ["prices.csv"]
    assert projects.read_text("utf-8") == text


def test_another_demo_takes_the_place_of_the_one_before(run, copied: Path) -> None:
    before = {line["file_id"] for line in ledger(run).values()}
    ran = run(*DEMO)
    assert (ran.code, ran.err) == (0, "")
    after = {line["file_id"] for line in ledger(run).values()}
    assert before.isdisjoint(after)
    assert run("verify").code == 0


def test_invented_usage_never_comes_beside_usage_of_ones_own(run, tmp_path, own_file) -> None:
    landed(own_file, tmp_path / "data")
    ran = run(*DEMO)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f"{tmp_path / 'data'} holds usage of your own, and invented usage would add to its"
        " figures. Name another folder: demo --data DIR.\n"
    )
    assert list(ledger(run)) == ["own.jsonl"]


def test_removing_the_demo_keeps_usage_of_ones_own(run, copied: Path, own_file: Path) -> None:
    landed(own_file, copied)
    assert run("demo", "--remove").code == 0
    assert list(ledger(run)) == ["own.jsonl"]
    words = ("--measures", "cost", "--by", "project", "--period", "2025-06")
    assert json.loads(run("query", "--json", *words).out)["rows"] == [
        {"project": "Mine", "project_kind": "member", "project_members": 1, "cost": "1.25"}
    ]
    assert run("verify").code == 0


def test_a_file_that_is_not_there_is_named(run) -> None:
    ran = run("ingest", "none.csv")
    assert (ran.code, ran.out, ran.err) == (1, "", "none.csv: does not exist.\n")


def test_an_empty_inbox_is_nothing_to_do(run) -> None:
    ran = run("ingest")
    assert (ran.code, ran.out, ran.err) == (0, "Nothing to take in.\n", "")


def test_one_refused_file_makes_the_exit_code_and_the_others_land(run, tmp_path, own_file) -> None:
    bad = tmp_path / "bad\x1b[2J.csv"
    bad.write_text("colour,taste\nred,sweet\n", "utf-8")
    ran = run("ingest", own_file, bad)
    assert ran.code == 1
    assert "own.jsonl" in ran.out
    assert "unknown_columns" in ran.out
    assert "Map it: say which column is what" in ran.out
    assert "\x1b" not in ran.out
    assert ledger(run)["own.jsonl"]["verdict"] == "landed"


def test_progress_is_one_line_of_json_a_step(run, own_file: Path) -> None:
    ran = run("ingest", "--progress", own_file)
    steps = [json.loads(line) for line in ran.out.splitlines()]
    assert [s["step"] for s in steps] == ["taking", "reading", "pricing", "landing", "done"]
    assert (steps[-1]["name"], steps[-1]["verdict"], ran.code) == ("own.jsonl", "landed", 0)


def test_forgetting_a_file_takes_its_rows_out_and_keeps_its_line(run, copied: Path) -> None:
    line = ledger(run)["provider-console.parquet"]
    ran = run("forget", line["file_id"])
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"{line['accepted']} events of 'provider-console.parquet' are gone.\n"
    assert ledger(run)["provider-console.parquet"]["verdict"] == "forgotten"
    assert run("verify").code == 0


def test_a_file_that_was_never_taken_cannot_be_forgotten(run, copied: Path) -> None:
    ran = run("forget", "nosuchfile")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("No file is called 'nosuchfile'. Known: ")


def test_a_sound_store_verifies(run, demo: Path) -> None:
    files = json.loads(run("verify", "--data", demo, "--json").out)
    assert files["findings"] == []
    assert run("verify", "--data", demo).out.endswith("events: as they were landed.\n")


@pytest.fixture
def flipped(copied: Path) -> Path:
    path = next((copied / "events").glob("month=2025-06/*.parquet"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    return path


def test_one_flipped_bit_is_found_and_its_file_named(run, copied: Path, flipped: Path) -> None:
    ran = run("verify")
    name = flipped.relative_to(copied / "events").as_posix()
    assert ran.code == 1
    assert ran.out.startswith(f"{name} is damaged (its SHA-256 is not the manifest's). Restore it")
    assert ran.out.count("\n") == 1


def test_damage_is_never_rewritten_as_if_it_were_sound(run, copied: Path, flipped: Path) -> None:
    content = flipped.read_bytes()
    ran = run("reprice", "--apply")
    assert (ran.code, ran.out) == (1, "")
    assert "is damaged (its SHA-256 is not the manifest's)" in ran.err
    assert flipped.read_bytes() == content


def test_forgetting_a_file_of_a_damaged_month_is_refused(run, copied: Path, flipped: Path) -> None:
    held = json.loads((copied / "events" / "manifest.json").read_text("utf-8"))
    file_id = next(i["file_id"] for i in held["inputs"] if "2025-06" in i["months"])
    ran = run("forget", file_id)
    assert (ran.code, ran.out) == (1, "")
    assert "is damaged" in ran.err


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda path: path.unlink(), "it is missing"),
        (lambda path: path.write_bytes(path.read_bytes()[:4000]), "it is cut off"),
        (lambda path: path.write_bytes(b""), "it is cut off"),
        (
            lambda path: path.write_bytes(path.read_bytes()[:-40] + b"\xff" * 36 + b"PAR1"),
            "its SHA-256 is not the manifest's",
        ),
    ],
    ids=["gone", "cut", "empty", "footer"],
)
def test_a_question_over_a_damaged_file_names_it(run, copied: Path, damage, why) -> None:
    path = next((copied / "events").glob("month=2025-06/*.parquet"))
    damage(path)
    ran = run("query", "--measures", "cost", "--period", "2025-06")
    assert (ran.code, ran.out) == (1, "")
    assert f"{path.name} is damaged ({why}). Restore it from a backup, or move" in ran.err


@pytest.mark.slow
def test_after_damage_the_archive_brings_the_same_figures_back(run, copied: Path, flipped) -> None:
    words = ("query", "--measures", "events,requests,cost", "--json", "--period", "2025-06")
    ((copied / "events").rename(copied / "damaged"))
    assert run("ingest", copied / "archive").code == 0
    again = json.loads(run(*words).out)["rows"]
    (copied / "events").rename(copied / "second")
    (copied / "damaged").rename(copied / "events")
    flipped_back = bytearray(flipped.read_bytes())
    flipped_back[len(flipped_back) // 2] ^= 1
    flipped.write_bytes(flipped_back)
    assert again == json.loads(run(*words).out)["rows"]


def test_the_price_book_says_how_old_it_is_and_how_many_lines_are_yours(run, tmp_path) -> None:
    settings = tmp_path / "data" / "settings"
    settings.mkdir(parents=True)
    (settings / "prices.csv").write_text("provider,model,usd\nself,x,1\n", "utf-8")
    ran = run("prices")
    assert ran.code == 0
    assert ran.out.splitlines()[1] == f"1 line of your own in {settings / 'prices.csv'}."
    assert json.loads(run("prices", "--json").out)["models"] > 1000


def test_an_unpriced_model_gets_its_price_and_then_nothing_is_left_to_do(run, copied: Path) -> None:
    (model,) = json.loads(run("prices", "--unpriced", "--json").out)
    assert (model["provider"], model["model"]) == ("self", "house-preview")
    words = run("prices", "--unpriced").out.splitlines()
    assert words[1].split()[:2] == ["self", "house-preview"]
    assert words[-2:] == ["self,house-preview,input,?,,,,,,,", "self,house-preview,output,?,,,,,,,"]
    prices = copied / "settings" / "prices.csv"
    before = prices.read_text("utf-8")
    prices.write_text(before + "\n".join(model["lines"]) + "\n", "utf-8")
    assert "'?' is no number." in run("prices").err
    prices.write_text(before + "\n".join(model["lines"]).replace("?", "2") + "\n", "utf-8")
    tried = copied.parent / "tried"
    tried.mkdir()
    (tried / "prices.csv").write_text(before + "self,house-preview,,0,,,,,,,\n", "utf-8")
    free = run("reprice", "--settings", str(tried), "--json", "--progress")
    steps, _, answer = free.out.partition("\n{\n")
    first, *rest = map(json.loads, steps.splitlines())
    assert first == {"done": 0, "of": 1 + len(rest)}
    assert {c["after_nano"] for c in json.loads("{" + answer)["changes"]} == {0}
    refused = run("reprice", "--settings", str(tried), "--apply")
    assert (refused.code, refused.err[:24]) == (1, "--settings only shows; -")
    shown = run("reprice")
    assert shown.code == 0
    assert shown.out.endswith("Nothing was changed; --apply does it.\n")
    (model_again,) = json.loads(run("prices", "--unpriced", "--json").out)
    assert model_again == model

    changes = json.loads(run("reprice", "--apply", "--json").out)
    assert changes["applied"] is True
    assert {c["model"] for c in changes["changes"]} == {"house-preview"}
    assert sum(c["unpriced_before"] for c in changes["changes"]) > 0
    assert sum(c["unpriced_after"] for c in changes["changes"]) == 0
    assert run("reprice").out == "Every price is as it was.\n"
    assert run("prices", "--unpriced").out == "Every event has a price.\n"
    assert run("verify").code == 0


def test_the_formats_are_listed_with_those_of_ones_own(run, root: Path, tmp_path: Path) -> None:
    names = {s["name"] for s in json.loads(run("sources", "--json").out)}
    assert {"canonical", "litellm", "langfuse", "openai-usage", "claude-code"} <= names
    assert run("sources").out.splitlines()[0].split() == [
        "source", "label", "group", "grain", "files",
    ]  # fmt: skip


def test_checking_counts_what_was_read(run, copied: Path) -> None:
    ran = run("sources", "--check")
    assert (ran.code, ran.err) == (0, "")
    assert "projects.csv: 14 entries\nnames.csv: 0 entries\nauth.yaml: 0 entries\n" in ran.out
    assert ran.out.endswith("Nothing wrong with them.\n")


def test_a_ledger_without_lines_says_so(run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert run("files").out == "No files.\n"
    assert json.loads(run("files", "--json").out) == []
    assert run("verify").out == "0 files, 0 events: as they were landed.\n"
    assert datetime.fromisoformat(json.loads(run("prices", "--json").out)["as_of"])
