"""The audit: who did what, how much of it they got, and when. Rows are added, never changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from analytics_core.access.audit_chain import FIRST, link
from analytics_core.access.state import State

LONGEST = 4096  # characters of what was asked
KEPT_DAYS = 400  # a trigger of state.db refuses to take younger rows out
_PAGE = 1000
_DAY_MS = 86_400_000
_FOUND = (
    " FROM audit WHERE (?1 = '' OR principal = ?1) AND (?2 = '' OR action = ?2)"
    " AND time >= ?3 AND time < ?4"
)
_NEWEST = "SELECT *" + _FOUND + " AND id < ?5 ORDER BY id DESC LIMIT ?6"
_COUNT = "SELECT count(*)" + _FOUND + " AND id > ?5"


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
class Wanted:
    """Which deeds: of somebody ("" is everybody), of one action, of [since, until)."""

    principal: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def values(self) -> tuple[object, ...]:
        """What _FOUND is asked with."""
        since = _ms(self.since) if self.since else 0
        until = _ms(self.until) if self.until else 1 << 62
        return self.principal, self.action, since, until


EVERY = Wanted()


@dataclass(frozen=True, slots=True)
class Audit:
    """The audit of state.db."""

    state: State

    def add(self, deed: Deed) -> None:
        """Writes it down with its link of the chain, and forgets some of what is too old."""
        at = _ms(deed.time)
        row = (
            at, deed.principal, deed.token, deed.address[:64],
            deed.action, deed.asked[:LONGEST], deed.rows, deed.ms, deed.result,
        )  # fmt: skip
        write, rows = self.state.write, self.state.rows
        with self.state.transaction():
            write(
                "DELETE FROM audit WHERE time < ?"
                " AND id IN (SELECT id FROM audit ORDER BY id LIMIT 100)",
                at - KEPT_DAYS * _DAY_MS,
            )
            write(
                "DELETE FROM audit_chain WHERE id < coalesce((SELECT min(id) FROM audit),"
                " (SELECT max(id) FROM audit_chain))"
            )
            write("INSERT INTO audit VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *row)
            ((number,),) = rows("SELECT max(id) FROM audit")
            last = rows("SELECT hash FROM audit_chain ORDER BY id DESC LIMIT 1")
            before = last[0][0] if last else FIRST
            made = link(before, (number, *row))
            write("INSERT INTO audit_chain VALUES (?, ?, ?)", number, before, made)

    def newest(
        self, limit: int, before: int | None = None, wanted: Wanted = EVERY
    ) -> tuple[tuple[int, Deed], ...]:
        """The deeds with their numbers, newest first; `before` is the number of a page's last."""
        rows = self.state.rows(_NEWEST, *wanted.values, before or 1 << 62, limit)
        return tuple((row[0], _deed(row)) for row in rows)

    def every(self, wanted: Wanted = EVERY) -> Iterator[tuple[int, Deed]]:
        """All of them, newest first, read a page at a time."""
        before = None
        while page := self.newest(_PAGE, before, wanted):
            yield from page
            before = page[-1][0]

    def count(self, wanted: Wanted = EVERY, newer_than: int = 0) -> int:
        """How many there are, or how many with a higher number."""
        return self.state.rows(_COUNT, *wanted.values, newer_than)[0][0]

    def revoked(self, token: str) -> bool:
        """Whether a token of that public id was revoked."""
        asked = "SELECT 1 FROM audit WHERE action = 'token revoked' AND token = ? LIMIT 1"
        return bool(self.state.rows(asked, token))

    def principals(self) -> tuple[str, ...]:
        """Everybody who stands in it, by name; not those without one."""
        found = self.state.rows("SELECT DISTINCT principal FROM audit WHERE principal <> ''")
        return tuple(sorted(name for (name,) in found))

    def actions(self) -> tuple[str, ...]:
        """Every action that stands in it."""
        return tuple(
            sorted(name for (name,) in self.state.rows("SELECT DISTINCT action FROM audit"))
        )


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _deed(row: tuple[Any, ...]) -> Deed:
    _, time, principal, token, address, action, asked, rows, ms, result = row
    return Deed(
        time=datetime.fromtimestamp(time / 1000, UTC), principal=principal, token=token,
        address=address, action=action, asked=asked, rows=rows, ms=ms, result=result,
    )  # fmt: skip
