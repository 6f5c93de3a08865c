"""The audit: who did what, how much of it they got, and when. Rows are added, never changed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from analytics_core.access.state import State

LONGEST = 4096  # characters of what was asked
KEPT_DAYS = 400  # a trigger of state.db refuses to take younger rows out


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing done. `asked` is what was asked for as URL parameters, `result` ok or a problem.

    Never in it: passwords, tokens, values of events. `token` is the public id of one.
    """

    time: datetime
    action: str
    result: str
    principal: str = ""
    token: str = ""
    address: str = ""
    asked: str = ""
    rows: int | None = None
    ms: int | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """The audit of state.db."""

    state: State

    def add(self, deed: Deed) -> None:
        """Writes it down, and forgets some of what is older than it is kept for."""
        at = int(deed.time.timestamp() * 1000)
        self.state.write(
            "DELETE FROM audit WHERE time < ? AND id IN (SELECT id FROM audit ORDER BY id LIMIT 100)",
            at - KEPT_DAYS * 86_400_000,
        )
        self.state.write(
            "INSERT INTO audit VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            at, deed.principal, deed.token, deed.address[:64],
            deed.action, deed.asked[:LONGEST], deed.rows, deed.ms, deed.result,
        )  # fmt: skip

    def newest(self, limit: int, before: int | None = None) -> tuple[tuple[int, Deed], ...]:
        """The deeds with their numbers, newest first; `before` is the number of a page's last."""
        rows = self.state.rows(
            "SELECT * FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?", before or 1 << 62, limit
        )
        return tuple((row[0], _deed(row)) for row in rows)


def _deed(row: tuple[Any, ...]) -> Deed:
    _, time, principal, token, address, action, asked, rows, ms, result = row
    return Deed(
        time=datetime.fromtimestamp(time / 1000, UTC), principal=principal, token=token,
        address=address, action=action, asked=asked, rows=rows, ms=ms, result=result,
    )  # fmt: skip
