"""Who calls over HTTP: a token, and its owner as the accounts say now."""

from dataclasses import dataclass
from datetime import UTC, datetime

from analytics_core.access.principal import Principal
from analytics_core.access.push_rights import may_write
from analytics_core.access.roles import scope_of
from analytics_core.access.tokens import Token
from analytics_core.semantics.filters import Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """A living token and the principal it speaks for."""

    principal: Principal
    token: Token

    @property
    def scope(self) -> Scope:
        """What may be seen: what the owner sees today AND what the token was narrowed to."""
        return scope_of(self.principal).narrowed(self.token.picks)

    @property
    def may_push(self) -> bool:
        """Whether all that the token can write is among what its owner sees today."""
        return may_write(self.principal, self.token.fixed)


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

# Who calls what is open to everybody: it may do nothing and sees nothing.
NOBODY = Caller(
    Principal(username="", name=""),
    Token(
        id="", owner="", person="", name="", abilities=(), picks=(), source=None,
        created=_LONG_AGO, expires=_LONG_AGO, last_used=None,
    ),
)  # fmt: skip
