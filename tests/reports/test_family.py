"""Measures that are read together: tokens by kind, latencies, failures."""

from datetime import UTC, datetime

from analytics_core.export.csv import content
from analytics_core.export.sheet import of_timeline
from analytics_core.reports.family import FAILURES, SPEED, TOKENS, course, parts, shares

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)


def _event(day: int, read: int | None = None, write: int | None = None, **more) -> dict:
    return {
        "started_at": datetime(2026, 11, day, 9), "input_tokens": 1000, "output_tokens": 100,
        "cache_read_tokens": read, "cache_write_tokens": write,
    } | more  # fmt: skip


EVENTS = [
    _event(1, 600, 100, reasoning_tokens=40),
    _event(1, status="error", latency_ms=900),
    _event(3, 0, 0, reasoning_tokens=0, status="cancelled", latency_ms=100),
]


def test_tokens_by_kind_stand_side_by_side_in_every_bucket(viewed):
    found = course(viewed(EVENTS, now=NOW), TOKENS)
    assert found.labels == (
        "Uncached input", "Read from cache", "Written to cache", "Visible output", "Reasoning",
    )  # fmt: skip
    day = [rows["value"].to_list() for _, rows in found.frame.group_by("utc", maintain_order=True)]
    assert day == [[1300, 600, 100, 160, 40], [0, 0, 0, 0, 0], [1000, 0, 0, 100, 0]]


def test_the_kinds_add_up_to_all_tokens_and_have_shares_of_them(viewed):
    found = parts(viewed(EVENTS, now=NOW), TOKENS)
    assert [(part.label, part.value) for part in found.parts] == [
        ("Uncached input", 2300), ("Read from cache", 600), ("Written to cache", 100),
        ("Visible output", 260), ("Reasoning", 40),
    ]  # fmt: skip
    assert found.total == 3300
    assert [part.share for part in found.parts] == [
        2300 / 3300,
        600 / 3300,
        100 / 3300,
        260 / 3300,
        40 / 3300,
    ]


def test_what_no_source_says_is_unknown_and_the_rest_still_adds_up(viewed):
    found = parts(viewed([_event(1)], now=NOW), TOKENS)
    assert [part.value for part in found.parts] == [1000, None, None, 100, None]
    assert found.total == 1100


def test_shares_are_of_every_bucket_by_itself_and_unknown_where_it_is_empty(viewed):
    found = shares(course(viewed(EVENTS, now=NOW), TOKENS))
    assert found.measure.label == "Share of tokens"
    assert not found.measure.additive
    first, empty, last = (
        rows["value"].to_list() for _, rows in found.frame.group_by("utc", maintain_order=True)
    )
    assert first == [1300 / 2200, 600 / 2200, 100 / 2200, 160 / 2200, 40 / 2200]
    assert empty == [None] * 5
    assert last == [1000 / 1100, 0, 0, 100 / 1100, 0]


def test_shares_without_a_hidden_kind_are_shares_of_the_others(viewed):
    every = course(viewed(EVENTS, now=NOW), TOKENS)
    seen = every.without(frozenset({every.members[0].id}))
    first = shares(seen).frame["value"].to_list()[:4]
    assert first == [600 / 900, 100 / 900, 160 / 900, 40 / 900]


def test_failures_sum_to_no_more_than_themselves_and_an_unknown_status_is_unknown(viewed):
    found = parts(viewed(EVENTS, now=NOW), FAILURES)
    assert [(part.label, part.value) for part in found.parts] == [
        ("Failed requests", 1), ("Cancelled requests", 1),
    ]  # fmt: skip
    assert found.total == 2
    unknown = parts(viewed([_event(1, status=None)], now=NOW), FAILURES)
    assert [part.value for part in unknown.parts] == [None, None]
    assert unknown.total is None


def test_a_percentile_of_too_few_requests_is_a_gap_and_a_mean_is_not(viewed):
    events = [_event(1, latency_ms=100, ttft_ms=10) for _ in range(20)] + EVENTS[2:]
    view = viewed(events, now=NOW)
    found = course(view, SPEED)
    one, _, three = (
        rows["value"].to_list() for _, rows in found.frame.group_by("utc", maintain_order=True)
    )
    mean, median, p95, p99, first_token = one
    assert mean == 100
    assert (round(median), round(p95), p99, round(first_token)) == (100, 100, None, 10)
    assert three == [100, None, None, None, None]
    assert parts(view, SPEED).total is None


def test_the_download_names_what_is_measured_and_its_unit(viewed):
    text = content(of_timeline(course(viewed(EVENTS, now=NOW), TOKENS))).decode("utf-8-sig")
    head, first, *_ = text.splitlines()
    assert head.split(",")[0] == "start (UTC)"
    assert head.endswith(",tokens")
    assert first.startswith("2026-11-01T00:00:00Z,2026-11-02T00:00:00Z,Uncached input,")
    assert first.endswith(",1300")
