"""Writing a settings file: whole or not at all."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from analytics_core.errors import Changed, NotWritable
from analytics_core.semantics import settings_file
from analytics_core.semantics.settings_file import difference, save


def test_a_new_file_and_its_folder_are_made(tmp_path: Path):
    path = tmp_path / "settings" / "names.csv"
    save(path, None, "dimension,value,name\n")
    assert path.read_text() == "dimension,value,name\n"
    assert list(path.parent.iterdir()) == [path]


def test_rights_line_ends_and_byte_order_mark_stay(tmp_path: Path):
    path = tmp_path / "projects.csv"
    path.write_bytes(b"\xef\xbb\xbfname\r\nSearch\r\n")
    path.chmod(0o640)
    save(path, "name\r\nSearch\r\n", "name\r\nAtlas\r\n")
    assert path.read_bytes() == b"\xef\xbb\xbfname\r\nAtlas\r\n"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path: Path):
    (tmp_path / "kept").mkdir()
    target, link = tmp_path / "kept" / "names.csv", tmp_path / "names.csv"
    target.write_text("a\n")
    link.symlink_to(target)
    save(link, "a\n", "b\n")
    assert link.is_symlink()
    assert target.read_text() == "b\n"


@pytest.mark.parametrize("now", ["name\nOther\n", None])
def test_somebody_elses_change_is_never_overwritten(tmp_path: Path, now: str | None):
    path = tmp_path / "projects.csv"
    if now is not None:
        path.write_text(now)
    with pytest.raises(Changed):
        save(path, "name\n", "name\nMine\n")
    assert (path.read_text() if path.exists() else None) == now


def test_of_two_saves_of_one_opened_file_one_wins_whole(tmp_path: Path):
    path = tmp_path / "projects.csv"
    path.write_text("old")
    refused: list[Changed] = []

    def attempt(text: str) -> None:
        try:
            save(path, "old", text)
        except Changed as wrong:
            refused.append(wrong)

    threads = [threading.Thread(target=attempt, args=(letter * 9999,)) for letter in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 7
    assert path.read_text() in [letter * 9999 for letter in "abcdefgh"]


@pytest.mark.parametrize("step", ["fsync", "replace", "write"])
def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch, step: str):
    path = tmp_path / "names.csv"
    path.write_text("old")

    def fails(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    if step == "write":
        monkeypatch.setattr(settings_file, "_write", fails)
    else:
        monkeypatch.setattr(os, "fsync", fails) if step == "fsync" else None
        monkeypatch.setattr(Path, "replace", fails) if step == "replace" else None
    with pytest.raises(NotWritable, match="No space left"):
        save(path, "old", "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_process_that_dies_before_the_last_step_leaves_the_old_file(tmp_path: Path):
    path = tmp_path / "settings.yaml"
    path.write_text("zone: UTC\n")
    code = (
        "import os, sys; from pathlib import Path;"
        "from analytics_core.semantics.settings_file import save;"
        "Path.replace = lambda *_: os._exit(9);"
        "save(Path(sys.argv[1]), 'zone: UTC\\n', 'zone: Europe/Madrid\\n')"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert ran.returncode == 9
    assert path.read_text() == "zone: UTC\n"
    # What it left behind bears no name of a settings file.
    assert [p.suffix for p in tmp_path.iterdir() if p != path] not in ([".yaml"], [".csv"])


def test_a_difference_is_the_lines_that_go_and_come():
    assert difference("a\nb\nc\nd\ne\n", "a\nb\nX\nd\ne\n") == " a\n b\n-c\n+X\n d\n e"
    assert difference(None, "a\n") == "+a"
    assert difference("a\n", "a\n") == ""
