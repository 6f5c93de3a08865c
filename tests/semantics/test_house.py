"""data/settings, followed while the app runs."""

import os
import threading
from pathlib import Path

import pytest

from analytics_core.errors import BadFile
from analytics_core.semantics.house import SettingsFolder


def _write(folder: Path, name: str, text: str) -> None:
    """As editors do: another file in its place, so that any clock sees it."""
    aside = folder / f".{name}"
    aside.write_text(text, "utf-8")
    aside.replace(folder / name)


@pytest.mark.parametrize(
    ("name", "text", "seen"),
    [
        ("settings.yaml", "zone: Europe/Madrid\n", lambda h: h.settings.zone == "Europe/Madrid"),
        ("settings.yaml", "week_start: sunday\n", lambda h: h.settings.week_start == "sunday"),
        ("settings.yaml", "contact: Ana\n", lambda h: h.settings.contact == "Ana"),
        ("projects.csv", "name\nSearch\n", lambda h: h.projects[0].name == "Search"),
        (
            "names.csv",
            "dimension,value,name\nuser,u1,Ana\n",
            lambda h: h.names.label("user", "u1") == "Ana",
        ),
    ],
)
def test_an_edit_acts_without_a_restart_and_so_does_its_removal(tmp_path, name, text, seen):
    folder = SettingsFolder(tmp_path, {})
    first = folder.now()
    _write(tmp_path, name, text)
    assert seen(folder.now())
    assert folder.now().settings.version != first.settings.version
    (tmp_path / name).unlink()
    assert folder.now() == first
    assert folder.opened == first.settings


def test_nothing_is_read_again_while_nothing_changes(tmp_path: Path):
    _write(tmp_path, "projects.csv", "name\nSearch\n")
    folder = SettingsFolder(tmp_path, {})
    assert folder.now() is folder.now()


@pytest.mark.parametrize(
    ("name", "good", "bad", "kept"),
    [
        ("settings.yaml", "contact: Ana\n", "contcat: Bo\n", lambda h: h.settings.contact == "Ana"),
        ("projects.csv", "name\nSearch\n", "name,colour\nX,red\n", lambda h: len(h.projects) == 1),
        (
            "names.csv",
            "dimension,value,name\nuser,u,Ana\n",
            "dimension,value,name\nuser,u,\n",
            lambda h: h.names.label("user", "u") == "Ana",
        ),
    ],
)
def test_a_broken_file_keeps_what_it_said_and_the_others_go_on(tmp_path, name, good, bad, kept):
    _write(tmp_path, name, good)
    folder = SettingsFolder(tmp_path, {})
    _write(tmp_path, name, bad)
    house = folder.now()
    assert kept(house)
    (problem,) = house.problems
    assert isinstance(problem, BadFile)
    assert (Path(problem.path).name, problem.line) == (name, bad.count("\n"))
    other = "projects.csv" if name != "projects.csv" else "names.csv"
    _write(
        tmp_path, other, "name\nAtlas\n" if other == "projects.csv" else "dimension,value,name\n"
    )
    assert kept(folder.now())
    assert len(folder.now().problems) == 1
    assert folder.now().settings.version != house.settings.version
    _write(tmp_path, name, good)
    assert kept(folder.now())
    assert folder.now().problems == ()


def test_settings_that_are_broken_at_the_start_are_refused_and_tables_are_not(tmp_path: Path):
    _write(tmp_path, "projects.csv", "nmae\nX\n")
    house = SettingsFolder(tmp_path, {}).now()
    assert (house.projects, len(house.problems)) == ((), 1)
    _write(tmp_path, "settings.yaml", "zoen: UTC\n")
    with pytest.raises(BadFile, match="zoen"):
        SettingsFolder(tmp_path, {})


def test_a_file_written_in_place_is_noticed_by_its_size_or_time(tmp_path: Path):
    path = tmp_path / "settings.yaml"
    path.write_text("contact: Ana\n")
    folder = SettingsFolder(tmp_path, {})
    path.write_text("contact: Boo\n")
    os.utime(path, ns=(1, 1))
    assert folder.now().settings.contact == "Boo"


def test_a_page_that_is_being_drawn_keeps_to_what_it_was_told_first(tmp_path: Path):
    folder = SettingsFolder(tmp_path, {})
    with folder.steady():
        with folder.steady():
            _write(tmp_path, "settings.yaml", "contact: Ana\n")
        assert folder.now().settings.contact == ""
        elsewhere: list[str] = []
        other = threading.Thread(target=lambda: elsewhere.append(folder.now().settings.contact))
        other.start()
        other.join()
    assert elsewhere == ["Ana"]
    assert folder.now().settings.contact == "Ana"


def test_many_threads_see_one_edit_the_same_way(tmp_path: Path):
    folder = SettingsFolder(tmp_path, {})
    _write(tmp_path, "settings.yaml", "contact: Ana\n")
    seen: list[str] = []
    threads = [
        threading.Thread(target=lambda: seen.append(folder.now().settings.contact))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == ["Ana"] * 20
