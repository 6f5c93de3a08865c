"""Roles: what each lets a principal see, as a Scope. Source: SCREENS.md 1.1, docs/deploy.md."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analytics_core.access.principal import Principal
from analytics_core.semantics.filters import EVERYTHING, Grant, Pick, Scope
from analytics_core.semantics.names import NO_NAMES, Names

Grants = tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """One role: its label, the grants it adds to a person's own rows, and those in words."""

    name: str
    label: str
    grants: Callable[[Principal], Grants]
    words: Callable[[Principal, Names], str]


def _on(dimension: str, values: Sequence[str]) -> Grants:
    return ((Pick(dimension, tuple(values)),),) if values else ()


def _organizations(principal: Principal) -> Grants:
    if principal.organizations is None:
        return EVERYTHING.grants
    return _on("organization", principal.organizations)


def _everything_in(dimension: str, values: Sequence[str] | None, names: Names) -> str:
    if values is None:
        return "all usage of every organization"
    read = tuple(names.label(dimension, value) for value in values)
    return f"everything in {_listed(read)}" if read else ""


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


_ALL = (
    Role("member", "Member", lambda _: (), lambda _, __: ""),
    Role(
        "lead",
        "Team lead",
        lambda p: _on("team", p.teams),
        lambda p, names: _everything_in("team", p.teams, names),
    ),
    Role(
        "project_admin",
        "Project admin",
        lambda p: _on("project", p.projects),
        lambda p, names: _everything_in("project", p.projects, names),
    ),
    Role(
        "manager",
        "Manager",
        _organizations,
        lambda p, names: _everything_in("organization", p.organizations, names),
    ),
    Role("admin", "Administrator", lambda _: EVERYTHING.grants, lambda _, __: "all usage"),
)
ROLES: dict[str, Role] = {role.name: role for role in _ALL}


def _roles_of(principal: Principal) -> tuple[Role, ...]:
    return tuple(role for role in _ALL if role.name in principal.roles)


def scope_of(principal: Principal) -> Scope:
    """What the principal may see: their own rows and what their roles grant, as a union.

    No role, or only unknown ones, is the empty union: nothing. Equal rights give equal scopes.
    """
    roles = _roles_of(principal)
    if not roles:
        return Scope()
    own = _on("user", (principal.user_id,)) if principal.user_id else ()
    grants = dict.fromkeys((*own, *(grant for role in roles for grant in role.grants(principal))))
    return EVERYTHING if () in grants else Scope(tuple(grants))


def described(principal: Principal, names: Names = NO_NAMES) -> str:
    """The scope in words, as in "your own usage and everything in Search"; names unescaped."""
    scope = scope_of(principal)
    if not scope.grants:
        return "nothing yet: no role is set for your account"
    roles = _roles_of(principal)
    if scope.everything:
        return next(
            role.words(principal, names) for role in reversed(roles) if () in role.grants(principal)
        )
    own = "your own usage" if principal.user_id else ""
    return _listed(tuple(filter(None, (own, *(role.words(principal, names) for role in roles)))))


def described_to_others(principal: Principal, names: Names = NO_NAMES) -> str:
    """What the principal sees, said to somebody else."""
    if not scope_of(principal).grants:
        lacks = (
            "no role" if not set(principal.roles) & set(ROLES) else "no user_id, team or project"
        )
        return f"nothing yet: {lacks} is set"
    words = described(principal, names)
    return words.replace("your", "their", 1) if words.startswith("your own ") else words


def labels(principal: Principal) -> str:
    """The principal's roles by label, comma separated; "No role" when none is known."""
    return ", ".join(role.label for role in _roles_of(principal)) or "No role"
