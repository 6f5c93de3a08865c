"""The cards of a page against the period before."""

from datetime import UTC, datetime

import pytest

from analytics_core.reports.summary import summary
from analytics_core.semantics.filters import Pick, Scope

USD = 1_000_000_000


def _event(month: int, day: int, cost: int | None, hour: int = 9, **more) -> dict:
    nano = None if cost is None else cost * USD
    return {"started_at": datetime(2026, month, day, hour), "cost_nano": nano} | more


EVENTS = [
    _event(9, 30, 1),
    _event(10, 1, 4), _event(10, 3, 6), _event(10, 20, 100),
    _event(11, 1, 5), _event(11, 3, 7), _event(11, 4, None, input_tokens=900, output_tokens=100),
]  # fmt: skip


def test_a_running_month_is_compared_with_the_same_days_of_the_month_before(viewed):
    found = summary(viewed(EVENTS, now=datetime(2026, 11, 4, 9, tzinfo=UTC)), ["cost"])
    (card,) = found.cards
    assert card.value == 12 * USD
    assert card.change.previous == 10 * USD
    assert (card.change.delta, card.change.ratio) == (2 * USD, pytest.approx(0.2))
    assert found.previous.start == datetime(2026, 10, 1, tzinfo=UTC)
    assert found.previous.end == datetime(2026, 10, 4, 9, tzinfo=UTC)


def test_a_card_follows_its_figure_over_the_days_that_are_over(viewed):
    found = summary(viewed(EVENTS, now=datetime(2026, 11, 4, 9, tzinfo=UTC)), ["cost", "requests"])
    cost, requests = found.cards
    assert cost.course == (5 * USD, 0, 7 * USD)
    assert requests.course == (1, 0, 1)


def test_what_has_no_price_is_counted_beside_the_cards(viewed):
    found = summary(viewed(EVENTS), ["cost"])
    assert (found.unpriced_requests, found.unpriced_tokens) == (1, 1000)


def test_the_first_month_has_nothing_to_be_compared_with(viewed):
    found = summary(viewed(EVENTS, period="2026-10"), ["cost"])
    assert found.cards[0].change.state == "no_base"
    assert found.cards[0].change.delta is None


def test_a_month_before_that_began_on_its_first_day_is_a_base(viewed):
    found = summary(viewed([e for e in EVENTS if e["started_at"].month > 9]), ["cost"])
    assert found.cards[0].change.state == "ok"


def test_rows_of_others_do_not_make_a_base(viewed):
    mine = Scope(((Pick("user", ("ann",)),),))
    events = [*EVENTS, _event(11, 2, 3, user_id="ann")]
    found = summary(viewed(events, scope=mine), ["cost"])
    assert found.cards[0].value == 3 * USD
    assert found.cards[0].change.state == "no_base"
