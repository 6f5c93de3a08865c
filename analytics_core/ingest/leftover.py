"""What no source maps, as JSON for metadata: without prompts, without what is too long."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from analytics_core.ingest.literals import literal
from analytics_core.ingest.names import (
    PRIVATE_KEY,
    never_staged,
    normalised,
    private_names,
    spelled,
)  # fmt: skip

KEPT_BYTES = 4_096  # a longer value that nobody maps is not worth keeping
_ODD = r"[\x00-,/:-@\[-^`{}~\x7f]"  # ASCII that no plain key has
_NUMERIC = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "BOOLEAN")


def cleaned(name: str) -> str:
    """The name as a key of metadata."""
    return re.sub(r"[^\w.-]", "_", name)[:64] or "_"


def json_safe(sql: str, kind: Any) -> str | None:
    """SQL of a value that may stand in json_object(), or None where it must not be kept.

    Fields of structs that may hold prompts are left out unless they are numbers; numbers that JSON
    cannot write become NULL.
    """
    name = str(kind)
    if kind.id in ("double", "float"):
        return f"CASE WHEN isfinite({sql}) THEN {sql} END"
    if kind.id == "struct":
        fields = [
            f"{literal(cleaned(member))}, {value}"
            for at, (member, inner) in enumerate(kind.children, 1)
            if (not never_staged(member) or str(inner).endswith(_NUMERIC))
            and (value := json_safe(f"struct_extract_at({sql}, {at})", inner))
        ]
        return f"CASE WHEN {sql} IS NOT NULL THEN json_object({', '.join(fields)}) END"
    if kind.id == "list":
        inner = dict(kind.children)["child"]
        value = json_safe("e", inner)
        made: Callable[[str], str] = "to_json(list_transform({}, lambda e: {}))".format
        return made(sql, value) if value else None
    if kind.id == "map":
        return f"to_json({sql})"
    if "BLOB" in name or kind.id in ("union", "bit"):
        return None
    if name.endswith(_NUMERIC) or name.startswith("DECIMAL"):
        return sql
    return f"CAST({sql} AS VARCHAR)"


def json_rest(taken: set[str], raw_names: Sequence[str]) -> str:
    """SQL over `doc` of the object without the taken keys and those that are never staged.

    Most objects are small and have plain keys only: taking the known ones out of them is twenty
    times faster than looking at each.
    """
    known = {name for name in raw_names if normalised(name) in taken} | taken
    patch = literal(json.dumps(dict.fromkeys(sorted(known)), ensure_ascii=False))
    plain = f"CAST(json_merge_patch('{{}}', json_merge_patch(doc, {patch})) AS VARCHAR)"
    keys = "array_to_string(json_keys(doc), '|')"
    private = private_names("(?:[|.]|$)")
    odd = rf"{_ODD}|(?i:(?:^|\|)(?:{private}))"
    return (
        f"CASE WHEN strlen(doc) <= {KEPT_BYTES} AND NOT regexp_matches({keys}, {literal(odd)})"
        f" THEN nullif({plain}, '{{}}') ELSE {_each_member(taken)} END"
    )


def _each_member(taken: set[str]) -> str:
    entries = "map_entries(from_json(doc, '\"MAP(VARCHAR,JSON)\"'))"
    known = f"(?i)^\\s*(?:{'|'.join(spelled(name) for name in sorted(taken))})\\s*$"
    kept = (
        f"strlen(e.value) <= {KEPT_BYTES} AND NOT regexp_matches(e.key, {literal(PRIVATE_KEY)})"
        f" AND NOT regexp_matches(e.key, {literal(known)})"
    )
    member = (
        "CAST(to_json(substr(regexp_replace(e.key, '[^\\pL\\pN_.-]', '_', 'g'), 1, 64)) AS VARCHAR)"
        " || ':' || CAST(e.value AS VARCHAR)"
    )
    return (
        f"'{{' || nullif(array_to_string(list_transform(list_filter({entries},"
        f" lambda e: {kept}), lambda e: {member}), ','), '') || '}}'"
    )
