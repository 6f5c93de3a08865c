"""A damaged file is noticed before it answers anything."""

from datetime import datetime

import pytest

from analytics_core.errors import Damaged
from analytics_core.semantics.query import Query

EVENT = {"started_at": datetime(2026, 11, 3, 9), "cost_nano": 5}
COST = Query(("cost",))


def flip(view) -> None:
    """Turns one bit of the only landed file around."""
    (path,) = (view.store.data / "events").rglob("*.parquet")
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)


def test_a_flipped_bit_is_named_by_the_first_question_that_needs_the_file(viewed):
    view = viewed([EVENT])
    flip(view)
    with pytest.raises(Damaged, match=r"month=2026-11/.* is damaged"):
        view.ask(COST)


def test_a_period_that_does_not_need_the_file_is_answered(viewed):
    view = viewed([EVENT], period="2026-09")
    flip(view)
    assert view.ask(COST).rows() == [(0,)]
