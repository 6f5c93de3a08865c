"""What an edited table of a settings file stands for."""

import polars as pl

from analytics_core.semantics.csv_edit import Row
from analytics_core.ui.house.table import wanted

OFFERED = [Row(None, {"name": "Seen", "colour": ""}), Row(None, {"name": "Seen too", "colour": ""})]
COLUMNS = ("listed", "name", "colour", "line", "offer")


def _rows(*rows: tuple) -> list[tuple[int | None, str, str]]:
    frame = pl.DataFrame(rows, schema=COLUMNS, orient="row")
    found = wanted(frame, ["name", "colour"], OFFERED)
    return [(row.number, row.cell("name"), row.cell("colour")) for row in found]


def test_lines_stay_in_their_order_and_unticked_ones_go():
    assert _rows(
        (True, "Search", "#111111", "2", ""), (False, "Atlas", "", "3", ""), (True, " X ", None, "5", "")
    ) == [(2, "Search", "#111111"), (5, "X", "")]  # fmt: skip


def test_an_offered_row_is_taken_once_it_is_ticked_or_says_something():
    assert _rows((False, "Seen", "", "", "0"), (False, "Seen too", "", "", "1")) == []
    assert _rows((True, "Seen", "", "", "0")) == [(None, "Seen", "")]
    assert _rows((False, "Seen too", "#222222", "", "1")) == [(None, "Seen too", "#222222")]


def test_a_new_row_counts_once_something_stands_in_it():
    assert _rows((True, None, None, None, None)) == []
    assert _rows((True, "New", None, None, None)) == [(None, "New", "")]
    assert _rows((None, "New", "", "", "")) == [(None, "New", "")]
