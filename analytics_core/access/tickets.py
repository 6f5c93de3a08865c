"""One-time tickets that carry a new sign-in from the page to the route that sets the cookie."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest

from analytics_core.access.secret import digest, fresh

LIFE = timedelta(seconds=60)
KEPT = timedelta(hours=1)  # how long a late one can still be renewed


@dataclass(frozen=True, slots=True)
class _Ticket:
    value: str  # the cookie's value
    binding: str
    expires: datetime
    redeemed: threading.Event = field(default_factory=threading.Event)


@dataclass(slots=True)
class Tickets:
    """Tickets of this process, by their digest; page and route must share one object."""

    _open: dict[str, _Ticket] = field(default_factory=dict[str, _Ticket])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def issue(self, value: str, binding: str, now: datetime) -> str:
        """A new ticket for a cookie value, good for one browser and 60 seconds."""
        ticket = fresh()
        with self._lock:
            self._open = {k: t for k, t in self._open.items() if t.expires > now - KEPT}
            self._open[digest(ticket)] = _Ticket(value, binding, now + LIFE)
        return ticket

    def pending(self, ticket: str, now: datetime) -> bool:
        """Whether the ticket can still be redeemed."""
        held = self._open.get(digest(ticket))
        return held is not None and held.expires > now

    def renewed(self, ticket: str, now: datetime) -> str | None:
        """Another ticket in place of one that was too late; None for a used or unknown one."""
        with self._lock:
            late = self._open.pop(digest(ticket), None)
        return self.issue(late.value, late.binding, now) if late else None

    def wait(self, ticket: str, seconds: float) -> None:
        """Waits until the ticket is redeemed, at most so long."""
        held = self._open.get(digest(ticket))
        if held is not None:
            held.redeemed.wait(seconds)

    def redeem(self, ticket: str, binding: str, now: datetime) -> str | None:
        """The cookie value, once; None for a used, late, unknown or foreign ticket."""
        key = digest(ticket)
        with self._lock:
            held = self._open.get(key)
            if held is None or held.expires <= now:
                return None
            del self._open[key]
        if not compare_digest(held.binding, binding):
            return None
        held.redeemed.set()
        return held.value
