import stat
from pathlib import Path

import bcrypt
import pytest

from analytics_core.access import account_book
from analytics_core.errors import BadFile, BadValue, NotWritable, UnknownName

pytestmark = pytest.mark.access

PASSWORD = "correct horse battery"
HASH = "$2b$04$abcdefghijklmnopqrstuuKj5O9jbEH8nYbqbVnHoBGyN1VZXQdFS"
HAND_WRITTEN = f"""\
# ours
credentials:
  usernames:
    # the boss
    ada:  # she
      password: "{HASH}"  # old
      roles: [admin]

    bo:
      password: {HASH}
      roles:
        - member
# the end
cookie: {{name: x}}
"""


@pytest.fixture
def auth(tmp_path) -> Path:
    path = tmp_path / "auth.yaml"
    path.write_text(HAND_WRITTEN, "utf-8")
    return path


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("analytics_core.access.passwords.COST", 4)


def test_the_first_account_makes_a_file_that_only_its_owner_reads(tmp_path):
    path = tmp_path / "auth.yaml"
    account_book.add(path, "ana", PASSWORD, {"email": "ana@x.example", "roles": ["admin"]})
    account = account_book.accounts(path)["ana"]
    assert account.principal.roles == ("admin",)
    assert account.principal.user_id == "ana@x.example"
    assert bcrypt.checkpw(PASSWORD.encode(), account.password.encode())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["auth.yaml"]


@pytest.mark.parametrize(
    "text",
    ["", "# only this\n", "credentials:\n", "credentials:\n  usernames:\n",
     "credentials:\n  usernames: {} # nobody yet\n", "credentials: {usernames: {}}\n",
     "cookie: {name: x}\n", "credentials:\n  usernames:  \ncookie: {name: x}\n"],
)  # fmt: skip
def test_an_account_can_be_added_to_any_file_without_accounts(tmp_path, text):
    path = tmp_path / "auth.yaml"
    path.write_text(text)
    account_book.add(path, "ana", PASSWORD, {"roles": ["member"]})
    account_book.add(path, "bo", PASSWORD, {"roles": ["admin"]})
    assert set(account_book.accounts(path)) == {"ana", "bo"}


def test_adding_keeps_every_line_written_by_hand(auth):
    account_book.add(auth, "cy", PASSWORD, {"roles": ["lead"], "teams": ["a: b", "é"]})
    added = account_book.accounts(auth)
    assert set(added) == {"ada", "bo", "cy"}
    assert added["cy"].principal.teams == ("a: b", "é")
    assert set(HAND_WRITTEN.splitlines()) <= set(auth.read_text("utf-8").splitlines())


def test_a_new_password_changes_one_value_and_nothing_else(auth):
    account_book.set_password(auth, "ada", PASSWORD)
    after = account_book.accounts(auth)
    assert bcrypt.checkpw(PASSWORD.encode(), after["ada"].password.encode())
    assert after["bo"].password == HASH
    lines = zip(HAND_WRITTEN.splitlines(), auth.read_text("utf-8").splitlines(), strict=True)
    changed = [(a, b) for a, b in lines if a != b]
    assert len(changed) == 1
    assert changed[0][1].endswith("# old")


@pytest.mark.parametrize(("gone", "left"), [("ada", "bo"), ("bo", "ada")])
def test_removing_takes_one_account_out_and_leaves_the_other(auth, gone, left):
    kept = account_book.accounts(auth)[left]
    account_book.remove(auth, gone)
    assert dict(account_book.accounts(auth)) == {left: kept}
    assert "# the end" in auth.read_text("utf-8")
    account_book.remove(auth, left)
    assert dict(account_book.accounts(auth)) == {}
    account_book.add(auth, "cy", PASSWORD, {"roles": ["member"]})
    assert set(account_book.accounts(auth)) == {"cy"}


def test_accounts_written_in_braces_are_left_to_hands(tmp_path):
    path = tmp_path / "auth.yaml"
    text = f"credentials: {{usernames: {{ada: {{password: '{HASH}'}}}}}}\n"
    path.write_text(text)
    with pytest.raises(BadFile, match="not in braces"):
        account_book.add(path, "bo", PASSWORD, {})
    with pytest.raises(BadFile, match="not in braces"):
        account_book.remove(path, "ada")
    assert path.read_text() == text


def test_an_edit_that_would_change_somebody_else_too_is_left_to_hands(tmp_path):
    path = tmp_path / "auth.yaml"
    text = f"credentials:\n  usernames:\n    ada: &a {{password: {HASH}}}\n    bo: *a\n"
    path.write_text(text)
    with pytest.raises(BadFile, match="edit it by hand"):
        account_book.set_password(path, "bo", PASSWORD)
    assert path.read_text() == text


def test_a_file_that_is_no_text_is_not_replaced(tmp_path):
    path = tmp_path / "auth.yaml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BadFile, match="cannot be read"):
        account_book.add(path, "ana", PASSWORD, {})
    assert path.read_bytes() == b"\xff\xfe"


@pytest.mark.parametrize(
    ("name", "password", "record", "error", "says"),
    [
        ("ada", PASSWORD, {}, BadValue, "a name that is not taken"),
        ("Cy", PASSWORD, {}, BadValue, "lower case"),
        (" cy", PASSWORD, {}, BadValue, "spaces"),
        ("", PASSWORD, {}, BadValue, "lower case"),
        ("c\ny", PASSWORD, {}, BadValue, "lower case"),
        ("cy", "elevenchars", {}, BadValue, "at least 12 characters"),
        ("cy", "é" * 37, {}, BadValue, "at most 72 bytes"),
        ("cy", PASSWORD + " ", {}, BadValue, "no spaces around it"),
        ("cy", PASSWORD + "\0x", {}, BadValue, "NUL"),
        ("cy", PASSWORD, {"roles": ["amdin"]}, UnknownName, "Did you mean 'admin'?"),
        ("cy", PASSWORD, {"team": ["a"]}, UnknownName, "Did you mean 'teams'?"),
    ],
)
def test_what_could_never_sign_in_is_refused_and_the_file_stays(
    auth, name, password, record, error, says
):
    with pytest.raises(error, match=says.replace("?", r"\?")) as caught:
        account_book.add(auth, name, password, record)
    assert password not in str(caught.value)
    assert auth.read_text("utf-8") == HAND_WRITTEN


def test_an_unknown_account_is_named_with_the_nearest(auth):
    with pytest.raises(UnknownName, match="Did you mean 'ada'"):
        account_book.set_password(auth, "adda", PASSWORD)
    with pytest.raises(UnknownName, match="Did you mean 'ada'"):
        account_book.remove(auth, "adda")


def test_a_folder_that_does_not_exist_is_an_error_with_a_name(tmp_path):
    with pytest.raises(NotWritable, match=r"auth\.yaml cannot be written"):
        account_book.add(tmp_path / "none" / "auth.yaml", "ana", PASSWORD, {})
