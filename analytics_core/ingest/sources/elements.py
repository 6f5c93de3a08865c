"""Rows that are the elements of arrays: API pages, and `rows.unnest` of a mapping."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analytics_core.ingest.literals import literal, pointer
from analytics_core.ingest.names import normalised
from analytics_core.ingest.raw import JSON_TEXT, Head, Raw, RawColumns
from analytics_core.ingest.sources import expression


@dataclass(frozen=True, slots=True)
class Elements:
    """One row per element of nested arrays: `data`, then `data.results`.

    Paths are those of the file: `data.start_time` is a field of the outer element,
    `data.results.amount` of the inner one, any other path is a field of the record around them.
    """

    columns: RawColumns
    levels: tuple[str, ...]  # dotted paths of the arrays, outermost first
    keys: Mapping[str, str] = field(default_factory=dict[str, str])  # normalised -> exact path
    outer: bool = False  # keep records whose array is empty, with NULL for the element

    def find(self, path: str) -> Raw | None:
        """The place of a path in the innermost array it goes through."""
        for at in range(len(self.levels), 0, -1):
            prefix = normalised(self.levels[at - 1])
            if normalised(path) == prefix:
                return Raw(f"e{at}", "JSON")
            if normalised(path).startswith(prefix + "."):
                exact = self.keys.get(normalised(path), path)
                inside = exact.split(".")[len(prefix.split(".")) :]
                return inner(f"e{at}", inside)
        return self.columns.find(path)

    def origin(self) -> str:
        """The FROM clause: `raw` and one lateral unnest per level."""
        made = "raw"
        for at, level in enumerate(self.levels, 1):
            array = self._array(at, level)
            listed = f"coalesce(json_extract({array}, '$[*]'), [])"
            if self.outer:
                listed = f"CASE WHEN len({listed}) = 0 THEN [NULL] ELSE {listed} END"
            made += f", unnest({listed}) AS t{at}(e{at})"
        return made

    def _array(self, at: int, level: str) -> str:
        if at == 1:
            raw = self.columns.find(level)
            return "NULL::JSON" if raw is None else expression.json(raw)
        before = self.levels[at - 2]
        exact = self.keys.get(normalised(level), level)
        keys = exact.split(".")[len(before.split(".")) :]
        return f"json_extract(e{at - 1}, {literal(pointer(keys))})"


def inner(sql: str, keys: Sequence[str]) -> Raw:
    """The text at `keys` inside a JSON expression; a key literally called a.b counts too."""
    found = [f"json_extract_string({sql}, {literal(pointer(keys))})"]
    if len(keys) > 1:
        found.append(f"json_extract_string({sql}, {literal(pointer(['.'.join(keys)]))})")
    return Raw(found[0] if len(found) == 1 else f"coalesce({', '.join(found)})", JSON_TEXT)


def elements(
    columns: RawColumns, head: Head, levels: tuple[str, ...], *, outer: bool = False
) -> Elements:
    """The elements of `levels`; the sample tells how their keys are really spelled."""
    keys: dict[str, str] = {}
    for record in head.sample:
        for path in _paths(record, ""):
            keys.setdefault(normalised(path), path)
    return Elements(columns, levels, keys, outer)


def results(records: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """The results of each bucket of sample pages, whatever else these hold."""
    buckets = [
        bucket
        for record in records
        if isinstance(data := record.get("data"), list)
        for bucket in data
        if isinstance(bucket, Mapping)
    ]
    return [found if isinstance(found := bucket.get("results"), list) else [] for bucket in buckets]


def _paths(value: Any, before: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inside in value.items():
            path = f"{before}.{key}" if before else str(key)
            yield path
            yield from _paths(inside, path)
    elif isinstance(value, list):
        for inside in value[:64]:
            yield from _paths(inside, before)
