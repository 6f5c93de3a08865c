"""Receipts: one a token and body, found again, and dropped when they are old."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from analytics_core.access.state import State
from analytics_core.ingest.push.receipts import Place, Receipt, Receipts

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_the_first_receipt_of_a_token_and_body_stays(tmp_path: Path) -> None:
    receipts = Receipts(State(tmp_path / "state.db"))
    first = receipts.add(Receipt("a", "t1", "f" * 64, 3, NOW))
    assert receipts.add(Receipt("a", "t1", "f" * 64, 3, NOW + timedelta(hours=1))) == first
    other = receipts.add(Receipt("a", "t2", "f" * 64, 3, NOW + timedelta(hours=2)))
    assert (receipts.of("a"), receipts.of("a", "t2"), receipts.of("a", "t3")) == (
        first,
        other,
        None,
    )


def test_old_receipts_go_with_their_places_and_newer_ones_stay(tmp_path: Path) -> None:
    receipts = Receipts(State(tmp_path / "state.db"))
    later = NOW + timedelta(days=1)
    for known, token, at in (
        ("a", "t1", NOW),
        ("b", "t1", NOW),
        ("b", "t2", later),
        ("c", "t1", later),
    ):
        receipts.add(Receipt(known, token, "f" * 64, 1, at))
    receipts.put([Place(known, "x", 1) for known in "abcd"])  # d: its receipt was not noted
    receipts.forget(later)
    assert [receipts.of(known) is not None for known in "abcd"] == [False, True, True, False]
    assert [receipts.place(known) is not None for known in "abcd"] == [False, True, True, True]
    receipts.put([Place("c", "y", 7)])
    assert receipts.place("c") == Place("c", "y", 7)
