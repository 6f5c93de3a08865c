import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analytics_core.access.accounts import AccountsFile, from_secrets, parse
from analytics_core.access.principal import Principal
from analytics_core.errors import BadFile

pytestmark = pytest.mark.access

HASH = "$2b$04$abcdefghijklmnopqrstuuKj5O9jbEH8nYbqbVnHoBGyN1VZXQdFS"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ANA = f"""\
credentials:
  usernames:
    ana:
      email: Ana@Example.com
      first_name: Ana
      last_name: Ruiz
      password: {HASH}
      roles: [project_admin, lead]
      organizations: [acme]
      teams: core
      projects:
        - atlas
        - 007
"""


def test_a_record_becomes_a_principal():
    account = parse(ANA, Path("auth.yaml"))["ana"]
    assert account.password == HASH
    assert account.principal == Principal(
        username="ana",
        name="Ana Ruiz",
        email="Ana@Example.com",
        user_id="ana@example.com",
        roles=("project_admin", "lead"),
        organizations=("acme",),
        teams=("core",),
        projects=("atlas", "007"),
    )


@pytest.mark.parametrize(
    ("fields", "user_id", "name"),
    [
        ("user_id: u-17\n      email: a@b.example", "u-17", "bo"),
        ("user_id: Bo@B.example", "bo@b.example", "bo"),
        ("user_id: Robot7", "Robot7", "bo"),
        ("name: Bo Li", None, "Bo Li"),
        ("first_name: Bo\n      name: other", None, "Bo"),
        ("email:", None, "bo"),
        ("email: null", None, "bo"),
    ],
)
def test_the_name_in_the_usage_data_is_the_user_id_else_the_email(fields, user_id, name):
    text = f"credentials:\n  usernames:\n    bo:\n      password: {HASH}\n      {fields}\n"
    principal = parse(text, Path("auth.yaml"))["bo"].principal
    assert (principal.user_id, principal.name) == (user_id, name)


@pytest.mark.parametrize(
    ("line", "organizations"),
    [("", None), ("organizations:", ()), ("organizations: []", ()), ("organizations: [a]", ("a",))],
)
def test_only_a_missing_line_means_every_organization(line, organizations):
    text = f"credentials:\n  usernames:\n    bo:\n      password: {HASH}\n      {line}\n"
    assert parse(text, Path("auth.yaml"))["bo"].principal.organizations == organizations


@pytest.mark.parametrize("text", ["", "# nothing\n", "credentials:\n", "credentials: {usernames: }",
                                  "cookie: {name: x}\n"])  # fmt: skip
def test_a_file_without_accounts_holds_nobody(text):
    assert dict(parse(text, Path("auth.yaml"))) == {}


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        ("credentials: [", 1, None, "is not YAML"),
        ("- a\n", 1, None, "must hold 'key: value' lines"),
        ("credential:\n  usernames:\n", 2, "credential", "Did you mean 'credentials'?"),
        ("credentials:\n  users: {}\n", 2, "credentials.users", "unknown key"),
        ("credentials:\n  usernames: [ana]\n", 2, "usernames", "must hold 'key: value' lines"),
        ("credentials:\n  usernames:\n    ana: {password: secret123456}\n", 3, "ana.password",
         "is not a bcrypt hash"),
        ("credentials:\n  usernames:\n    ana: {email: a@b.example}\n", 3, "ana.password",
         "python -m analytics_core user passwd ana"),
        (f"credentials:\n  usernames:\n    Ana: {{password: {HASH}}}\n", 3, "Ana", "lower case"),
        (f"credentials:\n  usernames:\n    ana: {{password: {HASH}}}\n    ana: {{}}\n", 4, "ana",
         "stands here twice"),
        (f"credentials:\n  usernames:\n    ana:\n      password: {HASH}\n      team: core\n", 5,
         "ana.team", "Did you mean 'teams'?"),
        (f"credentials:\n  usernames:\n    ana:\n      password: {HASH}\n      role: admin\n", 5,
         "ana.role", "Did you mean 'roles'?"),
        (f"credentials:\n  usernames:\n    ana:\n      password: {HASH}\n      roles: {{a: b}}\n",
         5, "ana.roles", "must be a list"),
        (f"credentials:\n  usernames:\n    ana:\n      password: {HASH}\n      roles: [[a]]\n",
         5, "ana.roles", "must be a single value"),
        ("credentials:\n  usernames:\n    ana: \x01\n", None, None, "is not YAML"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_file_is_named_by_line_and_key(text, line, key, says):
    with pytest.raises(BadFile) as caught:
        parse(text, Path("auth.yaml"))
    assert (caught.value.line, caught.value.key) == (line, key)
    assert says in str(caught.value)
    assert str(caught.value).startswith("auth.yaml")


def test_a_password_kept_as_text_is_refused_and_never_repeated():
    with pytest.raises(BadFile) as caught:
        parse("credentials:\n  usernames:\n    ana:\n      password: hunter2hunter2\n", Path("a"))
    assert "hunter2" not in str(caught.value)


def test_what_the_library_writes_into_its_own_files_is_passed_over():
    text = ANA + "      logged_in: true\n      failed_login_attempts: 3\ncookie: {key: some_key}\n"
    assert set(parse(text, Path("auth.yaml"))) == {"ana"}


def write(path: Path, text: str, number: int) -> None:
    path.write_text(text, "utf-8")
    os.utime(path, ns=(number, number))  # a clock too coarse must not hide a change


def test_a_change_of_the_file_is_seen_at_the_next_read(tmp_path):
    path = tmp_path / "auth.yaml"
    write(path, ANA, 1)
    file = AccountsFile(path)
    assert file.accounts(NOW)["ana"].principal.roles == ("project_admin", "lead")
    write(path, ANA.replace("[project_admin, lead]", "[member]"), 2)
    assert file.accounts(NOW)["ana"].principal.roles == ("member",)


@pytest.mark.parametrize("broken", ["credentials: [", None], ids=["half written", "gone"])
def test_a_broken_file_keeps_its_last_good_content_for_five_minutes_then_holds_nobody(
    tmp_path, broken
):
    path = tmp_path / "auth.yaml"
    write(path, ANA, 1)
    file = AccountsFile(path)
    assert set(file.accounts(NOW)) == {"ana"}
    if broken is None:
        path.unlink()
    else:
        write(path, broken, 2)
    assert set(file.accounts(NOW + timedelta(seconds=1))) == {"ana"}
    assert file.problem is not None
    assert set(file.accounts(NOW + timedelta(seconds=300))) == {"ana"}
    assert set(file.accounts(NOW + timedelta(seconds=301))) == set()
    write(path, ANA, 3)
    assert set(file.accounts(NOW + timedelta(seconds=400))) == {"ana"}
    assert file.problem is None


def test_the_five_minutes_are_counted_from_the_first_broken_content(tmp_path):
    path = tmp_path / "auth.yaml"
    write(path, ANA, 1)
    file = AccountsFile(path)
    file.accounts(NOW)
    write(path, "credentials: [", 2)
    assert set(file.accounts(NOW + timedelta(seconds=10))) == {"ana"}
    write(path, "credentials: [[", 3)
    assert set(file.accounts(NOW + timedelta(seconds=200))) == {"ana"}
    assert set(file.accounts(NOW + timedelta(seconds=310))) == set()


def test_a_file_that_was_never_good_holds_nobody_and_says_why(tmp_path):
    path = tmp_path / "auth.yaml"
    path.write_text("credentials: [")
    file = AccountsFile(path)
    assert dict(file.accounts(NOW)) == {}
    with pytest.raises(BadFile, match="is not YAML"):
        file.check(NOW)


def test_a_file_that_never_was_there_holds_nobody_and_is_no_problem(tmp_path):
    file = AccountsFile(tmp_path / "auth.yaml")
    assert dict(file.accounts(NOW)) == {}
    file.check(NOW)


def test_a_file_that_is_no_text_is_a_problem_with_a_name(tmp_path):
    path = tmp_path / "auth.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    file = AccountsFile(path)
    assert dict(file.accounts(NOW)) == {}
    assert "cannot be read" in str(file.problem)


def test_accounts_in_the_hosts_secrets_have_the_same_layout():
    ana = {"password": HASH, "roles": ["member"], "user_id": "u-1"}
    accounts = from_secrets({"credentials": {"usernames": {"ana": ana}}, "other": 1})
    assert accounts["ana"].principal.user_id == "u-1"
    assert dict(from_secrets({})) == {}
    with pytest.raises(BadFile, match=r"st\.secrets, key 'ana\.password'"):
        from_secrets({"credentials": {"usernames": {"ana": {"password": "text"}}}})
