"""Sign-ins: one row of state.db each, known by the digest of a cookie, ended on the server."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest

from analytics_core.access.accounts import Account
from analytics_core.access.secret import digest, fresh
from analytics_core.access.state import State

LIFE = timedelta(days=7)
IDLE = timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=5)  # last_seen is written no more often than this


@dataclass(frozen=True, slots=True)
class SignIn:
    """A living row: whose it is, over which account it was made, in which browser."""

    id: str
    username: str
    digest: str
    binding: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an account is signed in: one living row, as its owner may see it. Times are aware UTC."""

    id: str
    created: datetime
    last_seen: datetime
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class SignIns:
    """The sign-ins of state.db."""

    state: State

    def begin(
        self, account: Account, binding: str, now: datetime, *, address: str = "", agent: str = ""
    ) -> str:
        """Signs the account in; the value for the cookie, of which only the digest is kept."""
        value, at = fresh(), _seconds(now)
        self.state.write("DELETE FROM sign_ins WHERE expires <= ?", at)
        self.state.write(
            "INSERT INTO sign_ins VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            digest(value), account.username, self._over(account), binding,
            at, at + int(LIFE.total_seconds()), at, address[:64], agent[:256],
        )  # fmt: skip
        return value

    def living(self, sign_in: str, now: datetime) -> SignIn | None:
        """The sign-in of that id, None when it ended, expired or idled for a day."""
        at = _seconds(now)
        rows = self.state.rows(
            "SELECT id, username, digest, binding, last_seen FROM sign_ins"
            " WHERE id = ? AND expires > ? AND last_seen > ?",
            sign_in, at, at - int(IDLE.total_seconds()),
        )  # fmt: skip
        if not rows:
            return None
        *fields, last_seen = rows[0]
        if at - last_seen >= SEEN_EVERY.total_seconds():
            self.state.write("UPDATE sign_ins SET last_seen = ? WHERE id = ?", at, sign_in)
        return SignIn(*fields)

    def places(self, account: Account, now: datetime) -> tuple[Place, ...]:
        """The account's living sign-ins, the one seen last first."""
        at = _seconds(now)
        rows = self.state.rows(
            "SELECT id, created, last_seen, address, agent FROM sign_ins"
            " WHERE username = ? AND digest = ? AND expires > ? AND last_seen > ?"
            " ORDER BY last_seen DESC, created DESC, id",
            account.username, self._over(account), at, at - int(IDLE.total_seconds()),
        )  # fmt: skip
        return tuple(
            Place(public, _instant(created), _instant(seen), address or "", agent or "")
            for public, created, seen, address, agent in rows
        )

    def fits(self, sign_in: SignIn, account: Account, binding: str) -> bool:
        """Whether name, password and epoch are those of the sign-in, and so is the browser."""
        over = compare_digest(sign_in.digest, self._over(account))
        return over and compare_digest(sign_in.binding, binding)

    def latest(self) -> dict[str, datetime]:
        """When each account last signed in (aware UTC), as far as those sign-ins are still kept."""
        rows = self.state.rows("SELECT username, max(created) FROM sign_ins GROUP BY username")
        return {username: datetime.fromtimestamp(at, UTC) for username, at in rows}

    def end(self, sign_in: str) -> None:
        """Ends one sign-in, in every tab that has it."""
        self.state.write("DELETE FROM sign_ins WHERE id = ?", sign_in)

    def end_everywhere(self, username: str) -> None:
        """Ends every sign-in of that name; the new epoch also ends those being made right now."""
        with self.state.transaction():
            self.state.write("INSERT OR REPLACE INTO epochs VALUES (?, ?)", username, fresh())
            self.state.write("DELETE FROM sign_ins WHERE username = ?", username)

    def _over(self, account: Account) -> str:
        rows = self.state.rows("SELECT epoch FROM epochs WHERE username = ?", account.username)
        return digest(account.username, account.password, rows[0][0] if rows else "")


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _seconds(now: datetime) -> int:
    return int(now.timestamp())
