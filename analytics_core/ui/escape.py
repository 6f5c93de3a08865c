"""Untrusted text made safe for the places where Streamlit renders markdown."""

import re

# Every character that opens markdown, a directive, an emoji code, math or HTML; and the line
# breaks that would start a list, a heading or a table.
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&^=@/\"'])")
_BREAKS = re.compile(r"[\r\n\t\v\f\u0085\u2028\u2029]+")
# Streamlit makes links, emoji, icons and arrows of finished text, where a backslash is gone; a
# word joiner (no width, no break) inside keeps them from being found.
_LATE = re.compile(
    r"(?<=\S)(?=@)|(?<=www)(?=\.)|(?<=:)(?=[a-z+/])|(?<=[-<=>~])(?=[-<=>])", re.IGNORECASE
)
_JOINER = "\u2060"


def md_escape(text: str) -> str:
    """`text` so that markdown shows it as it is, on one line, without links or symbols."""
    joined = _LATE.sub(_JOINER, _BREAKS.sub(" ", text))
    return _SPECIAL.sub(r"\\\1", joined).strip()
