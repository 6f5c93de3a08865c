"""What may stand after the ? of an address: declared once, checked, and named when unknown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from analytics_core.errors import BadValue, UnknownName
from analytics_core.semantics.filters import is_dimension

Schema: TypeAlias = Mapping[str, object]  # JSON Schema
Params: TypeAlias = Mapping[str, Sequence[str]]

TAG = "tag:KEY"
TEXT: Schema = {"type": "string"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter; `many` may stand several times."""

    name: str
    description: str
    schema: Schema
    many: bool = False
    place: Literal["query", "path"] = "query"


def checked(given: Iterable[tuple[str, str]], known: Sequence[Parameter]) -> dict[str, list[str]]:
    """The values by name. Raises UnknownName, and BadValue where one value is given twice."""
    params: dict[str, list[str]] = {}
    for name, value in given:
        parameter = declared(name, known)
        if parameter is None:
            names = [p.name for p in known if p.place == "query"]
            raise UnknownName("parameter", name, names, listed=len(names))
        params.setdefault(name, []).append(value)
        if len(params[name]) > 1 and not parameter.many:
            raise BadValue(name, " and ".join(params[name]), "one value")
    return params


def declared(name: str, known: Sequence[Parameter]) -> Parameter | None:
    """The parameter of the query that has this name, None where there is none."""
    names = {p.name: p for p in known if p.place == "query"}
    return names.get(name) or (names.get(TAG) if _is_tag(name) else None)


def _is_tag(name: str) -> bool:
    return name.startswith("tag:") and is_dimension(name)


def one(params: Params, name: str, default: str = "") -> str:
    """The value of a parameter that stands at most once; an empty one is the default."""
    return (params.get(name) or [default])[0] or default


def listed(params: Params, *names: str) -> tuple[str, ...]:
    """The values of parameters that may be repeated or separated by commas."""
    given = (value for name in names for value in params.get(name, ()))
    return tuple(filter(None, (part.strip() for value in given for part in value.split(","))))


def whole(params: Params, name: str, least: int, most: int) -> int | None:
    """The whole number of a parameter, None where it is not given. Raises BadValue."""
    text = one(params, name)
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise BadValue(name, text, f"a number from {least:,} to {most:,}")
    if not least <= int(text) <= most:
        raise BadValue(name, text, f"a number from {least:,} to {most:,}")
    return int(text)
