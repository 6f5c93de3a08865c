"""Where the door and the store meet: nothing that landed is lost by what happens later."""

import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics_core.ingest.door import ingest
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.forget import forget
from analytics_core.ingest.progress import Progress
from analytics_core.store import manifest
from analytics_core.store.manifest import Input

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 20, tzinfo=UTC)
Store = Any


def text(*numbers: int, output: int = 5) -> str:
    events = (
        {"event_id": f"e:{n}", "started_at": "2026-11-01T10:00:00Z", "output_tokens": output}
        for n in numbers
    )
    return "".join(json.dumps(event) + "\n" for event in events)


@pytest.fixture
def folders(store: Store) -> Folders:
    found = Folders(store.data.resolve())
    found.check_writable()
    return found


def take(store: Store, folders: Folders, **options: Any) -> list[Input]:
    return ingest(None, folders, store.settings, now=NOW, **options)


def test_a_drop_that_grew_while_it_was_read_stays_and_is_taken_again(
    store: Store, folders: Folders
) -> None:
    drop = folders.inbox / "log.jsonl"
    drop.write_text(text(1, 2))

    def grow(progress: Progress) -> None:
        if progress.step == "landing" and progress.rows == 2:
            drop.write_text(text(1, 2, 3))

    (first,) = take(store, folders, progress=grow)
    (second,) = take(store, folders)
    assert (first.accepted, second.accepted, second.duplicate) == (2, 1, 2)
    assert not drop.exists()
    store.check_intact()


def test_forgetting_reads_what_had_lost_again_from_the_archive(
    store: Store, folders: Folders
) -> None:
    (folders.inbox / "a.jsonl").write_text(text(1, 2))
    (folders.inbox / "b.jsonl").write_text(text(2, 3, output=9))
    first, second = take(store, folders)
    assert store.rows("event_id, output_tokens") == [
        ("e:1", 5), ("e:2", 9), ("e:3", 9),
    ]  # fmt: skip
    done = forget(
        second.file_id, folders, store.settings,
        lambda paths: ingest(paths, folders, store.settings, now=NOW),
    )  # fmt: skip
    assert [(i.name, i.verdict, i.accepted) for i in done.again] == [("a.jsonl", "landed", 2)]
    assert store.entry(first.file_id).archived == first.archived
    assert store.rows("event_id, output_tokens") == [("e:1", 5), ("e:2", 5)]
    store.check_intact()


def test_a_landed_file_that_cannot_be_read_again_keeps_its_rows_and_its_line(
    store: Store, folders: Folders
) -> None:
    (folders.inbox / "a.jsonl").write_text(text(1, 2))
    (folders.inbox / "b.jsonl").write_text(text(2, 3, output=9))
    first, second = take(store, folders)
    tight = store.settings.__class__(store.settings.folder, ingest_rows=1)
    done = forget(
        second.file_id, folders, store.settings,
        lambda paths: ingest(paths, folders, tight, now=NOW),
    )  # fmt: skip
    assert [i.verdict for i in done.again] == ["too_many_rows"]
    assert store.entry(first.file_id).verdict == "landed"
    assert manifest.load(store.events).unfinished == (store.entry(first.file_id),)
    store.check_intact()


def test_traces_complete_the_observations_of_their_own_batch(
    store: Store, folders: Folders
) -> None:
    observation = {
        "id": "o1", "trace_id": "t1", "type": "GENERATION", "start_time": "2026-11-01T10:00:00Z",
        "provided_model_name": "gpt-5", "usage_details": {"input": 10, "output": 5},
    }  # fmt: skip
    trace = {
        "id": "t1", "timestamp": "2026-11-01T10:00:00Z", "user_id": "ann", "session_id": "s1",
        "tags": [],
    }  # fmt: skip
    (folders.inbox / "observations.jsonl").write_text(json.dumps(observation) + "\n")
    (folders.inbox / "traces.jsonl").write_text(json.dumps(trace) + "\n")
    take(store, folders)
    assert store.rows("user_id, session_id") == [("ann", "s1")]
    store.check_intact()


def test_a_file_without_ids_counts_once_in_whatever_format_it_comes(
    store: Store, folders: Folders
) -> None:
    row = {
        "timestamp": "2026-11-01T10:00:00Z", "model": "gpt-5", "input_tokens": 20,
        "output_tokens": 2, "cost": 0.5, "latency_ms": 1500,
    }  # fmt: skip
    (folders.inbox / "a.csv").write_text(f"{','.join(row)}\n{','.join(map(str, row.values()))}\n")
    (folders.inbox / "b.jsonl").write_text(json.dumps(row) + "\n")
    pq.write_table(pa.Table.from_pylist([row]), folders.inbox / "c.parquet")
    floats = row | {"input_tokens": 20.0, "output_tokens": 2.0}
    pq.write_table(pa.Table.from_pylist([floats]), folders.inbox / "d.parquet")
    entries = take(store, folders)
    assert [(e.accepted, e.duplicate) for e in entries] == [(1, 0), (0, 1), (0, 1), (0, 1)]
