"""Calls that are turned away: in the audit by kind and hour, whatever the number of them."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics_core.access.audit import Deed
from analytics_core.access.gate import Gate
from analytics_core.access.turned_away import MOST, WINDOW, Knock, TurnedAway

pytestmark = pytest.mark.access

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ONE, OTHER = Knock("no token", address="10.0.0.4"), Knock("no token", address="10.0.0.5")


def said(deeds: tuple[Deed, ...]) -> list[tuple[str, str, str]]:
    return [(deed.result, deed.address, deed.asked) for deed in deeds]


def test_the_first_of_a_kind_has_a_row_and_the_others_of_the_hour_one_together() -> None:
    away = TurnedAway()
    assert said(away.came(ONE, "query", NOW)) == [("no token", "10.0.0.4", "operation=query")]
    assert [away.came(ONE, "push", NOW + timedelta(minutes=n)) for n in range(50)] == [()] * 50
    assert said(away.came(OTHER, "query", NOW)) == [("no token", "10.0.0.5", "operation=query")]
    assert away.over(NOW + WINDOW - timedelta(seconds=1)) == ()
    assert said(away.over(NOW + WINDOW)) == [("no token", "10.0.0.4", "more=50")]
    assert away.over(NOW + 2 * WINDOW) == ()


def test_a_call_after_the_hour_begins_another() -> None:
    away = TurnedAway()
    away.came(ONE, "query", NOW)
    away.came(ONE, "query", NOW)
    later = NOW + WINDOW
    assert said(away.came(ONE, "files", later)) == [
        ("no token", "10.0.0.4", "more=1"), ("no token", "10.0.0.4", "operation=files"),
    ]  # fmt: skip
    assert [deed.time for deed in away.came(OTHER, "files", later)] == [later]


def test_what_was_only_counted_is_told_when_the_app_stops() -> None:
    away = TurnedAway()
    assert away.over(NOW, closing=True) == ()
    away.came(ONE, "query", NOW)
    away.came(ONE, "query", NOW)
    assert said(away.over(NOW, closing=True)) == [("no token", "10.0.0.4", "more=1")]


def test_a_flood_from_everywhere_makes_a_bounded_number_of_rows() -> None:
    away = TurnedAway()
    flood = [Knock("unknown token", address=f"10.0.{n // 250}.{n % 250}") for n in range(5_000)]
    rows = [deed for knock in flood * 2 for deed in away.came(knock, "query", NOW)]
    rows += away.over(NOW + WINDOW)
    assert len(rows) == 2 * (MOST + 1)
    assert [deed.asked for deed in rows if deed.result == "others"] == [
        "operation=query", f"more={(5_000 - MOST) * 2 - 1}",
    ]  # fmt: skip


def test_stopping_the_app_writes_what_was_counted(gate: Gate) -> None:
    for _ in range(3):
        for deed in gate.turned_away.came(ONE, "query", NOW):
            gate.audit.add(deed)
    gate.leave(NOW)
    assert [deed.asked for _, deed in gate.audit.newest(5)] == ["more=2", "operation=query"]


def test_an_audit_that_cannot_be_written_does_not_keep_the_app_from_stopping(
    gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    gate.turned_away.came(ONE, "query", NOW)
    gate.turned_away.came(ONE, "query", NOW)
    gate.state.write("DROP TABLE audit")
    gate.leave(NOW)
    assert "audit of refused calls" in caplog.text
