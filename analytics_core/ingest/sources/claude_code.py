"""Claude Code session logs: ~/.claude/projects/<folder>/<session>.jsonl."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from analytics_core.ingest.literals import literal
from analytics_core.ingest.raw import Head, RawColumns
from analytics_core.ingest.sources import reading, words
from analytics_core.ingest.sources.document import Node
from analytics_core.ingest.sources.reading import Reading, selected, statement
from analytics_core.ingest.sources.source import JSON_KINDS, Source

_TYPES = ("assistant", "user", "summary")
# A home folder names a person, not a project.
_HOME = r"^(/(home|Users)/[^/]+|/root|[A-Za-z]:\\Users\\[^\\]+|~)[/\\]*$"


def _matches(head: Head) -> bool:
    used = any(name.startswith("message.usage") for name in head.columns)
    typed = any(record.get("type") in _TYPES for record in head.sample)
    return (used and typed) or "sessionid" in head.columns


def folder_name(path: str) -> str:
    """The last part of a path (SQL), whichever way its slashes lean; NULL for a home folder."""
    last = f"regexp_extract({path}, '([^/\\\\]+)[/\\\\]*$', 1)"
    return f"CASE WHEN NOT regexp_matches({path}, {literal(_HOME)}) THEN nullif({last}, '') END"


# Every content block of an answer repeats its usage under the same message id.
_SAME = "PARTITION BY id, skip"
_WHOLE = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
_FIRST_FOLDER = (
    f"first_value(_cwd IGNORE NULLS) OVER (PARTITION BY session_id ORDER BY _row {_WHOLE})"
)
_COLLAPSED = {
    "skip": (
        f"CASE WHEN skip IS NULL AND id IS NOT NULL AND row_number() OVER ({_SAME} ORDER BY"
        " _time DESC NULLS LAST, _output DESC NULLS LAST, _row DESC) > 1"
        " THEN 'duplicate' ELSE skip END"
    ),
    "started_at": f"CASE WHEN id IS NULL THEN _time ELSE min(_time) OVER ({_SAME}) END",
    "ended_at": f"CASE WHEN id IS NULL THEN _time ELSE max(_time) OVER ({_SAME}) END",
    "cost_reported": (
        "CASE WHEN id IS NULL THEN cost_reported ELSE coalesce(cost_reported,"
        f" max(cost_reported) OVER ({_SAME})) END"
    ),
    "repository": f"CASE WHEN repository IS NOT NULL THEN {folder_name(_FIRST_FOLDER)} END",
}


@dataclass(frozen=True, slots=True)
class _Lines:
    """The select; `user` is "folder" when each person's logs come in a folder of their name."""

    user: str = ""

    def __call__(self, columns: RawColumns, head: Head) -> str:
        """One row per line; of the lines of one request the last keeps its usage."""
        lines = statement(_outputs(Reading(columns, head), self._user(head)))
        replaced = ", ".join(f"{sql} AS {name}" for name, sql in _COLLAPSED.items())
        return selected(f"* EXCLUDE (_time, _output, _cwd) REPLACE ({replaced})", lines)

    def _user(self, head: Head) -> str | None:
        parts = PurePosixPath(head.name.replace("\\", "/")).parts
        return literal(parts[0]) if self.user == "folder" and len(parts) > 1 else None


def _outputs(at: Reading, user: str | None) -> dict[str, str | None]:
    model, cwd = at.text("message.model"), at.text("cwd") or "NULL"
    used = " OR ".join(
        f"{sql} IS NOT NULL"
        for name in ("input_tokens", "output_tokens", "cache_read_input_tokens",
                     "cache_creation_input_tokens")
        if (sql := at.value(f"message.usage.{name}"))
    )  # fmt: skip
    called = f"({used}) AND coalesce({model}, '') <> '<synthetic>'"
    message, request = at.text("message.id"), at.text("requestId")
    short, hour = (
        at.number(f"message.usage.cache_creation.ephemeral_{kept}_input_tokens")
        for kept in ("5m", "1h")
    )
    written = at.number("message.usage.cache_creation_input_tokens")
    # Some providers write the split as zeros beside the sum they know.
    known = f"coalesce({short}, 0) + coalesce({hour}, 0)"
    split = (
        f"(coalesce({short}, {hour}) IS NOT NULL AND ({known} > 0 OR coalesce({written}, 0) = 0))"
    )
    side = at.lower("isSidechain")
    at.ignored("message", "type", "uuid", "parentUuid", "toolUseResult", "snapshot", "attachment",
               "content", "summary", "data")  # fmt: skip
    time = at.instant("timestamp")
    return {
        "skip": f"CASE WHEN {called} THEN NULL ELSE 'not_usage' END",
        "id": f"{message} || coalesce(':' || {request}, '')",
        "started_at": time,
        "ended_at": time,
        "provider": "'anthropic'",
        "model_raw": model,
        "user_id": user,
        "session_id": at.text("sessionId"),
        "project": folder_name(cwd),
        "repository": f"CASE WHEN {at.text('gitBranch')} IS NOT NULL THEN '' END",
        "agent": f"CASE WHEN {side} = 'true' THEN 'claude-code/subagent' ELSE 'claude-code' END",
        "operation": "'chat'",
        "service_type": "'text_generation'",
        "status": f"CASE WHEN {at.lower('isApiErrorMessage')} = 'true' THEN 'error' ELSE 'ok' END",
        "finish_reason": at.text("message.stop_reason"),
        "service_tier": _tier(at),
        "input_tokens": at.value("message.usage.input_tokens"),
        "output_tokens": at.value("message.usage.output_tokens"),
        "cache_read_tokens": at.value("message.usage.cache_read_input_tokens"),
        "cache_write_tokens": (f"CASE WHEN {split} THEN {known} ELSE {written} END"),
        "cache_write_1h_tokens": f"CASE WHEN {split} THEN coalesce({hour}, 0) END",
        "cost_reported": at.value("costUSD"),
        "items": reading.items(
            [
                reading.item(
                    "'web_search'",
                    at.value("message.usage.server_tool_use.web_search_requests"),
                    "'searches'",
                )
            ]
        ),
        "tags": reading.tags({"gitBranch": at.text("gitBranch"), "version": at.text("version")}),
        "_time": time,
        "_output": f"TRY_CAST({at.value('message.usage.output_tokens')} AS BIGINT)",
        "_cwd": cwd if cwd != "NULL" else "NULL::VARCHAR",
    }


def _tier(at: Reading) -> str:
    given = words.tier(at.lower("message.usage.service_tier"))
    fast = at.lower("message.usage.speed")
    return f"CASE WHEN {fast} = 'fast' THEN 'fast' ELSE {given} END"


def _configured(source: Source, options: Mapping[str, Node]) -> Source:
    user = options["user"].choice(("folder", "none"))
    return replace(source, select=_Lines("folder" if user == "folder" else ""))


SOURCE = Source(
    name="claude-code",
    label="Claude Code session logs",
    group="claude-code",
    grain="request",
    convention="exclusive",
    zone="UTC",
    namespace="claude-code",
    kinds=JSON_KINDS,
    required=("message",),
    matches=_matches,
    select=_Lines(),
    id_conflicts=False,
    configure=_configured,
    options=("user",),
)
