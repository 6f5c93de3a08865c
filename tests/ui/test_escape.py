"""Names stay text wherever Streamlit renders markdown."""

import pytest

from analytics_core.ui.escape import md_escape

JOINER = "\u2060"


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("Ticket triage", "Ticket triage"),
        ("![x](//evil/x.png)", r"\!\[x\]\(\/\/evil\/x\.png\)"),
        ("<b>bold</b>", r"\<b\>bold\<\/b\>"),
        ("$x$", r"\$x\$"),
        ("17:45, x == y", "17\\:45, x \\=" + JOINER + "\\= y"),
        ("# heading", r"\# heading"),
        ("two\nlines", "two lines"),
        ("a\u2028b\r\n\tc", "a b c"),
        ("back\\slash", r"back\\slash"),
        ("  padded  ", "padded"),
        ("", ""),
    ],
)
def test_every_sign_of_markdown_is_escaped_and_breaks_become_spaces(name: str, escaped: str):
    assert md_escape(name) == escaped


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("ana@x.example", ("ana", "@x.example")),
        ("www.evil.example", ("www", ".evil.example")),
        ("https://evil.example", ("https:", "//evil.example")),
        (":smile:", (":", "smile:")),
        (":material/delete:", (":", "material/delete:")),
        ("a -> b", ("a -", "> b")),
    ],
)
def test_what_becomes_a_link_or_a_symbol_late_is_broken_where_nobody_sees_it(name: str, parts):
    assert md_escape(name).replace("\\", "").split(JOINER) == list(parts)
