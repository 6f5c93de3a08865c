"""The inbox: what is at rest is taken, once, and the pages hear of it."""

import json
import os
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics_core.access.state import State as StateFile
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.inbox import InboxStatus, Watcher, watching
from analytics_core.ingest.push import spool
from analytics_core.ingest.push.receipts import Receipts
from analytics_core.ingest.rest import Rest
from analytics_core.settings import Settings

# Stands in for the ingest command: tells each step, removes the file, fails where told to.
INGEST = """
import json, pathlib, sys
paths = [pathlib.Path(p) for p in sys.argv[sys.argv.index("--") + 1:]]
inbox = pathlib.Path(sys.argv[sys.argv.index("--data") + 1]) / "inbox"
with (inbox.parent / "calls").open("a") as calls:
    print(*(str(p.relative_to(inbox)) for p in paths), file=calls)
for number, path in enumerate(paths, 1):
    said = {"name": str(path.relative_to(inbox)), "number": number, "files": len(paths)}
    if "boom" in path.name:
        sys.exit("Another ingest is running. Try again when it has finished.")
    print(json.dumps(said | {"step": "reading", "rows": 3}), flush=True)
    verdict = "empty_file" if "empty" in path.name else "landed"
    print(json.dumps(said | {"step": "done", "rows": 5, "verdict": verdict}), flush=True)
    path.unlink()
sys.exit(1 if any("empty" in p.name for p in paths) else 0)
"""


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    found = Folders(tmp_path)
    found.check_writable()
    return found


@pytest.fixture
def watcher(folders: Folders) -> Watcher:
    return Watcher(folders, Settings(folders.settings), command=(sys.executable, "-c", INGEST))


def calls(folders: Folders) -> list[str]:
    path = folders.data / "calls"
    return path.read_text().splitlines() if path.exists() else []


def test_a_file_is_at_rest_when_two_polls_find_it_alike(tmp_path: Path) -> None:
    rest, drop = Rest(tmp_path), tmp_path / "a.csv"
    drop.write_text("a")
    assert rest.poll(0) == ([], [drop])
    drop.write_text("ab")
    assert rest.poll(5) == ([], [drop])
    assert rest.poll(10) == ([drop], [drop])
    drop.unlink()
    assert rest.poll(15) == ([], [])


def test_a_file_replaced_by_one_of_the_same_size_is_not_at_rest(tmp_path: Path) -> None:
    rest, drop = Rest(tmp_path), tmp_path / "a.csv"
    drop.write_text("a")
    os.utime(drop, ns=(1, 1))
    rest.poll(0)
    drop.write_text("b")
    assert rest.poll(5) == ([], [drop])


@pytest.mark.parametrize(
    "name",
    [".a.csv", "~a.csv", "a.csv.part", "a.tmp", "a.CRDOWNLOAD", "a.filepart", ".git/a.csv",
     "README.md"],
)  # fmt: skip
def test_names_of_unfinished_and_of_our_own_files_are_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("a")
    rest = Rest(tmp_path)
    rest.poll(0)
    assert rest.poll(5) == ([], [])


def test_parquet_is_taken_when_its_footer_is_there_or_after_a_minute(tmp_path: Path) -> None:
    whole, cut, named = tmp_path / "a.parquet", tmp_path / "b.parquet", tmp_path / "c.parquet"
    whole.write_bytes(b"PAR1....PAR1")
    cut.write_bytes(b"PAR1........")
    named.write_bytes(b"a,b\n1,2\n")  # a CSV by its content
    rest = Rest(tmp_path)
    rest.poll(0)
    assert rest.poll(5)[0] == [whole, named]
    assert rest.poll(60)[0] == [whole, cut, named]


def test_subfolders_are_followed_and_links_to_folders_are_not(tmp_path: Path) -> None:
    inbox, outside = tmp_path / "inbox", tmp_path / "outside"
    for folder in (inbox / "ana", outside):
        folder.mkdir(parents=True)
        (folder / "a.csv").write_text("a")
    (inbox / "link").symlink_to(outside)
    rest = Rest(inbox)
    rest.poll(0)
    assert rest.poll(5)[0] == [inbox / "ana" / "a.csv", inbox / "link"]


def test_what_is_at_rest_goes_to_one_ingest(folders: Folders, watcher: Watcher) -> None:
    (folders.inbox / "ana").mkdir()
    for name in ("ana/b.csv", "a.csv", "empty.csv"):
        (folders.inbox / name).write_text("x")
    watcher.turn(0)
    waiting = InboxStatus.load(folders.cache)
    assert (waiting.state, waiting.files) == ("waiting", ("a.csv", "ana/b.csv", "empty.csv"))
    assert calls(folders) == []
    watcher.turn(5)
    watcher.turn(10)
    status = InboxStatus.load(folders.cache)
    assert calls(folders) == ["a.csv ana/b.csv empty.csv"]
    assert (status.state, status.files, status.error) == ("watching", (), None)
    assert [(r.name, r.verdict, r.rows) for r in status.results] == [
        ("empty.csv", "empty_file", 5), ("ana/b.csv", "landed", 5), ("a.csv", "landed", 5),
    ]  # fmt: skip


def test_an_ingest_that_fails_is_told_and_tried_again_later(
    folders: Folders, watcher: Watcher
) -> None:
    (folders.inbox / "boom.csv").write_text("x")
    for clock in (0, 5, 10, 14):
        watcher.turn(clock)
    status = InboxStatus.load(folders.cache)
    assert status.error == "Another ingest is running. Try again when it has finished."
    assert calls(folders) == ["boom.csv"]
    watcher.turn(15)
    assert calls(folders) == ["boom.csv", "boom.csv"]


def test_only_the_last_20_results_are_kept(folders: Folders, watcher: Watcher) -> None:
    for number in range(25):
        (folders.inbox / f"{number:02}.csv").write_text("x")
    watcher.turn(0)
    watcher.turn(5)
    names = [r.name for r in InboxStatus.load(folders.cache).results]
    assert names == [f"{n:02}.csv" for n in range(24, 4, -1)]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"state": "ingesting"}', "nonsense"])
def test_a_status_that_cannot_be_read_is_off(tmp_path: Path, text: str) -> None:
    (tmp_path / "inbox.json").write_text(text)
    assert InboxStatus.load(tmp_path) == InboxStatus()
    assert InboxStatus.load(tmp_path / "none") == InboxStatus()


def test_the_status_of_a_watcher_that_died_is_off(folders: Folders, watcher: Watcher) -> None:
    watcher.turn(0)
    path = folders.cache / "inbox.json"
    assert InboxStatus.load(folders.cache).state == "watching"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"pid": 2**22 + 1}))
    assert InboxStatus.load(folders.cache).state == "off"


def test_nobody_watches_where_the_setting_says_no(folders: Folders) -> None:
    with watching(folders, Settings(folders.settings, ingest_watch=False)):
        pass
    assert not (folders.cache / "inbox.json").exists()


@pytest.mark.slow
def test_the_real_ingest_is_started_and_understood(folders: Folders) -> None:
    watcher = Watcher(folders, Settings(folders.settings))
    event = {"event_id": "e:1", "started_at": "2025-11-01T10:00:00Z", "output_tokens": 5}
    (folders.inbox / "it's.jsonl").write_text(json.dumps(event) + "\n")
    (folders.inbox / "empty.csv").write_text("")
    watcher.turn(0)
    watcher.turn(5)
    status = InboxStatus.load(folders.cache)
    assert [(r.name, r.verdict, r.rows, r.message) for r in status.results] == [
        ("it's.jsonl", "landed", 1, ""), ("empty.csv", "empty_file", 0, "The file holds nothing."),
    ]  # fmt: skip
    assert (status.state, status.error, list(folders.inbox.iterdir())) == ("watching", None, [])


def test_one_process_watches_and_says_when_it_stops(folders: Folders) -> None:
    settings = Settings(folders.settings, ingest_poll_seconds=60)
    with watching(folders, settings):
        with watching(folders, settings):
            assert [t.name for t in threading.enumerate()].count("inbox") == 1
        assert [t.name for t in threading.enumerate()].count("inbox") == 1
    assert InboxStatus.load(folders.cache).state == "off"
    assert "inbox" not in [t.name for t in threading.enumerate()]


def test_pushed_bodies_are_gathered_taken_at_once_and_not_told_on_the_pages(folders, tmp_path):
    receipts = Receipts(StateFile(tmp_path / "state.db"))
    settings = Settings(folders.settings, ingest_push_seconds=0)
    watcher = Watcher(folders, settings, receipts, command=(sys.executable, "-c", INGEST))
    watcher.turn(0)
    body = b'{"event_id": "1"}\n'
    for known in ("a", "b"):
        spool.keep(
            folders, [body], receipt=known, source="proxy", shape="canonical",
            now=datetime.now(UTC),
        )  # fmt: skip
    (folders.inbox / "drop.csv").write_text("still being written")
    watcher.turn(1)
    (call,) = calls(folders)
    assert call.count("pushed/proxy/") == 1
    assert "drop.csv" not in call
    status = InboxStatus.load(folders.cache)
    assert (status.state, status.results) == ("watching", ())
    watcher.turn(2)
    assert [r.name for r in InboxStatus.load(folders.cache).results] == ["drop.csv"]


def test_bodies_wait_while_the_setting_says_so(folders, tmp_path):
    receipts = Receipts(StateFile(tmp_path / "state.db"))
    settings = Settings(folders.settings, ingest_push_seconds=3600)
    watcher = Watcher(folders, settings, receipts, command=(sys.executable, "-c", INGEST))
    spool.keep(
        folders, [b"{}\n"], receipt="a", source="proxy", shape="canonical",
        now=datetime.now(UTC),
    )  # fmt: skip
    watcher.turn(0)
    assert (calls(folders), len(spool.waiting(folders))) == ([], 1)
