"""Rows and columns as aligned text for a terminal, whatever the names in them hold."""

import unicodedata
from collections.abc import Iterable, Sequence


def aligned(header: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> list[str]:
    """Lines of aligned columns: the first `left` to the left, figures to the right."""
    body = [[printable(cell) for cell in row] for row in (header, *rows)]
    widths = [max(map(_width, column)) for column in zip(*body, strict=True)]
    return [
        "  ".join(
            _padded(cell, width, before=place >= left)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in body
    ]


def printable(text: str) -> str:
    """`text` without what would move a cursor, colour a terminal or end a line."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _padded(cell: str, width: int, *, before: bool) -> str:
    space = " " * (width - _width(cell))
    return space + cell if before else cell + space


def _width(text: str) -> int:
    """Columns of a terminal: wide East Asian characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
