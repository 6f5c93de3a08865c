"""Tables: all rows where a few more would be hidden, else a height that shows that it goes on."""

import polars as pl
import pytest

from analytics_core.ui import tables
from analytics_core.ui.intake import frame


@pytest.mark.parametrize(("rows", "seen"), [(3, 3), (11, 11), (15, 15), (16, 11.5), (400, 11.5)])
def test_a_table_that_scrolls_ends_in_the_middle_of_a_row(monkeypatch, rows: int, seen: float):
    drawn = []
    monkeypatch.setattr(tables.st, "dataframe", lambda *_, height, **__: drawn.append(height))
    tables.table(pl.DataFrame({"name": ["a"] * rows}), {}, "key")
    shown = (drawn[0] - tables.ROW_HEIGHT) / tables.ROW_HEIGHT  # without its headings
    assert shown == pytest.approx(seen, abs=0.1)


@pytest.mark.parametrize(
    ("longest", "pixels"),
    [
        ("Quarantined: unreadable", 163),
        ("Quarantined", None),  # the browser sees to those
        ("a message longer than any column should be", None),
    ],
)
def test_a_text_much_longer_than_the_others_makes_room_for_itself(longest: str, pixels: int | None):
    assert frame._width(["Taken in"] * 9 + [longest]) == pixels
    assert frame._width([]) is None
