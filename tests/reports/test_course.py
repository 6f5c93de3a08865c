"""A session request by request: in order, with what it had cost by then."""

from datetime import datetime

from analytics_core.reports import course as module
from analytics_core.reports.course import course


def _event(minute: int, model: str | None, cost: int | None) -> dict:
    return {
        "started_at": datetime(2026, 11, 3, 9, minute), "model": model, "cost_nano": cost,
        "session_id": "s", "input_tokens": 10 * minute, "output_tokens": minute,
    }  # fmt: skip


EVENTS = [_event(5, "b", 7), _event(1, "a", 5), _event(3, None, None), _event(9, "a", 2)]


def test_requests_stand_in_order_and_the_cost_so_far_ends_at_the_total(viewed):
    found = course(viewed(EVENTS), 14)
    assert [(s.at.minute, s.model.label("model"), s.cost, s.so_far) for s in found.steps] == [
        (1, "a", 5, 5), (3, "(unattributed)", None, 5), (5, "b", 7, 12), (9, "a", 2, 14),
    ]  # fmt: skip
    assert [m.label("model") for m in found.models] == ["a", "(unattributed)", "b"]
    assert found.earlier == 0


def test_of_a_long_session_the_newest_are_drawn_and_what_came_before_is_counted(
    viewed, monkeypatch
):
    monkeypatch.setattr(module, "MOST", 2)
    found = course(viewed(EVENTS), 14)
    assert found.earlier == 2
    assert [s.so_far for s in found.steps] == [12, 14]
