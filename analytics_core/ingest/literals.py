"""Texts inside SQL: literals, JSON pointers, and whether a text is one of some words."""

import re
from collections.abc import Iterable, Sequence


def literal(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def one_of(sql: str, words: Iterable[str], *, any_case: bool = False) -> str:
    """Whether a text is one of the words, spaces around it aside; NULL where it is NULL.

    Not IN: DuckDB makes a join of a long list, which computes its left side on every row, also
    where a CASE would never have come to it. Not CASE either: that computes it for every word.
    """
    listed = "|".join(re.escape(word) for word in words)
    pattern = rf"(?{'i' if any_case else ''}s)\s*(?:{listed})\s*"
    return f"regexp_full_match({sql}, {literal(pattern)})"


def pointer(keys: Sequence[str]) -> str:
    """The JSON pointer (RFC 6901) to those keys."""
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)
