import pytest

from analytics_core.charts.doughnut import doughnut
from analytics_core.semantics.member import Member

DOLLAR = 1_000_000_000


def marks(drawing):
    return [layer["mark"]["type"] for layer in drawing.spec["layer"]]


def test_the_total_stands_in_the_centre(breakdown_of):
    parts = [("atlas", 30_000 * DOLLAR, 0.75), ("b", 10_000 * DOLLAR, 0.25)]
    drawing = doughnut(breakdown_of(parts, 40_000 * DOLLAR))
    assert marks(drawing) == ["arc", "text", "text"]
    assert drawing.vega["datasets"]["centre"].select("total", "caption").rows() == [
        ("$40k", "Cost")
    ]


def test_with_a_series_hidden_the_centre_says_what_it_is_a_part_of(breakdown_of):
    parts = [("atlas", 30_000 * DOLLAR, 0.75), ("b", 10_000 * DOLLAR, 0.25)]
    seen = breakdown_of(parts, 40_000 * DOLLAR).without(frozenset({Member("b").id}))
    drawing = doughnut(seen)
    assert drawing.rows.select("member", "share").rows() == [("atlas", "100%")]
    assert drawing.vega["datasets"]["centre"].select("total", "caption").rows() == [
        ("$30k", "of $40k")
    ]


def test_arcs_follow_the_rank(breakdown_of):
    arc = doughnut(breakdown_of([("z", 2, 0.67), ("a", 1, 0.33)], 3)).spec["layer"][0]
    assert arc["encoding"]["order"] == {"field": "rank", "type": "quantitative"}
    assert arc["encoding"]["theta"]["stack"] is True


@pytest.mark.parametrize(
    ("parts", "total"),
    [
        ([("atlas", 3, 1.5), ("refund", -1, -0.5)], 2),
        ([("atlas", 0, None), ("b", 0, None)], 0),
        ([("atlas", None, None)], None),
        ([], None),
    ],
)
def test_parts_below_zero_or_no_total_are_bars(breakdown_of, parts, total):
    assert "arc" not in marks(doughnut(breakdown_of(parts, total)))


def test_an_unknown_part_has_no_arc_and_does_not_stop_the_others(breakdown_of):
    drawing = doughnut(breakdown_of([("atlas", 3, 1.0), ("unpriced", None, None)], 3))
    assert marks(drawing)[0] == "arc"
    assert drawing.rows["text"].to_list() == ["$0.000000003", "–"]
