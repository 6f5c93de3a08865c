"""Errors say what was asked, what exists and where."""

import pytest

from analytics_core.errors import BadFile, BadValue, UnknownName, nearest


@pytest.mark.parametrize(
    ("asked", "known", "text"),
    [
        ("cots", ["cost", "requests"], "No measure is called 'cots'. Did you mean 'cost'?"),
        ("Cost", ["cost"], "No measure is called 'Cost'. Did you mean 'cost'?"),
        ("zzz", ["b", "a"], "No measure is called 'zzz'. Known: a, b."),
        ("zzz", [str(n) for n in range(40)], "No measure is called 'zzz'."),
    ],
)
def test_an_unknown_name_comes_with_the_nearest_one(
    asked: str, known: list[str], text: str
) -> None:
    with pytest.raises(UnknownName) as caught:
        UnknownName.check("measure", asked, known)
    assert str(caught.value) == text


def test_a_known_name_passes() -> None:
    UnknownName.check("measure", "cost", ["cost"])


@pytest.mark.parametrize(
    ("asked", "known", "found"),
    [
        ("period", ["operation"], None),
        ("organization", ["operation"], None),
        ("cursor", ["customer"], None),
        ("tim", ["team"], None),
        ("usr", ["user"], "user"),
        ("projcet", ["project"], "project"),
        ("lastmonth", ["last-month"], "last-month"),
        ("repositories", ["repository"], "repository"),
        ("creds", ["credentials"], "credentials"),
        ("Europe/Madird", ["Europe/Madrid"], "Europe/Madrid"),
    ],
)
def test_only_a_slip_is_near(asked: str, known: list[str], found: str | None) -> None:
    assert nearest(asked, known) == found


def test_nothing_close_has_no_nearest_name() -> None:
    assert nearest("zebra", ["cost"]) is None


def test_a_bad_file_names_file_line_and_key() -> None:
    wrong = BadFile("prices.csv", "must be a number.", line=3, key="usd")
    assert str(wrong) == "prices.csv, line 3, key 'usd': must be a number."
    assert str(BadFile("auth.yaml", "is gone.")) == "auth.yaml: is gone."


def test_a_bad_value_says_what_was_expected() -> None:
    assert str(BadValue("top", 0, "a number of at least 1")) == (
        "top: '0' cannot be read. Expected a number of at least 1."
    )
