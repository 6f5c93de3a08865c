"""API tokens: shown once, kept as digests; each narrows what its owner sees and never widens it."""

import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any

from analytics_core.access.principal import Principal
from analytics_core.access.secret import digest, fresh
from analytics_core.access.state import State
from analytics_core.errors import BadValue, UnknownName
from analytics_core.semantics.filters import Grant, Pick, params_of

READ, PUSH = "read", "push"
ABILITIES = (READ, PUSH)
DAYS, MOST_DAYS = 90, 366
MOST_TOKENS = 50  # of one owner
LONGEST_NAME = 64  # characters
USED_EVERY = timedelta(minutes=1)  # last_used is written no more often than this
EXPIRED_SHOWN = timedelta(days=30)

_SHAPE = re.compile(r"tt_([0-9a-f]{8})_[A-Za-z0-9_-]{43}")
SOURCE_NAME = r"[a-z0-9][a-z0-9_-]{0,31}"
_DEMO = "demo"  # what ids of invented usage begin with
# What a token that pushes may say in place of the events themselves.
FIXABLE = (
    "organization", "team", "user", "project", "repository", "customer", "feature", "agent",
    "environment", "api_key",
)  # fmt: skip
_NO_DIGEST = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a new token shall be: its name, what it may do, for how long, and what it narrows to."""

    name: str
    abilities: tuple[str, ...] = (READ,)
    picks: Grant = ()
    source: str | None = None
    days: int = DAYS

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > LONGEST_NAME or not self.name.isprintable():
            raise BadValue("name", self.name, f"1 to {LONGEST_NAME} characters on one line")
        if not self.abilities:
            raise BadValue("ability", "", " or ".join(ABILITIES))
        for ability in self.abilities:
            UnknownName.check("ability", ability, ABILITIES)
        if not 1 <= self.days <= MOST_DAYS:
            raise BadValue("days", self.days, f"a number from 1 to {MOST_DAYS}")
        if any(pick.of.items for pick in self.picks):
            raise BadValue("where", "pricing_rule or unit", "dimensions that every event has")
        if PUSH in self.abilities and not re.fullmatch(SOURCE_NAME, self.source or ""):
            raise BadValue(
                "source", self.source or "", "a short name in lower case for what is pushed"
            )
        if self.source == _DEMO:
            raise BadValue("source", self.source, "another name: invented usage has this one")
        if PUSH not in self.abilities and self.source:
            raise BadValue("source", self.source, "none: only a token that pushes has one")
        if PUSH in self.abilities and not all(_fixes(pick) for pick in self.picks):
            raise BadValue(
                "where",
                " and ".join(pick.dimension for pick in self.picks),
                f"one value each of {', '.join(FIXABLE)}: what is pushed gets it",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What is known of one token; its text is not. Times are aware UTC.

    `id` is public. `picks` only narrow the owner's scope, and what is pushed gets their values;
    `person` is who the owner was.
    """

    id: str
    owner: str
    person: str
    name: str
    abilities: tuple[str, ...]
    picks: Grant
    source: str | None
    created: datetime
    expires: datetime
    last_used: datetime | None

    def may(self, ability: str) -> bool:
        """Whether it was made for that."""
        return ability in self.abilities

    @property
    def fixed(self) -> dict[str, str]:
        """The dimensions whose values everything pushed with it gets."""
        return {p.dimension: p.values[0] for p in self.picks if p.values and p.values[0]}

    def belongs_to(self, principal: Principal) -> bool:
        """Whether the account of that name is still the person it was made for."""
        return compare_digest(self.person, person_of(principal))


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of state.db."""

    state: State

    def make(self, owner: Principal, wish: Wish, now: datetime) -> tuple[Token, str]:
        """A new token and its text, which can never be read again. Raises BadValue."""
        with self.state.transaction():
            gone = _seconds(now - EXPIRED_SHOWN)
            self.state.write("DELETE FROM tokens WHERE expires <= ?", gone)
            if len(self.of(owner.username)) >= MOST_TOKENS:
                raise BadValue("token", wish.name, f"at most {MOST_TOKENS} tokens; revoke one")
            public, at = secrets.token_hex(4), _seconds(now)
            text = f"tt_{public}_{fresh()}"
            self.state.write(
                "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                public, digest(text), owner.username, person_of(owner), wish.name.strip(),
                ",".join(a for a in ABILITIES if a in wish.abilities),
                json.dumps(params_of(wish.picks), ensure_ascii=False), wish.source,
                at, at + wish.days * 86_400,
            )  # fmt: skip
        return next(token for token in self.of(owner.username) if token.id == public), text

    def living(self, text: str, now: datetime) -> Token | None:
        """The token of that text, None when it is none, was revoked or has expired."""
        token = self.named(text)
        if token is None or token.expires <= now:
            return None
        if token.last_used is None or now - token.last_used >= USED_EVERY:
            used = "UPDATE tokens SET last_used = ? WHERE id = ?"
            self.state.write(used, _seconds(now), token.id)
        return token

    def named(self, text: str) -> Token | None:
        """The token of that text, expired or not; None when it is none or was revoked."""
        rows = self.state.rows("SELECT * FROM tokens WHERE id = ?", public_of(text))
        known = rows[0][1] if rows else _NO_DIGEST
        return _token(rows[0]) if compare_digest(known, digest(text)) and rows else None

    def of(self, owner: str) -> tuple[Token, ...]:
        """The owner's tokens, newest first; expired ones for a month."""
        return tuple(token for token in self.every() if token.owner == owner)

    def every(self) -> tuple[Token, ...]:
        """Everybody's tokens, newest first."""
        return tuple(
            _token(row)
            for row in self.state.rows("SELECT * FROM tokens ORDER BY created DESC, rowid DESC")
        )

    def revoke(self, public: str, owner: str | None = None) -> Token:
        """Ends the token of that public id at once; `owner` may only end their own.

        Raises UnknownName.
        """
        known = {t.id: t for t in self.every() if owner is None or t.owner == owner}
        UnknownName.check("token", public, known)
        self.state.write("DELETE FROM tokens WHERE id = ?", public)
        return known[public]


def public_of(text: str) -> str:
    """The public id that stands in the text of a token, "" when that is the text of none."""
    shape = _SHAPE.fullmatch(text)
    return shape[1] if shape else ""


def _fixes(pick: Pick) -> bool:
    """Whether a pick can be given to events: one value of a dimension that they may say."""
    return pick.dimension in FIXABLE and len(pick.values) == 1 and bool(pick.values[0])


def person_of(principal: Principal) -> str:
    """Who an account is, as a digest: not only its name, which another person may have later."""
    parts = (principal.username, principal.email or "", principal.user_id or "")
    return digest(*parts, "demo" if principal.demo else "")


def _token(row: Iterable[Any]) -> Token:
    public, _, owner, person, name, abilities, picks, source, created, expires, used = row
    return Token(
        id=public, owner=owner, person=person, name=name, abilities=tuple(abilities.split(",")),
        picks=_picks(picks), source=source, created=_instant(created),
        expires=_instant(expires), last_used=_instant(used) if used is not None else None,
    )  # fmt: skip


def _picks(kept: str) -> Grant:
    """All of them: a pick that is no longer understood raises, since dropping it would widen."""
    params: dict[str, list[str]] = json.loads(kept)
    return tuple(Pick(name, tuple(v or None for v in vs)) for name, vs in params.items())


def _seconds(now: datetime) -> int:
    return int(now.timestamp())


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
