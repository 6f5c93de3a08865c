"""Bodies that wait on disk: gathered into few files, none lost and none counted twice."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics_core.access.state import State
from analytics_core.errors import NotWritable
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.push import spool
from analytics_core.ingest.push.envelope import envelope
from analytics_core.ingest.push.receipts import Place, Receipts

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = Folders(tmp_path)
    made.check_writable()
    return made


@pytest.fixture
def receipts(tmp_path: Path) -> Any:
    state = State(tmp_path / "state.db")
    yield Receipts(state)
    state.close()


@pytest.fixture
def keep(folders: Folders) -> Callable[..., spool.Body]:
    """Keeps a body of one event for each id; later ones a second apart."""
    kept = 0

    def one(receipt: str, *ids: str, source: str = "proxy", **said: Any) -> spool.Body:
        nonlocal kept
        kept += 1
        around = envelope(source, "canonical", receipt, {}, "2026-11-20T12")
        lines = [json.dumps(around | {"event_id": each}).encode() + b"\n" for each in ids]
        at = NOW + timedelta(seconds=kept)
        more = {"shape": "canonical"} | said
        return spool.keep(folders, lines, receipt=receipt, source=source, **({"now": at} | more))

    return one


def ids(path: Path) -> list[str]:
    return [json.loads(line)["event_id"] for line in path.read_text().splitlines()]


def test_bodies_of_one_source_shape_and_hour_become_one_file(folders, receipts, keep):
    keep("a", "1", "2")
    keep("b", "3")
    keep("c", "4", source="other")
    keep("d", "5", shape="otlp")
    keep("e", "6", now=NOW + timedelta(hours=1))
    keep("f", "7")
    made = spool.gather(folders, receipts, NOW)
    assert sorted(map(ids, made)) == [["1", "2", "3", "7"], ["4"], ["5"], ["6"]]
    assert spool.waiting(folders) == []
    assert {path.parent for path in made} == {
        folders.inbox / "pushed" / "proxy",
        folders.inbox / "pushed" / "other",
    }
    (whole,) = (path for path in made if len(ids(path)) == 4)
    file_id = whole.name.split("-")[-1].removesuffix(".jsonl")
    assert [receipts.place(known) for known in "abf"] == [
        Place("a", file_id, 1), Place("b", file_id, 3), Place("f", file_id, 4),
    ]  # fmt: skip


def test_a_file_that_would_grow_too_large_is_followed_by_another(
    folders, receipts, keep, monkeypatch
):
    monkeypatch.setattr(spool, "MOST_EVENTS", 3)
    for number in range(5):
        keep(f"r{number}", f"{number}a", f"{number}b")
    assert sorted(len(ids(path)) for path in spool.gather(folders, receipts, NOW)) == [2] * 5
    keep("x", "1")
    keep("y", "2", "3")
    keep("z", *"456789")
    assert sorted(len(ids(path)) for path in spool.gather(folders, receipts, NOW)) == [3, 6]


def test_killed_before_the_bodies_went_a_gather_leaves_them_where_they_are_already(
    folders, receipts, keep
):
    body = keep("a", "1")
    content = body.path.read_bytes()
    (made,) = spool.gather(folders, receipts, NOW)
    body.path.write_bytes(content)  # as if it had been killed before this was removed
    keep("b", "2")
    (other,) = spool.gather(folders, receipts, NOW)
    assert (ids(made), ids(other)) == (["1"], ["2"])
    assert receipts.place("a") != receipts.place("b")


def test_killed_before_the_file_was_there_its_bodies_are_gathered_again(folders, receipts, keep):
    keep("a", "1")
    receipts.put([Place("a", "0123456789abcdef", 1)])  # noted, and then the power failed
    (made,) = spool.gather(folders, receipts, NOW)
    assert ids(made) == ["1"]
    place = receipts.place("a")
    assert place
    assert place.file_id in made.name


def test_the_same_body_kept_twice_in_one_instant_is_gathered_once(folders, receipts, keep):
    keep("a", "1", "2")
    keep("a", "1", "2")
    (made,) = spool.gather(folders, receipts, NOW)
    assert ids(made) == ["1", "2"]
    assert spool.waiting(folders) == []


def test_bodies_wait_for_others_as_long_as_is_said(folders, keep):
    assert not spool.due(folders, NOW, 0)
    keep("a", "1")  # a second after NOW
    assert not spool.due(folders, NOW + timedelta(seconds=10), 9.5)
    assert spool.due(folders, NOW + timedelta(seconds=11), 9.5)


def test_two_that_gather_at_once_do_not_meet(folders, receipts, keep):
    keep("a", "1")
    with (spool.waiting_folder(folders) / ".lock").open("w") as held:
        spool.fcntl.flock(held, spool.fcntl.LOCK_EX)
        assert spool.gather(folders, receipts, NOW) == []
    assert len(spool.gather(folders, receipts, NOW)) == 1


def test_a_body_of_before_is_gathered_whatever_its_name_says_of_fixed_dimensions(
    folders, receipts, keep
):
    body = keep("a", "1")
    older = body.path.name.replace(".any.", ".0123abcd.any.")
    body.path.rename(body.path.with_name(older))
    keep("b", "2")
    assert list(map(ids, spool.gather(folders, receipts, NOW))) == [["1", "2"]]


def test_what_was_left_half_written_is_no_body(folders, receipts, keep):
    body = keep("a", "1")
    (body.path.parent / f".{body.path.name}.part").write_text("{")
    (body.path.parent / "notes.txt").write_text("mine")
    assert [each.receipt for each in spool.waiting(folders)] == ["a"]
    assert len(spool.gather(folders, receipts, NOW)) == 1


def test_a_file_taken_apart_is_its_bodies_again_each_for_itself(folders, receipts, keep):
    keep("a", "1", "2")
    keep("b", "3")
    (made,) = spool.gather(folders, receipts, NOW)
    assert spool.part(folders, made, made, NOW)
    made.unlink()
    assert [(b.receipt, b.events, b.alone) for b in spool.waiting(folders)] == [
        ("a", 2, True), ("b", 1, True),
    ]  # fmt: skip
    again = spool.gather(folders, receipts, NOW)
    assert sorted(map(ids, again)) == [["1", "2"], ["3"]]
    assert [spool.part(folders, path, path, NOW) for path in again] == [False, False]


def test_a_file_dropped_by_hand_is_never_taken_apart(folders, tmp_path):
    path = tmp_path / "drop.jsonl"
    around = [
        envelope("s", "otlp", receipt, {}, "2026-11-20T12") for receipt in ("a", "b", "../../c")
    ]
    path.write_text("\n".join(map(json.dumps, around[:2])))
    assert not spool.part(folders, path, path, NOW)
    inside = folders.inbox / "pushed" / "mine.csv"
    inside.parent.mkdir()
    outward = "\n".join(map(json.dumps, around))
    for text in (outward, "a,b\n1,2\n", '{"a": 1}\n', "[1]\n", '{"_pushed": 7}\n'):
        inside.write_text(text)
        assert not spool.part(folders, inside, inside, NOW)
    assert spool.waiting(folders) == []


def test_a_folder_that_cannot_be_written_is_named(folders, keep):
    spool.waiting_folder(folders).write_text("in the way")
    with pytest.raises(NotWritable, match="pushed"):
        keep("a", "1")
