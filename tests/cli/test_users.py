"""user: accounts made, changed and removed, with the password never on the command line."""

import json
from pathlib import Path

import bcrypt
import pytest
import yaml

FIRST, SECOND = "a-first-password-of-hers", "quite-another-password"


def kept(path: Path) -> dict[str, dict[str, str]]:
    return yaml.safe_load(path.read_text("utf-8"))["credentials"]["usernames"]


def matches(path: Path, name: str, password: str) -> bool:
    return bcrypt.checkpw(password.encode(), kept(path)[name]["password"].encode())


def test_an_account_is_made_listed_changed_and_removed(run, tmp_path: Path) -> None:
    path = tmp_path / "auth.yaml"
    made = run(
        "user", "add", "ana", "--role", "project_admin", "--project", "Search", "--email",
        "Ana@x.example", "--first-name", "Ana", "--last-name", "Ruiz", stdin=FIRST + "\n",
    )  # fmt: skip
    assert (made.code, made.err) == (0, "")
    assert made.out == "ana sees their own usage and everything in Search.\n"
    assert matches(path, "ana", FIRST)
    assert FIRST not in path.read_text("utf-8")

    (listed,) = json.loads(run("user", "list", "--json").out)
    assert (listed["username"], listed["roles"], listed["projects"]) == (
        "ana", ["project_admin"], ["Search"],
    )  # fmt: skip
    assert run("user", "list").out == (
        "user  name      e-mail         roles          sees\n"
        "ana   Ana Ruiz  Ana@x.example  project_admin  their own usage and everything in Search\n"
    )

    changed = run("user", "passwd", "ana", stdin=SECOND + "\r\n")
    assert (changed.code, changed.out) == (
        0, "ana has another password; their sign-ins have ended.\n",
    )  # fmt: skip
    assert matches(path, "ana", SECOND)
    assert not matches(path, "ana", FIRST)

    gone = run("user", "remove", "ana", "--json")
    assert json.loads(gone.out) == {"user": "ana", "done": "remove"}
    assert run("user", "list").out == (
        "No accounts in auth.yaml yet: python -m analytics_core user add NAME --role admin\n"
    )


def test_accounts_stand_where_the_environment_says(run, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("TOKENTALLY_AUTH", str(tmp_path / "keys" / "accounts.yaml"))
    words = ("user", "add", "ana", "--role", "admin")
    ran = run(*words, stdin=FIRST)
    assert (ran.code, ran.err) == (
        1,
        f"{tmp_path / 'keys' / 'accounts.yaml'} cannot be written (No such file or directory)."
        " Give the user that runs Tokentally write access to it, or name another file with"
        " TOKENTALLY_AUTH.\n",
    )
    (tmp_path / "keys").mkdir()
    assert run(*words, stdin=FIRST).code == 0
    assert list(kept(tmp_path / "keys" / "accounts.yaml")) == ["ana"]


@pytest.mark.parametrize(
    ("words", "password", "says"),
    [
        (
            ("add", "Ana", "--role", "admin"),
            FIRST,
            "name: 'Ana' cannot be read. Expected lower case letters without spaces around them.",
        ),
        (
            ("add", "ana", "--role", "admin"),
            "short",
            "password: '…' cannot be read. Expected at least 12 characters.",
        ),
        (
            ("add", "ana", "--role", "admin"),
            "",
            "password: '…' cannot be read. Expected at least 12 characters.",
        ),
        (
            ("add", "ana", "--role", "admn"),
            FIRST,
            "No role is called 'admn'. Did you mean 'admin'?",
        ),
        (("passwd", "ana"), FIRST, "No account is called 'ana'. There is none yet."),
        (("remove", "ana"), "", "No account is called 'ana'. There is none yet."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_mistake_changes_nothing(run, tmp_path: Path, words, password, says) -> None:
    ran = run("user", *words, stdin=password)
    assert (ran.code, ran.out, ran.err) == (1, "", says + "\n")
    assert not (tmp_path / "auth.yaml").exists()


def test_a_name_that_is_taken_stays_who_it_was(run, tmp_path: Path) -> None:
    assert run("user", "add", "ana", "--role", "admin", stdin=FIRST).code == 0
    before = (tmp_path / "auth.yaml").read_bytes()
    ran = run("user", "add", "ana", "--role", "member", stdin=SECOND)
    assert ran.code == 1
    assert "Expected a name that is not taken; 'user passwd' changes one." in ran.err
    assert (tmp_path / "auth.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "sees"),
    [
        (("--role", "admin"), "all usage"),
        (("--role", "manager"), "all usage of every organization"),
        (("--role", "manager", "--organization", "Acme"), "everything in Acme"),
        (("--role", "member"), "nothing yet: no user_id, team or project is set"),
        (("--role", "member", "--user-id", "ana"), "their own usage"),
        (
            ("--role", "lead", "--team", "Core", "--role", "project_admin", "--project", "Search"),
            "everything in Core and everything in Search",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_a_new_account_sees_is_said(run, monkeypatch, words, sees) -> None:
    monkeypatch.setattr("analytics_core.access.account_book.hashed", lambda _: HASH)
    ran = run("user", "add", "ana", *words, stdin=FIRST)
    assert ran.out == f"ana sees {sees}.\n"


HASH = "$2b$04$abcdefghijklmnopqrstuuKj5O9jbEH8nYbqbVnHoBGyN1VZXQdFS"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("credentials: [x\n", "auth.yaml, line 2: is not YAML ("),
        ("creds: {}\n", "auth.yaml, line 1, key 'creds': unknown section. Did you mean"),
        (
            "credentials:\n  usernames:\n    bob:\n      password: plain\n",
            "auth.yaml, line 4, key 'bob.password': is not a bcrypt hash;",
        ),
    ],
)
@pytest.mark.parametrize(
    "words",
    [("user", "list"), ("user", "remove", "bob"), ("sources", "--check")],
    ids=" ".join,
)
def test_a_broken_file_of_accounts_is_named(run, tmp_path: Path, words, text, says) -> None:
    (tmp_path / "auth.yaml").write_text(text, "utf-8")
    ran = run(*words)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(says)
    assert (tmp_path / "auth.yaml").read_text("utf-8") == text
