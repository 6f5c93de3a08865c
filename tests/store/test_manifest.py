"""The manifest: one document, replaced whole."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from analytics_core.errors import BadFile, NotWritable
from analytics_core.store import manifest
from analytics_core.store.manifest import EventFile, Input, Manifest

FILE = EventFile(
    path="month=2026-11/0123456789abcdef.parquet", month="2026-11", schema=1, rows=2, bytes=10,
    sha256="00", min_started_at="2026-11-01T00:00:00", max_started_at="2026-11-30T23:59:59.999999",
    requests=2, input_tokens=30, output_tokens=3, cost_nano=5, unpriced_rows=1,
)  # fmt: skip
LINE = Input(
    file_id="f1", sha256="f1f1", name="a.csv", source="litellm", group="litellm", grain="request",
    taken_at="2026-11-20T00:00:00+00:00", verdict="landed", read=3, accepted=2, duplicate=1,
    reasons=(("late_row", 1),), months=("2026-11",), lost_to=(("f0", 1),), cost_nano=None,
)  # fmt: skip


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    held = Manifest((FILE,), (LINE,), ("abcd0123",), (("side/a.parquet", "11"),))
    manifest.save(tmp_path, held)
    assert manifest.load(tmp_path) == held
    assert [p.name for p in tmp_path.iterdir()] == ["manifest.json"]


def test_a_manifest_that_was_replaced_is_read_again(tmp_path: Path) -> None:
    for held in (Manifest((FILE,)), Manifest((FILE,), (LINE,)), Manifest()):
        manifest.save(tmp_path, held)
        assert manifest.load(tmp_path) == manifest.load(tmp_path) == held


def test_no_manifest_is_an_empty_store(tmp_path: Path) -> None:
    held = manifest.load(tmp_path)
    assert (held, held.rows, held.newest, held.demo_only) == (Manifest(), 0, None, True)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": [{"path": 1}]}', "\x00"])
def test_a_damaged_manifest_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(BadFile, match="is not a manifest of ours"):
        manifest.load(tmp_path)


def test_the_data_version_follows_the_files_and_not_the_ledger() -> None:
    held = Manifest((FILE,), (LINE,))
    other = replace(FILE, path="month=2026-12/0123456789abcdef.parquet")
    assert held.version == Manifest((FILE,), ()).version
    assert held.version != Manifest((replace(FILE, sha256="01"),), (LINE,)).version
    assert Manifest((FILE, other)).version == Manifest((other, FILE)).version


def test_a_ledger_line_of_the_same_file_is_replaced() -> None:
    held = Manifest((), (LINE,)).with_input(replace(LINE, file_id="f2"))
    again = held.with_input(replace(LINE, verdict="forgotten"))
    assert [(i.file_id, i.verdict) for i in again.inputs] == [("f2", "landed"), ("f1", "forgotten")]
    assert (again.landed("f1"), held.landed("f1"), again.landed("f3")) == (None, LINE, None)


def test_a_half_open_period_finds_the_files_that_may_hold_it() -> None:
    held = Manifest((FILE,))
    november, december = datetime(2026, 11, 1), datetime(2026, 12, 1)
    assert held.months(november, december) == (FILE,)
    assert held.months(december, datetime(2027, 1, 1)) == ()
    assert held.months(datetime(2026, 10, 1), november) == ()
    assert held.months(datetime(2026, 11, 30, 23, 59, 59), december) == (FILE,)


def test_files_that_lost_rows_to_a_forgotten_one_are_unfinished() -> None:
    forgotten = replace(LINE, file_id="f0", verdict="forgotten", lost_to=())
    assert Manifest((), (replace(forgotten, verdict="landed"), LINE)).unfinished == ()
    assert Manifest((), (forgotten, LINE)).unfinished == (LINE,)
    assert Manifest((), (forgotten, replace(LINE, verdict="forgotten"))).unfinished == ()


def test_the_manifest_before_stays_where_the_new_one_cannot_be_written(tmp_path: Path) -> None:
    manifest.save(tmp_path, Manifest((FILE,)))
    (tmp_path / f".manifest-{__import__('os').getpid()}.json").mkdir()
    with pytest.raises(NotWritable):
        manifest.save(tmp_path, Manifest())
    assert manifest.load(tmp_path) == Manifest((FILE,))


def test_the_document_says_its_own_version(tmp_path: Path) -> None:
    manifest.save(tmp_path, Manifest((FILE,)))
    said = json.loads((tmp_path / "manifest.json").read_text())
    assert said["version"] == Manifest((FILE,)).version == manifest.load(tmp_path).said
