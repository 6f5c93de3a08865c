from datetime import UTC, datetime, timedelta

import pytest

from analytics_core.access.throttle import Throttle, delay

pytestmark = pytest.mark.access

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60), (1000, 60)],
)
def test_the_delay_doubles_to_a_minute_and_stays_there(failures, seconds):
    assert delay(failures) == seconds


def admitted(throttle: Throttle, tries: list[tuple[str, str]]) -> int:
    """How many of the tries are checked when they are spread over a minute and all fail."""
    moments = (later(60 * i / len(tries)) for i in range(len(tries)))
    return sum(throttle.admit(*one, at) == 0 for one, at in zip(tries, moments, strict=True))


@pytest.mark.parametrize(
    "tries",
    [
        [("ana", "10.0.0.1")] * 100,
        [("ana", f"10.0.0.{i}") for i in range(100)],  # many machines, one name
        [(f"user{i}", "10.0.0.1") for i in range(100)],  # one machine, many names
    ],
)
def test_of_a_hundred_tries_a_minute_at_most_ten_are_checked(state, tries):
    assert 1 <= admitted(Throttle(state), tries) <= 10


def test_a_refused_try_says_how_long_to_wait_and_costs_nothing(state):
    throttle = Throttle(state)
    for at in (0, 1, 3):
        assert throttle.admit("ana", "here", later(at)) == 0
    assert throttle.admit("ana", "here", later(3)) == 4
    assert throttle.admit("ana", "here", later(5.5)) == 2
    assert throttle.admit("nobody of that name", "here", later(5.5)) == 2
    assert throttle.admit("ana", "here", later(7)) == 0


def test_tries_sent_side_by_side_are_not_all_checked(state):
    throttle = Throttle(state)
    assert [throttle.admit("ana", "here", NOW) for _ in range(5)] == [0, 1, 1, 1, 1]


def test_a_right_password_forgets_the_name_but_not_what_the_address_did_before(state):
    throttle = Throttle(state)
    for at in (0, 1, 3):  # three failures at ana's account
        assert throttle.admit("ana", "here", later(at)) == 0
    assert throttle.admit("bo", "here", later(7)) == 0
    throttle.forgive("bo", "here", later(7))
    assert throttle.admit("bo", "elsewhere", later(7)) == 0  # bo's own failures are gone
    assert throttle.admit("cy", "here", later(7)) == 0  # no delay after a success …
    assert throttle.admit("cy2", "here", later(7)) == 8  # … but the fourth failure counts as one


def test_somebody_who_never_failed_leaves_nothing_behind(state):
    throttle = Throttle(state)
    assert throttle.admit("ana", "here", NOW) == 0
    throttle.forgive("ana", "here", NOW)
    assert state.rows("SELECT * FROM throttle") == []


def test_failures_are_forgotten_after_a_quarter_of_an_hour(state):
    throttle = Throttle(state)
    for at in (0, 1, 3, 7, 15):
        assert throttle.admit("ana", "here", later(at)) == 0
    assert throttle.admit("ana", "here", later(15 + 901)) == 0
    assert throttle.admit("ana", "here", later(15 + 901)) == 1


def test_names_and_addresses_are_kept_as_digests(state):
    Throttle(state).admit("a password typed as a name", "10.0.0.1", NOW)
    text = str(state.rows("SELECT * FROM throttle"))
    assert "password" not in text
    assert "10.0.0.1" not in text


def test_a_name_is_not_taken_for_an_address(state):
    throttle = Throttle(state)
    assert throttle.admit("10.0.0.1", "10.0.0.1", NOW) == 0
    assert state.rows("SELECT count(*) FROM throttle") == [(2,)]
