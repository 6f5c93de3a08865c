"""A week of hours as a heatmap."""

from datetime import UTC, datetime

import altair as alt
import pytest

from analytics_core.charts.heatmap import heatmap, highest
from analytics_core.reports.rhythm import Rhythm
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.period import Calendar, Period

UNTIL = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def week():
    """Makes a rhythm of zeros but for the cells given as (weekday, hour): figure."""

    def make(figures: dict, measure: str = "requests", total: float | None = 0) -> Rhythm:
        period = Period.parse("2026-11", UNTIL, Calendar("Europe/Madrid"))
        cells = tuple(tuple(figures.get((day, hour), 0) for hour in range(24)) for day in range(7))
        days = (0, 1, 2, 3, 4, 5, 6)
        return Rhythm(MEASURES[measure], period, UNTIL, days, cells, total, 0)

    return make


def test_a_row_per_weekday_and_hour_with_text_as_tables_write_it(week):
    rows = heatmap(week({(1, 9): 1234567}, total=1234567)).rows
    assert len(rows) == 168
    assert rows.filter(rows["value"] > 0).select("day", "hour", "when", "text").rows() == [
        ("Tue", "09", "Tue 09:00–10:00", "1,234,567")
    ]


def test_an_unknown_hour_has_no_colour_and_says_so(week):
    found = week(dict.fromkeys([(6, 23)]), "cost", 5)
    last = heatmap(found).rows[-1]
    assert last.select("when", "value", "text").rows() == [("Sun 23:00–00:00", None, "–")]


def test_the_sentence_says_zone_total_and_the_busiest_hour(week):
    assert heatmap(week({(1, 9): 7, (2, 9): 5}, total=12)).alt == (
        "Heatmap of requests by weekday and hour, 1–20 Nov 2026, Europe/Madrid."
        " Total 12; highest Tue 09:00–10:00, 7."
    )
    nothing = {(day, hour): None for day in range(7) for hour in range(24)}
    assert heatmap(week(nothing)).alt.endswith("Nothing is known.")
    assert highest(week(nothing)) is None


def test_the_spec_is_valid_and_holds_neither_data_nor_colours(week):
    drawing = heatmap(week({(1, 9): 7}))
    alt.Chart.from_dict(drawing.spec | {"data": {"name": "rows"}}, validate=True)
    assert "range" not in drawing.spec["encoding"]["color"].get("scale", {})
    assert "#" not in str(drawing.spec)
