"""projects.csv: what it says, and what it may not say."""

from datetime import date
from pathlib import Path

import pytest

from analytics_core.errors import BadFile
from analytics_core.semantics.project import Project, projects


def _written(folder: Path, text: str) -> Path:
    (folder / "projects.csv").write_text(text, "utf-8")
    return folder


def test_without_a_file_there_are_no_listed_projects(tmp_path: Path):
    assert projects(tmp_path) == ()


def test_each_line_is_a_project_and_blank_cells_are_unknown(tmp_path: Path):
    folder = _written(
        tmp_path,
        "name,colour,created,archived,admins,cost_center\n"
        "Search,#029be6,2025-01-01,2026-05-31,ana@example.com; bo@example.com,CC-1\n"
        "Voice Bot,,,,,\n",
    )
    assert projects(folder) == (
        Project(
            "Search", "#029be6", date(2025, 1, 1), date(2026, 5, 31),
            ("ana@example.com", "bo@example.com"), "CC-1",
        ),
        Project("Voice Bot"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "key", "says"),
    [
        ("Search,blue,,", "colour", "'blue' is not a colour such as #029be6."),
        ("Search,,31.12.2025,", "created", "'31.12.2025' is not a date such as 2026-11-20."),
        ("Search,,2026-02-01,2026-01-01", "archived", "2026-01-01 lies before created"),
        (",#029be6,,", "name", "is blank."),
    ],
)
def test_what_cannot_be_read_names_line_and_key(tmp_path: Path, line: str, key: str, says: str):
    folder = _written(tmp_path, f"name,colour,created,archived\n{line}\n")
    with pytest.raises(BadFile) as wrong:
        projects(folder)
    assert (wrong.value.line, wrong.value.key) == (2, key)
    assert says in str(wrong.value)


def test_one_name_may_not_stand_in_the_file_twice(tmp_path: Path):
    folder = _written(tmp_path, "name\nSearch\nSearch\n")
    with pytest.raises(BadFile, match=r"line 3.*twice"):
        projects(folder)
