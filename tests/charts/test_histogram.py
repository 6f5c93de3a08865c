import pytest

from analytics_core.charts.histogram import histogram
from analytics_core.reports.session_lengths import SessionLengths, Span

BOUNDS = ((0, 1), (1, 5), (5, 30), (30, None))


def lengths(counts: tuple[int, ...], median: float | None) -> SessionLengths:
    total = sum(counts)
    spans = tuple(
        Span(*bounds, n, n / total if total else None)
        for bounds, n in zip(BOUNDS, counts, strict=True)
    )
    return SessionLengths(spans, 0, 0, median, median)


def test_every_span_is_one_wide_and_stands_on_zero():
    drawing = histogram(lengths((1, 2, 0, 1), 180.0))
    assert drawing.rows.select("left", "right", "none", "span", "value", "share").rows() == [
        (0.04, 0.96, 0, "below 1 min", 1, "25%"), (1.04, 1.96, 0, "1–5 min", 2, "50%"),
        (2.04, 2.96, 0, "5–30 min", 0, "0%"), (3.04, 3.96, 0, "30 min and more", 1, "25%"),
    ]  # fmt: skip
    assert drawing.spec["layer"][0]["encoding"]["y2"] == {"field": "none"}


@pytest.mark.parametrize(
    ("seconds", "place"), [(0.0, 0.0), (30.0, 0.5), (60.0, 1.0), (180.0, 1.5), (9_999.0, 3.5)]
)
def test_the_median_lies_where_it_is_inside_its_span(seconds: float, place: float):
    middle = dict(histogram(lengths((1, 1, 1, 1), seconds)).frames)["middle"]
    assert middle["left"].to_list() == [place]


def test_a_histogram_of_nothing_has_no_median_and_says_so():
    drawing = histogram(lengths((0, 0, 0, 0), None), period="November 2026")
    assert dict(drawing.frames)["middle"].is_empty()
    assert drawing.alt == "Histogram of the length of sessions, November 2026. Nothing is known."


def test_its_sentence_says_how_many_the_fullest_span_and_the_median():
    assert histogram(lengths((1, 2, 0, 1), 180.0), period="November 2026").alt == (
        "Histogram of the length of sessions, November 2026. 4 sessions; most of them 1–5 min, 50%;"
        " median 3 min 00 s."
    )
