"""What is pushed within one UTC hour is one line of the ledger, good for all that a line is for."""

import gzip
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics_core.access.state import State
from analytics_core.errors import NotAsked
from analytics_core.ingest.forget import Forgetting, forget
from analytics_core.ingest.push import spool
from analytics_core.ingest.push.envelope import envelope
from analytics_core.ingest.push.fate import fate
from analytics_core.ingest.push.hours import hour_of, parts_of
from analytics_core.ingest.push.receipts import Receipt, Receipts
from analytics_core.ingest.reprice import reprice
from analytics_core.reports import activity, ledger
from analytics_core.semantics.filters import EVERYTHING, Filters
from analytics_core.semantics.period import Calendar, Period
from analytics_core.settings import load as load_settings
from analytics_core.store import manifest
from analytics_core.store.manifest import Input
from analytics_core.store.sql_rows import Mark
from analytics_core.store.verify import verify
from analytics_core.store.view import Store, View

pytestmark = pytest.mark.slow

TEN = datetime(2026, 11, 2, 10, tzinfo=UTC)
LATER = "2026-11-02T11:59:00Z"


def event(number: int, **said: object) -> dict[str, Any]:
    return {
        "event_id": f"e{number}", "started_at": "2026-11-02T10:00:00Z", "provider": "house",
        "model": "house", "input_tokens": 100, "output_tokens": 10, "cost_usd": "0.5",
    } | said  # fmt: skip


@dataclass
class Pushed:
    """Bodies that were kept, and the door that takes them in."""

    door: Any
    receipts: Receipts
    kept: dict[str, Receipt] = field(default_factory=dict[str, Receipt])

    @property
    def settings(self) -> Any:
        return load_settings(self.door.folders.settings, {})

    def keep(
        self, receipt: str, *events: dict[str, Any], at: datetime = TEN, source: str = "proxy",
        fixed: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        around = envelope(source, "canonical", receipt, fixed or {}, hour_of(at))
        written = [json.dumps(each | around).encode() + b"\n" for each in events]
        known: dict[str, Any] = {"receipt": receipt, "source": source, "shape": "canonical"}
        when = at + timedelta(seconds=len(self.kept))
        spool.keep(self.door.folders, written, now=when, **known)
        body = Receipt(receipt, "t", "f" * 64, len(events), when)
        self.kept[receipt] = self.receipts.add(body)

    def push(self, receipt: str, *events: dict[str, Any], **how: Any) -> Input:
        """Keeps a body and takes it in as a file of its own; the line of these rows alone."""
        self.keep(receipt, *events, **how)
        (taken,) = self.door.ingest()
        return taken

    def counts(self, receipt: str) -> tuple[str, int, int, int]:
        became = fate(self.kept[receipt], self.receipts, self.door.folders)
        return became.state, became.accepted, became.rejected, became.duplicate

    def ledger(self) -> list[tuple[str, str, int, int, int, int]]:
        return [
            (Path(i.name).stem, i.verdict, i.read, i.accepted, i.rejected, i.duplicate)
            for i in self.door.ledger()
        ]

    def forget(self, entry: Input, *, killed: bool = False) -> Forgetting:
        def read_again(paths: Any) -> Any:
            if killed:
                raise KeyboardInterrupt
            return self.door.ingest(*paths)

        return forget(entry.file_id, self.door.folders, self.settings, read_again)

    def standing(self) -> list[tuple[Any, ...]]:
        return self.door.ask("SELECT event_id, file_id, row, cost_nano FROM events ORDER BY 1")

    def check_intact(self) -> None:
        assert verify(self.door.folders.events, self.settings) == ()
        for line in self.door.ledger():
            if line.verdict == "landed":
                assert line.read == line.accepted + line.rejected + line.skipped + line.duplicate


@pytest.fixture
def pushed(door: Any) -> Iterator[Pushed]:
    door.folders.check_writable()
    state = State(door.folders.data / "state.db")
    yield Pushed(door, Receipts(state))
    state.close()


def test_gathered_files_of_one_hour_are_one_line_and_their_rows_are_numbered_through(pushed):
    first = pushed.push("a", event(1), event(2, input_tokens=7))
    second = pushed.push("b", event(3, started_at="2026-11-01T23:00:00Z"), at=TEN)
    pushed.push("c", event(4), at=TEN + timedelta(hours=1))
    assert pushed.ledger() == [
        ("2026-11-02T10", "landed", 3, 3, 0, 0), ("2026-11-02T11", "landed", 1, 1, 0, 0),
    ]  # fmt: skip
    line = pushed.door.ledger()[0]
    assert (line.name, line.source) == ("pushed/proxy/2026-11-02T10.jsonl", "proxy")
    assert (line.min_started_at, line.max_started_at) == (
        "2026-11-01T23:00:00", "2026-11-02T10:00:00",
    )  # fmt: skip
    assert (line.requests, line.tokens, line.cost_nano) == (3, 237, 1_500_000_000)
    assert (first.file_id, first.accepted, second.file_id, second.accepted) == (
        line.file_id, 2, line.file_id, 1,
    )  # fmt: skip
    rows = [(name, row) for name, file_id, row, _ in pushed.standing() if file_id == line.file_id]
    assert rows == [("proxy:e1", 1), ("proxy:e2", 2), ("proxy:e3", 3)]
    pushed.check_intact()


def test_a_source_has_one_line_whatever_its_tokens_fix(pushed):
    pushed.push("a", event(1))
    pushed.push("b", event(2), source="other")
    pushed.push("c", event(3), fixed={"project": "Maps"})
    pushed.push("d", event(4), fixed={"project": "Maps"})
    assert [(i.source, i.accepted) for i in pushed.door.ledger()] == [
        ("other", 1), ("proxy", 3),
    ]  # fmt: skip
    assert [project for (project,) in pushed.door.ask("SELECT project FROM events ORDER BY event_id")
            ] == [None, None, "Maps", "Maps"]  # fmt: skip


def test_the_archive_has_one_file_an_hour_and_read_into_an_empty_store_it_says_the_same(pushed):
    pushed.push("a", event(1), event(2))
    pushed.push("b", event(3))
    (line,) = pushed.door.ledger()
    archived = pushed.door.folders.data / line.archived
    assert archived.name == f"{line.file_id}-2026-11-02T10.jsonl"
    assert [json.loads(each)["event_id"] for each in archived.read_text().splitlines()] == [
        "e1", "e2", "e3",
    ]  # fmt: skip
    before = pushed.standing()
    (pushed.door.folders.events / "manifest.json").unlink()
    pushed.door.ingest(archived)
    assert (pushed.standing(), pushed.ledger()) == (
        before, [("2026-11-02T10", "landed", 3, 3, 0, 0)],
    )  # fmt: skip


def test_a_gathered_file_that_comes_again_is_known_and_changes_nothing(pushed, tmp_path):
    pushed.keep("a", event(1))
    (gathered,) = spool.gather(pushed.door.folders, pushed.receipts, TEN)
    shutil.copy(gathered, tmp_path / "copy")
    pushed.door.ingest()
    pushed.push("b", event(2))
    before = manifest.load(pushed.door.folders.events)
    shutil.copy(tmp_path / "copy", gathered)  # as if it had been killed before the file was gone
    (again,) = pushed.door.ingest()
    assert again.verdict == "duplicate_file"
    assert not gathered.exists()
    (line,) = pushed.door.ledger()
    whole = shutil.copy(pushed.door.folders.data / line.archived, tmp_path / "whole")
    assert [i.verdict for i in pushed.door.ingest(whole)] == ["duplicate_file"]
    assert [i.verdict for i in pushed.door.ingest(pushed.door.folders.data / line.archived)] == [
        "duplicate_file"
    ]
    assert manifest.load(pushed.door.folders.events) == before


def test_killed_before_the_manifest_was_there_a_file_is_taken_again_and_archived_once(
    pushed, monkeypatch
):
    pushed.push("a", event(1))
    pushed.keep("b", event(2), event(3))
    with monkeypatch.context() as broken:
        broken.setattr(manifest, "save", _killed)
        with pytest.raises(KeyboardInterrupt):
            pushed.door.ingest()
    assert pushed.ledger() == [("2026-11-02T10", "landed", 1, 1, 0, 0)]
    pushed.keep("c", event(4))
    assert [i.accepted for i in pushed.door.ingest()] == [2, 1]
    (line,) = pushed.door.ledger()
    text = (pushed.door.folders.data / line.archived).read_text()
    assert [json.loads(each)["event_id"] for each in text.splitlines()] == ["e1", "e2", "e3", "e4"]
    assert [row for _, _, row, _ in pushed.standing()] == [1, 2, 3, 4]
    pushed.check_intact()


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_each_receipt_knows_its_own_rows_in_the_line_of_the_hour(pushed):
    refund = {"cost_usd": None, "cost_reported_nano": -5}
    pushed.push("a", *(event(n) for n in range(1, 8)))
    pushed.push("b", *(event(n) for n in range(8, 14)), event(14, **refund))
    pushed.push("c", event(1), *(event(n) for n in range(15, 21)), event(21, **refund))
    assert [pushed.counts(known) for known in "abc"] == [
        ("landed", 7, 0, 0), ("landed", 6, 1, 0), ("landed", 6, 1, 1),
    ]  # fmt: skip
    (line,) = pushed.door.ledger()
    assert (line.read, line.accepted, line.rejected, line.duplicate) == (22, 19, 2, 1)
    assert dict(line.reasons)["negative_cost"] == 2
    became = fate(pushed.kept["c"], pushed.receipts, pushed.door.folders)
    assert [(r.row, r.code) for r in became.rows] == [(8, "negative_cost")]
    assert became.file_id == line.file_id
    pushed.check_intact()


def test_a_later_copy_in_the_same_hour_takes_the_place_of_the_earlier(pushed):
    pushed.push("a", event(1), event(2))
    pushed.push("b", event(1, ended_at=LATER, cost_usd="0.7"))
    (line,) = pushed.door.ledger()
    assert (line.read, line.accepted, line.duplicate, line.lost_to) == (3, 2, 1, ())
    assert (line.requests, line.cost_nano) == (2, 1_200_000_000)
    assert line.reasons == (("id_conflict", 1), ("model_unknown", 3))
    assert [pushed.counts(known) for known in "ab"] == [("landed", 1, 0, 1), ("landed", 1, 0, 0)]
    pushed.check_intact()


def test_taking_an_hour_out_takes_exactly_its_rows_and_brings_back_what_had_lost_to_them(pushed):
    pushed.push("a", event(1), event(2))
    pushed.push("b", event(3))
    before = pushed.standing()
    eleven = TEN + timedelta(hours=1)
    pushed.push("c", event(2, ended_at=LATER, cost_usd="0.9"), event(4), at=eleven)
    pushed.push("d", event(5), at=eleven)
    ten, other = pushed.door.ledger()
    assert (ten.accepted, ten.duplicate, ten.lost_to) == (2, 1, ((other.file_id, 1),))
    done = pushed.forget(other)
    assert (done.rows, [i.file_id for i in done.again]) == (3, [ten.file_id])
    assert pushed.standing() == before
    assert pushed.ledger() == [
        ("2026-11-02T11", "forgotten", 2 + 1, 3, 0, 0), ("2026-11-02T10", "landed", 3, 3, 0, 0),
    ]  # fmt: skip
    assert [pushed.counts(known)[0] for known in "abcd"] == [
        "landed", "landed", "forgotten", "forgotten",
    ]  # fmt: skip
    assert parts_of(other.file_id, manifest.load(pushed.door.folders.events), Path()) == ()
    pushed.check_intact()


def test_what_comes_after_an_hour_was_taken_out_has_a_line_of_its_own(pushed):
    pushed.push("a", event(1), event(2))
    (line,) = pushed.door.ledger()
    pushed.forget(line)
    pushed.push("b", event(3))
    pushed.push("c", event(4))
    assert [(verdict, read) for _, verdict, read, *_ in pushed.ledger()] == [
        ("forgotten", 2), ("landed", 2),
    ]  # fmt: skip
    assert [pushed.counts(known)[0] for known in "abc"] == ["forgotten", "landed", "landed"]
    pushed.door.ingest(pushed.door.folders.data / line.archived)  # dropped again by hand
    assert [(verdict, read) for _, verdict, read, *_ in pushed.ledger()] == [
        ("forgotten", 2), ("landed", 4),
    ]  # fmt: skip
    assert len(pushed.standing()) == 4
    pushed.check_intact()


def test_an_hour_that_lost_rows_is_read_again_however_often_that_is_interrupted(pushed):
    pushed.push("a", event(1), event(2))
    pushed.push("b", event(3))
    before = pushed.standing()
    winner = pushed.push("c", event(1, ended_at=LATER), at=TEN + timedelta(days=1))
    with pytest.raises(KeyboardInterrupt):
        pushed.forget(winner, killed=True)
    pushed.push("d", event(4))  # joins the hour that waits to be read again
    assert pushed.forget(winner).rows == 0
    assert [row[:3] for row in pushed.standing()] == [
        *(row[:3] for row in before), ("proxy:e4", before[0][1], 4),
    ]  # fmt: skip
    assert pushed.ledger()[-1] == ("2026-11-02T10", "landed", 4, 4, 0, 0)
    assert [pushed.counts(known) for known in "abd"] == [
        ("landed", 2, 0, 0), ("landed", 1, 0, 0), ("landed", 1, 0, 0),
    ]  # fmt: skip
    pushed.check_intact()


def test_what_beat_an_hour_is_not_taken_out_while_a_part_of_its_archived_file_is_missing(pushed):
    pushed.push("a", event(1))
    pushed.push("b", event(2))
    winner = pushed.push("c", event(1, ended_at=LATER), at=TEN + timedelta(days=1))
    archived = pushed.door.folders.data / pushed.door.ledger()[0].archived
    archived.write_bytes(archived.read_bytes()[:-1])
    with pytest.raises(NotAsked, match="not in the archive"):
        pushed.forget(winner)
    archived.unlink()
    pushed.push("d", event(3))
    assert not archived.exists(), "the end of a file whose beginning is gone is of no use"
    with pytest.raises(NotAsked, match="not in the archive"):
        pushed.forget(winner)
    pushed.check_intact()


def test_without_an_archive_an_hour_lands_all_the_same(pushed):
    pushed.door.setting("settings.yaml", "ingest:\n  archive: none\n")
    pushed.push("a", event(1))
    pushed.door.setting("settings.yaml", "ingest:\n  archive: keep\n")
    pushed.push("b", event(2))
    assert [i.archived for i in pushed.door.ledger()] == [None]
    assert list(pushed.door.folders.data.glob("archive/*/*")) == []
    pushed.check_intact()


def test_a_refused_file_has_a_line_of_its_own_beside_that_of_its_hour(pushed):
    pushed.push("a", event(1))
    pushed.push("b", event(2, cost_usd=None, cost_reported_nano=-1))
    pushed.push("c", event(3))
    assert [line[1:] for line in pushed.ledger()] == [
        ("nothing_accepted", 1, 0, 1, 0), ("landed", 2, 2, 0, 0),
    ]  # fmt: skip
    assert [pushed.counts(known)[0] for known in "abc"] == ["landed", "refused", "landed"]
    pushed.check_intact()


def test_the_line_of_an_hour_has_the_cost_of_new_prices(pushed):
    known = {"provider": "house", "model": "house-1", "cost_usd": None}
    pushed.push("a", event(1, **known))
    pushed.push("b", event(2, **known))
    (line,) = pushed.door.ledger()
    assert (line.cost_nano, line.unpriced_rows) == (None, 2)
    pushed.door.setting(
        "prices.csv",
        "provider,model,rule,usd,per\nhouse,house-1,input,10,1000000\n"
        "house,house-1,output,50,1000000\n",
    )
    reprice(pushed.door.folders.events, pushed.settings, apply=True)
    (line,) = pushed.door.ledger()
    assert (line.cost_nano, line.unpriced_rows) == (3_000_000, 0)
    pushed.push("c", event(3, **known))
    (line,) = pushed.door.ledger()
    assert (line.cost_nano, line.unpriced_rows) == (4_500_000, 0)
    pushed.check_intact()


def test_lines_from_before_hours_were_one_stay_and_answer_as_they_did(pushed):
    around = envelope("proxy", "canonical", "old", {}, "")
    del around["_pushed"]["hour"]
    path = pushed.door.write(json.dumps(event(1) | around) + "\n")
    old = pushed.door.take(path)
    assert old.file_id != pushed.push("a", event(2), event(1, ended_at=LATER)).file_id
    ledger = pushed.door.ledger()
    assert [(i.accepted, i.duplicate) for i in ledger] == [(0, 1), (2, 0)]
    assert ledger[0].lost_to == ((ledger[1].file_id, 1),)
    assert pushed.door.take(path).verdict == "duplicate_file"
    assert [i.name for i in pushed.forget(ledger[1]).again] == [old.name]
    assert [row[:2] for row in pushed.standing()] == [("proxy:e1", old.file_id)]
    pushed.check_intact()


def test_a_pushed_file_that_was_packed_or_cut_by_hand_is_a_file_of_its_own(pushed, tmp_path):
    pushed.push("a", event(1))
    (line,) = pushed.door.ledger()
    text = (pushed.door.folders.data / line.archived).read_bytes()
    packed, cut = tmp_path / "packed", tmp_path / "cut"
    packed.write_bytes(gzip.compress(text))
    cut.write_bytes(text.rstrip())
    for path in (packed, cut):
        entry = pushed.door.take(path)
        assert (entry.verdict, entry.duplicate, entry.name) == ("landed", 1, path.name)
    assert pushed.door.ledger()[0] == line
    pushed.check_intact()


def test_a_damaged_list_of_an_hours_files_is_found(pushed):
    pushed.push("a", event(1))
    ((listed, _),) = [
        one for one in manifest.load(pushed.door.folders.events).side if "pushed" in one[0]
    ]
    path = pushed.door.folders.events / listed
    path.chmod(0o644)
    path.write_text(path.read_text().replace("1", "2"))
    assert [f.path for f in verify(pushed.door.folders.events, pushed.settings)] == [listed]


def test_pages_name_the_hour_of_an_event_and_say_what_goes_with_it(pushed):
    pushed.push("a", event(1))
    pushed.push("b", event(2), event(3))
    (line,) = pushed.door.ledger()
    store = Store(pushed.door.folders.data, pushed.settings, now=lambda: TEN)
    november = Filters(Period.parse("2026-11", TEN, Calendar("UTC")))
    found = activity.event(View(store, EVERYTHING, november), Mark(TEN, "proxy:e3"))
    assert (found.file, found.fields["row"]) == (line.name, 3)
    assert ledger.search(store.manifest, line.file_id) == (line,)
    gone = ledger.loss(store.manifest, line)
    assert (gone.rows, gone.cost_nano, gone.again) == (3, 1_500_000_000, ())
    store.close()


def test_steady_pushing_has_a_line_an_hour_and_few_files(pushed):
    for minute in range(0, 10 * 60, 30):
        pushed.push(f"r{minute}", event(minute), at=TEN + timedelta(minutes=minute))
    held = manifest.load(pushed.door.folders.events)
    assert (len(held.inputs), sum(i.accepted for i in held.inputs), held.rows) == (10, 20, 20)
    assert len(held.files) <= 16
    assert len([path for path, _ in held.side if "pushed" in path]) == 10
    pushed.check_intact()
