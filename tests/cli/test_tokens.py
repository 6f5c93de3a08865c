"""token: made for an account, printed once, narrowed, listed and ended."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics_core.access.audit import Audit
from analytics_core.access.state import State
from analytics_core.access.tokens import Tokens

TEXT = re.compile(r"tt_[0-9a-f]{8}_[A-Za-z0-9_-]{43}\n")


def held(data: Path) -> Tokens:
    return Tokens(State(data / "state.db"))


def account(run, name: str, role: str, *more: str) -> None:
    email = ("--email", f"{name}@x.example")
    made = run("user", "add", name, "--role", role, *email, *more, stdin="a-long-password")
    assert made.code == 0, made.err


def test_a_token_is_printed_alone_and_once(run, copied: Path) -> None:
    made = run("token", "create", "nightly report", "--user", "ana")
    assert (made.code, bool(TEXT.fullmatch(made.out))) == (0, True)
    assert re.fullmatch(r"Shown once: keep it now\. Id [0-9a-f]{8}, until .* 20..\.\n", made.err)
    token = held(copied).living(made.out.strip(), datetime.now(UTC))
    assert token
    assert (token.owner, token.name, token.abilities) == ("ana", "nightly report", ("read",))
    for shown in (run("token", "list"), run("token", "list", "--json")):
        assert made.out.strip() not in shown.out
        assert made.out.strip()[12:] not in shown.out


def test_what_narrows_it_is_kept_and_listed(run, copied: Path) -> None:
    words = ("--user", "ada", "--where", "project=Search,Voice Bot", "--where", "user=@me")
    made = json.loads(run("token", "create", "two", *words, "--days", "5", "--json").out)
    (token,) = held(copied).of("ada")
    assert (made["id"], (token.expires - token.created).days) == (token.id, 5)
    picks = {"project": ["Search", "Voice Bot"], "user": ["ada.novak@acme.example"]}
    (listed,) = json.loads(run("token", "list", "--user", "ada", "--json").out)
    assert (listed["picks"], listed["last_used"], "token" in listed) == (picks, None, False)
    assert run("token", "list", "--user", "ana").out == "No tokens.\n"
    line = run("token", "list").out.splitlines()[1]
    assert re.fullmatch(
        rf"{token.id} +ada +two +read +project=Search,Voice Bot user=ada\S+ +20\S+ +never", line
    )


def test_a_token_that_pushes_names_its_source(run, copied: Path) -> None:
    account(run, "root", "admin")
    words = ("token", "create", "proxy", "--user", "root", "--ability", "push")
    assert run(*words).err == (
        "source: '' cannot be read. Expected a short name in lower case for what is pushed.\n"
    )
    assert run(*words, "--source", "litellm-proxy").code == 0
    assert "push as litellm-proxy" in run("token", "list").out
    assert run(*words, "--source", "demo").err == (
        "source: 'demo' cannot be read. Expected another name: invented usage has this one.\n"
    )


def test_a_token_that_could_push_nothing_is_not_made(run, copied: Path) -> None:
    words = ("token", "create", "proxy", "--ability", "push", "--source", "mobile", "--user")
    demo = run(*words, "ada")
    assert (demo.code, "user add NAME --role admin" in demo.err) == (1, True)
    account(run, "bo", "member")
    account(run, "pia", "project_admin", "--project", "Search")
    for where in ((), ("--where", "user=eve"), ("--where", "project=Search")):
        made = run(*words, "bo", *where)
        assert made.code == 1
        assert "Fix what it pushes to what they see: --where user=bo@x.example." in made.err
    away = run(*words, "pia", "--where", "project=Maps")
    assert "--where user=pia@x.example or --where project=Search." in away.err
    assert held(copied).every() == ()
    assert run(*words, "bo", "--where", "user=@me").code == 0
    assert run(*words, "pia", "--where", "project=Search").code == 0


def test_only_administrators_push_under_the_source_of_dropped_files(run, copied: Path) -> None:
    account(run, "root", "admin")
    account(run, "bo", "member")
    words = ("token", "create", "x", "--ability", "push", "--source", "canonical", "--where")
    refused = run(*words, "user=@me", "--user", "bo")
    assert (refused.code, held(copied).every()) == (1, ())
    assert refused.err.startswith("Dropped files have landed under the source 'canonical'")
    assert run(*words, "team=core", "--user", "root").code == 0


def test_a_revoked_token_and_those_of_a_removed_account_end_at_once(run, copied: Path) -> None:
    run("user", "add", "bo", "--role", "member", stdin="a-long-password")
    one, two = (run("token", "create", name, "--user", "bo").out.strip() for name in "ab")
    assert run("token", "revoke", one[3:11]).out == (
        f"{one[3:11]} 'a' of bo opens nothing any more.\n"
    )
    tokens, now = held(copied), datetime.now(UTC)
    assert tokens.living(one, now) is None
    assert tokens.living(two, now) is not None
    deeds = [(deed.action, deed.token) for _, deed in Audit(tokens.state).newest(3)]
    made = [("token made", token[3:11]) for token in (two, one)]
    assert deeds == [("token revoked", one[3:11]), *made]
    run("user", "remove", "bo")
    assert tokens.living(two, now) is None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("create", "x", "--user", "nina"), "No account is called 'nina'."),
        (("create", "x", "--user", "ana", "--days", "0"), "days: '0' cannot be read."),
        (("create", "x", "--user", "ana", "--ability", "wrte"), "No ability is called 'wrte'."),
        (("create", "x", "--user", "ana", "--where", "projct=a"), "No dimension is called"),
        (("create", "x", "--user", "ana", "--where", "unit=tokens"), "where: 'pricing_rule"),
        (("create", "", "--user", "ana"), "name: '' cannot be read."),
        (("revoke", "00000000"), "No token is called '00000000'. There is none yet."),
    ],
)
def test_a_mistake_is_one_sentence(run, copied: Path, words, says) -> None:
    ran = run("token", *words)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(says)


def test_where_nothing_can_be_kept_no_token_is_made(run, copied: Path) -> None:
    (copied / "state.db").write_bytes(b"no database" * 100)
    ran = run("token", "create", "x", "--user", "ana")
    assert (ran.code, ran.out) == (1, "")
    assert "state.db cannot be written" in ran.err
