from datetime import datetime

from analytics_core.reports.filled import filled
from analytics_core.semantics.filters import Pick, Scope

EVENTS = [
    {"started_at": datetime(2026, 11, 3, 9), "project": "A", "user_id": "ann",
     "tags": {"tool": "grep"}},
    {"started_at": datetime(2026, 10, 3, 9), "customer": "Globex", "user_id": "bo"},
]  # fmt: skip
ASKED = ("customer", "agent", "project", "user", "tag:tool", "tag:workflow")


def test_a_dimension_is_there_when_an_event_of_any_time_has_it(viewed):
    assert filled(viewed(EVENTS), ASKED) == ("customer", "project", "user", "tag:tool")


def test_rows_out_of_scope_fill_nothing(viewed):
    mine = Scope(((Pick("user", ("ann",)),),))
    assert filled(viewed(EVENTS, scope=mine), ASKED) == ("project", "user", "tag:tool")
    theirs = Scope(((Pick("user", ("bo",)),),))
    assert filled(viewed(EVENTS, scope=theirs), ASKED) == ("customer", "user")
