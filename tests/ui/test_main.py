"""A page and the store it is drawn of."""

from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

from analytics_core.ui import header

pytestmark = pytest.mark.slow
USD = 1_000_000_000
EVENTS = [
    {"started_at": datetime(2025, 10, day, 9), "cost_nano": day * USD, "project": "Search"}
    for day in (1, 2, 4)
]


def cost(page: AppTest) -> str:
    return next(m.value for m in page.metric if m.label == "Cost")


def test_all_of_a_page_is_of_one_state_of_the_store_though_a_file_lands_meanwhile(
    app, landed, monkeypatch
):
    page = app(EVENTS[:2], period="2025-10")
    asked = header.period_line
    monkeypatch.setattr(header, "period_line", lambda view: (landed(EVENTS), asked(view)))
    page = app(path="costs", period="2025-10")  # of which nothing was asked before
    assert not page.exception
    assert cost(page) == "$3.00"
    assert cost(page.run()) == "$7.00"
