"""Calls that are turned away stand in the audit, and a flood of them in few rows."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics_core.api.operations import OPERATIONS

pytestmark = pytest.mark.access


def refused(here):
    return [
        (deed.result, deed.principal, deed.token, deed.asked)
        for _, deed in here.gate.audit.every()
        if deed.action == "api refused"
    ]


def test_calls_without_a_valid_token_are_counted_by_reason(world):
    here = world()
    expired = here.token("mia", now=datetime.now(UTC) - timedelta(days=400))
    for token in ("", "", "hunter2", "tt_00000000_" + "x" * 43, expired):
        answer = here.get("/query?measures=cost", token)
        assert (answer.status_code, answer.json()["type"]) == (401, "/api/v1/docs#unauthorized")
    assert refused(here) == [
        ("expired token", "mia", expired[3:11], "operation=query"),
        ("unknown token", "", "", "operation=query"),
        ("no token", "", "", "operation=query"),
    ]
    here.gate.leave(datetime.now(UTC))
    assert {row[::3] for row in refused(here)[:2]} == {
        ("no token", "more=1"), ("unknown token", "more=1"),
    }  # fmt: skip
    kept = str(here.gate.state.rows("SELECT * FROM audit"))
    assert "hunter2" not in kept
    assert "xxxx" not in kept
    assert expired not in kept


def test_every_operation_that_needs_a_token_counts(world):
    here = world()
    closed = [op for op in OPERATIONS if not op.open]
    for op in closed:
        assert here.call(op, "").status_code == 401
    here.gate.leave(datetime.now(UTC))
    assert [asked for *_, asked in refused(here)] == [
        f"more={len(closed) - 1}", f"operation={closed[0].name}",
    ]  # fmt: skip


def test_a_flood_of_any_kind_makes_two_rows(world):
    here = world(api_requests_per_minute=1)
    token = here.token("mia")
    for _ in range(20):
        here.get("/me", "")
    for _ in range(20):
        here.get("/me", token)
    here.gate.leave(datetime.now(UTC))
    deeds = [deed for _, deed in here.gate.audit.every()]
    answered = [deed for deed in deeds if deed.action == "api me"]
    assert [(d.principal, d.result) for d in answered] == [("mia", "ok")]
    assert sorted(refused(here)) == [
        ("no token", "", "", "more=19"),
        ("no token", "", "", "operation=me"),
        ("too-many-requests", "mia", token[3:11], "more=18"),
        ("too-many-requests", "mia", token[3:11], "operation=me"),
    ]
