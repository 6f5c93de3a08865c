"""What changes accounts and the store on the command line stands in the audit, without secrets."""

import json
from pathlib import Path

import pytest

from analytics_core.access.audit import Audit
from analytics_core.access.audit_chain import check
from analytics_core.access.state import State
from analytics_core.ingest import program

pytestmark = [pytest.mark.access, pytest.mark.slow]

FIRST, SECOND = "a-first-password-of-hers", "quite-another-password"


def noted(data: Path) -> list[tuple[str, str, str, int | None]]:
    """(action, result, asked, rows) of each deed, oldest first."""
    state = State(data / "state.db")
    try:
        deeds = [deed for _, deed in Audit(state).every()]
        assert check(state).holds
        assert {deed.principal for deed in deeds} <= {""}
    finally:
        state.close()
    return [(d.action, d.result, d.asked, d.rows) for d in reversed(deeds)]


def test_accounts_made_changed_and_removed_are_in_the_audit_and_passwords_are_not(run, tmp_path):
    add = ("user", "add", "ana", "--role", "lead", "--team", "core", "--team", "web")
    assert run(*add, "--email", "ana@x.example", stdin="short\n").code == 1
    assert run(*add, "--email", "ana@x.example", stdin=FIRST + "\n").code == 0
    assert run("user", "passwd", "ana", stdin=SECOND + "\n").code == 0
    assert run("token", "create", "nightly", "--user", "ana").code == 0
    assert run("user", "list").code == 0
    assert run("user", "remove", "ana").code == 0
    assert run("user", "remove", "ana").code == 1
    data = tmp_path / "data"
    given = "user=ana&roles=lead&teams=core&teams=web"
    assert noted(data) == [
        ("account added", "refused", given, None),
        ("account added", "ok", given, None),
        ("password changed", "ok", "user=ana", None),
        ("token made", "ok", "", None),
        ("account removed", "ok", "user=ana", None),
        ("token revoked", "ok", "", None),
        ("account removed", "refused", "user=ana", None),
    ]
    state = State(data / "state.db")
    kept = str(state.rows("SELECT * FROM audit"))
    hashed = (tmp_path / "auth.yaml").read_text("utf-8")
    state.close()
    assert not any(secret in kept for secret in (FIRST, SECOND, "short", "ana@x", "$2b$"))
    assert FIRST not in hashed


def test_taking_a_file_out_is_in_the_audit_with_its_rows(run, copied: Path):
    lines = json.loads(run("files", "--json").out)
    line = next(i for i in lines if i["verdict"] == "landed")
    run("forget", line["file_id"])
    run("forget", "nosuchfile")
    assert noted(copied) == [
        ("forget", "ok", f"file={line['file_id']}", line["accepted"]),
        ("forget", "refused", "file=nosuchfile", None),
    ]


def test_pricing_anew_is_in_the_audit_and_looking_at_it_is_not(run, copied: Path):
    prices = copied / "settings" / "prices.csv"
    prices.write_text("provider,model,discount_pct\nopenai,*,50\n", "utf-8")
    rows = sum(c["rows"] for c in json.loads(run("reprice", "--json").out)["changes"])
    assert rows > 0
    assert noted(copied) == []
    assert run("reprice", "--apply").code == 0
    assert noted(copied) == [("reprice", "ok", "", rows)]
    next((copied / "events").glob("month=*/*.parquet")).unlink()
    assert run("reprice", "--apply").code == 1
    assert noted(copied)[1:] == [("reprice", "refused", "", None)]


def test_a_fault_of_ours_is_in_the_audit_as_well(run, copied: Path, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("analytics_core.ingest.reprice.reprice", broken)
    assert run("reprice", "--apply").code == 1
    assert noted(copied) == [("reprice", "failed", "", None)]


def test_a_command_that_the_app_runs_is_noted_by_the_app_alone(copied: Path):
    ran = program.run(("forget", "nosuchfile"), copied)
    assert (ran.code, ran.mistake.partition(".")[0]) == (1, "No file is called 'nosuchfile'")
    assert noted(copied) == []


def test_a_deed_that_cannot_be_noted_is_done_and_said(run, copied: Path):
    line = next(i for i in json.loads(run("files", "--json").out) if i["verdict"] == "landed")
    (copied / "state.db").unlink(missing_ok=True)
    (copied / "state.db").mkdir()
    ran = run("forget", line["file_id"])
    assert ran.code == 0
    assert ran.err.startswith("The audit does not know of it: state.db cannot be used")
