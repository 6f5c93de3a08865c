"""Untrusted text made safe for the places where Streamlit renders markdown."""

import re

# Every character that opens markdown, a directive, an emoji code, math or HTML; and the line
# breaks that would start a list, a heading or a table.
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&^=@/\"'])")
_BREAKS = re.compile(r"[\r\n\t\v\f\u0085\u2028\u2029]+")


def md_escape(text: str) -> str:
    """`text` so that markdown shows it exactly as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", _BREAKS.sub(" ", text)).strip()
