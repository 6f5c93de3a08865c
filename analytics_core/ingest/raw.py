"""What a file offers before its values are trusted: its head, and places to read them from.

Names found in files never reach SQL. A column of the file is `c<position>`; a key inside a nested
value is a position (structs) or a quoted JSON pointer; a name in metadata is cleaned.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import duckdb

from analytics_core.events import NEVER_STAGED, NEVER_STAGED_PREFIXES

KEPT_BYTES = 4_096  # a longer value that nobody maps is not worth keeping
JSON_TEXT = "JSONTEXT"  # the type of what is taken out of JSON: text, NULL for null and absent
JSON_KINDS = ("jsonl", "json")
# A flattened messages.0.content or gen_ai_prompt is the same thing under another spelling.
_PRIVATE = frozenset(name.replace(".", "_") for name in NEVER_STAGED)
_PRIVATE_PREFIXES = tuple(prefix.replace(".", "_") for prefix in NEVER_STAGED_PREFIXES)
_NUMERIC = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "BOOLEAN")


def normalised(name: str) -> str:
    """The name as sources compare it: lower case, other characters than letters and . as _."""
    return re.sub(r"[^\w.]", "_", name.strip().lower())


def top_names(raw_names: Iterable[str]) -> tuple[str, ...]:
    """The normalised names of top-level columns, in order; a repeat gets _2, _3 and so on."""
    names: dict[str, None] = {}
    for raw in raw_names:
        name, n = normalised(raw) or "_", 2
        while name in names:
            name, n = f"{normalised(raw)}_{n}", n + 1
        names[name] = None
    return tuple(names)


def never_staged(name: str) -> bool:
    """Whether a column or attribute of that name may hold a prompt, an answer or an address."""
    dotted = normalised(name)
    flat = dotted.replace(".", "_")
    return (
        flat in _PRIVATE or dotted.split(".")[0] in _PRIVATE or flat.startswith(_PRIVATE_PREFIXES)
    )


def literal(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def one_of(sql: str, words: Iterable[str]) -> str:
    """Whether a text is one of the words; false where it is NULL.

    Not IN: DuckDB makes a join of a long list, which computes its left side on every row, also
    where a CASE would never have come to it. That took half the time of normalising.
    """
    cases = " ".join(f"WHEN {literal(word)} THEN true" for word in words)
    return f"CASE {sql} {cases} ELSE false END" if cases else "false"


def pointer(keys: Sequence[str]) -> str:
    """The JSON pointer (RFC 6901) to those keys."""
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)


@dataclass(frozen=True, slots=True)
class Raw:
    """One readable place in the raw table: a SQL expression over `raw` and its DuckDB type.

    A value taken out of JSON is VARCHAR for DuckDB and has the type JSONTEXT here.
    """

    sql: str
    type: str


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a file before its rows are read.

    `columns` are normalised dotted names, nested ones included; `raw_names` the exact top-level
    names in file order; `types` the DuckDB type of each normalised top-level name; `sample` up to
    64 records. `paths` leads from a normalised dotted name to the exact keys of JSON values.
    """

    kind: Literal["parquet", "csv", "jsonl", "json"]
    name: str
    columns: tuple[str, ...]
    raw_names: tuple[str, ...]
    types: Mapping[str, str]
    sample: tuple[Mapping[str, Any], ...] = ()
    delimiter: str | None = None
    rows: int | None = None
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    lines: int | None = None  # lines or records looked at for the head, bad ones included
    bad_lines: int = 0  # of these, how many are not JSON objects


class RawColumns:
    """The columns of one file, to be found by name; remembers which were asked for.

    `places` are the JSON places found so far: the column (-1 for a JSON document) and pointer of
    each. They are taken out of each value in one pass, as `j<column>[position]` (`read.py`).
    """

    def __init__(self, head: Head) -> None:
        self.head = head
        self.tops = top_names(head.raw_names)
        self.used: set[int] = set()  # positions of the columns a source reads
        self.kept: set[int] = set()  # of those that go to metadata
        self.places: dict[int, list[str]] = {}
        self.rest_sql: str | None = None  # of a JSON document: what goes to metadata

    def find(self, path: str) -> Raw | None:
        """The place of a dotted path; None when the file has none.

        In JSON every place can be read (NULL where absent), because a key may first appear after
        the head; ask `has` whether the head saw it.
        """
        if self.head.kind in JSON_KINDS:
            return self._in_json(-1, path, path)
        name = normalised(path)
        if name in self.tops:
            return self._column(self.tops.index(name))
        parts = path.split(".")
        for cut in range(len(parts) - 1, 0, -1):
            top = normalised(".".join(parts[:cut]))
            if top in self.tops:
                found = self._inside(self.tops.index(top), parts[cut:], path)
                if found is not None:
                    return found
        return None

    def has(self, path: str) -> bool:
        """Whether the head shows this path."""
        return normalised(path) in self.head.columns

    def any(self, *paths: str) -> Raw | None:
        """The first place that exists; in JSON the first that is filled, row by row."""
        places = [place for path in paths if (place := self.find(path)) is not None]
        if self.head.kind in JSON_KINDS and len(places) > 1:
            return Raw(f"coalesce({', '.join(p.sql for p in places)})", JSON_TEXT)
        return places[0] if places else None

    def text(self, path: str) -> str:
        """SQL of the value as VARCHAR, NULL where the path does not exist."""
        place = self.find(path)
        return f"CAST({place.sql} AS VARCHAR)" if place else "NULL::VARCHAR"

    def rest(self, used: Iterable[str]) -> str:
        """SQL of a JSON object with every top-level column that is not in `used`.

        NULL when nothing is left. Prompts, answers and addresses are never among them.
        """
        taken = {normalised(name) for name in used}
        if self.head.kind in JSON_KINDS:
            self.rest_sql = _json_rest(taken)
            return "rest"
        entries = [
            f"{literal(_clean(name))}, {value}"
            for at, name in enumerate(self.tops)
            if name not in taken
            and not never_staged(self.head.raw_names[at])
            and (value := self._rest_value(at, name))
        ]
        if not entries:
            return "NULL::VARCHAR"
        merged = f"json_merge_patch('{{}}', json_object({', '.join(entries)}))"
        return f"nullif(CAST({merged} AS VARCHAR), '{{}}')"

    def _column(self, at: int) -> Raw:
        self.used.add(at)
        return Raw(f"c{at}", self.head.types[self.tops[at]])

    def _rest_value(self, at: int, name: str) -> str | None:
        kind = self.head.types[name]
        value = json_safe(f"c{at}", duckdb.sqltype(kind)) if kind != "JSON" else f"c{at}"
        if kind == "VARCHAR":
            value = f"CASE WHEN strlen(c{at}) <= {KEPT_BYTES} THEN c{at} END"
        if value is not None:
            self.kept.add(at)
        return value

    def _inside(self, at: int, keys: list[str], path: str) -> Raw | None:
        kind = self.head.types[self.tops[at]]
        if kind in ("VARCHAR", "JSON"):
            self.used.add(at)
            return self._in_json(at, ".".join(keys), path)
        found = _nested(f"c{at}", duckdb.sqltype(kind), keys)
        if found is not None:
            self.used.add(at)
        return found

    def _in_json(self, at: int, inner: str, path: str) -> Raw:
        seen = self.head.paths.get(normalised(path))
        if seen is not None:
            found = [pointer(seen)]
        else:
            parts = inner.split(".")
            found = [pointer(parts)]
            if len(parts) > 1:  # an attribute may be called gen_ai.usage.input_tokens as a whole
                found.append(pointer([inner]))
                found.append(pointer([parts[0], ".".join(parts[1:])]))
        places = self.places.setdefault(at, [])
        for one in found:
            if one not in places:
                places.append(one)
        column = "jd" if at < 0 else f"j{at}"
        picked = [f"{column}[{places.index(one) + 1}]" for one in dict.fromkeys(found)]
        return Raw(picked[0] if len(picked) == 1 else f"coalesce({', '.join(picked)})", JSON_TEXT)


def _clean(name: str) -> str:
    return re.sub(r"[^\w.-]", "_", name)[:64] or "_"


def _nested(sql: str, kind: Any, keys: list[str]) -> Raw | None:
    """The place of `keys` inside a struct or map expression."""
    if not keys:
        return Raw(sql, str(kind))
    if kind.id == "map":
        value = dict(kind.children)["value"]
        whole = value.id not in ("struct", "map", "list")
        key, more = (".".join(keys), []) if whole else (keys[0], keys[1:])
        return _nested(f"{sql}[{literal(key)}]", value, more)
    if kind.id != "struct":
        return None
    members: list[tuple[str, Any]] = kind.children
    for cut in range(len(keys), 0, -1):  # a field literally called a.b beats a, then b
        wanted = ".".join(keys[:cut])
        for same in (_exact, normalised):
            for at, (name, member) in enumerate(members, 1):
                if same(name) == same(wanted):
                    return _nested(f"struct_extract_at({sql}, {at})", member, keys[cut:])
    return None


def _exact(name: str) -> str:
    return name


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
            f"{literal(_clean(member))}, {value}"
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


def _json_rest(taken: set[str]) -> str:
    """SQL over `doc` of the object without the taken keys and those that are never staged."""
    key = "lower(trim(e.key))"
    entries = "map_entries(from_json(doc, '\"MAP(VARCHAR,JSON)\"'))"
    compared = f"regexp_replace({key}, '[^\\pL\\pN_.]', '_', 'g')"
    flat, first = f"replace({compared}, '.', '_')", f"split_part({compared}, '.', 1)"
    prefixed = " OR ".join(f"starts_with({flat}, {literal(p)})" for p in _PRIVATE_PREFIXES)
    private = sorted(_PRIVATE)
    kept = (
        f"strlen(e.value) <= {KEPT_BYTES} AND NOT {one_of(flat, private)} AND NOT {one_of(first, private)}"
        f" AND NOT ({prefixed})"
        f" AND NOT {one_of(compared, sorted(taken))}"
    )
    member = (
        "CAST(to_json(substr(regexp_replace(e.key, '[^\\pL\\pN_.-]', '_', 'g'), 1, 64)) AS VARCHAR)"
        " || ':' || CAST(e.value AS VARCHAR)"
    )
    return (
        f"'{{' || nullif(array_to_string(list_transform(list_filter({entries},"
        f" lambda e: {kept}), lambda e: {member}), ','), '') || '}}'"
    )
