"""Names stay text wherever Streamlit renders markdown."""

import pytest

from analytics_core.ui.escape import md_escape


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("Ticket triage", "Ticket triage"),
        ("![x](http://evil/x.png)", r"\!\[x\]\(http\:\/\/evil\/x\.png\)"),
        ("<b>bold</b>", r"\<b\>bold\<\/b\>"),
        ("$x$", r"\$x\$"),
        (":material/delete:", r"\:material\/delete\:"),
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
