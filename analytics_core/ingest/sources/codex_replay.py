"""A forked Codex session begins with the lines of its parent, told again at the time of the fork."""

from analytics_core.ingest.sources.reading import selected

_UNTIL_HERE = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
_IN_ORDER = f"ORDER BY _row {_UNTIL_HERE}"
_OF_SESSION = "PARTITION BY said_session"


def minted(sql: str) -> str:
    """Milliseconds since 1970 at which an id of version 7 was made; NULL for other ids."""
    digits = f"substr(replace({sql}, '-', ''), 1, 12)"
    return (
        f"CASE WHEN regexp_matches({sql}, '^[0-9a-f]{{8}}-[0-9a-f]{{4}}-7')"
        f" THEN TRY_CAST('0x' || {digits} AS BIGINT) END"
    )


def held(lines: str, names: tuple[str, ...]) -> str:
    """The lines with what session and turn said before them, and `replayed`.

    `lines` selects the `names` (said_session, said_forked, said_parent … where a line says them),
    `line_at` (TIMESTAMP) and `turn_at` (milliseconds). The metadata of an ancestor follows that of its
    child. A replay ends with the first turn that began after the fork, or where the session's own
    metadata is told again; without ids that tell the time, where a second passes between two lines,
    for a replay is written at once.
    """
    told = f"lag(said_parent) OVER (PARTITION BY said_session IS NOT NULL {_IN_ORDER})"
    copied = selected(f"*, coalesce(said_session = {told}, false) AS copied", lines)
    own = selected(
        "* REPLACE (CASE WHEN NOT copied THEN said_session END AS said_session, CASE WHEN NOT copied"
        " AND said_session IS NOT NULL THEN coalesce(said_forked, '') END AS said_forked)",
        copied,
    )
    last = ", ".join(f"last_value({n} IGNORE NULLS) OVER ({_IN_ORDER}) AS {n}" for n in names)
    before = "ORDER BY _row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    again = (
        "said_session AS own_session,"
        f" last_value(said_session IGNORE NULLS) OVER ({before}) AS session_before"
    )
    known = selected(f"* REPLACE ({last}), {again}", own)
    ends = selected(
        f"*, coalesce(turn_at >= {minted('said_session')}, false) AS turned,"
        " coalesce(own_session = session_before, false) AS told_again,"
        f" coalesce(line_at - lag(line_at) OVER ({_OF_SESSION} {_IN_ORDER}) >= INTERVAL 1 SECOND"
        f" AND line_at >= first_value(line_at) OVER ({_OF_SESSION} {_IN_ORDER}), false) AS paused",
        known,
    )
    by_turn = f"bool_or(turned) OVER ({_OF_SESSION})"
    ended = selected(
        f"*, told_again OR CASE WHEN {by_turn} THEN turned ELSE paused END AS ended", ends
    )
    forked = f"(said_forked <> '' OR bool_or(copied) OVER ({_OF_SESSION}))"
    begun = f"bool_or(ended) OVER ({_OF_SESSION} {_IN_ORDER})"
    return selected(f"*, coalesce({forked} AND NOT {begun}, false) AS replayed", ended)
