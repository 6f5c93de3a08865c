"""Accounts: user add, list, passwd, remove."""

import argparse
import sys
from dataclasses import asdict

from analytics_core.cli.call import OK, Call, Command, aligned


def _user_arguments(one: argparse.ArgumentParser) -> None:
    actions = one.add_subparsers(dest="action", required=True, metavar="add|list|passwd|remove")
    add = actions.add_parser("add", help="a new account; the password is asked for")
    add.add_argument("username")
    add.add_argument("--role", action="append", required=True, dest="roles")
    for name in ("email", "first-name", "last-name", "user-id"):
        add.add_argument(f"--{name}")
    for name, of in (("organization", "manager"), ("team", "lead"), ("project", "project_admin")):
        text = f"what a {of} sees; may be repeated"
        add.add_argument(f"--{name}", action="append", dest=f"{name}s", help=text)
    actions.add_parser("list", help="everybody, with their roles")
    actions.add_parser("passwd", help="another password").add_argument("username")
    actions.add_parser("remove", help="take an account out").add_argument("username")


def _user(call: Call) -> int:
    from analytics_core.access import account_book
    from analytics_core.access.roles import described

    options, path = call.options, call.accounts_path
    if options.action == "list":
        people = [a.principal for a in account_book.accounts(path).values()]
        rows = [
            (p.username, p.name, p.email or "–", " ".join(p.roles), described(p)) for p in people
        ]
        call.say(
            [asdict(p) for p in people],
            aligned(("user", "name", "e-mail", "roles", "sees"), rows, left=5)
            if rows
            else [f"No accounts in {path} yet: user add NAME --role admin --email ADDRESS"],
        )
        return OK
    if options.action == "add":
        fields = ("email", "first_name", "last_name", "user_id", "roles", "organizations",
                  "teams", "projects")  # fmt: skip
        record = {f: v for f in fields if (v := getattr(options, f, None))}
        account = account_book.add(path, options.username, _password(), record)
        said = f"{account.username} sees {described(account.principal)}."
    elif options.action == "passwd":
        account_book.set_password(path, options.username, _password())
        said = f"{options.username} has another password; their sign-ins have ended."
    else:
        account_book.remove(path, options.username)
        said = f"{options.username} is gone; their sign-ins have ended."
    call.say({"user": options.username, "done": options.action}, [said])
    return OK


def _password() -> str:
    """Asked for twice on a terminal, else one line of standard input; never an argument."""
    from analytics_core.errors import BadValue

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    import getpass

    first = getpass.getpass("Password (at least 12 characters): ")
    if getpass.getpass("Again: ") != first:
        raise BadValue("password", "…", "the same password twice")
    return first


USER = Command("user", "accounts and their roles", _user_arguments, _user)
