"""How much one caller may ask at a time, by a clock of the test's own."""

import anyio
import pytest

from analytics_core.api import limits
from analytics_core.api.limits import Buckets, Turns
from analytics_core.api.problem import Refused


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def refused(buckets: Buckets, key: str = "a") -> str | None:
    try:
        buckets.take(key)
    except Refused as wrong:
        return wrong.headers["Retry-After"]
    return None


def test_a_bucket_holds_a_minutes_worth_and_fills_evenly():
    clock = Clock()
    buckets = Buckets(60, clock)
    assert [refused(buckets) for _ in range(60)] == [None] * 60
    assert refused(buckets) == "1"
    clock.now += 0.5
    assert refused(buckets) == "1"
    clock.now += 0.5
    assert refused(buckets) is None
    assert refused(buckets) == "1"
    clock.now += 3600
    assert [refused(buckets) for _ in range(61)] == [None] * 60 + ["1"]


def test_callers_do_not_share_a_bucket_and_a_slow_one_says_how_long():
    buckets = Buckets(2, Clock())
    assert [refused(buckets, key) for key in "aabab"] == [None, None, None, "30", None]


def test_only_so_many_callers_are_remembered(monkeypatch):
    monkeypatch.setattr(limits, "MOST_KEYS", 2)
    buckets = Buckets(1, Clock())
    assert [refused(buckets, key) for key in "abca"] == [None, None, None, None]
    assert refused(buckets, "a") == "60"


def test_two_questions_of_one_principal_run_and_the_third_waits_for_its_turn():
    done: list[str] = []

    async def asks(turns: Turns, who: str, name: str, seconds: float) -> None:
        async with turns.of(who):
            await anyio.sleep(seconds)
            done.append(name)

    async def all_of_them() -> None:
        turns = Turns(2)
        async with anyio.create_task_group() as group:
            for name, who, seconds in (
                ("1", "a", 0.2),
                ("2", "a", 0.3),
                ("3", "a", 0),
                ("4", "b", 0),
            ):
                group.start_soon(asks, turns, who, name, seconds)
                await anyio.sleep(0)

    anyio.run(all_of_them)
    assert done[0] == "4"
    assert done.index("3") > done.index("1")


def test_who_waits_too_long_is_told_to_come_back_and_frees_nothing():
    async def impatient() -> None:
        turns = Turns(1, patience=0)
        async with turns.of("a"):
            with pytest.raises(Refused) as wrong:
                async with turns.of("a"):
                    pass
            assert wrong.value.headers["Retry-After"] == "1"
            with pytest.raises(Refused):
                async with turns.of("a"):
                    pass
        async with turns.of("a"):
            pass

    anyio.run(impatient)
