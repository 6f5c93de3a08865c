"""When somebody was last there."""

from datetime import UTC, datetime

import pytest

from analytics_core.reports.seen import seen
from analytics_core.semantics.filters import EVERYTHING, Pick, Scope

EVENTS = [
    {"started_at": datetime(2026, month, day, hour), "user_id": user, "project": project}
    for month, day, hour, user, project in [
        (11, 2, 10, "ann", "atlas"), (12, 24, 8, "ann", "secret"),
        (9, 1, 0, "bo", "atlas"), (11, 3, 0, "cy", "atlas"), (11, 4, 0, None, "atlas"),
    ]
]  # fmt: skip
NAMES = ("ann", "bo", None, "nobody")


def of(viewed, scope: Scope = EVERYTHING):
    picks = (Pick("project", ("borealis",)), Pick("team", ("core",)), Pick("user", ("cy",)))
    return seen(viewed(EVENTS, picks=picks, scope=scope), "user", NAMES)


def test_the_last_event_is_of_all_times_and_of_those_named_alone(viewed):
    assert of(viewed) == {
        "ann": datetime(2026, 12, 24, 8, tzinfo=UTC), "bo": datetime(2026, 9, 1, tzinfo=UTC),
        None: datetime(2026, 11, 4, tzinfo=UTC),
    }  # fmt: skip


@pytest.mark.access
def test_events_one_may_not_see_are_not_seen(viewed):
    atlas = Scope(((Pick("project", ("atlas",)), Pick("user", ("ann", "cy"))),))
    assert of(viewed, atlas) == {"ann": datetime(2026, 11, 2, 10, tzinfo=UTC)}


def test_of_nobody_nothing_is_known(viewed):
    assert seen(viewed(EVENTS), "user", ()) == {}
