"""What people read for a member: names.csv gives projects, teams, people and others a better name."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analytics_core.errors import TokentallyError
from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.member import label_of
from analytics_core.settings import Line, table, table_of

FILE = "names.csv"
COLUMNS = ("dimension", "value", "name")
LONGEST = 200  # characters of a name
# Line ends, control characters, and marks that turn the direction of what follows.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

Key = tuple[str, str]  # dimension, value


@dataclass(frozen=True, slots=True)
class Names:
    """The display names of members. Ids stay ids in questions, URLs, SQL and on the command line."""

    given: Mapping[Key, str] = field(default_factory=dict[Key, str])
    shared: frozenset[Key] = frozenset()  # those whose name another member has as well

    def label(self, of: str, value: str | None) -> str:
        """What people read for one value of a dimension; untrusted text.

        Its name, else code words as words and ids as they are; with its id where another member
        has the same name.
        """
        name = self.given.get((of, value or ""))
        if value is None or name is None:
            return label_of(of, value)
        return beside_id(name, value) if (of, value) in self.shared else name

    def labels(self, of: str, values: Iterable[str | None]) -> dict[str | None, str]:
        """How each of these members of one answer or list reads, never two alike."""
        read = {value: self.label(of, value) for value in values}
        often = Counter(read.values())
        return {
            value: beside_id(label, value or "")
            if often[label] > 1 and value not in (None, label)
            else label
            for value, label in read.items()
        }

    def of(self, dimension: str) -> dict[str, str]:
        """How the values of a dimension read that have a name."""
        return {value: self.label(of, value) for of, value in self.given if of == dimension}


NO_NAMES = Names()


def beside_id(name: str, value: str) -> str:
    """A name that is not enough to tell the member from another one."""
    return f"{name} ({value})"


def names(folder: Path) -> Names:
    """The display names of `folder` (data/settings); none without a names.csv.

    Raises BadFile naming line and key.
    """
    return _read(table(folder / FILE, COLUMNS))


def parse(text: str, path: Path) -> Names:
    """The display names of a file that holds `text`. Raises BadFile as `names` does."""
    return _read(table_of(text, path, COLUMNS))


def _read(lines: Iterable[Line]) -> Names:
    given: dict[Key, str] = {}
    for line in lines:
        of, value = _dimension(line), _text(line, "value")
        if of == "user" and "@" in value:
            value = value.lower()  # as ingest writes it
        if (of, value) in given:
            raise line.wrong("value", f"'{value}' has a name already.")
        given[of, value] = _name(line)
    often = Counter((of, name.casefold()) for (of, _), name in given.items())
    taken = {(of, value.casefold()) for of, value in given}
    shared = (
        key
        for key, name in given.items()
        if often[key[0], name.casefold()] > 1
        or ((key[0], name.casefold()) in taken and name.casefold() != key[1].casefold())
    )
    return Names(given, frozenset(shared))


def _dimension(line: Line) -> str:
    name = _text(line, "dimension")
    try:
        return dimension(name).name
    except TokentallyError as wrong:
        raise line.wrong("dimension", str(wrong)) from None


def _name(line: Line) -> str:
    name = _text(line, "name")
    if len(name) > LONGEST:
        raise line.wrong("name", f"has {len(name):,} characters; at most {LONGEST} are shown.")
    if _UNSEEN.search(name):
        raise line.wrong("name", "holds a line break or another character that is not shown.")
    return name


def _text(line: Line, key: str) -> str:
    text = line.text(key)
    if text is None:
        raise line.wrong(key, "is blank.")
    return text
