"""Prices over time as steps."""

from datetime import UTC, datetime

from analytics_core.charts.steps import steps
from analytics_core.charts.theme import colours
from analytics_core.prices.price import Price
from analytics_core.reports.price_history import PriceHistory
from analytics_core.semantics.member import Member

MAY = datetime(2026, 5, 1)
PRICES = (
    Price(provider="self", model="house", rule="input", price_pico=500_000, valid_to=MAY,
          origin="prices.csv line 2"),
    Price(provider="self", model="house", rule="input", price_pico=400_000, valid_from=MAY,
          origin="prices.csv line 4"),
    Price(provider="self", model="house", rule="output", price_pico=1_500_000),
)  # fmt: skip
START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
HUES = colours([Member("input"), Member("output")])


def _drawn(prices=PRICES, zone="UTC"):
    return steps(PriceHistory("self", "house", prices, START, END, "book"), HUES, zone)


def test_each_price_holds_until_the_next_begins_and_is_marked_where_it_begins():
    drawing = _drawn()
    assert drawing.rows.select("at", "member", "slot", "value", "dot", "text").rows() == [
        (datetime(2026, 3, 1), "Input", "0", 0.5, 0.5, "$0.50 per 1M tokens"),
        (datetime(2026, 5, 1), "Input", "0", 0.5, None, "$0.50 per 1M tokens"),
        (datetime(2026, 5, 1), "Input", "0", 0.4, 0.4, "$0.40 per 1M tokens"),
        (datetime(2026, 11, 20), "Input", "0", 0.4, 0.4, "$0.40 per 1M tokens"),
        (datetime(2026, 3, 1), "Output", "1", 1.5, 1.5, "$1.50 per 1M tokens"),
        (datetime(2026, 11, 20), "Output", "1", 1.5, 1.5, "$1.50 per 1M tokens"),
    ]
    line, dots = drawing.spec["layer"]
    assert line["mark"]["interpolate"] == "step-after"
    assert dots["encoding"]["y"]["field"] == "dot"


def test_times_are_those_of_the_reporting_zone():
    drawing = _drawn(zone="America/New_York")
    assert drawing.rows["at"][0] == datetime(2026, 2, 28, 19)
    assert drawing.rows["when"][2] == "since 30 Apr 2026, prices.csv line 4"


def test_the_sentence_says_each_price_and_what_it_was_before():
    assert _drawn().alt == (
        "Steps of the price of 1M tokens of house, 1 Mar 2026 – 20 Nov 2026. "
        "Input $0.40 since 1 May 2026, before $0.50; Output $1.50."
    )
    assert _drawn(()).alt.endswith("Nothing is known.")
