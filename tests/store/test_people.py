"""When somebody was last there."""

from datetime import UTC, datetime

import pytest

from analytics_core.semantics.filters import EVERYTHING, Filters, Pick, Scope
from analytics_core.semantics.period import Calendar, Period
from analytics_core.store.people import LastSeen
from analytics_core.store.view import View

NOVEMBER = Period.parse("2026-11", datetime(2026, 12, 1, tzinfo=UTC), Calendar())
EVENTS = [
    {"started_at": f"2026-{at}", "user_id": user, "project": project}
    for at, user, project in [
        ("11-02 10:00", "ann", "atlas"), ("12-24 08:30", "ann", "secret"),
        ("09-01 00:00", "bo", "atlas"), ("11-03", "cy", "atlas"), ("11-04", None, "atlas"),
    ]
]  # fmt: skip
ANN_AND_BO = Pick("user", ("ann", "bo", None))


def seen(store, scope: Scope = EVERYTHING) -> list[tuple]:
    filters = Filters(NOVEMBER, (ANN_AND_BO, Pick("project", ("borealis",))))
    return View(store, scope, filters).study(LastSeen("user")).rows()


def test_the_last_event_is_of_all_times_and_of_those_picked_alone(ledger):
    assert seen(ledger(EVENTS)) == [
        ("ann", datetime(2026, 12, 24, 8, 30)), ("bo", datetime(2026, 9, 1)),
        (None, datetime(2026, 11, 4)),
    ]  # fmt: skip


@pytest.mark.access
def test_events_one_may_not_see_are_not_seen(ledger):
    atlas = Scope(((Pick("project", ("atlas",)), Pick("user", ("ann", "cy"))),))
    assert seen(ledger(EVENTS), atlas) == [("ann", datetime(2026, 11, 2, 10))]
