"""Times of a file as naive UTC: ISO text, epochs by their magnitude, zones where stated."""

from dataclasses import dataclass

from analytics_core.ingest.kinds import family
from analytics_core.ingest.literals import literal

_UTC = frozenset({"UTC", "Etc/UTC", "GMT", "Etc/GMT", "Zulu", "Etc/Zulu"})


@dataclass(frozen=True, slots=True)
class Instant:
    """SQL of a time: `at` naive UTC TIMESTAMP (NULL where unreadable), and what was unclear.

    `naive` (no zone given), `date_only` and `ambiguous` (the repeated hour of a clock change) are
    boolean SQL; `unit` is 1 to 4 for s, ms, us, ns where the value is an epoch, else NULL.
    """

    at: str
    naive: str = "false"
    date_only: str = "false"
    ambiguous: str = "false"
    unit: str = "NULL::TINYINT"


def instant(sql: str, kind: str, zone: str | None) -> Instant:
    """The time an expression of type `kind` stands for; naive ones are local times of `zone`."""
    match family(kind):
        case "integer":
            whole = f"TRY_CAST({sql} AS BIGINT)"
            return Instant(_epoch(whole), unit=_unit(whole))
        case "float" | "decimal":
            return Instant(_fractional(sql), unit=_unit(sql))
        case "zoned":
            return Instant(f"timezone('UTC', CAST({sql} AS TIMESTAMPTZ))")
        case "naive":
            exact = f"make_timestamp(epoch_ns({sql}) // 1000)" if kind == "TIMESTAMP_NS" else sql
            return _local(f"CAST({exact} AS TIMESTAMP)", zone)
        case "date":
            found = _local(f"CAST({sql} AS TIMESTAMP)", zone)
            return Instant(found.at, found.naive, "true", found.ambiguous)
        case "text":
            return _text(_pointed(f"trim(CAST({sql} AS VARCHAR))"), zone)
        case _:
            return Instant("NULL::TIMESTAMP")


def _pointed(sql: str) -> str:
    """A decimal comma after the seconds, as ISO 8601 and Python's logs have it, as a point."""
    made = f"regexp_replace({sql}, '(:[0-9]{{2}}),([0-9])', '\\1.\\2')"
    return f"CASE WHEN contains({sql}, ',') THEN {made} ELSE {sql} END"


def _local(sql: str, zone: str | None) -> Instant:
    if zone is None or zone in _UTC:
        return Instant(sql, "true" if zone is None else "false")
    return Instant(_earlier(sql, zone), ambiguous=_twice(sql, zone))


def _there(sql: str, zone: str) -> str:
    return f"timezone('UTC', timezone({literal(zone)}, {sql}))"


def _shows(instant_sql: str, zone: str) -> str:
    return f"timezone({literal(zone)}, timezone('UTC', {instant_sql}))"


def _earlier(sql: str, zone: str) -> str:
    """The first of the two instants of a repeated hour (METRICS.md 2.1); DuckDB takes the second."""
    at = _there(sql, zone)
    before = f"{at} - INTERVAL 1 HOUR"
    return f"CASE WHEN {_shows(before, zone)} = {sql} THEN {before} ELSE {at} END"


def _twice(sql: str, zone: str) -> str:
    at = _there(sql, zone)
    return (
        f"coalesce({_shows(f'{at} - INTERVAL 1 HOUR', zone)} = {sql}"
        f" OR {_shows(f'{at} + INTERVAL 1 HOUR', zone)} = {sql}, false)"
    )


def _text(sql: str, zone: str | None) -> Instant:
    """ISO 8601, extended or basic, else a number since 1970."""
    stamped = (
        f"regexp_matches(substr({sql}, 9), '[A-SU-Za-su-z+]|[0-9] ?-[0-9]{{2}}:?[0-9]{{0,2}}$')"
    )
    zoned = f"({stamped} AND length({sql}) > 10)"
    tidy = f"regexp_replace({sql}, ' ?([+-][0-9]{{2}}):?([0-9]{{2}})$', '\\1:\\2')"
    tidy = f"regexp_replace({tidy}, ' Z$', 'Z')"
    aware = f"timezone('UTC', coalesce(TRY_CAST({sql} AS TIMESTAMPTZ), TRY_CAST({tidy} AS TIMESTAMPTZ)))"
    plain = f"TRY_CAST({sql} AS TIMESTAMP)"
    local = _local(plain, zone)
    number = f"TRY_CAST({sql} AS DECIMAL(38,9))"
    basic = (
        f"try_strptime(replace({sql}, 'Z', ''), ['%Y%m%dT%H%M%S', '%Y%m%dT%H%M%S.%f', '%Y%m%d'])"
    )
    is_basic = f"regexp_matches({sql}, '^(19|20)[0-9]{{6}}(T[0-9.]+Z?)?$')"
    is_number = f"({number} IS NOT NULL AND NOT {is_basic})"
    at = (
        f"CASE WHEN {zoned} AND {aware} IS NOT NULL THEN {aware}"
        f" WHEN NOT {zoned} AND {plain} IS NOT NULL THEN {local.at}"
        f" WHEN {is_basic} THEN {basic}"
        f" WHEN {is_number} THEN {_fractional(number)} END"
    )
    bare = f"({plain} IS NOT NULL AND NOT {zoned})"
    naive = f"(coalesce({bare}, false) OR coalesce({is_basic} AND NOT contains({sql}, 'Z'), false))"
    return Instant(
        at,
        naive if zone is None else "false",
        f"coalesce({sql} IS NOT NULL AND length({sql}) <= 10 AND ({plain} IS NOT NULL OR {is_basic}), false)",
        f"({bare} AND {local.ambiguous})" if local.ambiguous != "false" else "false",
        f"CASE WHEN {is_number} THEN {_unit(number)} END",
    )


def _unit(sql: str) -> str:
    return (
        f"(CASE WHEN abs({sql}) < 100000000000 THEN 1 WHEN abs({sql}) < 100000000000000 THEN 2"
        f" WHEN abs({sql}) < 100000000000000000 THEN 3 WHEN {sql} IS NOT NULL THEN 4 END)::TINYINT"
    )


def _epoch(sql: str) -> str:
    """A whole number since 1970 by its magnitude; fractions of a microsecond are cut off."""
    return (
        f"TRY(make_timestamp(CASE WHEN abs({sql}) < 100000000000 THEN {sql} * 1000000"
        f" WHEN abs({sql}) < 100000000000000 THEN {sql} * 1000"
        f" WHEN abs({sql}) < 100000000000000000 THEN {sql} ELSE {sql} // 1000 END))"
    )


def _fractional(sql: str) -> str:
    return (
        f"TRY(make_timestamp(CAST(round(CASE WHEN abs({sql}) < 100000000000 THEN {sql} * 1000000"
        f" WHEN abs({sql}) < 100000000000000 THEN {sql} * 1000"
        f" WHEN abs({sql}) < 100000000000000000 THEN {sql} ELSE {sql} / 1000 END) AS BIGINT)))"
    )
