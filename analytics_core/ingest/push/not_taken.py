"""Why a pushed body is not taken, said at once to whoever pushed it."""

from collections.abc import Mapping
from typing import Literal

Why = Literal["bad-events", "too-large", "unreadable-body", "inbox-full"]


class NotTaken(Exception):
    """A body of which nothing is kept: why, a sentence, and where in it the fault stands."""

    def __init__(self, why: Why, detail: str, where: Mapping[str, object] | None = None) -> None:
        self.why, self.detail = why, _sendable(detail)
        self.where = {
            name: _sendable(value) if isinstance(value, str) else value
            for name, value in (where or {}).items()
        }
        super().__init__(self.detail)


def _sendable(text: str) -> str:
    """The text with ? for halves of characters, which a key that is quoted may hold."""
    return text.encode("utf-8", "replace").decode()
