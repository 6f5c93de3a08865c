"""Delays after failed sign-ins: they grow, they pass, and nobody is ever locked out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics_core.access.secret import digest
from analytics_core.access.state import State

LONGEST = 60  # seconds
FORGOTTEN_AFTER = timedelta(minutes=15)  # without a failure


def delay(failures: int) -> int:
    """Seconds to wait after that many failures in a row: 1, 2, 4 … 60."""
    return min(2 ** min(failures - 1, 6), LONGEST)


@dataclass(frozen=True, slots=True)
class Throttle:
    """Failures per name and per address, kept in state.db under digests."""

    state: State

    def admit(self, username: str, address: str, now: datetime) -> int:
        """0 when a password may be checked now, else the seconds to wait.

        An admitted try counts as a failure until `forgive`, so that tries sent side by side
        cannot all be checked before the first one has failed.
        """
        at, keys = _milliseconds(now), _keys(username, address)
        with self.state.transaction():
            self.state.write(
                "DELETE FROM throttle WHERE last < ?", _milliseconds(now - FORGOTTEN_AFTER)
            )
            held = {key: self._held(key) for key in keys}
            wait = max(until for _, until in held.values()) - at
            if wait > 0:
                return -(-wait // 1000)
            for key, (failures, _) in held.items():
                self._put(key, failures + 1, at)
        return 0

    def forgive(self, username: str, address: str, now: datetime) -> None:
        """After a right password: forgets the name's failures and takes back the address's try.

        An address keeps its earlier failures: one good account must not buy fresh tries at others.
        """
        name_key, address_key = _keys(username, address)
        with self.state.transaction():
            failures, _ = self._held(address_key)
            self.state.write("DELETE FROM throttle WHERE key IN (?, ?)", name_key, address_key)
            if failures > 1:
                self._put(address_key, failures - 1, _milliseconds(now), waits=False)

    def _held(self, key: str) -> tuple[int, int]:
        rows = self.state.rows("SELECT failures, until FROM throttle WHERE key = ?", key)
        return rows[0] if rows else (0, 0)

    def _put(self, key: str, failures: int, at: int, *, waits: bool = True) -> None:
        until = at + delay(failures) * 1000 if waits else 0
        self.state.write(
            "INSERT OR REPLACE INTO throttle VALUES (?, ?, ?, ?)", key, failures, until, at
        )


def _keys(username: str, address: str) -> tuple[str, str]:
    return digest("name", username), digest("address", address)


def _milliseconds(now: datetime) -> int:
    return int(now.timestamp() * 1000)
