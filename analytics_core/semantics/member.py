"""One value of a dimension as it stands in an answer, and what people call it."""

from dataclasses import dataclass, field
from typing import Literal

from analytics_core.semantics.format import member_label

Kind = Literal["member", "others", "unattributed"]

_WORDED = (  # members that are code words
    "service_type", "event_type", "pricing_rule", "cost_source", "recorded", "status",
)  # fmt: skip
_OWN_WORDS = {"unsplit": "(not itemised)", "ok": "OK"}


@dataclass(frozen=True, slots=True)
class Member:
    """One row of a breakdown: a member, the Others folded together, or what has no member.

    `name` is None except for kind `member`; `folded` is the number of members behind the row.
    `called` is what people read for it (names.csv), None where that is its name.
    """

    name: str | None
    kind: Kind = "member"
    folded: int = 1
    called: str | None = field(default=None, compare=False)

    @property
    def id(self) -> str:
        """The same text for the same row of any answer, however many members are folded."""
        return f"{self.kind}:{self.name or ''}"

    def label(self, dimension: str) -> str:
        """What people read; untrusted text, to be escaped where markdown is drawn."""
        if self.kind == "member":
            return self.called or label_of(dimension, self.name)
        return member_label(None, self.kind, self.folded)


def label_of(dimension: str, name: str | None) -> str:
    """One value of `dimension` in words: code words as words, ids as they are.

    What people read is Names.label, which knows display names too.
    """
    if name is not None and dimension in _WORDED:
        return _OWN_WORDS.get(name) or name.replace("_", " ").capitalize()
    return member_label(name)
