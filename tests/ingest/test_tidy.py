"""A crowded month becomes one file; what no manifest lists goes after its grace."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from analytics_core.ingest.tidy import tidy
from analytics_core.store import manifest

pytestmark = pytest.mark.slow

Store = Any
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def aged(path: Any, minutes: float) -> None:
    moment = (NOW - timedelta(minutes=minutes)).timestamp()
    os.utime(path, (moment, moment))


def names(store: Store) -> set[str]:
    return {f"{p.parent.name}/{p.name}" for p in store.events.glob("month=*/*.parquet")}


def test_seventeen_files_of_a_month_become_one_with_the_same_rows(
    fresh: Callable[[], Store],
) -> None:
    store = fresh()
    for number in range(17):
        store.land(f"f{number:02}", {"event_id": f"c:{number}", "output_tokens": number})
    before, ledger = store.rows("*"), manifest.load(store.events).inputs
    tidy(store.events, store.settings, now=datetime.now(UTC))
    held = manifest.load(store.events)
    assert (len(held.files), held.inputs) == (1, ledger)
    assert store.rows("*") == before
    assert len(names(store)) == 18  # readers of the manifest before still find theirs
    store.check_intact()


def test_files_that_left_the_manifest_go_after_ten_minutes(store: Store) -> None:
    store.land("f1", {"event_id": "c:1"}, {"event_id": "c:2"})
    (old,) = names(store)
    store.land("f2", {"event_id": "c:1", "output_tokens": 9})
    listed = {f.path for f in manifest.load(store.events).files}
    for name in names(store):
        aged(store.events / name, 9)
    tidy(store.events, store.settings, now=NOW)
    assert names(store) == listed | {old}
    for name in names(store):
        aged(store.events / name, 11)
    tidy(store.events, store.settings, now=NOW)
    assert names(store) == listed
    store.check_intact()


@pytest.mark.parametrize(
    ("pid", "minutes", "left"),
    [(2**22 + 1, 61, 0), (2**22 + 1, 59, 1), (os.getpid(), 61, 1)],
    ids=["dead for an hour", "dead lately", "alive"],
)
def test_the_workspace_of_a_dead_process_goes_after_an_hour(
    store: Store, pid: int, minutes: int, left: int
) -> None:
    folder = store.events / f".tmp-{pid}"
    folder.mkdir(parents=True)
    (folder / "2026-11-a.parquet").write_bytes(b"x")
    aged(folder, minutes)
    tidy(store.events, store.settings, now=NOW)
    assert len(list(store.events.glob(".tmp-*"))) == left
