"""names.csv: what people read for a member."""

from pathlib import Path

import pytest

from analytics_core.errors import BadFile
from analytics_core.semantics.names import NO_NAMES, Names, names, parse

PATH = Path("names.csv")
TEXT = """dimension,value,name
user,u1,Ana Ruiz
user,u2,Bo Lind
user,u3,bo lind
user,u4,u5
user,u5,Cy
team,u1,Core
service_type,text_generation,Text
"""


def test_without_a_file_everything_is_called_by_its_id(tmp_path: Path):
    read = names(tmp_path)
    assert read.label("user", "u1") == "u1"
    assert read.label("service_type", "text_generation") == "Text generation"
    assert [read.label("status", value) for value in ("ok", "cancelled")] == ["OK", "Cancelled"]
    assert read.label("user", None) == "(unattributed)"


@pytest.mark.parametrize(
    ("of", "value", "expected"),
    [
        ("user", "u1", "Ana Ruiz"),
        ("team", "u1", "Core"),  # a name belongs to a member of one dimension
        ("project", "u1", "u1"),
        ("user", "u2", "Bo Lind (u2)"),  # two people of one name, whatever the capitals
        ("user", "u3", "bo lind (u3)"),
        ("user", "u4", "u5 (u4)"),  # the id of somebody else
        ("user", "u5", "Cy"),
        ("service_type", "text_generation", "Text"),
        ("service_type", "text_to_speech", "Text to speech"),
        ("user", None, "(unattributed)"),
        ("user", "", ""),
    ],
)
def test_a_member_is_called_by_its_name_and_told_apart_by_its_id(of, value, expected):
    assert parse(TEXT, PATH).label(of, value) == expected


def test_in_one_list_a_name_that_is_the_id_of_another_has_its_own_id_beside_it():
    read = parse("dimension,value,name\nproject,p1,Search\n", PATH)
    assert read.label("project", "p1") == "Search"
    assert read.labels("project", ["p1", "Search", None]) == {
        "p1": "Search (p1)", "Search": "Search", None: "(unattributed)",
    }  # fmt: skip


def test_those_with_a_name_are_known_by_dimension():
    read = parse(TEXT, PATH)
    assert read.of("team") == {"u1": "Core"}
    assert set(read.of("user")) == {"u1", "u2", "u3", "u4", "u5"}
    assert read.of("project") == {}


def test_an_address_is_lower_case_as_it_lands():
    read = parse("dimension,value,name\nuser,Ana@X.example,Ana\n", PATH)
    assert read.label("user", "ana@x.example") == "Ana"


def test_values_may_hold_commas_quotes_and_a_hash():
    read = parse('dimension,value,name\ntag:env,"#1, ""prod""",Production\n', PATH)
    assert read.label("tag:env", '#1, "prod"') == "Production"


@pytest.mark.parametrize(
    ("line", "key", "says"),
    [
        ("usr,u1,Ana", "dimension", "Did you mean 'user'?"),
        (",u1,Ana", "dimension", "is blank"),
        ("user,,Ana", "value", "is blank"),
        ("user,u1,", "name", "is blank"),
        ("user,u0,Ana", "value", "has a name already"),
        ('user,u1,"Ana\nRuiz"', "name", "a line break"),
        ("user,u1,An\u202ea", "name", "a character that is not shown"),
        (f"user,u1,{'x' * 201}", "name", "201 characters"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_with_its_key(line: str, key: str, says: str):
    with pytest.raises(BadFile) as wrong:
        parse(f"dimension,value,name\nuser,u0,Zoe\n{line}\n", PATH)
    assert wrong.value.key == key
    assert says.replace("a character", "another character") in str(wrong.value)


def test_joined_scripts_and_emoji_are_names():
    assert parse("dimension,value,name\nuser,u1,می\u200cخواهم\n", PATH) != NO_NAMES
    assert isinstance(parse("", PATH), Names)
