"""What a file offers before its values are trusted: its head, and places to read them from.

Names found in files never reach SQL. A column of the file is `c<position>`; a key inside a nested
value is a position (structs) or a quoted JSON pointer; a name in metadata is cleaned.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import duckdb

from analytics_core.ingest.leftover import KEPT_BYTES, cleaned, json_rest, json_safe
from analytics_core.ingest.literals import literal, pointer
from analytics_core.ingest.names import never_staged, normalised, top_names

JSON_TEXT = "JSONTEXT"  # the type of what is taken out of JSON: text, NULL for null and absent
JSON_KINDS = ("jsonl", "json")
ENVELOPE = "_pushed"  # stands around pushed events (push/envelope.py); no source's to keep


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
        taken = {ENVELOPE, *(normalised(name) for name in used)}
        if self.head.kind in JSON_KINDS:
            self.rest_sql = json_rest(taken, self.head.raw_names)
            return "rest"
        entries = [
            f"{literal(cleaned(name))}, {value}"
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


def value_in(value: Any, parts: Sequence[str]) -> Any:
    """What stands at that normalised path inside a sample value, of lists in their first element.

    A key literally called a.b beats a, then b. None where there is nothing.
    """
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, dict):
        return None
    for cut in range(len(parts), 0, -1):
        wanted = ".".join(parts[:cut])
        for key, inner in value.items():
            if normalised(str(key)) == wanted:
                rest = parts[cut:]
                return value_in(inner, rest) if rest else inner
    return None


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
