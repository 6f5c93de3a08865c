r"""Halves of characters in JSON: programs that cut a text in the middle of an emoji write them.

`\ud83d` alone is no character. The engine refuses the whole line for it, and with the line the
usage it tells, though the text is one that nobody keeps.
"""

import re
from pathlib import Path

_LINE = 16 << 20  # of longer lines a half at the very cut is not seen
_HEX = rb"[0-9a-fA-F]"
_HIGH, _LOW = rb"\\u[dD][89abAB]" + _HEX * 2, rb"\\u[dD][c-fC-F]" + _HEX * 2
_HALF = re.compile(  # every alternative begins with the same letters, which is what makes it fast
    rb"\\u[dD](?:[89abAB]..(?!\\u[dD][c-fC-F])"
    rb"|[c-fC-F]..(?<!\\u[dD][89abAB]..\\u[dD][c-fC-F]..))",
    re.DOTALL,
)
# An escaped backslash is none that begins an escape; a pair is whole.
_TOKENS = re.compile(rb"\\\\|" + _HIGH + _LOW + rb"|(" + _HIGH + rb"|" + _LOW + rb")")


def has_halves(path: Path) -> bool:
    """Whether the file may hold one."""
    with path.open("rb") as file:
        while line := file.readline(_LINE):
            if rb"\u" in line and _HALF.search(line):
                return True
    return False


def mended(path: Path, target: Path) -> Path:
    """A copy of the file in which each half is U+FFFD."""
    with path.open("rb") as file, target.open("wb") as out:
        while line := file.readline(_LINE):
            out.write(_TOKENS.sub(_whole, line) if rb"\u" in line else line)
    return target


def _whole(found: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if found.group(1) else found.group()
