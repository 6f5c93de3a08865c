"""Accounts for trying the demo data: one per role, with a password that everybody may know."""

from analytics_core.access.accounts import Account, Accounts, by_username
from analytics_core.access.principal import Principal

PASSWORD = "tokentally-demo"  # shown on the sign-in page
_HASH = "$2b$10$W6TRq1Gfdx39ER7PAfuuteUwb9JesrdBkfslqERkvJa4DVHMBnq9K"


def _account(first: str, last: str, role: str, **scope: tuple[str, ...]) -> Account:
    email = f"{first}.{last}@acme.example".lower()
    return Account(
        Principal(
            username=first.lower(),
            name=f"{first} {last}",
            email=email,
            user_id=email,
            roles=(role,),
            organizations=scope.get("organizations"),
            teams=scope.get("teams", ()),
            projects=scope.get("projects", ()),
            demo=True,
        ),
        _HASH,
    )


# The people, team, projects and organization below are in the demo data (ingest/demo).
DEMO_ACCOUNTS: Accounts = by_username(
    _account("Mia", "Keller", "member"),
    _account("Leo", "Brandt", "lead", teams=("Core Platform",)),
    _account("Ana", "Ruiz", "project_admin", projects=("Support Copilot", "Search")),
    _account("Max", "Weber", "manager", organizations=("Acme",)),
    _account("Ada", "Novak", "admin"),
)
