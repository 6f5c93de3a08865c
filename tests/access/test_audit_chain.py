"""What was changed, taken out or put into the audit no longer fits its chain."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from analytics_core.access.audit import KEPT_DAYS, Audit, Deed
from analytics_core.access.audit_chain import check
from analytics_core.access.state import State

pytestmark = pytest.mark.access

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def audit(state: State) -> Audit:
    """Five deeds, and none of the triggers: the hands of somebody who may write the file."""
    made = Audit(state)
    for number in range(5):
        made.add(Deed(time=NOW, action="export", result="ok", principal="ana", rows=number))
    for name in ("audit_never_changes", "audit_is_kept", "audit_chain_never_changes",
                 "audit_chain_is_kept"):  # fmt: skip
        state.write(f"DROP TRIGGER {name}")
    return made


def test_what_was_only_added_to_holds(audit: Audit):
    found = check(audit.state)
    assert (found.holds, found.fits, found.unchained, found.faults) == (True, 5, 0, ())
    assert found.last is not None
    assert found.last[0] == 5
    audit.add(Deed(time=NOW, action="sign-in", result="ok"))
    assert check(audit.state, noted=found.last).holds


def test_an_empty_audit_holds(state: State):
    assert check(state).holds
    assert check(state).last is None


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit SET rows = 0 WHERE id = 3", "number 3 was changed"),
        ("UPDATE audit SET principal = 'bo' WHERE id = 1", "number 1 was changed"),
        ("DELETE FROM audit WHERE id = 3", "rows between number 2 and 4 are gone or were changed"),
        ("DELETE FROM audit WHERE id = 5", "the newest rows are gone: the last was number 5"),
        ("DELETE FROM audit_chain WHERE id = 4", "number 4 has no hash"),
        ("UPDATE audit SET id = 9 WHERE id = 5", "number 9 has no hash"),
        ("UPDATE audit_chain SET hash = 'x' WHERE id = 2", "number 2 was changed"),
    ],
)
def test_a_row_that_was_touched_is_named(audit: Audit, statement: str, fault: str):
    audit.state.write(statement)
    found = check(audit.state)
    assert not found.holds
    assert fault in found.faults


def test_a_chain_made_anew_is_shown_by_a_hash_noted_elsewhere(audit: Audit):
    noted = check(audit.state).last
    for table in ("audit", "audit_chain", "sqlite_sequence"):
        audit.state.write(f"DELETE FROM {table}")
    for number in range(5):
        audit.add(Deed(time=NOW, action="export", result="ok", principal="bo", rows=number))
    assert check(audit.state).holds
    assert check(audit.state, noted).faults == ("number 5 has not the hash that was noted",)


def test_rows_from_before_there_was_a_chain_are_counted_apart(audit: Audit):
    audit.state.write("DELETE FROM audit_chain WHERE id <= 2")
    found = check(audit.state)
    assert (found.holds, found.unchained, found.fits) == (True, 2, 3)


def test_the_oldest_rows_go_with_their_links_and_the_rest_still_holds(state: State):
    audit = Audit(state)
    for days in (KEPT_DAYS + 2, KEPT_DAYS + 1, 1, 0):
        audit.add(Deed(time=NOW - timedelta(days=days), action="export", result="ok"))
    assert (check(state).holds, check(state).fits) == (True, 2)
    assert state.rows("SELECT id FROM audit_chain ORDER BY id") == [(3,), (4,)]


def test_deeds_of_many_threads_and_processes_make_one_chain(tmp_path):
    states = [State(tmp_path / "state.db") for _ in range(3)]

    def work(state: State) -> None:
        for _ in range(15):
            Audit(state).add(Deed(time=NOW, action="export", result="ok"))

    threads = [threading.Thread(target=work, args=(state,)) for state in states * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = check(states[0])
    assert (found.holds, found.fits) == (True, 90)
    for state in states:
        state.close()
