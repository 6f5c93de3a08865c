import pytest

from analytics_core.charts.alt_text import breakdown_sentence, timeline_sentence
from analytics_core.semantics.member import Member

DOLLAR = 1_000_000_000


def test_a_timeline_is_said_in_one_sentence(timeline_of):
    timeline = timeline_of(
        [(3 * DOLLAR, DOLLAR), (8 * DOLLAR, DOLLAR), (0, DOLLAR), (DOLLAR, None)]
    )
    assert timeline_sentence("Stacked bars", timeline) == (
        "Stacked bars of cost by day and project, 1–4 Nov 2026. Total $15.00; largest atlas, 80%;"
        " highest day 2 Nov, $9.00."
    )


def test_what_does_not_add_up_has_a_highest_value_and_no_total(timeline_of):
    timeline = timeline_of([(3, 1), (2, 5), (0, 1), (1, 1)], measure="users")
    assert timeline_sentence("Lines", timeline) == (
        "Lines of users by day and project, 1–4 Nov 2026. Highest day 2 Nov, 5 (borealis)."
    )


def test_nothing_known_is_said(timeline_of, breakdown_of):
    assert timeline_sentence("Lines", timeline_of([(None, None)] * 4)) == (
        "Lines of cost by day and project, 1–4 Nov 2026. Nothing is known."
    )
    assert breakdown_sentence("Bars", breakdown_of([], None)) == (
        "Bars of cost by project. Nothing is known."
    )


@pytest.mark.parametrize(
    ("measure", "value", "share", "expected"),
    [
        ("cost", 3 * DOLLAR, 0.75, "Bars of cost by API key, 1–4 Nov 2026. Total $4.00; largest k, 75%."),
        ("users", 3, None, "Bars of users by API key, 1–4 Nov 2026. Total 4,000,000,000; largest k, 3."),
    ],
)  # fmt: skip
def test_a_breakdown_says_its_total_and_its_largest_part(
    breakdown_of, measure, value, share, expected
):
    rows = [(Member("k"), value, share), (Member("l"), 1, 0.25)]
    parts = breakdown_of(rows, 4 * DOLLAR, measure=measure, by="api_key")
    assert breakdown_sentence("Bars", parts, "1–4 Nov 2026") == expected
