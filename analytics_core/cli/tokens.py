"""API tokens: token create, list, revoke."""

import argparse
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from analytics_core.cli.call import OK, Call, Command, everywhere, note
from analytics_core.cli.where import params_of_where
from analytics_core.errors import NotWritable
from analytics_core.export.table import aligned, printable
from analytics_core.semantics.filters import Filters

if TYPE_CHECKING:
    from analytics_core.access.tokens import Token, Tokens


def _arguments(one: argparse.ArgumentParser) -> None:
    from analytics_core.access.tokens import ABILITIES, DAYS, MOST_DAYS, READ

    every = everywhere()
    actions = one.add_subparsers(dest="action", required=True, metavar="create|list|revoke")

    def action(name: str, text: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, help=text, description=text, parents=[every])

    add = action("create", "a new token, printed once and never again").add_argument
    add("name", metavar="NAME", help="what it is for, e.g. 'nightly report'")
    add("--user", required=True, dest="username", metavar="USER", help="whose eyes it has")
    add(
        "--ability",
        action="append",
        dest="abilities",
        metavar="ABILITY",
        help=f"{' or '.join(ABILITIES)} (default: {READ}); may be repeated",
    )
    add(
        "--where",
        action="append",
        default=[],
        metavar="DIM=V1,V2",
        help="only these of what the account sees; for push: what its events get; may be repeated",
    )
    add("--source", metavar="TEXT", help="for push: the name under which its events are kept")
    add(
        "--days",
        type=int,
        default=DAYS,
        metavar="N",
        help=f"how long it lives, at most {MOST_DAYS} (default: {DAYS})",
    )
    listed = action("list", "everybody's tokens, or those of one account")
    listed.add_argument("--user", dest="username", metavar="USER")
    action("revoke", "end a token at once").add_argument("token", metavar="ID")


def _token(call: Call) -> int:
    run = {"create": _create, "list": _list, "revoke": _revoke}[call.options.action]
    with tokens_of(call) as tokens:
        run(call, tokens)
    return OK


@contextmanager
def tokens_of(call: Call) -> "Generator[Tokens]":
    """The tokens of the data folder. Raises NotWritable."""
    from analytics_core.access.state import State
    from analytics_core.access.tokens import Tokens

    path = call.folders.data / "state.db"
    state = State(path)
    try:
        if state.problem:
            raise NotWritable(path, state.problem)
        yield Tokens(state)
    finally:
        state.close()


def _create(call: Call, tokens: "Tokens") -> None:
    from analytics_core.access.push_rights import check_useful
    from analytics_core.access.roles import scope_of
    from analytics_core.access.tokens import READ, Wish
    from analytics_core.ingest.push.source_names import check_not_of_files
    from analytics_core.store.manifest import load

    options = call.options
    owner = call.account(options.username).principal
    filters = Filters.from_params(params_of_where(options.where), call.now, call.calendar)
    wish = Wish(
        name=options.name,
        abilities=tuple(options.abilities or (READ,)),
        picks=filters.resolved(owner.user_id).picks,
        source=options.source,
        days=options.days,
    )
    check_useful(owner, wish)
    if wish.source and not scope_of(owner).everything:
        check_not_of_files(wish.source, load(call.folders.events))
    token, text = tokens.make(owner, wish, call.now)
    _note(call, tokens, "token made", token)
    call.say(_document(token) | {"token": text}, [text])
    note(f"Shown once: keep it now. {_words(token)}")


def _list(call: Call, tokens: "Tokens") -> None:
    wanted = call.options.username
    held = tokens.of(wanted) if wanted is not None else tokens.every()
    header = ("id", "owner", "name", "may", "only", "expires", "last used")
    rows = [
        (
            t.id, t.owner, t.name, _may(t), _only(t),
            f"{t.expires:%Y-%m-%d}" + (" (expired)" if t.expires <= call.now else ""),
            f"{t.last_used:%Y-%m-%d %H:%M}" if t.last_used else "never",
        )
        for t in held
    ]  # fmt: skip
    lines = aligned(header, rows, left=len(header)) if rows else ["No tokens."]
    call.say([_document(t) for t in held], lines)


def _revoke(call: Call, tokens: "Tokens") -> None:
    token = tokens.revoke(call.options.token)
    _note(call, tokens, "token revoked", token)
    lines = [f"{token.id} '{printable(token.name)}' of {token.owner} opens nothing any more."]
    call.say({"id": token.id, "done": "revoke"}, lines)


def revoke_all(call: Call, tokens: "Tokens", owner: str) -> None:
    """Ends every token of an account that is gone."""
    for token in tokens.of(owner):
        tokens.revoke(token.id)
        _note(call, tokens, "token revoked", token)


def _note(call: Call, tokens: "Tokens", action: str, token: "Token") -> None:
    """Into the audit, without a principal: whoever may run commands here."""
    from analytics_core.access.audit import Audit, Deed

    Audit(tokens.state).add(Deed(time=call.now, action=action, result="ok", token=token.id))


def _document(token: "Token") -> dict[str, object]:
    return {
        "id": token.id,
        "owner": token.owner,
        "name": token.name,
        "abilities": token.abilities,
        "picks": {p.dimension: p.values for p in token.picks},
        "source": token.source,
        "created": token.created.isoformat(),
        "expires": token.expires.isoformat(),
        "last_used": token.last_used.isoformat() if token.last_used else None,
    }


def _words(token: "Token") -> str:
    return f"Id {token.id}, until {token.expires:%d %b %Y}."


def _may(token: "Token") -> str:
    words = " ".join(token.abilities)
    return f"{words} as {token.source}" if token.source else words


def _only(token: "Token") -> str:
    return " ".join(f"{p.dimension}={','.join(v or '' for v in p.values)}" for p in token.picks)


TOKEN = Command(
    name="token",
    summary="API tokens: who may ask, or push, over HTTP",
    about="A token sees what its account sees at that moment, or less (--where), and nothing once"
    "\nthe account is gone. It is printed once; only a hash of it is kept. docs/api.md says what it"
    "\nopens.",
    examples=(
        "token create 'nightly report' --user ana",
        "token create 'search team' --user ada --where project=Search --days 30",
        "token create 'production proxy' --user ada --ability push --source litellm",
        "token list",
        "token revoke 0a1b2c3d",
    ),
    arguments=_arguments,
    run=_token,
)
