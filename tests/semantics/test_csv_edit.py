"""Lines of a settings CSV changed in their place."""

from pathlib import Path

import pytest

from analytics_core.errors import BadFile
from analytics_core.semantics import project
from analytics_core.semantics.csv_edit import Row, mistakes, revised, rows
from analytics_core.semantics.project import COLUMNS
from analytics_core.settings import table_of

PATH = Path("projects.csv")
TEXT = """# ours, edited by hand
name,colour
Search,"#029be6"

# the next one is new
Voice Bot,
Atlas , #111111
"""


def _rows() -> list[Row]:
    return rows(TEXT, PATH, COLUMNS)


def _check(text: str) -> object:
    return project.parse(text, PATH)


def test_rows_know_their_line_and_what_is_blank():
    found = _rows()
    assert [(r.number, r.cell("name"), r.cell("colour")) for r in found] == [
        (3, "Search", "#029be6"), (6, "Voice Bot", ""), (7, "Atlas", "#111111"),
    ]  # fmt: skip


def test_nothing_changes_where_nothing_is_changed():
    assert revised(TEXT, PATH, COLUMNS, _rows()) == TEXT


def test_a_changed_line_is_written_anew_and_the_others_and_comments_stay():
    search, _voice, atlas = _rows()
    wanted = [search, Row(6, {"name": "Voice Bot", "colour": "#222222"}), atlas]
    assert revised(TEXT, PATH, COLUMNS, wanted) == TEXT.replace("Voice Bot,", "Voice Bot,#222222")


def test_a_line_taken_out_leaves_the_comments():
    assert revised(TEXT, PATH, COLUMNS, _rows()[1:]) == TEXT.replace('Search,"#029be6"\n', "")


def test_new_lines_come_last_and_bring_the_columns_they_need():
    fresh = Row(None, {"name": "New", "archived": "2026-05-01"})
    edited = revised(TEXT.rstrip("\n"), PATH, COLUMNS, [*_rows(), fresh])
    assert edited == TEXT.replace("name,colour\n", "name,colour,archived\n") + "New,,2026-05-01\n"
    assert [p.name for p in project.parse(edited, PATH)] == ["Search", "Voice Bot", "Atlas", "New"]


def test_without_a_file_all_columns_are_written():
    text = revised("", PATH, COLUMNS, [Row(None, {"name": "Search"})])
    assert text == "name,colour,created,archived,admins,cost_center\nSearch,,,,,\n"


def test_without_a_file_and_without_a_line_there_is_nothing_to_write():
    assert revised("", PATH, COLUMNS, []) == ""


def test_line_ends_are_those_of_the_file():
    text = revised(
        "name\r\nA\r\n", PATH, COLUMNS, [Row(2, {"name": "A"}), Row(None, {"name": "B"})]
    )
    assert text == "name\r\nA\r\nB\r\n"


@pytest.mark.parametrize(
    "name",
    [
        "#1", 'say "hi"', "a,b", "=HYPERLINK(1)", "a\nb", "line\u2028separator", "Zoë 李 🙂", "'", "-",
        "\ufeffmarked", "a;b",
    ],
)  # fmt: skip
def test_any_name_reads_back_as_it_was_written(name: str):
    text = revised(TEXT, PATH, COLUMNS, [Row(3, {"name": name}), Row(None, {"name": f"{name}2"})])
    names = [line.text("name") for line in table_of(text, PATH, COLUMNS[:1], COLUMNS[1:])]
    assert names == [name, f"{name}2"]
    assert "# ours, edited by hand\n" in text


def test_mistakes_are_told_row_by_row_with_their_key():
    wanted = [
        *_rows(),
        Row(None, {"name": "A", "colour": "red"}),
        Row(None, {"name": "B", "created": "2026-02-01", "archived": "2026-01-01"}),
        Row(None, {"colour": "#000000"}),
    ]
    found = mistakes(TEXT, PATH, COLUMNS, wanted, _check)
    assert [(m.row and m.row.cell("name"), m.problem.key) for m in found] == [
        ("A", "colour"), ("B", "archived"), ("", "name"),
    ]  # fmt: skip


def test_rows_that_are_right_alone_may_be_wrong_together():
    (found,) = mistakes(TEXT, PATH, COLUMNS, [*_rows(), Row(None, {"name": "Search"})], _check)
    assert found.row is None
    assert "twice" in str(found.problem)


def test_a_file_that_is_no_such_table_is_refused():
    with pytest.raises(BadFile, match="Did you mean 'colour'"):
        rows("name,color\n", PATH, COLUMNS)
