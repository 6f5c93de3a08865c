"""The gate: who may come in, and who is in, for one data folder and one auth.yaml."""

import sqlite3
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from analytics_core.access import failures
from analytics_core.access.accounts import Account, Accounts, AccountsFile, from_secrets
from analytics_core.access.audit import Audit, Deed
from analytics_core.access.caller import Caller
from analytics_core.access.demo_accounts import DEMO_ACCOUNTS
from analytics_core.access.own_files import OwnFiles
from analytics_core.access.principal import Principal
from analytics_core.access.saved_views import SavedViews
from analytics_core.access.secret import digest
from analytics_core.access.sign_ins import SignIns
from analytics_core.access.state import State
from analytics_core.access.throttle import Throttle
from analytics_core.access.tickets import Tickets
from analytics_core.access.tokens import Tokens, public_of
from analytics_core.access.turned_away import Knock, TurnedAway
from analytics_core.semantics.house import House, SettingsFolder
from analytics_core.settings import Settings


@dataclass(slots=True)
class Gate:
    """Accounts, sign-ins, throttle and tickets; page and routes share one per process.

    `settings` are those of the start, `house` says what the settings folder says now; within
    `steady` it says the same all the time.
    `host_accounts` are those of the host's secrets, beside auth.yaml.
    `demo_only` says whether the store holds nothing but demo data. `served` is set by the
    application's lifespan: without it there is no middleware and no cookie can be planted.
    """

    file: AccountsFile
    state: State
    settings: Settings
    demo_only: Callable[[], bool]
    host_accounts: Accounts
    served: bool = False
    house: Callable[[], House] | None = None
    steady: Callable[[], AbstractContextManager[None]] = nullcontext
    tickets: Tickets = field(default_factory=Tickets)
    turned_away: TurnedAway = field(default_factory=TurnedAway)
    own_files: OwnFiles = field(default_factory=OwnFiles)

    def demo_accounts(self, now: datetime) -> Accounts:
        """The demo accounts, while they work: only demo data, no other account.

        A broken auth.yaml is no invitation: it may hold accounts.
        """
        real = {**self.host_accounts, **self.file.accounts(now)}
        works = self.settings.demo and not real and not self.file.problem and self.demo_only()
        return DEMO_ACCOUNTS if works else {}

    def accounts(self, now: datetime) -> Accounts:
        """Everybody who may sign in now."""
        return {**self.demo_accounts(now), **self.host_accounts, **self.file.accounts(now)}

    def principal(self, sign_in: str | None, binding: str, now: datetime) -> Principal | None:
        """Whose sign-in that is, re-read from the accounts; None unless everything still fits."""
        living = self.sign_ins.living(sign_in, now) if sign_in else None
        account = self.accounts(now).get(living.username) if living else None
        if living is None or account is None or not self.sign_ins.fits(living, account, binding):
            return None
        return account.principal

    def caller(self, token: str, now: datetime) -> Caller | None:
        """Who calls with that token, the account re-read; None unless everything still fits."""
        living = self.tokens.living(token, now)
        account = self.accounts(now).get(living.owner) if living else None
        if living is None or account is None or not living.belongs_to(account.principal):
            return None
        return Caller(account.principal, living)

    def knock(self, token: str, address: str, now: datetime) -> Knock:
        """Why nobody calls with that token ("" is none), for the audit; the caller is never told."""
        if not token:
            return Knock("no token", address=address)
        known, public = self.tokens.named(token), public_of(token)
        if known is not None:
            reason = "expired token" if known.expires <= now else "token of an account that is gone"
            return Knock(reason, known.id, known.owner, address)
        if public and self.audit.revoked(public):
            return Knock("revoked token", public, address=address)
        return Knock("unknown token", address=address)

    def leave(self, now: datetime) -> None:
        """Notes what was only counted by now: the app stops."""
        try:
            for deed in self.turned_away.over(now, closing=True):
                self.audit.add(deed)
        except sqlite3.Error as wrong:
            failures.report(wrong, "audit of refused calls")

    def begin(
        self, account: Account, binding: str, now: datetime, *, address: str = "", agent: str = ""
    ) -> tuple[str, str]:
        """Signs an account in: the sign-in's id, and the ticket that plants its cookie."""
        value = self.sign_ins.begin(account, binding, now, address=address, agent=agent)
        self._note("sign-in", account.username, now, address)
        return digest(value), self.tickets.issue(value, binding, now)

    def refuse(self, username: str, now: datetime, address: str = "") -> None:
        """Notes a try with a wrong name or password; a name that nobody has may be a password."""
        known = username if username in self.accounts(now) else ""
        self._note("sign-in", known, now, address, "refused")

    def end(self, sign_in: str, now: datetime) -> None:
        """Ends one sign-in, in every tab that has it."""
        living = self.sign_ins.living(sign_in, now)
        self.sign_ins.end(sign_in)
        if living is not None:
            self._note("sign-out", living.username, now)

    def end_everywhere(self, username: str, now: datetime) -> None:
        """Ends every sign-in of an account, in all browsers."""
        self.sign_ins.end_everywhere(username)
        self._note("sign-out everywhere", username, now)

    def _note(
        self, action: str, username: str, now: datetime, address: str = "", result: str = "ok"
    ) -> None:
        self.audit.add(
            Deed(time=now, action=action, result=result, principal=username, address=address)
        )

    @property
    def audit(self) -> Audit:
        """The audit of state.db."""
        return Audit(self.state)

    @property
    def sign_ins(self) -> SignIns:
        """The sign-ins of state.db."""
        return SignIns(self.state)

    @property
    def saved_views(self) -> SavedViews:
        """The saved views of state.db."""
        return SavedViews(self.state)

    @property
    def tokens(self) -> Tokens:
        """The API tokens of state.db."""
        return Tokens(self.state)

    @property
    def throttle(self) -> Throttle:
        """The delays after failures."""
        return Throttle(self.state)


_OPEN: dict[tuple[Path, Path], Gate] = {}
_LOCK = threading.Lock()


def gate_of(
    data: Path,
    auth: Path,
    demo_only: Callable[[Path], bool],
    secrets: Mapping[str, Any] | None = None,
) -> Gate:
    """The one gate of this process for these places, opened at the first call.

    `demo_only` takes data/events; `secrets` are those of the first call. Raises BadFile, BadValue.
    """
    key = (data.resolve(), auth.resolve())
    with _LOCK:
        if key not in _OPEN:
            folder = SettingsFolder(data / "settings", secrets=secrets)
            events = data / "events"
            _OPEN[key] = Gate(
                AccountsFile(auth),
                State(data / "state.db"),
                folder.opened,
                lambda: demo_only(events),
                from_secrets(secrets or {}),
                house=folder.now,
                steady=folder.steady,
            )
        return _OPEN[key]
