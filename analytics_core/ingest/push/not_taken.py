"""Why a pushed body is not taken, said at once to whoever pushed it."""

from collections.abc import Mapping
from typing import Literal

Why = Literal["bad-events", "too-large", "unreadable-body", "inbox-full"]


class NotTaken(Exception):
    """A body of which nothing is kept: why, a sentence, and where in it the fault stands."""

    def __init__(self, why: Why, detail: str, where: Mapping[str, object] | None = None) -> None:
        self.why, self.detail, self.where = why, detail, dict(where or {})
        super().__init__(detail)
