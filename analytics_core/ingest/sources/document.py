"""A hand-written YAML document whose every value knows its line."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import yaml

from analytics_core.errors import BadFile, did_you_mean

MAX_BYTES = 262_144  # a mapping is a page of text
MAX_DEPTH = 12
_NULLS = ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True)
class Node:
    """One value of the document: what it is called there, and checks that say what was expected."""

    path: Path | str
    key: str
    node: yaml.Node

    @property
    def line(self) -> int:
        """1-based line."""
        return self.node.start_mark.line + 1

    def wrong(self, problem: str) -> BadFile:
        """The error to raise for this value."""
        return BadFile(self.path, problem, line=self.line, key=self.key or None)

    @property
    def is_table(self) -> bool:
        """Whether the value is `key: value` lines."""
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        """Whether the value is a list."""
        return isinstance(self.node, yaml.SequenceNode)

    @property
    def is_null(self) -> bool:
        """Whether nothing is given."""
        return (
            isinstance(self.node, yaml.ScalarNode)
            and self.node.style is None
            and self.node.value in _NULLS
        )

    def items(self) -> dict[str, "Node"]:
        """The table's values by key. Raises BadFile for anything else and for a repeated key."""
        if self.is_null:
            return {}
        if not isinstance(self.node, yaml.MappingNode):
            raise self.wrong("must hold 'key: value' lines.")
        found: dict[str, Node] = {}
        for key_node, value_node in self.node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.wrong("a key must be a single word.")
            key = str(key_node.value)
            child = Node(self.path, f"{self.key}.{key}" if self.key else key, value_node)
            if key in found:
                raise child.wrong("is given twice.")
            found[key] = child
        return found

    def table(self, known: Iterable[str], required: Iterable[str] = ()) -> dict[str, "Node"]:
        """The table's values, whose keys must be among `known`; `required` ones must be there."""
        names = tuple(known)
        found = self.items()
        for key, child in found.items():
            if key not in names:
                hint = did_you_mean(key, names) or f" Known: {', '.join(names)}."
                raise child.wrong(f"unknown key.{hint}")
        for key in required:
            if key not in found:
                raise self.wrong(f"lacks '{key}'.")
        return found

    def list(self) -> list["Node"]:
        """The values of a list; a single value counts as a list of one, null as an empty one."""
        if self.is_null:
            return []
        if isinstance(self.node, yaml.SequenceNode):
            return [
                Node(self.path, f"{self.key}[{at}]", child)
                for at, child in enumerate(self.node.value)
            ]
        return [self]

    def text(self) -> str:
        """A single value as text."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.wrong("must be a single value.")
        value = str(self.node.value)
        if any(ord(letter) < 32 and letter != "\t" for letter in value):
            raise self.wrong("holds a control character.")
        if len(value) > 512:
            raise self.wrong("is longer than 512 characters.")
        return value

    def texts(self) -> tuple[str, ...]:
        """A list of single values."""
        return tuple(child.text() for child in self.list())

    def choice(self, known: Iterable[str]) -> str:
        """One of `known`."""
        names = tuple(known)
        value = self.text()
        if value not in names:
            hint = did_you_mean(value, names)
            raise self.wrong(f"'{value}' is not one of {', '.join(names)}.{hint}")
        return value

    def flag(self) -> bool:
        """True or false."""
        return self.choice(("true", "false")) == "true"

    def number(self) -> Decimal:
        """An exact number."""
        try:
            value = Decimal(self.text())
        except InvalidOperation:
            raise self.wrong(f"'{self.text()}' is not a number.") from None
        if not value.is_finite():
            raise self.wrong(f"'{self.text()}' is not a number.")
        return value


def compose(text: str, path: Path | str) -> Node:
    """The document. Raises BadFile for what is not YAML, anchors, and documents too large or deep.

    Anchors are refused: a few lines of them stand for billions of values.
    """
    if len(text) > MAX_BYTES:
        raise BadFile(path, f"is larger than {MAX_BYTES} characters.")
    try:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            line = event.start_mark.line + 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise BadFile(path, "anchors (& and *) are not used here.", line=line)
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                raise BadFile(path, f"is nested deeper than {MAX_DEPTH} levels.", line=line)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        problem = getattr(wrong, "problem", None) or str(wrong)
        raise BadFile(
            path, f"is not YAML ({problem}).", line=mark.line + 1 if mark else None
        ) from None
    if not isinstance(node, yaml.MappingNode):
        raise BadFile(path, "must hold 'key: value' lines.", line=1)
    return Node(path, "", node)
