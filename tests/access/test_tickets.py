import threading
from datetime import UTC, datetime, timedelta

import pytest

from analytics_core.access.secret import binding_of
from analytics_core.access.tickets import Tickets

pytestmark = pytest.mark.access

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HERE, ELSEWHERE = binding_of("a browser"), binding_of("another")


def test_a_ticket_is_redeemed_once():
    tickets = Tickets()
    ticket = tickets.issue("the cookie", HERE, NOW)
    assert tickets.pending(ticket, NOW)
    assert tickets.redeem(ticket, HERE, NOW) == "the cookie"
    assert tickets.redeem(ticket, HERE, NOW) is None
    assert not tickets.pending(ticket, NOW)


def test_a_ticket_lasts_sixty_seconds():
    tickets = Tickets()
    early, late = (tickets.issue("the cookie", HERE, NOW) for _ in range(2))
    assert tickets.redeem(early, HERE, NOW + timedelta(seconds=59)) == "the cookie"
    assert not tickets.pending(late, NOW + timedelta(seconds=60))
    assert tickets.redeem(late, HERE, NOW + timedelta(seconds=60)) is None


def test_a_ticket_that_was_too_late_is_renewed_for_the_same_browser():
    tickets, later = Tickets(), NOW + timedelta(minutes=2)
    late = tickets.issue("the cookie", HERE, NOW)
    assert tickets.redeem(late, HERE, later) is None
    again = tickets.renewed(late, later)
    assert again is not None
    assert again != late
    assert tickets.renewed(late, later) is None
    assert tickets.redeem(again, ELSEWHERE, later) is None
    assert tickets.renewed(again, later) is None  # spent


def test_used_unknown_and_very_late_tickets_are_not_renewed():
    tickets = Tickets()
    used, old = (tickets.issue("the cookie", HERE, NOW) for _ in range(2))
    tickets.redeem(used, HERE, NOW)
    tickets.issue("another", HERE, NOW + timedelta(hours=2))
    for ticket in (used, old, "x", ""):
        assert tickets.renewed(ticket, NOW) is None


def test_whoever_waits_for_a_ticket_goes_on_when_it_is_redeemed():
    tickets = Tickets()
    ticket = tickets.issue("the cookie", HERE, NOW)
    waiting = threading.Thread(target=tickets.wait, args=(ticket, 60), daemon=True)
    waiting.start()
    assert waiting.is_alive()
    tickets.redeem(ticket, HERE, NOW)
    waiting.join(30)
    assert not waiting.is_alive()
    tickets.wait("x", 60)  # nobody waits for what there is not


def test_a_ticket_tried_in_another_browser_is_spent():
    tickets = Tickets()
    ticket = tickets.issue("the cookie", HERE, NOW)
    assert tickets.redeem(ticket, ELSEWHERE, NOW) is None
    assert tickets.redeem(ticket, HERE, NOW) is None


def test_a_made_up_ticket_is_worth_nothing_and_late_ones_are_forgotten():
    tickets = Tickets()
    old = tickets.issue("old", HERE, NOW)
    new = tickets.issue("new", HERE, NOW + timedelta(hours=2))
    assert tickets.redeem("x", HERE, NOW) is None
    assert tickets.redeem("", HERE, NOW) is None
    assert not tickets.pending(old, NOW)
    assert tickets.pending(new, NOW + timedelta(hours=2))


@pytest.mark.parametrize("cookie", [None, "", 7, object(), b"bytes"])
def test_what_is_no_text_is_no_browser(cookie):
    assert binding_of(cookie) == ""
