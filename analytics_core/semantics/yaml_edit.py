"""Values of a settings.yaml changed in their place; comments and every other line stay."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from analytics_core.errors import BadFile
from analytics_core.settings import items

Value = str | int | float


def with_values(text: str, path: Path, values: Mapping[str, Value]) -> str:
    """The text with those keys (flat, as in settings.items) set; absent ones are added at the end.

    Raises BadFile where the file cannot be read, or is written so that it must be edited by hand.
    """
    before = {key: value for key, value, _ in items(text, path)}
    changed = {key: value for key, value in values.items() if before.get(key) != _plain(value)}
    edited = _added(_replaced(text, changed), changed, before)
    wanted = before | {key: _plain(value) for key, value in changed.items()}
    if {key: value for key, value, _ in items(edited, path)} != wanted:
        raise BadFile(path, "cannot be edited from here as it is written; edit it by hand.")
    return edited


def _replaced(text: str, values: Mapping[str, Value]) -> str:
    root = yaml.SafeLoader(text).get_single_node()
    places = dict(_places(root, "")) if isinstance(root, yaml.MappingNode) else {}
    found = sorted(((*places[key], key) for key in values if key in places), reverse=True)
    for start, end, key in found:  # the last first, so that the places before it hold
        gap = " " if start == end else ""  # a key without a value
        text = text[:start] + gap + _scalar(values[key]) + text[end:]
    return text


def _places(node: yaml.MappingNode, before: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Where the value of each key starts and ends."""
    for key, value in node.value:
        name = before + str(key.value)
        if isinstance(value, yaml.MappingNode):
            yield from _places(value, name + "_")
        elif isinstance(value, yaml.ScalarNode):
            yield name, (value.start_mark.index, value.end_mark.index)


def _added(text: str, values: Mapping[str, Value], before: Mapping[str, object]) -> str:
    lines = [f"{key}: {_scalar(value)}\n" for key, value in values.items() if key not in before]
    joint = "\n" if lines and text and not text.endswith("\n") else ""
    return text + joint + "".join(lines)


def _scalar(value: Value) -> str:
    """The value as YAML on one line."""
    if not isinstance(value, str):
        return _plain(value)
    written: str = yaml.safe_dump(value, allow_unicode=True, width=10**6)
    written = written.removesuffix("\n").removesuffix("\n...")
    if "\n" in written or written.startswith(("|", ">")):
        written = yaml.safe_dump(value, default_style='"', width=10**6).removesuffix("\n")
    return written


def _plain(value: Value) -> str:
    """The value as a YAML reader that keeps everything as text sees it."""
    return value if isinstance(value, str) else f"{value:g}"
