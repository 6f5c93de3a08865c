"""Tags and metadata of a file within their bounds: counts, lengths, secrets, never a prompt."""

import re

from analytics_core.events import NEVER_STAGED, NEVER_STAGED_PREFIXES, TAGS_SQL
from analytics_core.ingest.kinds import family
from analytics_core.ingest.literals import literal, one_of
from analytics_core.ingest.names import PRIVATE_KEY
from analytics_core.ingest.texts import CONTROL, without_secrets

_KEYS, _KEY_LENGTH, _VALUE_LENGTH = 32, 64, 256
METADATA_BYTES = 8_192
_ENTRIES = "STRUCT(k VARCHAR, v VARCHAR)[]"
# A key that may hold a prompt or an address, followed by text or something nested; in JSON that is
# itself a text, the quotes stand behind backslashes.
_STAGED = (
    '(?i)"(' + "|".join(sorted(name.replace(".", "[._]") for name in NEVER_STAGED))
    + "|" + "|".join(p.replace(".", "[._]") + '[^"]*?' for p in NEVER_STAGED_PREFIXES)
    + r')\\*"\s*:\s*\\*["\[{]'
)  # fmt: skip


# In keys and values joined by |: what a map that is already fit to be kept does not have.
_UNFIT = (
    CONTROL + r"|[|][|]|[|] | [|]|(?i:[|](" + "|".join(re.escape(n) for n in sorted(NEVER_STAGED))
    + ")[|])|(?i:[|](" + "|".join(re.escape(p) for p in NEVER_STAGED_PREFIXES) + "))"
)  # fmt: skip


def tags(sql: str, kind: str) -> str:
    """MAP of tags from a map, a list of strings, or JSON text of either; NULL when empty."""
    if kind == TAGS_SQL:
        entries = f"list_transform(map_entries({sql}), lambda e: {{'k': e.key, 'v': e.value}})"
        keys, values = (f"array_to_string(map_{part}({sql}), '|')" for part in ("keys", "values"))
        fits = (
            f"(cardinality({sql}) BETWEEN 1 AND {_KEYS} AND strlen({keys}) <= {_KEY_LENGTH}"
            f" AND strlen({values}) <= {_VALUE_LENGTH} AND list_count(map_values({sql}))"
            f" = cardinality({sql}) AND NOT regexp_matches(concat('|', {keys}, '|', {values}, '|'),"
            f" {literal(_UNFIT)}))"
        )
        return (
            f"CASE WHEN {sql} IS NULL THEN NULL WHEN {fits} THEN {sql} ELSE {_bounded(entries)} END"
        )
    if kind.startswith("MAP"):
        entries = (
            f"list_transform(map_entries({sql}), lambda e:"
            " {'k': CAST(e.key AS VARCHAR), 'v': CAST(e.value AS VARCHAR)})"
        )
    elif kind.endswith("[]"):
        entries = split(f"CAST({sql} AS VARCHAR[])")
    elif family(kind) == "text":
        text = f"CAST({sql} AS VARCHAR)"
        valid = f"CASE WHEN json_valid({text}) THEN {text} END"
        of_object = (
            f"list_transform(map_entries(from_json({valid}, '\"MAP(VARCHAR,VARCHAR)\"')),"
            " lambda e: {'k': e.key, 'v': e.value})"
        )
        plain = f"list_transform(string_split_regex(trim({text}, ' {{}}'), '[,;]'), lambda e: trim(e, ' \"'))"
        entries = (
            f"CASE json_type({valid}) WHEN 'OBJECT' THEN {of_object}"
            f" WHEN 'ARRAY' THEN {split(f'TRY_CAST(CAST({valid} AS JSON) AS VARCHAR[])')}"
            f" ELSE {split(plain)} END"
        )
        nothing = one_of(text, ("", "{}", "[]", "null"))
        return f"CASE WHEN {sql} IS NULL OR {nothing} THEN NULL ELSE {_bounded(entries)} END"
    else:
        entries = (
            f"list_transform(map_entries(from_json(CAST(to_json({sql}) AS VARCHAR),"
            " '\"MAP(VARCHAR,VARCHAR)\"')), lambda e: {'k': e.key, 'v': e.value})"
        )
    return f"CASE WHEN {sql} IS NOT NULL THEN {_bounded(entries)} END"


def split(strings: str) -> str:
    """Entries (k, v) of strings: `k:v` and `k=v` at the first mark, a plain x is x = true."""
    mark = "least(nullif(strpos(e, ':'), 0), nullif(strpos(e, '='), 0))"
    pair = f"{{'k': trim(e[:{mark} - 1]), 'v': trim(e[{mark} + 1:])}}"
    return (
        f"list_transform({strings}, lambda e: CASE WHEN {mark} > 1 THEN {pair}"
        " ELSE {'k': e, 'v': 'true'} END)"
    )


def merged(entries: str, *, last: bool) -> str:
    """MAP of a list of entries (k, v); of a repeated key the first or the last stays."""
    first, second = ("older", "newer") if last else ("newer", "older")
    folded = (
        f"list_reduce(list_transform({entries}, lambda e: MAP {{e.k: e.v}}),"
        f" lambda older, newer: map_concat({first}, {second}), MAP {{}}::{TAGS_SQL})"
    )
    # Folding maps takes ten times as long as making one, and hardly a row repeats a key.
    return f"coalesce(TRY(map_from_entries({entries})), {folded})"


def _bounded(entries: str) -> str:
    """At most 32 keys of 64 characters with values of 256; the last of a repeated key stays."""
    tidy = f"trim(regexp_replace({{0}}, {literal(CONTROL)}, chr(65533), 'g'))"
    # str.format would trip over the braces of the SQL, so the one placeholder is replaced by hand
    key = "left(" + tidy.replace("{0}", "e.k") + f", {_KEY_LENGTH})"
    value = "left(" + tidy.replace("{0}", "e.v") + f", {_VALUE_LENGTH})"
    made = f"list_transform(CAST({entries} AS {_ENTRIES}), lambda e: {{'k': {key}, 'v': {value}}})"
    kept = (
        f"list_filter({made}, lambda e: e.k <> '' AND e.v <> ''"
        f" AND NOT regexp_matches(e.k, {literal(PRIVATE_KEY)}))[:{_KEYS}]"
    )
    return f"nullif({merged(kept, last=True)}, MAP {{}}::{TAGS_SQL})"


def metadata(sql: str) -> str:
    """JSON text of at most 8 KiB without secrets and without whatever may hold a prompt.

    Of a larger one the short members stay; when that is still too much, only a mark.
    """
    text = f"CAST({sql} AS VARCHAR)"
    harmless = f"NOT regexp_matches({_member()}, {literal(_STAGED)})"
    safe = (
        f"CASE WHEN regexp_matches({text}, {literal(_STAGED)})"
        f" THEN {_members(text, harmless)}"
        f" ELSE {text} END"
    )
    return without_secrets(safe)


def _member() -> str:
    return "(CAST(to_json(e.key) AS VARCHAR) || ':' || CAST(e.value AS VARCHAR))"


def _members(text: str, kept: str) -> str:
    """The object with the members for which `kept` (SQL of e.key, e.value) holds."""
    entries = f"map_entries(from_json(CASE WHEN json_valid({text}) THEN {text} END, '\"MAP(VARCHAR,JSON)\"'))"
    found = f"list_transform(list_filter({entries}, lambda e: e.value IS NOT NULL AND {kept}), lambda e: {_member()})"
    return f"'{{' || nullif(array_to_string({found}, ','), '') || '}}'"


def bounded_metadata(sql: str) -> str:
    """The same within 8 KiB; whether something was cut is `strlen(x) > METADATA_BYTES` before."""
    short = _members(sql, "strlen(CAST(e.value AS VARCHAR)) <= 512")
    return (
        f"CASE WHEN strlen({sql}) <= {METADATA_BYTES} THEN {sql}"
        f" WHEN strlen({short}) <= {METADATA_BYTES} THEN {short}"
        f" WHEN {sql} IS NOT NULL THEN '{{\"truncated\":true}}' END"
    )
