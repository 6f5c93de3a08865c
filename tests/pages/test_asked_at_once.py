"""A page asks its own View, and that of the period before, once each; what is left are other looks."""

from datetime import datetime

import pytest

from analytics_core.semantics.filters import Filters
from analytics_core.store import answer, view

USD = 1_000_000_000
EVENTS = [
    {
        "started_at": datetime(2025, month, day, 9), "cost_nano": day * USD, "user_id": user,
        "team": "core", "project": project, "model": model, "provider": "anthropic",
        "agent": "Triage", "feature": "Chat", "session_id": f"s{month}{day}", "latency_ms": 40,
        "conversation_id": f"c{day}", "input_tokens": 900, "output_tokens": 100,
        "cost_input_nano": None,
    }
    for month, day, user, project, model in (
        (8, 20, "ann", "Search", "m-large"), (9, 1, "ann", "Search", "m-large"),
        (9, 9, "bo", "Secret", "m-small"), (10, 2, "ann", "Search", "m-large"),
        (10, 9, "bo", "Voice", "m-small"), (10, 16, "bo", "Search", "m-large"),
    )
]  # fmt: skip
OCTOBER, BEFORE = ("2025-10-01", "2025-11-01"), ("2025-09-01", "2025-09-16")


@pytest.fixture
def passes(monkeypatch) -> list[Filters]:
    """The selection of each pass of questions, as they are asked."""
    asked: list[Filters] = []

    def noted(queries, asking):
        asked.append(asking.chosen.filters)
        return answer.answers(queries, asking)

    monkeypatch.setattr(view, "answers", noted)
    return asked


def days(filters: Filters) -> tuple[str, str]:
    period = filters.period
    return f"{period.local_start:%Y-%m-%d}", f"{period.local_end:%Y-%m-%d}"


@pytest.mark.parametrize("path", ["", "costs", "usage", "projects", "models", "agents", "sessions"])
def test_a_page_asks_its_view_and_the_period_before_once_each(app, passes, path):
    page = app(EVENTS, path=path, period="2025-10")
    assert not page.exception
    whole = [days(filters) for filters in passes if not filters.picks]
    assert (whole.count(OCTOBER), whole.count(BEFORE)) == (1, 1)


def test_figures_of_reports_are_asked_with_the_rest(app, passes):
    """What is left: users by week for adoption over time, and those of before for a card."""
    page = app(EVENTS, path="features", period="2025-10")
    assert not page.exception
    whole = [days(filters) for filters in passes if not filters.picks]
    assert (whole.count(OCTOBER), whole.count(BEFORE)) == (2, 2)


def test_who_comes_often_is_asked_of_complete_days_besides(app, passes):
    page = app(EVENTS, path="users", period="2025-10")
    assert not page.exception
    whole = [days(filters) for filters in passes if not filters.picks]
    assert whole.count(OCTOBER) == 1
