from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analytics_core.access.accounts import from_secrets
from analytics_core.access.demo_accounts import DEMO_ACCOUNTS
from analytics_core.access.gate import gate_of
from analytics_core.access.secret import binding_of, digest, fresh

pytestmark = pytest.mark.access

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HERE = binding_of("a browser")
OTHER_HASH = "$2b$04$abcdefghijklmnopqrstuuCj5O9jbEH8nYbqbVnHoBGyN1VZXQdFS"


def begun(gate, name="ana", binding=HERE, at=NOW):
    return gate.begin(gate.accounts(at)[name], binding, at)[0]


def test_a_sign_in_gives_the_principal_as_the_file_says_now(gate, write_accounts):
    sign_in = begun(gate)
    assert gate.principal(sign_in, HERE, NOW).roles == ("member",)
    write_accounts(ana="roles: [admin]", bo="roles: [member]")
    assert gate.principal(sign_in, HERE, NOW).roles == ("admin",)
    write_accounts(ana="roles: []")
    assert gate.principal(sign_in, HERE, NOW).roles == ()


def test_a_sign_in_holds_in_its_own_browser_only(gate):
    sign_in = begun(gate)
    assert gate.principal(sign_in, HERE, NOW) is not None
    assert gate.principal(sign_in, binding_of("another browser"), NOW) is None
    assert gate.principal(sign_in, binding_of(None), NOW) is None


def test_a_made_up_or_absent_sign_in_is_nobody(gate):
    begun(gate)
    assert gate.principal(None, HERE, NOW) is None
    assert gate.principal("", HERE, NOW) is None
    assert gate.principal(digest(fresh()), HERE, NOW) is None
    assert gate.principal("ana", HERE, NOW) is None


def test_the_row_holds_no_value_that_could_be_sent_as_a_cookie(gate, state):
    sign_in, ticket = gate.begin(gate.accounts(NOW)["ana"], HERE, NOW)
    value = gate.tickets.redeem(ticket, HERE, NOW)
    assert digest(value) == sign_in
    held = [str(v) for row in state.rows("SELECT * FROM sign_ins") for v in row]
    assert value not in held
    assert ticket not in held


def test_another_password_ends_the_sign_in(gate, write_accounts):
    sign_in = begun(gate)
    write_accounts(OTHER_HASH, ana="roles: [member]")
    assert gate.principal(sign_in, HERE, NOW) is None


def test_a_removed_account_is_nobody(gate, write_accounts):
    sign_in = begun(gate)
    write_accounts(bo="roles: [admin]")
    assert gate.principal(sign_in, HERE, NOW) is None


def test_signing_out_ends_the_sign_in_and_not_its_sister(gate):
    first, second = begun(gate), begun(gate)
    gate.sign_ins.end(first)
    assert gate.principal(first, HERE, NOW) is None
    assert gate.principal(second, HERE, NOW).username == "ana"


def test_signing_out_everywhere_ends_all_of_one_person_also_those_just_being_made(gate, state):
    anas, bos = [begun(gate), begun(gate, binding=binding_of("phone"))], begun(gate, "bo")
    rows = state.rows("SELECT * FROM sign_ins WHERE username = 'ana'")
    gate.sign_ins.end_everywhere("ana")
    for row in rows:  # another process had read the old epoch and writes its row only now
        state.write("INSERT OR REPLACE INTO sign_ins VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", *row)
    assert [gate.principal(s, HERE, NOW) for s in anas] == [None, None]
    assert gate.principal(anas[1], binding_of("phone"), NOW) is None
    assert gate.principal(bos, HERE, NOW).username == "bo"
    assert gate.principal(begun(gate), HERE, NOW).username == "ana"


def test_a_sign_in_ends_after_seven_days_even_when_used_all_the_time(gate):
    sign_in = begun(gate)
    at = NOW
    while at < NOW + timedelta(days=6, hours=23):
        at += timedelta(hours=1)
        assert gate.principal(sign_in, HERE, at) is not None
    assert gate.principal(sign_in, HERE, NOW + timedelta(days=7)) is None


def test_a_sign_in_ends_after_a_day_without_use(gate):
    sign_in = begun(gate)
    assert gate.principal(sign_in, HERE, NOW + timedelta(hours=23)) is not None
    assert gate.principal(sign_in, HERE, NOW + timedelta(hours=46)) is not None
    assert gate.principal(sign_in, HERE, NOW + timedelta(hours=70)) is None


def test_demo_accounts_work_only_while_there_is_nothing_else(gate, write_accounts):
    assert dict(gate.demo_accounts(NOW)) == {}  # there are real accounts
    write_accounts()
    assert set(gate.demo_accounts(NOW)) == {"mia", "leo", "ana", "max", "ada"}
    sign_in = begun(gate, "ada")
    assert gate.principal(sign_in, HERE, NOW).demo
    for narrowed in (
        replace(gate, demo_only=lambda: False),
        replace(gate, settings=replace(gate.settings, demo=False)),
        replace(gate, host_accounts={"ana": DEMO_ACCOUNTS["ana"]}),
    ):
        assert dict(narrowed.demo_accounts(NOW)) == {}
        assert narrowed.principal(sign_in, HERE, NOW) is None


def test_a_broken_file_does_not_open_the_demo(gate, tmp_path):
    (tmp_path / "auth.yaml").write_text("credentials: [")
    gate.accounts(NOW)
    assert dict(gate.demo_accounts(NOW + timedelta(hours=1))) == {}
    assert dict(gate.accounts(NOW + timedelta(hours=1))) == {}


def test_a_real_account_wins_over_a_demo_account_of_the_same_name(gate):
    assert not gate.accounts(NOW)["ana"].principal.demo


def test_accounts_of_the_hosts_secrets_may_sign_in(gate):
    ana = {"password": OTHER_HASH, "roles": ["member"]}
    held = replace(gate, host_accounts=from_secrets({"credentials": {"usernames": {"cy": ana}}}))
    assert set(held.accounts(NOW)) == {"ana", "bo", "cy"}


def test_page_and_routes_share_one_gate(tmp_path):
    auth = tmp_path / "auth.yaml"
    first = gate_of(tmp_path / "data", auth, lambda _: True)
    second = gate_of(tmp_path / "." / "data", auth, lambda _: False)
    assert first is second
    assert first is not gate_of(tmp_path / "other", auth, lambda _: True)
    assert set(first.demo_accounts(NOW)) == {"mia", "leo", "ana", "max", "ada"}


def test_the_places_of_an_account_are_its_living_sign_ins_and_nobody_elses(gate, write_accounts):
    ana = gate.accounts(NOW)["ana"]
    for hours, agent in ((30, "idle"), (5, "old"), (1, "new")):
        at = NOW - timedelta(hours=hours)
        gate.begin(ana, HERE, at, address="10.0.0.4", agent=agent)
    begun(gate, "bo")
    places = gate.sign_ins.places(ana, NOW)
    assert [(p.agent, p.address, p.last_seen) for p in places] == [
        ("new", "10.0.0.4", NOW - timedelta(hours=1)), ("old", "10.0.0.4", NOW - timedelta(hours=5)),
    ]  # fmt: skip
    gate.sign_ins.end(places[0].id)
    assert [p.agent for p in gate.sign_ins.places(ana, NOW)] == ["old"]
    write_accounts(hashed=OTHER_HASH, ana="roles: [member]")
    assert gate.sign_ins.places(gate.accounts(NOW)["ana"], NOW) == ()


def test_the_audit_says_who_came_who_was_refused_and_who_left(gate):
    sign_in, _ = gate.begin(gate.accounts(NOW)["ana"], HERE, NOW, address="10.0.0.4")
    gate.refuse("bo", NOW, "10.0.0.5")
    gate.refuse("hunter2 typed into the wrong box", NOW)
    gate.end(sign_in, NOW)
    gate.end(sign_in, NOW)
    gate.end_everywhere("ana", NOW)
    assert gate.principal(sign_in, HERE, NOW) is None
    assert [(d.action, d.principal, d.result, d.address) for _, d in gate.audit.newest(9)] == [
        ("sign-out everywhere", "ana", "ok", ""),
        ("sign-out", "ana", "ok", ""),
        ("sign-in", "", "refused", ""),
        ("sign-in", "bo", "refused", "10.0.0.5"),
        ("sign-in", "ana", "ok", "10.0.0.4"),
    ]
