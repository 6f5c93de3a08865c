"""Dedupe and landing over hand-made priced rows: which row stands, what the ledger says."""

import resource
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics_core.errors import Damaged
from analytics_core.ingest.archive import archive, archived_as
from analytics_core.ingest.land import BrokenRows
from analytics_core.ingest.verdict import Refused
from analytics_core.store import manifest

pytestmark = pytest.mark.slow

Store = Any
DAY = datetime(2026, 11, 1, 12)


def at(days: float = 0.0, seconds: int = 0) -> datetime:
    return DAY + timedelta(days=days, seconds=seconds)


def test_of_three_copies_the_last_stands(store: Store) -> None:
    entry = store.land(
        "f1",
        {"event_id": "c:1", "output_tokens": 9},
        {"event_id": "c:1", "output_tokens": 9},
        {"event_id": "c:1", "output_tokens": 159},
    )
    assert store.rows() == [("c:1", "f1", 159)]
    assert (entry.accepted, entry.duplicate, entry.lost_to) == (1, 2, ())
    assert entry.reasons == (("id_conflict", 2),)
    store.check_intact()


def test_a_log_that_repeats_a_call_while_it_streams_has_no_conflicts(store: Store) -> None:
    copies = ({"event_id": "c:1", "output_tokens": n} for n in (9, 159))
    entry = store.land("f1", *copies, conflicts=False)
    assert (entry.duplicate, entry.reasons) == (1, ())


def test_repeats_that_say_the_same_are_duplicates_without_a_conflict(store: Store) -> None:
    entry = store.land("f1", {"event_id": "c:1"}, {"event_id": "c:1"}, {"event_id": "c:2"})
    assert (entry.accepted, entry.duplicate, entry.reasons) == (2, 1, ())


def test_a_later_updated_at_beats_more_tokens_also_across_files(store: Store) -> None:
    early, late = {"_updated_at": at(0, 60)}, {"_updated_at": at(0, 90)}
    store.land("f1", {"event_id": "c:1", "output_tokens": 7} | late)
    second = store.land("f2", {"event_id": "c:1", "output_tokens": 99} | early)
    assert store.rows() == [("c:1", "f1", 7)]
    assert (second.accepted, second.duplicate, second.lost_to) == (0, 1, (("f1", 1),))
    store.check_intact()


def test_a_stored_row_that_loses_is_taken_out_in_the_same_step(store: Store) -> None:
    store.land("f1", {"event_id": "c:1"}, {"event_id": "c:2", "cost_nano": 70})
    store.land("f2", {"event_id": "c:1", "output_tokens": 6, "cost_nano": 30})
    assert store.rows() == [("c:1", "f2", 6), ("c:2", "f1", 5)]
    first, second = store.entry("f1"), store.entry("f2")
    assert (first.accepted, first.duplicate, first.lost_to) == (1, 1, (("f2", 1),))
    assert (first.cost_nano, first.tokens, first.requests) == (70, 15, 1)
    assert (second.accepted, second.duplicate, second.cost_nano) == (1, 0, 30)
    store.check_intact()


def test_a_stored_row_that_says_the_same_stays_where_it_is(store: Store) -> None:
    store.land("f1", {"event_id": "c:1"}, {"event_id": "c:2"})
    before = manifest.load(store.events).version
    entry = store.land("f2", {"event_id": "c:1"}, {"event_id": "c:2"})
    assert manifest.load(store.events).version == before
    assert (entry.accepted, entry.duplicate, entry.lost_to) == (0, 2, (("f1", 2),))
    assert (entry.requests, entry.cost_nano, entry.months) == (None, None, ())
    store.check_intact()


def test_the_same_id_a_day_later_is_another_event(store: Store) -> None:
    entry = store.land(
        "f1",
        {"event_id": "c:1", "started_at": at(0)},
        {"event_id": "c:1", "started_at": at(1)},
        {"event_id": "c:1", "started_at": at(2, 1)},
    )
    assert store.rows("event_id, started_at") == [("c:1", at(1)), ("c:1@20261103", at(2, 1))]
    assert entry.reasons == (("id_reused", 1),)
    store.check_intact()


def test_an_id_used_again_months_later_in_another_file_is_kept_beside_the_first(
    store: Store,
) -> None:
    store.land("f1", {"event_id": "c:1"})
    entry = store.land("f2", {"event_id": "c:1", "started_at": at(40)})
    again = store.land("f3", {"event_id": "c:1", "started_at": at(40), "output_tokens": 8})
    assert store.rows() == [("c:1", "f1", 5), ("c:1@20261211", "f3", 8)]
    assert entry.reasons == (("id_reused", 1),)
    assert again.reasons == (("id_conflict", 1), ("id_reused", 1))
    store.check_intact()


def test_a_row_exactly_24_hours_later_is_a_repeat(store: Store) -> None:
    store.land("f1", {"event_id": "c:1"})
    entry = store.land("f2", {"event_id": "c:1", "started_at": at(1)})
    assert store.rows() == [("c:1", "f2", 5)]
    assert entry.reasons == ()


def test_a_fuller_bucket_replaces_the_partial_one_without_a_conflict(store: Store) -> None:
    bucket = {"grain": "bucket", "event_id": "b:1", "ended_at": at(1)}
    store.land("f1", bucket | {"requests": 3, "input_tokens": 30})
    entry = store.land("f2", bucket | {"requests": 8, "input_tokens": 80})
    assert store.rows("event_id, requests") == [("b:1", 8)]
    assert entry.reasons == ()


def test_rows_of_a_month_long_ended_that_had_this_source_are_late(store: Store) -> None:
    october = datetime(2026, 10, 5)
    store.land("f1", {"event_id": "c:1", "started_at": october})
    other = store.land("f2", {"event_id": "c:2", "started_at": october}, source="codex")
    entry = store.land(
        "f3", {"event_id": "c:3", "started_at": october}, {"event_id": "c:4", "started_at": DAY}
    )
    assert other.reasons == ()
    assert entry.reasons == (("late_row", 1),)


def test_flags_count_the_rows_that_landed(store: Store) -> None:
    entry = store.land(
        "f1",
        {"event_id": "c:1", "_flags": ["zone_assumed", "zone_assumed"]},
        {"event_id": "c:1", "_flags": ["zone_assumed"]},
        {"event_id": "c:2", "_flags": ["zone_assumed", "cost_outlier"]},
        reasons=(("not_usage", 4),),
    )
    assert entry.reasons == (("cost_outlier", 1), ("not_usage", 4), ("zone_assumed", 2))


def test_the_ledger_line_tells_what_landed(store: Store) -> None:
    entry = store.land(
        "f1",
        {"event_id": "c:1", "started_at": datetime(2026, 10, 31, 23, 59, 59)},
        {"event_id": "c:2", "cost_nano": None, "cost_reported_nano": None,
         "cost_source": "unpriced", "price_version": "abcd0123"},
    )  # fmt: skip
    held = manifest.load(store.events)
    assert (entry.verdict, entry.months) == ("landed", ("2026-10", "2026-11"))
    assert (entry.min_started_at, entry.max_started_at) == (
        "2026-10-31T23:59:59", "2026-11-01T12:00:00",
    )  # fmt: skip
    assert (entry.requests, entry.tokens, entry.cost_nano, entry.unpriced_rows) == (2, 30, 1000, 1)
    assert entry.archived == "archive/2026-11/f1-f1.parquet"
    assert [f.month for f in held.files] == ["2026-10", "2026-11"]
    assert held.books == ("abcd0123",)
    assert held.inputs == (entry,)


def test_a_file_landed_again_replaces_its_own_rows(store: Store) -> None:
    store.land("f1", {"event_id": "c:1"}, {"event_id": "c:2"})
    entry = store.land("f1", {"event_id": "c:1"}, {"event_id": "c:3"})
    assert store.rows() == [("c:1", "f1", 5), ("c:3", "f1", 5)]
    assert (entry.accepted, entry.duplicate) == (2, 0)
    store.check_intact()


def test_rows_that_break_an_invariant_are_refused_and_nothing_changes(store: Store) -> None:
    store.land("f1", {"event_id": "c:1"})
    before = manifest.load(store.events)
    with pytest.raises(BrokenRows, match=r"cache parts exceed input_tokens \(1 rows\)"):
        store.land("f2", {"event_id": "c:2", "cache_read_tokens": 11})
    assert manifest.load(store.events) == before
    assert [p.name for p in store.events.iterdir() if p.name.startswith(".tmp")] == []


def test_buckets_are_refused_where_requests_of_their_group_stand(store: Store) -> None:
    store.land("f1", {"event_id": "c:1"}, {"event_id": "c:2", "started_at": at(5)})
    bucket = {"grain": "bucket", "event_id": "b:1"}
    daily = {"grain": "bucket", "source": "litellm-daily"}
    midnight = DAY.replace(hour=0)
    day = {"started_at": midnight, "ended_at": midnight + timedelta(days=1)}
    empty = {"started_at": midnight + timedelta(days=1), "ended_at": midnight + timedelta(days=2)}
    with pytest.raises(Refused, match=r"'f1.parquet' \(litellm\) already brought 1 rows"):
        store.check_overlap("f2", bucket | day, **daily)
    store.check_overlap("f2", bucket | empty, **daily)
    store.check_overlap("f2", bucket | day, **(daily | {"group": "openai"}))


def test_requests_are_refused_where_buckets_of_their_group_stand(store: Store) -> None:
    midnight = DAY.replace(hour=0)
    store.land(
        "f1",
        {"grain": "bucket", "event_id": "b:1", "started_at": midnight,
         "ended_at": midnight + timedelta(days=1)},
        grain="bucket", source="litellm-daily",
    )  # fmt: skip
    with pytest.raises(Refused, match="overlapping_source"):
        store.check_overlap("f2", {"event_id": "c:1"})
    store.check_overlap("f2", {"event_id": "c:1", "started_at": at(0.5)})


def test_buckets_grouped_by_another_dimension_are_refused_and_a_fuller_export_is_not(
    store: Store,
) -> None:
    midnight = DAY.replace(hour=0)
    bucket = {"grain": "bucket", "started_at": midnight, "ended_at": midnight + timedelta(days=1)}
    daily = {"grain": "bucket", "source": "litellm-daily"}
    store.land("f1", bucket | {"event_id": "b:1", "user_id": "ana", "api_key": "k"}, **daily)
    store.check_overlap(
        "f2", bucket | {"event_id": "b:2", "user_id": "bo", "api_key": "k"}, **daily
    )
    with pytest.raises(Refused, match="overlapping_source"):
        store.check_overlap("f2", bucket | {"event_id": "b:3", "team": "core"}, **daily)


def test_a_drop_is_archived_once_under_a_safe_name(tmp_path: Path, store: Store) -> None:
    entry = store.line("f1")
    entry = replace(entry, name="a/..%2f 'q' *.csv")
    entry = replace(entry, archived=archived_as(entry))
    taken = tmp_path / "taken"
    taken.write_bytes(b"x")
    archive(tmp_path, entry, taken)
    archive(tmp_path, entry, taken)
    assert entry.archived == "archive/2026-11/f1-2f_q_.csv"
    assert (tmp_path / "archive/2026-11/f1-2f_q_.csv").read_bytes() == b"x"


COPY = st.tuples(
    st.sampled_from(["c:1", "c:2"]), st.integers(0, 3), st.integers(0, 2), st.integers(0, 1)
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(copies=st.lists(COPY, min_size=2, max_size=6), data=st.data())
def test_neither_order_nor_split_of_drops_changes_the_rows(
    fresh: Callable[[], Store], copies: list[tuple[str, int, int, int]], data: st.DataObject
) -> None:
    rows = [
        {"event_id": name, "_updated_at": at(0, minute), "output_tokens": out, "cost_nano": cost,
         "cost_reported_nano": cost}
        for name, minute, out, cost in copies
    ]  # fmt: skip
    whole, parts = fresh(), fresh()
    whole.land("all", *rows)
    shuffled = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(1, len(rows) - 1))
    parts.land("one", *shuffled[:cut])
    parts.land("two", *shuffled[cut:])
    seen = "event_id, output_tokens, cost_nano, metadata"
    assert parts.rows(seen) == whole.rows(seen)
    parts.check_intact()


def test_a_full_disk_leaves_the_store_as_it_was(store: Store) -> None:
    store.land("f1", {"event_id": "c:1"})
    before = manifest.load(store.events)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, hard))
    try:
        with pytest.raises(duckdb.Error, match="File too large"):
            store.land("f2", {"event_id": "c:1", "output_tokens": 9}, {"event_id": "c:2"})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert manifest.load(store.events) == before
    assert [p.name for p in store.events.iterdir() if p.name.startswith(".tmp")] == []
    store.land("f2", {"event_id": "c:1", "output_tokens": 9}, {"event_id": "c:2"})
    assert store.rows() == [("c:1", "f2", 9), ("c:2", "f2", 5)]
    store.check_intact()


def test_a_damaged_month_is_not_copied_into_a_sound_one(store: Store) -> None:
    store.land("f1", {"event_id": "c:1"}, {"event_id": "c:2"})
    (file,) = manifest.load(store.events).files
    path = store.events / file.path
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[data.index(b"DuckDB")] ^= 1  # the writer's name: every reader still takes the file
    path.write_bytes(data)
    with pytest.raises(Damaged, match="its SHA-256 is not the manifest's"):
        store.land("f2", {"event_id": "c:1", "output_tokens": 9})
    assert manifest.load(store.events).files == (file,)
