"""Codex logs: deltas, repeated totals, what a session and a turn said before."""

import json

META = {"id": "0f1e2d3c-0000-4000-8000-000000000001", "cwd": "/srv/atlas", "cli_version": "0.9.0",
        "model_provider": "openai", "git": {"branch": "main",
        "repository_url": "git@example.com:acme/atlas.git"}}  # fmt: skip


def _line(second, kind, payload):
    return {"timestamp": f"2026-10-01T08:00:{second:02d}.000Z", "type": kind, "payload": payload}


def _usage(inputs, cached, outputs, reasoning, total=None):
    return {"input_tokens": inputs, "cached_input_tokens": cached, "output_tokens": outputs,
            "reasoning_output_tokens": reasoning, "total_tokens": total or inputs + outputs}  # fmt: skip


def _count(second, total, last=None):
    info = {"total_token_usage": total} | ({"last_token_usage": last} if last else {})
    return _line(second, "event_msg", {"type": "token_count", "info": info})


def _lines(*lines):
    return "".join(json.dumps(line) + "\n" for line in lines)


SESSION = _lines(
    _line(0, "session_meta", META),
    _line(1, "turn_context", {"model": "gpt-5.4", "cwd": "/srv/atlas/docs", "effort": "high"}),
    _line(2, "response_item", {"type": "message", "content": [{"text": "private"}]}),
    _line(3, "event_msg", {"type": "token_count", "info": None}),
    _count(4, _usage(100, 60, 10, 4), _usage(100, 60, 10, 4)),
    _count(5, _usage(100, 60, 10, 4), _usage(100, 60, 10, 4)),
    _line(6, "turn_context", {"model": "gpt-5.4-mini", "cwd": "/srv/atlas"}),
    _count(7, _usage(300, 200, 25, 9), _usage(200, 140, 15, 5)),
)


def test_each_counter_is_the_call_since_the_one_before(mapped):
    rows = mapped(SESSION)
    assert [row.get("skip") for row in rows] == [
        "not_usage", "not_usage", "not_usage", "not_usage", None, "repeated_total", "not_usage", None,
    ]  # fmt: skip
    counts = ("input_tokens", "cache_read_tokens", "output_tokens", "reasoning_tokens")
    assert [tuple(rows[n][c] for c in counts) for n in (4, 7)] == [
        ("100", "60", "10", "4"), ("200", "140", "15", "5"),
    ]  # fmt: skip


def test_session_and_turn_hold_until_the_next(mapped):
    rows = mapped(SESSION)
    said = (
        "id",
        "model_raw",
        "project",
        "repository",
        "session_id",
        "conversation_id",
        "provider",
        "agent",
    )
    session = "0f1e2d3c-0000-4000-8000-000000000001"
    assert tuple(rows[4][name] for name in said) == (
        f"{session}:110", "gpt-5.4", "docs", "acme/atlas", session, session, "openai", "codex",
    )  # fmt: skip
    assert (rows[7]["model_raw"], rows[7]["project"]) == ("gpt-5.4-mini", "atlas")
    assert rows[4]["tags"] == {"gitBranch": "main", "version": "0.9.0", "effort": "high"}
    assert "private" not in str(rows)


def test_a_log_without_session_is_named_for_its_file(mapped):
    named = "rollout-2026-10-01T08-00-00-0f1e2d3c-0000-4000-8000-00000000000f.jsonl"
    content = _lines(_line(0, "turn_context", {"model": "m"}), _count(1, _usage(5, 0, 1, 0)))
    row = mapped(content, name=f"2026/10/{named}")[1]
    assert row["session_id"] == "0f1e2d3c-0000-4000-8000-00000000000f"
    assert mapped(content, name="other.jsonl")[1]["session_id"] == "other"


def test_totals_alone_are_subtracted(mapped):
    rows = mapped(_lines(_count(1, _usage(100, 60, 10, 4)), _count(2, _usage(300, 200, 25, 9))))
    assert [(row["input_tokens"], row["output_tokens"]) for row in rows] == [
        ("100", "10"),
        ("200", "15"),
    ]


def test_deltas_that_do_not_add_up_are_flagged_on_the_last_call(mapped):
    rows = mapped(
        _lines(
            _count(1, _usage(100, 60, 10, 4), _usage(100, 60, 10, 4)),
            _count(2, _usage(300, 200, 25, 9), _usage(150, 140, 15, 5)),
        )
    )
    assert [row.get("flags") for row in rows] == [None, ["total_mismatch"]]
    assert [row.get("flags") for row in mapped(SESSION)] == [None] * 8
