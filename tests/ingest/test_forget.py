"""Forgetting a file undoes its ingest, whatever had been dropped before and after it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from analytics_core.errors import NotAsked, UnknownName
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.forget import Forgetting, forget
from analytics_core.store import manifest
from analytics_core.store.manifest import Input

pytestmark = pytest.mark.slow

Store = Any
Drop = list[dict[str, Any]]


def archived(store: Store, *names: str) -> None:
    for name in names:
        path = store.data / store.entry(name).archived
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"drop")


def taken_out(store: Store, name: str, drops: dict[str, Drop]) -> Forgetting:
    """Forgets `name`; the archive holds `drops`."""
    archived(store, *(drop for drop in drops if store.entry(drop).archived))

    def read_again(paths: Sequence[Path]) -> list[Input]:
        again = [path.name.split("-")[0] for path in paths]
        return [store.land(name, *drops[name]) for name in again]

    return forget(name, Folders(store.data), store.settings, read_again)


def test_forgetting_undoes_an_ingest(fresh: Callable[[], Store]) -> None:
    first: Drop = [
        {"event_id": "c:1"},
        {"event_id": "c:2", "output_tokens": 9},
        {"event_id": "c:3"},
    ]
    second: Drop = [
        {"event_id": "c:1", "output_tokens": 8},  # beats the first file
        {"event_id": "c:2"},  # loses to it
        {"event_id": "c:4"},
    ]
    alone, both = fresh(), fresh()
    alone.land("f1", *first)
    both.land("f1", *first)
    both.land("f2", *second)
    outcome = taken_out(both, "f2", {"f1": first})
    assert both.rows() == alone.rows()
    assert (outcome.rows, outcome.entry.verdict) == (2, "forgotten")
    assert [i.file_id for i in outcome.again] == ["f1"]
    assert both.entry("f1") == alone.entry("f1")
    both.check_intact()


def test_forgetting_the_first_brings_back_what_the_second_had_lost(store: Store) -> None:
    first: Drop = [{"event_id": "c:1", "output_tokens": 9}]
    second: Drop = [{"event_id": "c:1"}, {"event_id": "c:2"}]
    store.land("f1", *first)
    store.land("f2", *second)
    taken_out(store, "f1", {"f2": second})
    assert store.rows() == [("c:1", "f2", 5), ("c:2", "f2", 5)]
    assert store.entry("f2").lost_to == ()
    store.check_intact()


def test_an_interrupted_forgetting_is_finished_by_the_same_command(store: Store) -> None:
    first: Drop = [{"event_id": "c:1", "output_tokens": 9}]
    second: Drop = [{"event_id": "c:1"}]
    store.land("f1", *first)
    store.land("f2", *second)
    archived(store, "f2")

    def killed(paths: Sequence[Path]) -> list[Input]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        forget("f1", Folders(store.data), store.settings, killed)
    assert store.rows() == []
    assert [i.file_id for i in manifest.load(store.events).unfinished] == ["f2"]
    outcome = taken_out(store, "f1", {"f2": second})
    assert store.rows() == [("c:1", "f2", 5)]
    assert (outcome.rows, manifest.load(store.events).unfinished) == (0, ())
    store.check_intact()


def test_a_file_whose_loser_is_not_in_the_archive_is_not_forgotten(store: Store) -> None:
    store.land("f1", {"event_id": "c:1", "output_tokens": 9})
    store.land("f2", {"event_id": "c:1"})
    with pytest.raises(NotAsked, match=r"'f2.parquet' \(f2\) lost rows to this file"):
        forget("f1", Folders(store.data), store.settings, lambda _: [])
    assert store.rows() == [("c:1", "f1", 9)]


def test_only_files_of_the_ledger_can_be_forgotten(store: Store) -> None:
    store.land("f1", {"event_id": "c:1"})
    with pytest.raises(UnknownName, match=r"No file is called 'f2'\. Known: f1\."):
        forget("f2", Folders(store.data), store.settings, lambda _: [])


def test_a_forgotten_file_can_be_dropped_again(store: Store) -> None:
    drop: Drop = [{"event_id": "c:1"}]
    store.land("f1", *drop)
    taken_out(store, "f1", {})
    assert manifest.load(store.events).landed("f1") is None
    store.land("f1", *drop)
    assert store.rows() == [("c:1", "f1", 5)]
    store.check_intact()
