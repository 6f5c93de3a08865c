import pytest

from analytics_core.charts.strip import strip
from analytics_core.charts.theme import colours
from analytics_core.errors import NotAdditive
from analytics_core.semantics.member import Member

HUES = colours([Member("reported"), Member("computed")])


def test_parts_stand_side_by_side_by_rank_and_fill_the_bar(breakdown_of):
    drawing = strip(breakdown_of([("computed", 3, 0.75), ("reported", 1, 0.25)], 4), HUES)
    (bar,) = drawing.spec["layer"]
    assert bar["encoding"]["x"]["stack"] == "normalize"
    assert bar["encoding"]["order"] == {"field": "rank", "type": "quantitative"}
    assert drawing.rows["share"].to_list() == ["75%", "25%"]
    assert drawing.alt.startswith("One bar of cost by project. Total ")


@pytest.mark.parametrize(
    ("parts", "total"),
    [([("computed", 3, 1.5), ("refund", -1, -0.5)], 2), ([("free", 0, None)], 0), ([], None)],
)
def test_parts_below_zero_or_no_total_are_bars(breakdown_of, parts, total):
    assert len(strip(breakdown_of(parts, total), HUES).spec["layer"]) == 2  # bar and amount


def test_what_does_not_add_up_is_refused(breakdown_of):
    with pytest.raises(NotAdditive):
        strip(breakdown_of([("a", 1, None)], 1, measure="users"), HUES)
