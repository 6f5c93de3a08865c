"""What an account may push: no more than it may see, said when a token is made and at each push."""

from collections.abc import Mapping

from analytics_core.access.principal import Principal
from analytics_core.access.roles import scope_of
from analytics_core.access.tokens import FIXABLE, PUSH, Wish
from analytics_core.errors import NotAsked


def may_write(owner: Principal, fixed: Mapping[str, str]) -> bool:
    """Whether all events with these values are among what the account sees today.

    A demo account's password is known to everybody: it pushes nothing.
    """
    return not owner.demo and any(
        all(fixed.get(pick.dimension, "") in pick.values for pick in grant)
        for grant in scope_of(owner).grants
    )


def check_useful(owner: Principal, wish: Wish) -> None:
    """Raises NotAsked, saying what to do, for a token all of whose pushes would be refused."""
    fixed = {pick.dimension: pick.values[0] or "" for pick in wish.picks if pick.values}
    if PUSH not in wish.abilities or may_write(owner, fixed):
        return
    if owner.demo:
        raise NotAsked(
            f"{owner.username} is a demo account, and these push nothing: everybody knows their"
            " password. Make an account: user add NAME --role admin."
        )
    own = [
        f"--where {pick.dimension}={value}"
        for grant in scope_of(owner).grants
        for pick in grant[:1]
        for value in pick.values[:3]
        if len(grant) == 1 and pick.dimension in FIXABLE and value
    ]
    if not own:
        raise NotAsked(
            f"{owner.username} sees no usage, so there is nothing to push. Give them a role first."
        )
    raise NotAsked(
        f"{owner.username} does not see all that this token would push. Fix what it pushes to what"
        f" they see: {' or '.join(own)}."
    )
