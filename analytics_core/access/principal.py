"""Who asks: one signed-in person or token, as read from the accounts for this run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A person and what auth.yaml says of them now. `user_id` is their name in the usage data.

    `organizations` None means every one; it narrows managers only.
    """

    username: str
    name: str
    email: str | None = None
    user_id: str | None = None
    roles: tuple[str, ...] = ()
    organizations: tuple[str, ...] | None = None
    teams: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    demo: bool = False

    def has_role(self, *roles: str) -> bool:
        """Whether any of `roles` is theirs.

        The menu, the router and what only administrators may do ask; rows are the Scope's.
        """
        return not set(roles).isdisjoint(self.roles)
