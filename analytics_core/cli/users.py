"""Accounts: user add, list, passwd, remove."""

import argparse
import sys
from dataclasses import asdict

from analytics_core.access.roles import ROLES, described_to_others
from analytics_core.cli.call import OK, PROGRAM, Call, Command, everywhere
from analytics_core.cli.deeds import noted
from analytics_core.cli.tokens import revoke_all, tokens_of
from analytics_core.errors import BadValue
from analytics_core.export.table import aligned

_GRANTS = ("organizations", "teams", "projects")  # what a role is about
_ASKED = "the password is asked for, or read as one line from standard input"


def _user_arguments(one: argparse.ArgumentParser) -> None:
    every = everywhere()
    actions = one.add_subparsers(dest="action", required=True, metavar="add|list|passwd|remove")

    def action(name: str, text: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, help=text, description=text, parents=[every])

    add = action("add", f"a new account; {_ASKED}")
    add.add_argument("username", metavar="NAME", help="what they sign in with, lower case")
    add.add_argument(
        "--role",
        action="append",
        required=True,
        dest="roles",
        metavar="ROLE",
        help=f"{', '.join(ROLES)}; repeated, the account may do what any of them may",
    )
    add.add_argument("--email", metavar="ADDRESS")
    add.add_argument("--first-name", metavar="TEXT")
    add.add_argument("--last-name", metavar="TEXT")
    add.add_argument(
        "--user-id", metavar="ID", help="how the usage calls them (default: the e-mail address)"
    )
    for name, of in (("organization", "manager"), ("team", "lead"), ("project", "project_admin")):
        text = f"what a {of} sees; may be repeated"
        add.add_argument(f"--{name}", action="append", dest=f"{name}s", metavar="TEXT", help=text)
    action("list", "everybody, with their roles and what they see")
    changed = action("passwd", f"another password; {_ASKED}")
    changed.add_argument("username", metavar="NAME")
    action("remove", "take an account out").add_argument("username", metavar="NAME")


def _user(call: Call) -> int:
    from analytics_core.access import account_book

    options, path = call.options, call.accounts_path
    if options.action == "list":
        people = [a.principal for a in account_book.accounts(path).values()]
        rows = [
            (p.username, p.name, p.email or "–", " ".join(p.roles), described_to_others(p))
            for p in people
        ]
        call.say(
            [asdict(p) for p in people],
            aligned(("user", "name", "e-mail", "roles", "sees"), rows, left=5)
            if rows
            else [f"No accounts in {path} yet: {PROGRAM} user add NAME --role admin"],
        )
        return OK
    if options.action == "add":
        fields = ("email", "first_name", "last_name", "user_id", "roles", *_GRANTS)
        record = {f: v for f in fields if (v := getattr(options, f, None))}
        allowed = {f: record[f] for f in ("roles", *_GRANTS) if f in record}
        with noted(call, "account added", user=options.username, **allowed):
            account = account_book.add(path, options.username, _password(), record)
        said = f"{account.username} sees {described_to_others(account.principal)}."
    elif options.action == "passwd":
        with noted(call, "password changed", user=options.username):
            account_book.set_password(path, options.username, _password())
        said = f"{options.username} has another password; their sign-ins have ended."
    else:
        with noted(call, "account removed", user=options.username):
            account_book.remove(path, options.username)
        with tokens_of(call) as tokens:
            revoke_all(call, tokens, options.username)
        said = f"{options.username} is gone; their sign-ins and tokens have ended."
    call.say({"user": options.username, "done": options.action}, [said])
    return OK


def _password() -> str:
    """Asked for twice on a terminal, else one line of standard input; never an argument."""
    if sys.stdin is None or not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n") if sys.stdin else ""
    import getpass

    first = getpass.getpass("Password (at least 12 characters): ")
    if getpass.getpass("Again: ") != first:
        raise BadValue("password", "…", "the same password twice")
    return first


USER = Command(
    name="user",
    summary="accounts and their roles",
    about="Accounts stand in auth.yaml (or in the file that TOKENTALLY_AUTH names), with a hash of"
    "\nthe password. A change counts at once. 'user add --help' lists what an account can have.",
    examples=(
        "user add ana --role project_admin --project Search --email ana@example.com",
        "user list",
        "user passwd ana",
        "user remove ana",
    ),
    arguments=_user_arguments,
    run=_user,
    reads=False,
)
