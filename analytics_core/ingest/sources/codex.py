"""Codex session logs: ~/.codex/sessions/YYYY/MM/DD/rollout-*.jsonl."""

import re
from pathlib import PurePosixPath

from analytics_core.ingest.literals import literal
from analytics_core.ingest.raw import Head, RawColumns
from analytics_core.ingest.sources import reading
from analytics_core.ingest.sources.claude_code import folder_name
from analytics_core.ingest.sources.codex_replay import held, minted
from analytics_core.ingest.sources.reading import Reading, selected, statement
from analytics_core.ingest.sources.source import JSON_KINDS, Source

_TYPES = ("session_meta", "turn_context", "event_msg", "response_item", "compacted")
_COUNTS = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_tokens": "cached_input_tokens",
    "reasoning_tokens": "reasoning_output_tokens",
    "total_tokens": "total_tokens",
}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


# The last call of a session whose deltas do not add up to its running total.
_UNEVEN = """
    CASE WHEN skip IS NULL AND _total IS NOT NULL
        AND row_number() OVER (PARTITION BY session_id, skip ORDER BY _row DESC) = 1
        AND sum(total_tokens) OVER (PARTITION BY session_id, skip)
            <> max(_total) OVER (PARTITION BY session_id, skip)
                - min(_total - total_tokens) OVER (PARTITION BY session_id, skip)
    THEN ['total_mismatch'] END"""


def _matches(head: Head) -> bool:
    counted = any(name.startswith("payload.info.") for name in head.columns)
    return counted or any(record.get("type") in _TYPES for record in head.sample)


def _file_session(name: str) -> str:
    """The session a file is named for: the id at the end of rollout-…-<id>.jsonl, else the stem."""
    stem = PurePosixPath(name.replace("\\", "/")).name.split(".jsonl")[0]
    found = _UUID.search(stem)
    return found.group() if found else stem


def _select(columns: RawColumns, head: Head) -> str:
    """Each counter line as the delta it reports; what session and turn said before holds on.

    `total` is the running total of the session. The same total twice in a row is the same call
    told again. Files without deltas give them as differences of totals.
    """
    at = Reading(columns, head)
    lines = statement(_lines(at))
    names = ("said_session", "said_forked", "said_cwd", "said_provider", "said_repository",
             "said_branch", "said_version", "said_model", "said_effort")  # fmt: skip
    before = ", ".join(
        f"lag(total_{name}) OVER (PARTITION BY said_session, counted ORDER BY _row) AS past_{name}"
        for name in _COUNTS
    )
    compared = selected(f"*, {before}", held(lines, names))
    events = selected(_events(head), compared)
    return selected(f"* EXCLUDE (_total), {_UNEVEN} AS flags", events)


def _lines(at: Reading) -> dict[str, str | None]:
    """One row per line: what it counts, and what it says about the lines after it."""
    kind, inner = at.text("type"), at.text("payload.type")
    info = "payload.info."

    def said(kinds: str, *paths: str) -> str:
        return f"CASE WHEN {kind} IN ({kinds}) THEN {at.text(*paths)} END"

    counts = {
        f"{group}_{name}": at.number(f"{info}{group}_token_usage.{key}")
        for group in ("last", "total")
        for name, key in _COUNTS.items()
    }
    forked = said("'session_meta'", "payload.forked_from_id")
    spawned = said("'session_meta'", "payload.source.subagent.thread_spawn.parent_thread_id")
    some = f"coalesce({counts['last_input_tokens']}, {counts['total_input_tokens']})"
    return {
        "counted": f"coalesce({kind} = 'event_msg' AND {inner} = 'token_count' AND {some} IS NOT NULL, false)",
        "told_at": at.value("timestamp"),
        "line_at": at.instant("timestamp"),
        "turn_at": minted(said("'turn_context'", "payload.turn_id")),
        "said_session": said("'session_meta'", "payload.id"),
        "said_forked": forked,
        "said_parent": f"coalesce({forked}, {spawned})",
        "said_cwd": said("'session_meta', 'turn_context'", "payload.cwd"),
        "said_provider": said("'session_meta'", "payload.model_provider"),
        "said_repository": said("'session_meta'", "payload.git.repository_url"),
        "said_branch": said("'session_meta'", "payload.git.branch"),
        "said_version": said("'session_meta'", "payload.cli_version"),
        "said_model": (
            f"CASE WHEN {kind} = 'turn_context' THEN {at.text('payload.model')}"
            f" ELSE {at.text(info + 'model', info + 'model_name')} END"
        ),
        "said_effort": said("'turn_context'", "payload.effort"),
        **counts,
    }


def _events(head: Head) -> str:
    """The columns of an event, from a line with what was said before it and past totals."""
    session = f"coalesce(said_session, {literal(_file_session(head.name))})"
    repeated = " AND ".join(f"total_{name} IS NOT DISTINCT FROM past_{name}" for name in _COUNTS)
    known = "total_total_tokens IS NOT NULL"
    fresh = "past_input_tokens IS NULL OR total_input_tokens < past_input_tokens"
    tokens = {
        name: f"coalesce(last_{name}, CASE WHEN {fresh} THEN total_{name}"
        f" ELSE total_{name} - past_{name} END)"
        for name in _COUNTS
    }
    remote = "regexp_extract(said_repository, '([^/:]+/[^/]+?)(\\.git)?/*$', 1)"
    outputs = {
        "skip": (
            "CASE WHEN NOT counted THEN 'not_usage'"
            " WHEN replayed THEN 'repeated_total'"
            f" WHEN {known} AND past_total_tokens IS NOT NULL AND {repeated}"
            " THEN 'repeated_total' END"
        ),
        "id": f"CASE WHEN {known} THEN {session} || ':' || CAST(total_total_tokens AS BIGINT) END",
        "started_at": "told_at",
        "provider": "said_provider",
        "model_raw": "said_model",
        "session_id": session,
        "conversation_id": session,
        "project": folder_name("said_cwd"),
        "repository": f"nullif({remote}, '')",
        "agent": "'codex'",
        "operation": "'chat'",
        "service_type": "'text_generation'",
        "status": "'ok'",
        **tokens,
        "_total": "total_total_tokens",
        "tags": reading.tags(
            {"gitBranch": "said_branch", "version": "said_version", "effort": "said_effort"}
        ),
    }
    shown = ", ".join(f"{sql} AS {name}" for name, sql in outputs.items() if sql)
    return f"_row, {shown}"


SOURCE = Source(
    name="codex",
    label="Codex session logs",
    group="codex",
    grain="request",
    convention="inclusive",
    zone="UTC",
    namespace="codex",
    kinds=JSON_KINDS,
    required=("type", "payload"),
    matches=_matches,
    select=_select,
    id_conflicts=False,
)
