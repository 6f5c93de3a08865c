"""Claude Code logs: repeated content blocks, cache times, folders."""

import json

import pytest

from analytics_core.ingest.sources.mapping import sources_of


def _line(number, message="m-1", request="q-1", *, output, tokens=None, **more):
    usage = {"input_tokens": 3, "output_tokens": output} | (tokens or {})
    return {
        "type": "assistant", "sessionId": "s-1", "cwd": "/srv/ines/atlas", "version": "2.1.0",
        "gitBranch": "main", "isSidechain": False, "requestId": request,
        "timestamp": f"2026-10-01T08:00:0{number}.500Z",
        "message": {"id": message, "model": "claude-opus-4-8", "stop_reason": "tool_use",
                    "content": [{"type": "text", "text": "private"}], "usage": usage},
    } | more  # fmt: skip


def _lines(*lines):
    return "".join(json.dumps(line) + "\n" for line in lines)


USER = {"type": "user", "sessionId": "s-1", "timestamp": "2026-10-01T08:00:00Z",
        "cwd": "/srv/ines/atlas", "message": {"role": "user", "content": "private"}}  # fmt: skip


def test_the_lines_of_one_request_fold_into_the_last(mapped):
    rows = mapped(
        _lines(USER, _line(1, output=9), _line(2, output=9), _line(3, output=159)), name="s-1.jsonl"
    )
    shown = [(row["_row"], row.get("skip"), row.get("output_tokens")) for row in rows]
    assert shown == [
        (1, "not_usage", None),
        (2, "duplicate", "9"),
        (3, "duplicate", "9"),
        (4, None, "159"),
    ]
    assert rows[3] == {
        "source": "claude-code", "_row": 4, "id": "m-1:q-1",
        "started_at": "2026-10-01 08:00:01.500000", "ended_at": "2026-10-01 08:00:03.500000",
        "provider": "anthropic", "model_raw": "claude-opus-4-8", "session_id": "s-1",
        "conversation_id": "s-1", "project": "atlas", "repository": "atlas", "agent": "claude-code",
        "operation": "chat", "service_type": "text_generation", "status": "ok",
        "finish_reason": "tool_use", "input_tokens": "3", "output_tokens": "159",
        "tags": {"gitBranch": "main", "version": "2.1.0"},
    }  # fmt: skip


def test_the_same_message_under_another_request_is_another_call(mapped):
    rows = mapped(
        _lines(
            _line(1, output=5), _line(2, request="q-2", output=5), _line(3, request=None, output=5)
        )
    )
    assert [(row["id"], row.get("skip")) for row in rows] == [
        ("m-1:q-1", None), ("m-1:q-2", None), ("m-1", None),
    ]  # fmt: skip


def test_writes_for_an_hour_are_apart_where_the_log_tells(mapped):
    told = {"cache_read_input_tokens": 70, "cache_creation_input_tokens": 30,
            "cache_creation": {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 20}}  # fmt: skip
    untold = {"cache_creation_input_tokens": 30}
    rows = mapped(_lines(_line(1, output=1, tokens=told), _line(2, "m-2", output=1, tokens=untold)))
    parts = ("cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens")
    assert [tuple(row.get(part) for part in parts) for row in rows] == [
        ("70", "30", "20"), (None, "30", None),
    ]  # fmt: skip


def test_tiers_speed_searches_and_subagents(mapped):
    batch = _line(1, output=1, tokens={"service_tier": "batch", "speed": "standard"})
    fast = _line(2, "m-2", output=1, tokens={"service_tier": "standard", "speed": "fast",
                 "server_tool_use": {"web_search_requests": 2}}, isSidechain=True)  # fmt: skip
    first, second = mapped(_lines(batch, fast))
    assert (first["service_tier"], first["agent"], first.get("items")) == (
        "batch",
        "claude-code",
        None,
    )
    assert (second["service_tier"], second["agent"]) == ("fast", "claude-code/subagent")
    assert second["items"] == [{"rule": "web_search", "quantity": "2", "unit": "searches"}]


def test_messages_made_by_the_tool_itself_are_no_usage(mapped):
    synthetic = _line(1, output=0)
    synthetic["message"]["model"] = "<synthetic>"
    assert [row.get("skip") for row in mapped(_lines(synthetic, _line(2, output=1)))] == [
        "not_usage",
        None,
    ]


def test_old_logs_bring_their_cost(mapped):
    row, _ = mapped(_lines(_line(1, output=1, costUSD=0.25), USER))
    assert row["cost_reported"] == "0.25"


@pytest.mark.parametrize(
    ("cwd", "project"),
    [
        ("/srv/ines/atlas/", "atlas"),
        ("C:\\\\Users\\\\ines\\\\code\\\\atlas".replace("\\\\", "\\"), "atlas"),
        ("/home/ines", None),
        ("/Users/ines", None),
        ("C:\\Users\\ines", None),
        (None, None),
    ],
)
def test_a_project_is_a_folder_and_never_a_home(mapped, cwd, project):
    row, _ = mapped(_lines(_line(1, output=1, cwd=cwd), USER))
    assert row.get("project") == project


def test_the_folder_of_a_drop_names_the_person_only_where_a_setting_says_so(mapped):
    content = _lines(_line(1, output=1), USER)
    configured = sources_of("extends: claude-code\noptions: {user: folder}\n", "claude-code.yaml")
    plain = mapped(content, name="ines/-work-atlas/s-1.jsonl")[0]
    named = mapped(content, name="ines/-work-atlas/s-1.jsonl", saved=configured)[0]
    assert (plain.get("user_id"), named.get("user_id")) == (None, "ines")


def test_no_text_of_a_conversation_is_mapped(mapped):
    assert "private" not in str(mapped(_lines(USER, _line(1, output=1), toolUse(USER))))


def toolUse(line):  # noqa: N802 (named after the field)
    return line | {"toolUseResult": {"stdout": "private"}}


def test_a_split_of_zeros_hides_no_writes(mapped):
    split = {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0}
    tokens = {"cache_creation_input_tokens": 500, "cache_creation": split}
    written, none = mapped(
        _lines(
            _line(1, output=1, tokens=tokens),
            _line(2, "m-2", output=1, tokens=tokens | {"cache_creation_input_tokens": 0}),
        )
    )
    assert (written["cache_write_tokens"], written.get("cache_write_1h_tokens")) == ("500", None)
    assert (none["cache_write_tokens"], none["cache_write_1h_tokens"]) == ("0", "0")
