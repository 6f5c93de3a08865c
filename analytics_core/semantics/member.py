"""One value of a dimension as it stands in an answer, and what people call it."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["member", "others", "unattributed"]

UNATTRIBUTED = "(unattributed)"
_WORDED = ("service_type", "event_type", "pricing_rule")  # members that are code words
_OWN_WORDS = {"unsplit": "(not itemised)"}


@dataclass(frozen=True, slots=True)
class Member:
    """One row of a breakdown: a member, the Others folded together, or what has no member.

    `name` is None except for kind `member`; `folded` is the number of members behind the row.
    """

    name: str | None
    kind: Kind = "member"
    folded: int = 1

    def label(self, dimension: str) -> str:
        """What people read; untrusted text, to be escaped where markdown is drawn."""
        if self.kind == "others":
            return f"Others ({self.folded:,})"
        if self.kind == "unattributed" or self.name is None:
            return UNATTRIBUTED
        return label_of(dimension, self.name)


def label_of(dimension: str, name: str | None) -> str:
    """What people read for one value of `dimension`: code words as words, names as they are."""
    if name is None:
        return UNATTRIBUTED
    if dimension in _WORDED:
        return _OWN_WORDS.get(name) or name.replace("_", " ").capitalize()
    return name
