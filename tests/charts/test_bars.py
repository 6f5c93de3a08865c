from datetime import datetime

from analytics_core.charts.bars import bars
from analytics_core.charts.theme import colours
from analytics_core.reports.breakdown import breakdown
from analytics_core.semantics.member import Member

DOLLAR = 1_000_000_000


def layer(drawing, mark):
    return next(layer for layer in drawing.spec["layer"] if layer["mark"]["type"] == mark)


def test_the_amount_stands_at_the_end_of_each_bar_in_the_short_form(breakdown_of):
    rows = [("atlas", 12_345 * DOLLAR, 0.9), ("b", -500 * DOLLAR, None), ("c", None, None)]
    drawing = bars(breakdown_of(rows, 11_845 * DOLLAR))
    assert drawing.rows.select("member", "amount", "text", "end").rows() == [
        ("atlas", "$12.3k", "$12,345.00", 12_345.0),
        ("b", "−$500.00", "−$500.00", 0.0),
        ("c", "–", "–", None),
    ]


def test_a_bar_is_read_by_its_name_and_amount_and_the_ranks_of_the_axis_are_not(breakdown_of):
    bar = layer(bars(breakdown_of([("atlas", 1, 1.0)], 1)), "bar")
    assert bar["mark"]["description"] == {"expr": "datum.member + ': ' + datum.amount"}
    assert bar["encoding"]["y"]["axis"]["aria"] is False


def test_a_measure_that_does_not_add_up_has_no_share_to_read(breakdown_of):
    costs = bars(breakdown_of([("atlas", 12_345_600.0, None)], 1.0, measure="cost_per_request"))
    assert costs.rows["amount"].to_list() == ["$0.0123"]
    assert [t["title"] for t in layer(costs, "bar")["encoding"]["tooltip"]] == [
        "Project",
        "Cost per request",
    ]


def test_two_members_of_one_name_are_two_bars(breakdown_of):
    rows = [(Member("Others (12)"), 2, 0.5), (Member(None, "others", 12), 1, 0.5)]
    assert bars(breakdown_of(rows, 3)).rows["row"].n_unique() == 2


def test_bars_have_the_colours_of_their_entities_or_all_one(breakdown_of):
    rows = [("atlas", 2, 0.5), ("b", 1, 0.5)]
    hues = colours([Member("atlas"), Member("b")], {"atlas": 5})
    own, plain = bars(breakdown_of(rows, 3), hues), bars(breakdown_of(rows, 3))
    assert layer(own, "bar")["encoding"]["color"]["field"] == "slot"
    assert own.rows["slot"].to_list() == ["5", "1"]
    assert layer(plain, "bar")["encoding"]["color"] == {"value": "blue"}


def test_more_members_than_colours_are_drawn_in_one(breakdown_of):
    rows = [(f"u{n}", 1, 0.1) for n in range(9)]
    drawing = bars(breakdown_of(rows, 9), colours([Member(name) for name, *_ in rows]))
    assert layer(drawing, "bar")["encoding"]["color"] == {"value": "blue"}


def test_every_bar_has_its_height(breakdown_of):
    one, three = (bars(breakdown_of([("a", 1, 1.0)] * n, n)).spec["height"] for n in (1, 3))
    assert (one, three) == (30, 90)


def test_further_measures_are_in_the_tooltip_and_a_share_of_one_after_the_figure(viewed):
    view = viewed(
        [
            {"started_at": datetime(2026, 11, 3), "model": "dear", "cost_nano": 3 * DOLLAR,
             "input_tokens": 100_000},
            {"started_at": datetime(2026, 11, 3), "model": "cheap", "cost_nano": 9 * DOLLAR,
             "input_tokens": 9_000_000},
            {"started_at": datetime(2026, 11, 3), "model": "unknown", "input_tokens": 5},
        ]
    )  # fmt: skip
    found = breakdown(view, "cost_per_million_tokens", "model", also=("cost", "input_tokens"))
    drawing = bars(found, share_of="cost")
    assert drawing.rows.select("member", "amount", "also0", "also1").rows() == [
        ("dear", "$30.00 · 25% of cost", "$3.00", "100,000"),
        ("cheap", "$1.00 · 75% of cost", "$9.00", "9,000,000"),
        ("unknown", "–", "–", "5"),
    ]
    assert [t["title"] for t in layer(drawing, "bar")["encoding"]["tooltip"]][2:] == [
        "Cost",
        "Input tokens (incl. cached)",
    ]
