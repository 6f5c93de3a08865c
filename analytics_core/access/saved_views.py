"""Saved views: a name for a page and its parameters. A selection, never a scope."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

from analytics_core.access.accounts import Accounts
from analytics_core.access.principal import Principal
from analytics_core.access.state import State
from analytics_core.access.tokens import person_of
from analytics_core.errors import BadValue, NotKept, UnknownName
from analytics_core.semantics.filters import MOST_BYTES

MOST_VIEWS = 100  # of one owner
LONGEST_NAME = 64  # characters

Params = tuple[tuple[str, tuple[str, ...]], ...]  # a URL's, by name


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is to be kept: the name, a page by its path, the parameters of its URL.

    `shared`: everyone may open it. `landing`: it opens when its owner signs in.
    """

    name: str
    page: str
    params: Params = ()
    shared: bool = False
    landing: bool = False

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > LONGEST_NAME or not self.name.isprintable():
            raise BadValue("name", self.name, f"1 to {LONGEST_NAME} characters on one line")
        size = len(_kept(self.params).encode())
        if size > 2 * MOST_BYTES:
            raise BadValue("view", f"{size} bytes", f"at most {2 * MOST_BYTES}; pick less")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """One saved view. `person` is who the owner was: a name can change hands."""

    id: str
    owner: str
    person: str
    name: str
    page: str
    params: Params
    shared: bool
    landing: bool
    changed: datetime

    def belongs_to(self, principal: Principal) -> bool:
        """Whether the account of its owner's name is still that person."""
        mine = compare_digest(self.person, person_of(principal))
        return mine and self.owner == principal.username

    def orphaned(self, accounts: Accounts) -> bool:
        """Whether its owner is gone."""
        account = accounts.get(self.owner)
        return account is None or not self.belongs_to(account.principal)


@dataclass(frozen=True, slots=True)
class SavedViews:
    """The saved views of state.db."""

    state: State

    def of(self, principal: Principal) -> tuple[SavedView, ...]:
        """Their own, by name."""
        return tuple(v for v in self._rows(principal.username) if v.belongs_to(principal))

    def shared_with(self, principal: Principal) -> tuple[SavedView, ...]:
        """What others share, by name; also of owners who are gone."""
        rows = self._rows(principal.username)
        return tuple(v for v in rows if v.shared and not v.belongs_to(principal))

    def landing(self, principal: Principal) -> SavedView | None:
        """The view that opens when they sign in."""
        return next((view for view in self.of(principal) if view.landing), None)

    def make(self, owner: Principal, draft: Draft, now: datetime) -> SavedView:
        """A new view. Raises NotKept where its name is taken or they have too many."""
        with self.state.transaction():
            if len(self.of(owner)) >= MOST_VIEWS:
                raise NotKept.too_many("saved views", MOST_VIEWS)
            self._check_free(owner, draft.name)
            self._take_landing(owner, draft)
            public = secrets.token_hex(8)
            self.state.write(
                "INSERT INTO saved_views VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                public, owner.username, person_of(owner), *_fields(draft), _seconds(now),
            )  # fmt: skip
        return self._own(owner, public)

    def change(self, owner: Principal, public: str, draft: Draft, now: datetime) -> SavedView:
        """Their view of that id becomes `draft`. Raises UnknownName, NotKept."""
        with self.state.transaction():
            self._own(owner, public)
            self._check_free(owner, draft.name, but=public)
            self._take_landing(owner, draft)
            self.state.write(
                "UPDATE saved_views SET name = ?, page = ?, params = ?, shared = ?, landing = ?,"
                " changed = ? WHERE id = ?",
                *_fields(draft), _seconds(now), public,
            )  # fmt: skip
        return self._own(owner, public)

    def remove(self, principal: Principal, public: str, accounts: Accounts) -> None:
        """Takes a view away: one of their own; for administrators also one whose owner is gone.

        Raises UnknownName.
        """
        mine = {view.id for view in self.of(principal)}
        if principal.has_role("admin"):
            mine |= {v.id for v in self.shared_with(principal) if v.orphaned(accounts)}
        UnknownName.check("saved view", public, mine)
        self.state.write("DELETE FROM saved_views WHERE id = ?", public)

    def _own(self, owner: Principal, public: str) -> SavedView:
        known = {view.id: view for view in self.of(owner)}
        UnknownName.check("saved view", public, known)
        return known[public]

    def _check_free(self, owner: Principal, name: str, but: str | None = None) -> None:
        taken = {v.name.casefold() for v in self.of(owner) if v.id != but}
        if name.strip().casefold() in taken:
            raise NotKept.taken("saved view", name.strip())

    def _take_landing(self, owner: Principal, draft: Draft) -> None:
        """There is one landing."""
        if draft.landing:
            self.state.write("UPDATE saved_views SET landing = 0 WHERE owner = ?", owner.username)

    def _rows(self, owner: str) -> list[SavedView]:
        """The owner's and what is shared, by name."""
        rows = self.state.rows("SELECT * FROM saved_views WHERE owner = ? OR shared = 1", owner)
        return sorted(map(_view, rows), key=lambda v: (v.name.casefold(), v.owner, v.id))


def params_of(url: Mapping[str, Sequence[str]]) -> Params:
    """The parameters of a URL as they are kept."""
    return tuple((name, tuple(values)) for name, values in sorted(url.items()))


def _fields(draft: Draft) -> tuple[object, ...]:
    return (
        draft.name.strip(), draft.page, _kept(draft.params), int(draft.shared), int(draft.landing),
    )  # fmt: skip


def _kept(params: Params) -> str:
    return json.dumps(dict(params), ensure_ascii=False)


def _view(row: Iterable[Any]) -> SavedView:
    public, owner, person, name, page, params, shared, landing, changed = row
    return SavedView(
        id=public, owner=owner, person=person, name=name, page=page,
        params=params_of(json.loads(params)), shared=bool(shared), landing=bool(landing),
        changed=datetime.fromtimestamp(changed, UTC),
    )  # fmt: skip


def _seconds(now: datetime) -> int:
    return int(now.timestamp())
