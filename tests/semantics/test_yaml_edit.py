"""Values of a settings.yaml changed in their place."""

from pathlib import Path

import pytest

from analytics_core.errors import BadFile
from analytics_core.semantics.yaml_edit import with_values
from analytics_core.settings import parse

PATH = Path("settings.yaml")


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("", {"zone": "Europe/Madrid"}, "zone: Europe/Madrid\n"),
        ("# mine\n", {"contact": "Ana"}, "# mine\ncontact: Ana\n"),
        (
            "# mine\nzone: UTC   # head office\n\ncontact: 'Bo'  # till May\ndemo: no\n",
            {"zone": "Asia/Kolkata", "contact": "Ana"},
            "# mine\nzone: Asia/Kolkata   # head office\n\ncontact: Ana  # till May\ndemo: no\n",
        ),
        ("zone: UTC", {"stale_hours": 26.5}, "zone: UTC\nstale_hours: 26.5\n"),
        ("week:\n  start: monday\n", {"week_start": "sunday"}, "week:\n  start: sunday\n"),
        ("fiscal_year_start: 1\r\n", {"fiscal_year_start": 4}, "fiscal_year_start: 4\r\n"),
        ("contact:\nzone: UTC\n", {"contact": "Ana"}, "contact: Ana\nzone: UTC\n"),
        ("contact: Ana\n", {"contact": "Ana"}, "contact: Ana\n"),
        ("contact: |\n  Ana\nzone: UTC\n", {"zone": "Asia/Kolkata"}, "contact: |\n  Ana\nzone: Asia/Kolkata\n"),
    ],
)  # fmt: skip
def test_only_the_value_changes(text: str, values: dict, expected: str):
    assert with_values(text, PATH, values) == expected


@pytest.mark.parametrize(
    "value",
    [
        "yes", "null", "1e5", "#help", "a: b", "- x", "it's \"Ana\"", "{x}", "*x", "&x", "!x", "%x",
        "@ana", "`x`", "a\nb", "  spaced  ", "", "Zoë 李 🙂", "a #b", "|", ">", "---", "? x", "\t", "\\n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", ["", "contact: x\n", "contact: x # why\nzone: UTC\n"])
def test_any_text_is_a_value(text: str, value: str):
    edited = with_values(text, PATH, {"contact": value})
    assert parse(edited, PATH)["contact"] == value
    assert ("# why" in edited) == ("# why" in text)


@pytest.mark.parametrize("text", ["{zone: UTC}\n", "zone: UTC\n...\n", "- a\n", "zone: [\n"])
def test_a_file_that_must_be_edited_by_hand_is_refused(text: str):
    with pytest.raises(BadFile):
        with_values(text, PATH, {"contact": "Ana"})
