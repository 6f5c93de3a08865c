"""Writing auth.yaml for the command line: one account at a time, everything else as it stands."""

import contextlib
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from analytics_core.access.accounts import FIELDS, Account, Accounts, parse
from analytics_core.access.passwords import hashed
from analytics_core.access.roles import ROLES
from analytics_core.errors import BadFile, BadValue, NotWritable, UnknownName

EMPTY = "credentials:\n  usernames: {}\n"
Record = Mapping[str, str | Sequence[str]]


def accounts(path: Path) -> Accounts:
    """Everybody in the file. Raises BadFile."""
    return parse(_text(path), path)


def add(path: Path, username: str, password: str, record: Record) -> Account:
    """Writes a new account: `record` holds any of accounts.FIELDS but the password.

    Raises BadValue, UnknownName, BadFile, NotWritable; the file is then as it was.
    """
    text = _text(path)
    before = parse(text, path)
    if username != username.strip().lower() or not username or not username.isprintable():
        raise BadValue("name", username, "lower case letters without spaces around them")
    if username in before:
        raise BadValue("name", username, "a name that is not taken; 'user passwd' changes one")
    for role in record.get("roles", ()):
        UnknownName.check("role", role, ROLES)
    for field in record:
        UnknownName.check("account field", field, FIELDS)
    fields = {k: v if isinstance(v, str) else list(v) for k, v in record.items()}
    block = {username: fields | {"password": hashed(password)}}
    after = parse(_save(path, _with(text, block, path), before, username), path)
    return after[username]


def set_password(path: Path, username: str, password: str) -> None:
    """Gives an account another password, which ends all its sign-ins. Raises as `add` does."""
    text = _text(path)
    before = parse(text, path)
    UnknownName.check("account", username, before)
    node = _child(_child(_usernames(text), username), "password")
    start, end = node.start_mark.index, node.end_mark.index
    _save(path, text[:start] + hashed(password) + text[end:], before, username)


def remove(path: Path, username: str) -> None:
    """Takes an account out, which ends all its sign-ins. Raises as `add` does."""
    text = _text(path)
    before = parse(text, path)
    UnknownName.check("account", username, before)
    users = _usernames(text)
    _check_block_style(users, path)
    place = [str(key.value) for key, _ in users.value].index(username)
    key, value = users.value[place]
    following = users.value[place + 1][0] if place + 1 < len(users.value) else None
    end = _line_start(text, following) if following else _line_end(text, _last(value))
    _save(path, text[: _line_start(text, key)] + text[end:], before, username)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return EMPTY
    except (OSError, UnicodeDecodeError) as wrong:
        raise BadFile(path, f"cannot be read ({wrong}).") from None


def _with(text: str, block: Mapping[str, Any], path: Path) -> str:
    """The text with the block as the first account."""
    credentials = _child(yaml.SafeLoader(text).get_single_node(), "credentials")
    if credentials is None:
        return f"{text.rstrip()}\n" + _dumped({"credentials": {"usernames": block}}, 0)
    users = _child(credentials, "usernames")
    if users and users.value:
        _check_block_style(users, path)
        first = users.value[0][0]
        start = _line_start(text, first)
        return text[:start] + _dumped(block, first.start_mark.column) + text[start:]
    if users is None or credentials.flow_style:
        return _replaced(text, credentials, _dumped({"usernames": block}, 2))
    return _replaced(text, users, _dumped(block, 4))


def _replaced(text: str, node: Any, block: str) -> str:
    before, rest = text[: node.start_mark.index], text[node.end_mark.index :]
    return f"{before.rstrip()}\n{block}{rest.lstrip()}"


def _dumped(value: Mapping[str, Any], indent: int) -> str:
    text = yaml.safe_dump(dict(value), sort_keys=False, allow_unicode=True, width=1000)
    return "".join(" " * indent + line for line in text.splitlines(keepends=True))


def _usernames(text: str) -> Any:
    """The node of credentials.usernames, None where the file does not have it."""
    return _child(_child(yaml.SafeLoader(text).get_single_node(), "credentials"), "usernames")


def _child(node: Any, key: str) -> Any:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for name, value in pairs if str(name.value) == key), None)


def _check_block_style(users: Any, path: Path) -> None:
    if users.flow_style:
        line = users.start_mark.line + 1
        raise BadFile(
            path, "write the accounts one below another, not in braces.", line=line, key="usernames"
        )


def _last(node: Any) -> Any:
    """The last value inside a node; itself when it has none, or closes with a bracket."""
    if not node.value or isinstance(node, yaml.ScalarNode) or node.flow_style:
        return node
    last = node.value[-1]
    return _last(last[1] if isinstance(node, yaml.MappingNode) else last)


def _line_start(text: str, node: Any) -> int:
    return text.rfind("\n", 0, node.start_mark.index) + 1


def _line_end(text: str, node: Any) -> int:
    end = text.find("\n", node.end_mark.index)
    return len(text) if end < 0 else end + 1


def _save(path: Path, text: str, before: Accounts, username: str) -> str:
    """Replaces the file atomically, readable by its owner alone, if only `username` changes."""
    after = parse(text, path)
    if {n for n in {*before, *after} if before.get(n) != after.get(n)} != {username}:
        raise BadFile(path, "cannot be edited from here; edit it by hand.", key=username)
    path = path.resolve()
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        aside.replace(path)
    except OSError as wrong:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise NotWritable(
            path, wrong.strerror or str(wrong), "name another file with TOKENTALLY_AUTH"
        ) from None
    return text
