import pytest

from analytics_core.access.demo_accounts import DEMO_ACCOUNTS
from analytics_core.access.principal import Principal
from analytics_core.access.roles import described, labels, scope_of
from analytics_core.semantics.filters import EVERYTHING, NOTHING, Pick, Scope

pytestmark = pytest.mark.access

OWN = (Pick("user", ("ana@acme.example",)),)
TEAMS = (Pick("team", ("Core",)),)
PROJECTS = (Pick("project", ("Atlas", "Borealis")),)
ACME = (Pick("organization", ("Acme",)),)


def ana(*roles: str, user_id: str | None = "ana@acme.example", **scope: tuple[str, ...]):
    return Principal(
        username="ana",
        name="Ana Ruiz",
        user_id=user_id,
        roles=roles,
        organizations=scope.get("organizations"),
        teams=scope.get("teams", ()),
        projects=scope.get("projects", ()),
    )


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        (ana("member"), Scope((OWN,))),
        (ana("member", user_id=None), NOTHING),
        (ana("member", teams=("Core",), projects=("Atlas",)), Scope((OWN,))),
        (ana("lead", teams=("Core",)), Scope((OWN, TEAMS))),
        (ana("lead"), Scope((OWN,))),
        (ana("lead", user_id=None), NOTHING),
        (ana("project_admin", projects=("Atlas", "Borealis")), Scope((OWN, PROJECTS))),
        (ana("project_admin", projects=("Borealis", "Atlas")), Scope((OWN, PROJECTS))),
        (ana("project_admin", projects=("Atlas",), user_id=None),
         Scope(((Pick("project", ("Atlas",)),),))),
        (ana("project_admin"), Scope((OWN,))),
        (ana("manager"), EVERYTHING),
        (ana("manager", organizations=("Acme",)), Scope((OWN, ACME))),
        (ana("manager", organizations=()), Scope((OWN,))),
        (ana("admin"), EVERYTHING),
        (ana("admin", organizations=("Acme",)), EVERYTHING),  # organizations narrow managers only
        (ana("member", organizations=("Acme",)), Scope((OWN,))),
        (ana("lead", "project_admin", teams=("Core",), projects=("Atlas", "Borealis")),
         Scope((OWN, TEAMS, PROJECTS))),
        (ana("project_admin", "lead", teams=("Core",), projects=("Atlas", "Borealis")),
         Scope((OWN, TEAMS, PROJECTS))),
        (ana("lead", "admin", teams=("Core",)), EVERYTHING),
        (ana("manager", "admin", organizations=("Acme",)), EVERYTHING),
        (ana(), NOTHING),
        (ana("boss"), NOTHING),
        (ana("Admin"), NOTHING),  # roles are written exactly
        (ana("boss", teams=("Core",), organizations=()), NOTHING),
        (ana("boss", "member"), Scope((OWN,))),
    ],
)  # fmt: skip
def test_a_role_is_a_union_of_grants_and_what_is_unknown_grants_nothing(principal, expected):
    assert scope_of(principal) == expected


def test_equal_rights_are_equal_scopes_so_that_they_share_answers():
    first = ana("lead", "member", teams=("Core", "Edge"))
    second = ana("member", "lead", teams=("Edge", "Core"))
    assert scope_of(first) == scope_of(second)
    assert hash(scope_of(first)) == hash(scope_of(second))


@pytest.mark.parametrize(
    ("principal", "words", "label"),
    [
        (ana("member"), "your own usage", "Member"),
        (ana("lead", teams=("Core",)), "your own usage and everything in Core", "Team lead"),
        (
            ana("lead", "project_admin", teams=("Core",), projects=("Atlas", "Search")),
            "your own usage, everything in Core and everything in Atlas and Search",
            "Team lead, Project admin",
        ),
        (ana("manager"), "all usage of every organization", "Manager"),
        (
            ana("manager", organizations=("Acme", "Globex", "Initech")),
            "your own usage and everything in Acme, Globex and Initech",
            "Manager",
        ),
        (ana("admin", "manager"), "all usage", "Manager, Administrator"),
        (
            ana("lead", "manager", teams=("Core",)),
            "all usage of every organization",
            "Team lead, Manager",
        ),
        (ana("member", user_id=None), "nothing yet: no role is set for your account", "Member"),
        (ana("boss"), "nothing yet: no role is set for your account", "No role"),
    ],
)
def test_a_scope_is_described_in_words(principal, words, label):
    assert described(principal) == words
    assert labels(principal) == label


def test_a_principal_knows_its_roles_and_no_other():
    assert ana("lead", "member").has_role("admin", "lead")
    assert not ana("lead", "member").has_role("admin", "manager")
    assert not ana().has_role()


def test_each_role_has_one_demo_account_and_it_can_be_told_from_a_real_one():
    roles = [account.principal.roles for account in DEMO_ACCOUNTS.values()]
    assert roles == [("member",), ("lead",), ("project_admin",), ("manager",), ("admin",)]
    assert all(account.principal.demo for account in DEMO_ACCOUNTS.values())
    assert scope_of(DEMO_ACCOUNTS["max"].principal) == Scope(
        ((Pick("user", ("max.weber@acme.example",)),), ACME)
    )


def test_the_demo_accounts_are_people_teams_and_projects_of_the_demo_data():
    from analytics_core.ingest.demo import cast

    people = {person.user_id for person in cast.people()}
    projects = {name for name, _ in cast.PROJECTS}
    for account in DEMO_ACCOUNTS.values():
        who = account.principal
        assert who.user_id in people
        assert set(who.teams) <= {team.name for team in cast.TEAMS}
        assert set(who.projects) <= projects
        assert set(who.organizations or ()) <= set(cast.ORGANIZATIONS)
