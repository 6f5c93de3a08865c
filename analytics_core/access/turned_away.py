"""Calls that are turned away at the door, as the audit keeps them: few rows, however many calls.

Anybody can make such calls, and as many as they like, so they are told apart only by reason, token
and address. The first of a kind has a row at once; how many more came within the hour stands in
one row after it. Of more than MOST kinds in an hour the others are one kind together: at most
2 x (MOST + 1) rows an hour, whatever comes.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from analytics_core.access.audit import Deed

ACTION = "api refused"
WINDOW = timedelta(hours=1)
MOST = 20  # kinds of an hour that are told apart


@dataclass(frozen=True, slots=True)
class Knock:
    """One kind of such calls: why, with which of our tokens (its public id), whose, from where."""

    reason: str
    token: str = ""
    principal: str = ""
    address: str = ""


OTHERS = Knock("others")


@dataclass(slots=True)
class TurnedAway:
    """Counts them for one process; safe to use from several threads."""

    _more: dict[Knock, int] = field(default_factory=dict[Knock, int])  # beyond the first
    _until: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def came(self, knock: Knock, operation: str, now: datetime) -> tuple[Deed, ...]:
        """What the audit is to keep of one more; `operation` is what was called."""
        with self._lock:
            ended = self._ended(now)
            if knock not in self._more and len(self._more) >= MOST:
                knock = OTHERS
            if knock in self._more:
                self._more[knock] += 1
                return ended
            self._more[knock] = 0
            self._until = self._until or now + WINDOW
            return (*ended, _deed(knock, f"operation={operation}", now))

    def over(self, now: datetime, *, closing: bool = False) -> tuple[Deed, ...]:
        """What the audit is to keep of an hour that is over, or of the last one, once."""
        with self._lock:
            return self._ended(now, closing=closing)

    def _ended(self, now: datetime, *, closing: bool = False) -> tuple[Deed, ...]:
        if self._until is None or (now < self._until and not closing):
            return ()
        more, self._more, self._until = self._more, {}, None
        return tuple(_counted(more.items(), now))


def _counted(more: Iterable[tuple[Knock, int]], now: datetime) -> Iterable[Deed]:
    return (_deed(knock, f"more={calls}", now) for knock, calls in more if calls)


def _deed(knock: Knock, asked: str, now: datetime) -> Deed:
    return Deed(
        time=now, action=ACTION, result=knock.reason, principal=knock.principal,
        token=knock.token, address=knock.address, asked=asked,
    )  # fmt: skip
