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


def _minted(second, last):
    """An id of version 7, as Codex makes them, of a second after 08:00 on 1 October 2026."""
    digits = f"{1_790_841_600_000 + second * 1000:012x}"
    return f"{digits[:8]}-{digits[8:]}-7000-8000-{last:012d}"


def _begun(second, own, parent=None, **more):
    payload = {"id": own, "forked_from_id": parent, "cwd": "/w/app"} | more
    return _at(second, "session_meta", payload)


def _turn(second, turn):
    return _at(second, "turn_context", {"turn_id": turn, "model": "gpt-5", "cwd": "/w/app"})


def _call(second, new, total):
    def usage(tokens):
        return {"input_tokens": tokens, "output_tokens": 1, "total_tokens": tokens + 1}

    info = {"last_token_usage": usage(new), "total_token_usage": usage(total)}
    return _at(second, "event_msg", {"type": "token_count", "info": info})


def _at(second, kind, payload):
    hours, rest = divmod(second, 3600)
    at = f"2026-10-{1 + hours // 24:02}T{(8 + hours) % 24:02}:{rest // 60:02}:{rest % 60:02}.000Z"
    return {"timestamp": at, "type": kind, "payload": payload}


PARENT, FORK, GRANDCHILD = _minted(0, 1), _minted(36000, 2), _minted(39600, 3)
OLD = [_begun(0, PARENT), _turn(1, _minted(1, 7)), _call(5, 100, 100), _call(9, 200, 300)]
NEW = [_turn(36010, _minted(36010, 8)), _call(36015, 50, 350)]


def _told_again(second, lines):
    return [line | {"timestamp": _at(second, "", {})["timestamp"]} for line in lines]


def _counted(rows):
    return [(row["session_id"], row["input_tokens"]) for row in rows if "skip" not in row]


FORKED = [_begun(36000, FORK, PARENT), *_told_again(36000, OLD), *NEW]


def test_a_fork_counts_what_came_after_what_it_tells_of_its_parent(mapped):
    rows = mapped(_lines(*FORKED))
    assert _counted(rows) == [(FORK, "50")]
    assert [row["skip"] for row in rows if row.get("total_tokens") and "skip" in row] == [
        "repeated_total", "repeated_total",
    ]  # fmt: skip
    later = [_turn(39610, _minted(39610, 9)), _call(39615, 60, 410)]
    again = [_begun(39600, GRANDCHILD, FORK), *_told_again(39600, FORKED), *later]
    assert _counted(mapped(_lines(*again))) == [(GRANDCHILD, "60")]
    assert _counted(mapped(_lines(*FORKED[:-2]))) == []
    together = [(PARENT, "100"), (PARENT, "200"), (FORK, "50")]
    assert _counted(mapped(_lines(*OLD, *FORKED))) == together
    assert sorted(_counted(mapped(_lines(*FORKED, *OLD)))) == sorted(together)


def test_ids_that_tell_no_time_leave_a_pause_or_the_own_beginning_to_end_the_replay(mapped):
    def timeless(lines):
        return [json.loads(json.dumps(line).replace("-7000-", "-4000-")) for line in lines]

    own = FORK.replace("-7000-", "-4000-")
    assert _counted(mapped(_lines(*timeless(FORKED)))) == [(own, "50")]
    at_once = [*FORKED[:-2], _begun(36000, FORK, PARENT), *_told_again(36000, NEW)]
    assert _counted(mapped(_lines(*timeless(at_once)))) == [(own, "50")]


def test_a_subagent_that_tells_nothing_of_its_parent_is_counted_from_its_start(mapped):
    spawned = {"subagent": {"thread_spawn": {"parent_thread_id": PARENT}}}
    lines = [_begun(36000, FORK, source=spawned), _turn(36000, "1"), _call(36000, 50, 50)]
    assert _counted(mapped(_lines(*lines))) == [(FORK, "50")]
    told = [_begun(36000, FORK, source=spawned), *_told_again(36000, OLD), *NEW]
    assert _counted(mapped(_lines(*told))) == [(FORK, "50")]
