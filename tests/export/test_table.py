"""Aligned text for a terminal, whatever the names hold."""

import pytest

from analytics_core.export.table import aligned, printable


def test_names_stand_to_the_left_and_figures_to_the_right() -> None:
    assert aligned(("project", "cost"), [("Search", "$1.00"), ("A", "$12.00")]) == [
        "project    cost",
        "Search    $1.00",
        "A        $12.00",
    ]


def test_a_wide_character_takes_two_columns_and_a_combining_one_none() -> None:
    assert aligned(("n", "x"), [("日本", "1"), ("e\u0301", "2"), ("abcd", "3")]) == [
        "n     x",
        "日本  1",
        "e\u0301     2",
        "abcd  3",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain – text", "plain – text"),
        ("red \x1b[31m", "red \ufffd[31m"),
        ("two\nlines\r", "two\ufffdlines\ufffd"),
        ("right to left \u202e", "right to left \ufffd"),
        ("no text \udcff", "no text \ufffd"),
    ],
)
def test_what_would_move_the_cursor_is_replaced(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_table_without_rows_is_its_header() -> None:
    assert aligned(("a", "b"), []) == ["a  b"]
