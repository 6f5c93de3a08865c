import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from analytics_core.access.audit import KEPT_DAYS, Audit, Deed, Wanted

pytestmark = pytest.mark.access

NOW = datetime.now(UTC).replace(microsecond=0)


def deed(at=NOW, action="api query", **more) -> Deed:
    return Deed(**{"time": at, "action": action, "result": "ok"} | more)


def test_what_was_done_is_read_back_newest_first_a_page_at_a_time(state):
    audit = Audit(state)
    deeds = [
        deed(principal="ana", token="0a1b2c3d", address="::1", asked="by=team", rows=3, ms=12),
        deed(action="sign-in", result="failed"), deed(action="api me"),
    ]  # fmt: skip
    for each in deeds:
        audit.add(each)
    page = audit.newest(2)
    assert [each for _, each in page] == [deeds[2], deeds[1]]
    assert [each for _, each in audit.newest(2, before=page[-1][0])] == [deeds[0]]


def test_rows_are_added_and_never_changed_or_taken_out(state):
    audit = Audit(state)
    audit.add(deed())
    with pytest.raises(sqlite3.IntegrityError, match="never change"):
        state.write("UPDATE audit SET rows = 0")
    with pytest.raises(sqlite3.IntegrityError, match="kept for 400 days"):
        state.write("DELETE FROM audit")
    assert len(audit.newest(10)) == 1


def test_rows_that_are_older_than_they_are_kept_for_go_when_another_is_added(state):
    audit = Audit(state)
    for days in (KEPT_DAYS + 1, KEPT_DAYS - 1, 0):
        audit.add(deed(NOW - timedelta(days=days)))
    assert [(NOW - each.time).days for _, each in audit.newest(10)] == [0, KEPT_DAYS - 1]


def test_deeds_are_found_by_who_what_and_when(state):
    audit = Audit(state)
    for hours, who, what in ((3, "ana", "export"), (2, "bo", "export"), (1, "ana", "sign-in")):
        audit.add(deed(NOW - timedelta(hours=hours), principal=who, action=what))
    audit.add(deed(action="token made"))

    def found(**wanted: object) -> list[tuple[str, str]]:
        asked = Wanted(**wanted)
        deeds = [(each.principal, each.action) for _, each in audit.every(asked)]
        assert audit.count(asked) == len(deeds)
        return deeds

    assert found(principal="ana") == [("ana", "sign-in"), ("ana", "export")]
    assert found(action="export") == [("bo", "export"), ("ana", "export")]
    ago = {"since": NOW - timedelta(hours=2), "until": NOW - timedelta(hours=1)}
    assert found(**ago) == [("bo", "export")]
    assert (audit.principals(), audit.actions()) == (
        ("ana", "bo"), ("export", "sign-in", "token made"),
    )  # fmt: skip
    assert audit.count(newer_than=2) == 2
