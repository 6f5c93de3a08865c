from collections.abc import Callable
from pathlib import Path

import pytest

from analytics_core import settings
from analytics_core.access.accounts import NOBODY, AccountsFile
from analytics_core.access.gate import Gate
from analytics_core.access.state import State

HASH = "$2b$04$abcdefghijklmnopqrstuuKj5O9jbEH8nYbqbVnHoBGyN1VZXQdFS"
OTHER_HASH = "$2b$04$abcdefghijklmnopqrstuuCj5O9jbEH8nYbqbVnHoBGyN1VZXQdFS"


@pytest.fixture
def state(tmp_path):
    held = State(tmp_path / "data" / "state.db")
    yield held
    held.close()


@pytest.fixture
def write_accounts(tmp_path) -> Callable[..., Path]:
    """Makes tmp_path/auth.yaml of ana="roles: [member]" and the like; all have one password."""

    def write(hashed: str = HASH, **records: str) -> Path:
        path = tmp_path / "auth.yaml"
        lines = ["credentials:", "  usernames:"]
        for name, record in records.items():
            lines += [f"    {name}:", f"      password: {hashed}", f"      {record}"]
        aside = path.with_name("aside")  # another inode: seen by any clock
        aside.write_text("\n".join(lines) + "\n")
        aside.replace(path)
        return path

    return write


@pytest.fixture
def gate(tmp_path, state, write_accounts):
    write_accounts(ana="roles: [member]", bo="roles: [admin]")
    loaded = settings.load(tmp_path / "settings", environ={})
    return Gate(AccountsFile(tmp_path / "auth.yaml"), state, loaded, lambda: True, NOBODY)
