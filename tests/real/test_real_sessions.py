"""Real and hand-made session logs of coding agents."""

import duckdb
import pytest

pytestmark = pytest.mark.slow

TRACES = "real/tracelab_example"
FIXTURES = "real/agent_session_fixtures"


def test_a_claude_session_equals_the_projects_own_table(taken_in, shared):
    landed = taken_in(shared / TRACES / "claude_session.jsonl")
    assert landed.counts() == (64, 10, 0, 39, 15)
    assert dict(landed.only.reasons) == {"not_usage": 39}
    assert landed.totals(
        "input_tokens", "uncached_input_tokens", "cache_read_tokens", "cache_write_tokens",
        "cache_write_1h_tokens", "output_tokens", "cost", "sessions",
    ) == (418_193, 3_039, 394_068, 21_086, 0, 9_423, 579_591_500, 1)  # fmt: skip
    assert landed.one(
        "any_value(model), CAST(min(started_at) AS VARCHAR), CAST(max(ended_at) AS VARCHAR),"
        " epoch_ms(max(ended_at)) - epoch_ms(min(started_at)), any_value(agent)"
    ) == (
        "claude-opus-4-8",
        "2026-06-01 05:40:29.42",
        "2026-06-01 05:43:41.835",
        192_415,
        "claude-code",
    )
    assert landed.rows(
        "input_tokens, cache_read_tokens, cache_write_tokens, output_tokens", "ORDER BY started_at"
    ) == _rounds(shared, "claude")


def test_a_codex_session_equals_its_final_total(taken_in, shared):
    landed = taken_in(shared / TRACES / "codex_session.jsonl")
    assert landed.counts() == (72, 9, 0, 63, 0)
    assert landed.totals(
        "input_tokens",
        "cache_read_tokens",
        "output_tokens",
        "reasoning_tokens",
        "total_tokens",
        "cost",
    ) == (95_819, 79_488, 1_912, 581, 97_731, 89_379_500)
    assert landed.one(
        "any_value(model), CAST(min(started_at) AS VARCHAR), CAST(max(started_at) AS VARCHAR)"
    ) == ("gpt-5.4", "2026-03-21 10:06:05.542", "2026-03-21 10:07:00.374")
    assert landed.rows(
        "input_tokens, cache_read_tokens, coalesce(cache_write_tokens, 0), output_tokens",
        "ORDER BY started_at",
    ) == _rounds(shared, "codex")


def _rounds(shared, provider):
    table = duckdb.read_parquet(str(shared / TRACES / "round_trace.parquet"))
    return (
        table.filter(f"provider = '{provider}'")
        .order("round_index")
        .project(
            "input_tokens_total, prefix_tokens, coalesce(claude_cache_creation_input_tokens, 0), output_tokens"
        )
        .fetchall()
    )


ALPHA = "ccusage_fixtures_claude_projects_project-alpha_session-alpha_chat.jsonl"
BETA = "ccusage_fixtures_claude_projects_project-beta_session-beta_chat.jsonl"
CODEX = "ccusage_fixtures_codex_sessions_project-alpha_session-alpha.jsonl"


@pytest.mark.parametrize(
    ("name", "counts", "tokens"),
    [
        (ALPHA, (3, 3, 0, 0, 0), (745, 250)),
        (BETA, (2, 2, 0, 0, 0), (185, 60)),
        (CODEX, (3, 2, 0, 1, 0), (3500, 425)),
        ("ccl_edge_cases.jsonl", (19, 4, 3, 12, 0), (488, 435)),
        ("ccl_representative_messages.jsonl", (12, 5, 0, 7, 0), (218, 445)),
        ("ccl_session_b.jsonl", (3, 1, 0, 2, 0), (20, 35)),
        ("ccl_todowrite_examples.jsonl", (12, 6, 0, 6, 0), (883, 328)),
    ],
)
def test_each_fixture_alone(taken_in, shared, name, counts, tokens):
    landed = taken_in(shared / FIXTURES / name)
    assert landed.counts() == counts
    assert landed.totals("input_tokens", "output_tokens") == tokens


def test_what_the_log_reports_wins_over_the_book(taken_in, shared):
    landed = taken_in(shared / FIXTURES / ALPHA)
    assert landed.totals("cost", "cost_computed", "cache_read_tokens", "cache_write_tokens") == (
        1_020_000_000, 13_526_250, 70, 75,
    )  # fmt: skip


def test_the_codex_fixture_counts_reasoning_twice_in_its_totals(taken_in, shared):
    landed = taken_in(shared / FIXTURES / CODEX)
    assert dict(landed.only.reasons) == {"not_usage": 1, "total_mismatch": 2}
    assert landed.totals("cache_read_tokens", "reasoning_tokens", "cost", "models") == (
        750,
        275,
        10_893_750,
        2,
    )


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("ccusage_test-transcript.jsonl", "nothing_accepted"),
        ("ccusage_statusline-test.json", "unknown_columns"),
    ],
)
def test_fixtures_that_are_no_usable_log(taken_in, shared, name, verdict):
    landed = taken_in(shared / FIXTURES / name)
    assert landed.only.verdict == verdict
    assert landed.totals("events") == (0,)


def test_a_log_without_usage_lands_with_no_events(taken_in, shared):
    landed = taken_in(shared / FIXTURES / "cct_sample_session.jsonl")
    assert (landed.only.verdict, landed.counts()) == ("landed", (8, 0, 0, 8, 0))


@pytest.mark.slow
def test_all_fixtures_together_count_a_shared_request_once(taken_in, shared):
    landed = taken_in(shared / FIXTURES)
    assert landed.totals("events") == (22,)
    assert sum(entry.duplicate for entry in landed.inputs) == 1


def test_a_log_dropped_again_changes_nothing(taken_in, shared):
    path = shared / TRACES / "codex_session.jsonl"
    landed = taken_in([path, path])
    assert [entry.verdict for entry in landed.inputs] == ["landed", "duplicate_file"]
    assert landed.totals("events", "total_tokens") == (9, 97_731)
