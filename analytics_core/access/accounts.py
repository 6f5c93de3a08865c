"""Accounts: auth.yaml read into frozen records, never written from here."""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import yaml

from analytics_core.access.principal import Principal
from analytics_core.errors import BadFile, did_you_mean

log = logging.getLogger(__name__)

TEXTS = ("email", "first_name", "last_name", "name", "password", "user_id")
LISTS = ("roles", "organizations", "teams", "projects")
FIELDS = (*TEXTS, *LISTS)
# Fields streamlit-authenticator writes or reads in its own files; ours never act on them.
PASSED_OVER = ("logged_in", "failed_login_attempts", "password_hint", "picture")
SECTIONS = ("credentials", "cookie", "pre-authorized", "oauth2", "api_key")
BCRYPT = re.compile(r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}")
KEPT_FOR = timedelta(minutes=5)  # how long the last good content outlives a damaged file


@dataclass(frozen=True, slots=True)
class Account:
    """A principal that can sign in, and the bcrypt hash of their password."""

    principal: Principal
    password: str

    @property
    def username(self) -> str:
        """The name they sign in with, lower case."""
        return self.principal.username


Accounts = Mapping[str, Account]
NOBODY: Accounts = MappingProxyType({})


class AccountsFile:
    """auth.yaml, read again whenever it changes; `problem` is what is wrong with it now."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem: BadFile | None = None
        self._stamp: object = ()
        self._good: Accounts = NOBODY
        self._bad_since: datetime | None = None

    def accounts(self, now: datetime) -> Accounts:
        """The accounts of the file as it is now.

        While it cannot be read: those it last held, for five minutes, then nobody. A file that
        never was there holds nobody.
        """
        stamp = _stamp(self.path)
        if stamp != self._stamp:
            self._read(stamp, now)
        if self._bad_since and now - self._bad_since >= KEPT_FOR:
            return NOBODY
        return self._good

    def check(self, now: datetime) -> None:
        """Raises BadFile when the file cannot be used as it is."""
        self.accounts(now)
        if self.problem:
            raise self.problem

    def _read(self, stamp: object, now: datetime) -> None:
        try:
            text = self.path.read_text("utf-8")
            self._good, self.problem, self._bad_since = parse(text, self.path), None, None
        except FileNotFoundError:
            if self._good:
                self._fail(BadFile(self.path, "is gone."), now)
        except (OSError, UnicodeDecodeError) as wrong:
            self._fail(BadFile(self.path, f"cannot be read ({wrong})."), now)
        except BadFile as wrong:
            self._fail(wrong, now)
        self._stamp = stamp

    def _fail(self, problem: BadFile, now: datetime) -> None:
        self.problem, self._bad_since = problem, self._bad_since or now
        log.error("%s", problem)


def _stamp(path: Path) -> object:
    try:
        found = path.stat()
    except OSError as wrong:
        return wrong.errno
    return found.st_mtime_ns, found.st_size, found.st_ino


def parse(text: str, path: Path) -> Accounts:
    """The accounts of an auth.yaml. Raises BadFile naming line, user and key."""
    root = _composed(text, path)
    if root is None:
        return NOBODY
    for section, node in _items(root, path, ""):
        if section not in SECTIONS:
            hint = did_you_mean(section, SECTIONS)
            raise BadFile(path, f"unknown section.{hint}", line=_line(node), key=section)
        if section == "credentials":
            return MappingProxyType(dict(_credentials(node, path)))
    return NOBODY


def from_secrets(secrets: Mapping[str, Any]) -> Accounts:
    """The accounts of a host's secrets, whose `credentials` look like those of auth.yaml."""
    if "credentials" not in secrets:
        return NOBODY
    text = yaml.safe_dump({"credentials": _plain(secrets["credentials"])})
    try:
        return parse(text, Path("st.secrets"))
    except BadFile as wrong:  # its line is one of the text made here
        raise BadFile(wrong.path, wrong.problem, key=wrong.key) from None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in cast(Mapping[Any, Any], value).items()}
    return list(cast(list[Any], value)) if isinstance(value, list) else value


def _composed(text: str, path: Path) -> yaml.Node | None:
    try:
        return yaml.SafeLoader(text).get_single_node()
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        problem = getattr(wrong, "problem", None) or "it has an unexpected character"
        line = mark.line + 1 if mark else None
        raise BadFile(path, f"is not YAML ({problem}).", line=line) from None


def _credentials(node: yaml.Node, path: Path) -> Iterator[tuple[str, Account]]:
    for key, users in _items(node, path, "credentials"):
        if key != "usernames":
            hint = did_you_mean(key, ("usernames",))
            raise BadFile(path, f"unknown key.{hint}", line=_line(users), key=f"credentials.{key}")
        for username, record in _items(users, path, "usernames"):
            yield username, _account(username, record, path)


def _account(username: str, node: yaml.Node, path: Path) -> Account:
    if username != username.strip().lower() or not username:
        raise BadFile(
            path,
            "names are written in lower case and without spaces around them; this one could"
            " never sign in.",
            line=_line(node),
            key=username,
        )
    texts: dict[str, str | None] = {}
    lists: dict[str, tuple[str, ...]] = {}
    for key, value in _items(node, path, username):
        where = f"{username}.{key}"
        if key in TEXTS:
            texts[key] = _text(value, path, where)
        elif key in LISTS:
            lists[key] = _list(value, path, where)
        elif key not in PASSED_OVER:
            hint = did_you_mean(key, FIELDS)
            raise BadFile(path, f"unknown key.{hint}", line=_line(value), key=where)
    password = texts.get("password") or ""
    if not BCRYPT.fullmatch(password):
        raise BadFile(
            path,
            "is not a bcrypt hash; passwords are never kept as text. Set one with"
            f" 'python -m analytics_core user passwd {username}'.",
            line=_line(node),
            key=f"{username}.password",
        )
    return Account(_principal(username, texts, lists), password)


def _principal(
    username: str,
    texts: Mapping[str, str | None],
    lists: Mapping[str, tuple[str, ...]],
) -> Principal:
    full = " ".join(filter(None, (texts.get("first_name"), texts.get("last_name"))))
    email = texts.get("email")
    user_id = texts.get("user_id") or email
    if user_id and "@" in user_id:
        user_id = user_id.lower()  # as ingest writes it (EVENTS.md 1)
    return Principal(
        username=username,
        name=full or texts.get("name") or username,
        email=email,
        user_id=user_id,
        roles=lists.get("roles", ()),
        organizations=lists.get("organizations"),
        teams=lists.get("teams", ()),
        projects=lists.get("projects", ()),
    )


def _items(node: yaml.Node, path: Path, where: str) -> Iterator[tuple[str, yaml.Node]]:
    """(key, value) of a mapping node; nothing for an empty value. Raises BadFile for repeats."""
    if isinstance(node, yaml.ScalarNode) and not node.value:
        return
    if not isinstance(node, yaml.MappingNode):
        raise BadFile(path, "must hold 'key: value' lines.", line=_line(node), key=where or None)
    seen: set[str] = set()
    for key_node, value in node.value:
        key = str(key_node.value)
        if key.strip().lower() in seen:
            raise BadFile(path, "stands here twice.", line=_line(key_node), key=key)
        seen.add(key.strip().lower())
        yield key, value


def _text(node: yaml.Node, path: Path, where: str) -> str | None:
    if not isinstance(node, yaml.ScalarNode):
        raise BadFile(path, "must be a single value.", line=_line(node), key=where)
    value = str(node.value).strip()
    return None if node.tag == "tag:yaml.org,2002:null" else value or None


def _list(node: yaml.Node, path: Path, where: str) -> tuple[str, ...]:
    """The values of a list, or of a single value; an empty line names none, not every one."""
    if isinstance(node, yaml.ScalarNode):
        value = _text(node, path, where)
        return (value,) if value else ()
    if not isinstance(node, yaml.SequenceNode):
        raise BadFile(path, "must be a list such as [a, b].", line=_line(node), key=where)
    values = (_text(item, path, where) for item in node.value)
    return tuple(value for value in values if value)


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1


def by_username(*accounts: Account) -> Accounts:
    """Accounts as a mapping, for those that are declared rather than read."""
    return MappingProxyType({account.username: account for account in accounts})
