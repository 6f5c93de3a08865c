"""Objects that a table holds as Python writes them: what pandas makes of nested values in a CSV."""

import ast
import json
from typing import Any

from analytics_core.ingest.literals import literal

_LONGEST = 65_536
_BEGINS = r"^\s*[\[{]\s*[\[{]?\s*'"
_WORDS = (("None", "null"), ("nan", "null"), ("True", "true"), ("False", "false"))


def as_json(sql: str) -> str:
    """SQL of a text that is such an object as JSON; NULL where it is none.

    One with an apostrophe in a text has quotes of both kinds and stays unknown, as what is no JSON.
    """
    made = f"replace({sql}, '''', '\"')"
    for word, known in _WORDS:
        made = f"regexp_replace({made}, '([:,\\[] ?){word}([,}}\\]])', '\\1{known}\\2', 'g')"
    return f"CASE WHEN regexp_matches({sql}, {literal(_BEGINS)}) AND json_valid({made}) THEN {made} END"


def parsed(text: str) -> Any:
    """The value of a text of JSON, or of such an object. Raises ValueError, RecursionError."""
    try:
        return json.loads(text)
    except ValueError:
        if not text.startswith("{'") or len(text) > _LONGEST:
            raise
    try:
        return ast.literal_eval(text)
    except (SyntaxError, MemoryError):
        raise ValueError(text[:80]) from None
